"""Invoices that are paid with cards: what the cards cover, line by line."""

from odoo import Command, fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    dive_card_use_id = fields.Many2one(
        "dive.discount.card.use",
        "Use of a card",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
        check_company=True,
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    dive_card_use_ids = fields.One2many(
        "dive.discount.card.use", "move_id", "Cards", copy=False
    )
    # of an entry that settles a use
    dive_card_use_id = fields.Many2one(
        "dive.discount.card.use",
        "Settles",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
    )

    # ------------------------------------------------------------------
    # What a card may pay
    # ------------------------------------------------------------------

    def _dive_check_takes_card(self, card):
        """Raise a UserError unless this invoice can be paid with this card."""
        self.ensure_one()
        problem = False
        if self.move_type != "out_invoice":
            problem = self.env._("only customers' invoices are paid with cards.")
        elif self.state != "draft":
            problem = self.env._("it is posted already.")
        elif self.company_id != card.company_id:
            problem = self.env._("the card is another company's.")
        elif self.currency_id != card.currency_id:
            problem = self.env._(
                "it is in %(currency)s, and the card counts in %(other)s.",
                currency=self.currency_id.name,
                other=card.currency_id.name,
            )
        if problem:
            raise UserError(
                self.env._(
                    "%(card)s cannot pay %(invoice)s: %(problem)s",
                    card=card.display_name,
                    invoice=self.display_name,
                    problem=problem,
                )
            )

    def _dive_lines_of_card(self, card):
        """Return the lines of this invoice that a card may pay."""
        return self.invoice_line_ids.filtered(
            lambda line: (
                line.display_type == "product"
                and line.product_id
                and not line.dive_card_id
                and not line.dive_card_use_id
                and line.price_total > 0
                and (not card.service_ids or line.product_id in card.service_ids)
            )
        )

    def _dive_left_for(self, card):
        """Return how much of this invoice is left for a card to pay."""
        self.ensure_one()
        mine = self._dive_lines_of_card(card)
        uses = self.dive_card_use_ids.filtered(lambda use: use.state != "released")
        taken = sum(
            use.worth for use in uses if self._dive_lines_of_card(use.card_id) & mine
        )
        return self.currency_id.round(sum(mine.mapped("price_total")) - taken)

    def _dive_worth(self, card, amount):
        """Return how much of this invoice an amount of a card pays.

        :raise UserError: nothing that the card is good for, or less than the amount
        """
        self.ensure_one()
        left = self._dive_left_for(card)
        if self.currency_id.compare_amounts(left, 0) <= 0:
            raise UserError(
                self.env._(
                    "%(card)s pays for nothing on %(invoice)s: %(services)s.",
                    card=card.display_name,
                    invoice=self.display_name,
                    services=", ".join(card.service_ids.mapped("display_name"))
                    or self.env._("all of it is covered"),
                )
            )
        if self.currency_id.compare_amounts(amount, left) > 0:
            raise UserError(
                self.env._(
                    "What %(card)s pays for on %(invoice)s comes to %(left)s: use no"
                    " more than that.",
                    card=card.display_name,
                    invoice=self.display_name,
                    left=self.currency_id.format(left),
                )
            )
        return amount

    # ------------------------------------------------------------------
    # The lines
    # ------------------------------------------------------------------

    def _dive_write_card_lines(self):
        """Write anew what cards take off this draft.

        Taxed when used: the benefit, so that what is left to pay and its tax are those
        of the price paid for the card. Taxed when sold: all that the card covers.
        """
        self.ensure_one()
        self.invoice_line_ids.filtered("dive_card_use_id").unlink()
        uses = self.dive_card_use_ids.filtered(lambda use: use.state == "held")
        lines = []
        for use in uses.sorted("id"):
            lines += self._dive_prepare_card_lines(use)
        self.invoice_line_ids = [Command.create(line) for line in lines]

    def _dive_prepare_card_lines(self, use):
        """Return the lines that a use takes off, as Odoo's tax engine finds them."""
        card = use.card_id
        off = use.worth if card.treatment == "single" else use.worth - use.consumed
        if self.currency_id.is_zero(off):
            return []
        engine = self.env["account.tax"].with_company(self.company_id)
        base_lines = [
            self._prepare_product_base_line_for_taxes_computation(line)
            for line in self._dive_lines_of_card(card)
        ]
        engine._add_tax_details_in_base_lines(base_lines, self.company_id)
        engine._round_base_lines_tax_details(base_lines, self.company_id)
        found = engine._prepare_global_discount_lines(
            base_lines,
            self.company_id,
            "fixed",
            off,
            computation_key=f"dive_card,{use.id}",
            grouping_function=lambda line: {"account_id": line["account_id"]},
        )
        env = self.with_context(lang=self.partner_id.lang or self.env.lang).env
        if card.treatment == "single":
            name = env._("Covered by card %(number)s", number=card.name)
        else:
            name = env._("Benefit of card %(number)s", number=card.name)
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
