"""What cards take off a document: lines that Odoo's own tax engine makes."""

import json
from collections import Counter

from odoo import Command, models

from .dive_guarded_mixin import unlocked


class AccountMove(models.Model):
    _inherit = "account.move"

    def _dive_write_card_lines(self, cards):
        """Write anew what these cards take off this draft.

        Taxed when used: the benefit, so that what is left to pay and its tax are those
        of the price paid for the card. Taxed when sold: all that the card covers.
        """
        self.ensure_one()
        before = self.invoice_line_ids.filtered(
            lambda line: line.dive_card_use_id.card_id in cards
        )
        uses = self.dive_card_use_ids.filtered(
            lambda use: use.state == "held" and use.card_id in cards
        )
        lines = []
        for use in uses.sorted("id"):
            lines += self._dive_prepare_card_lines(use)
        # most invoices are posted as they were left: Odoo works out their taxes once
        if not self._dive_are_card_lines(before, lines, uses):
            before.unlink()
            unlocked(self).invoice_line_ids = [Command.create(line) for line in lines]

    def _dive_are_card_lines(self, before, lines, uses):
        """Say whether these lines are there already, and take off what they should."""
        off = sum(use._dive_off() for use in uses)
        total = sum(before.mapped("price_total"))
        if self.currency_id.compare_amounts(total, -off):
            return False

        def key(use_id, account_id, tax_ids, data):
            return (
                use_id,
                account_id,
                tuple(tax_ids),
                json.dumps(data, sort_keys=True),
            )

        there = Counter(
            key(
                line.dive_card_use_id.id,
                line.account_id.id,
                line.tax_ids.ids,
                line.extra_tax_data,
            )
            for line in before
        )
        return there == Counter(
            key(
                line["dive_card_use_id"],
                line["account_id"],
                line["tax_ids"][0][2],
                line["extra_tax_data"],
            )
            for line in lines
        )

    def _dive_prepare_card_lines(self, use, off=None):
        """Return the lines that a use takes off this document.

        :param use: a use of a card, or what gives one back
        :param off: another amount than that of the use, taxes included
        """
        found = self._dive_benefit_base_lines(use, off)
        engine = self.env["account.tax"]
        name = self._dive_card_line_name(use.card_id)
        return [
            {
                "dive_card_use_id": use.id,
                "name": name,
                "quantity": line["quantity"],
                "price_unit": line["price_unit"],
                "tax_ids": [Command.set(line["tax_ids"].ids)],
                "account_id": line["account_id"].id,
                "extra_tax_data": engine._export_base_line_extra_tax_data(line),
            }
            for line in found
        ]

    def _dive_card_line_name(self, card):
        # the payer reads it, so it is in the payer's language
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        if card.treatment == "single":
            return env._("Covered by card %(number)s", number=card.name)
        return env._("Benefit of card %(number)s", number=card.name)

    def _dive_benefit_base_lines(self, use, off=None):
        """Return what a use takes off, as base lines of the tax engine.

        Its total is exact, taxes included; per account, as the lines it is taken off.
        """
        off = use._dive_off() if off is None else off
        if self.currency_id.is_zero(off):
            return []
        lines = self._dive_lines_of_use(use)
        engine = self.env["account.tax"].with_company(self.company_id)
        base_lines = [
            self._prepare_product_base_line_for_taxes_computation(line)
            for line in lines
        ]
        engine._add_tax_details_in_base_lines(base_lines, self.company_id)
        engine._round_base_lines_tax_details(base_lines, self.company_id)
        found = engine._prepare_global_discount_lines(
            base_lines,
            self.company_id,
            "fixed",
            self._dive_before_early(lines, off),
            computation_key=f"dive_card,{use.id}",
            grouping_function=lambda line: {"account_id": line["account_id"]},
        )
        return self._dive_less_early_tax(found, off)

    def _dive_lines_of_use(self, use):
        """Return the lines that a use pays: for visits, those that it covers."""
        card = use.card_id
        if card.unit == "money" or use.returns_id:
            return self._dive_lines_of_card(card)
        before = self._dive_uses_beside(card).filtered(
            lambda other: other.card_id.unit == "visits" and other.id < use.id
        )
        taken = sum(before.mapped("amount"))
        covered = self._dive_visited(card, use.amount, taken)
        return self.env["account.move.line"].union(*(line for line, _share in covered))


class DiveDiscountCardUse(models.Model):
    _inherit = "dive.discount.card.use"

    def _dive_off(self):
        """Return what this use takes off its document, taxes included.

        Taxed when sold: all that it pays. Taxed when used: the benefit.
        """
        self.ensure_one()
        if self.card_id.treatment == "single":
            return self.worth
        return self._dive_benefit()

    def _dive_benefit(self):
        """Return by how much this use pays more than was paid for it."""
        self.ensure_one()
        return max(self.worth - self.consumed, 0.0)
