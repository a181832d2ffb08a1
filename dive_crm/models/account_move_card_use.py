"""Invoices that are paid with cards: which of their lines, and how much of them."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import card_cover


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

    def _copy_data_extend_business_fields(self, values):
        result = super()._copy_data_extend_business_fields(values)
        values["dive_card_use_id"] = self.dive_card_use_id.id
        return result


class AccountMove(models.Model):
    _inherit = "account.move"

    dive_card_use_ids = fields.One2many(
        "dive.discount.card.use", "move_id", "Cards", copy=False
    )
    # of an entry, a payment or a credit note that settles a use
    dive_card_use_id = fields.Many2one(
        "dive.discount.card.use",
        "Settles",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
    )

    def _dive_check_takes_card(self, card):
        """Raise a UserError unless this invoice can be paid with this card."""
        self.ensure_one()
        problem = False
        if self.move_type != "out_invoice":
            problem = self.env._("only customers' invoices are paid with cards.")
        elif self.state == "cancel":
            problem = self.env._("it is cancelled.")
        elif self.company_id != card.company_id:
            problem = self.env._("the card is another company's.")
        elif self.currency_id != card.currency_id:
            problem = self.env._(
                "it is in %(currency)s, and the card counts in %(other)s.",
                currency=self.currency_id.name,
                other=card.currency_id.name,
            )
        elif self.state == "posted" and self.currency_id.is_zero(self.amount_residual):
            problem = self.env._("nothing is left to pay on it.")
        if problem:
            raise UserError(
                self.env._(
                    "%(card)s cannot pay %(invoice)s: %(problem)s",
                    card=card.display_name,
                    # a draft that was cancelled has no name of its own
                    invoice=self.display_name or self.env._("This invoice"),
                    problem=problem,
                )
            )

    def _dive_lines_without_cards(self):
        """Return the lines of this document but those that cards take off."""
        return self.invoice_line_ids.filtered(lambda line: not line.dive_card_use_id)

    def _dive_lines_of_card(self, card):
        """Return the lines of this document that a card may pay."""
        return self._dive_lines_without_cards().filtered(
            lambda line: (
                line.display_type == "product"
                and line.product_id
                and not line.dive_card_id
                and line.price_total > 0
                and (not card.service_ids or line.product_id in card.service_ids)
            )
        )

    def _dive_uses_beside(self, card):
        """Return the uses that pay lines which this card may pay, too."""
        mine = self._dive_lines_of_card(card)
        return self.dive_card_use_ids.filtered(
            lambda use: (
                use.state != "released" and self._dive_lines_of_card(use.card_id) & mine
            )
        )

    def _dive_cover(self, uses):
        """Return (line → amount, uses with their lines) for ``tools/card_cover``."""
        lines = self._dive_line_totals()
        # where taxes of all lines are rounded together, the total is a unit off
        rounding = self.currency_id.round(
            self._dive_total_without_cards() - sum(lines.values())
        )
        if lines and abs(rounding) <= self.currency_id.rounding * len(lines):
            lines[max(lines, key=lines.get)] += rounding
        return lines, [
            (self._dive_lines_of_card(use.card_id).ids, use.worth) for use in uses
        ]

    def _dive_live_uses(self):
        """Return what cards pay of this document, or get back with it."""
        return self.dive_card_use_ids.filtered(lambda use: use.state != "released")

    def _dive_left_for(self, card):
        """Return how much money of this invoice is left for a card to pay.

        What the card covers and no other needs; and no more than is to be paid in all,
        where other lines take something off.
        """
        self.ensure_one()
        mine = self._dive_lines_of_card(card)
        lines, uses = self._dive_cover(self._dive_live_uses())
        left = card_cover.left_for(lines, uses, mine.ids)
        return self.currency_id.round(min(left, self._dive_left_in_all()))

    def _dive_left_in_all(self):
        """Return how much of this invoice no card and no payment has taken."""
        self.ensure_one()
        if self.state == "posted":
            return self.amount_residual
        held = self.dive_card_use_ids.filtered(lambda use: use.state == "held")
        return self._dive_total_without_cards() - sum(held.mapped("worth"))

    def _dive_total_without_cards(self):
        """Return the total of this document before cards take something off.

        Without cash rounding, which follows from what is left in the end.
        """
        ours = self.invoice_line_ids - self._dive_lines_without_cards()
        total = self.amount_total - self._dive_rounding()
        return total - sum(ours.mapped("price_total"))

    def _dive_worth(self, card, amount):
        """Return how much money of this invoice an amount of a card pays.

        :param amount: as the card counts: money or visits
        :raise UserError: nothing that the card is good for, or less than the amount
        """
        self.ensure_one()
        left = self._dive_left_for(card)
        if self.currency_id.compare_amounts(left, 0) <= 0:
            raise UserError(self._dive_nothing_for(card))
        if card.unit == "visits":
            return self._dive_worth_of_visits(card, amount, left)
        if self.currency_id.compare_amounts(amount, left) > 0:
            raise UserError(self._dive_too_much_for(card, left))
        return amount

    def _dive_nothing_for(self, card):
        services = ", ".join(card.service_ids.mapped("display_name"))
        if not self._dive_lines_of_card(self.env["dive.discount.card"]):
            return self.env._(
                "%(card)s pays for nothing on %(invoice)s: %(reason)s",
                card=card.display_name,
                invoice=self.display_name,
                reason=self._dive_no_lines_words(),
            )
        if not services or self._dive_lines_of_card(card):
            return self.env._(
                "%(card)s pays for nothing more on %(invoice)s: all of it is covered.",
                card=card.display_name,
                invoice=self.display_name,
            )
        return self.env._(
            "%(card)s pays for nothing on %(invoice)s: it is good for %(services)s.",
            card=card.display_name,
            invoice=self.display_name,
            services=services,
        )

    def _dive_no_lines_words(self):
        return self.env._(
            "none of its lines has a service that a card can pay for. Choose the"
            " service (product) on the line."
        )

    def _dive_too_much_for(self, card, left):
        return self.env._(
            "What %(card)s pays for on %(invoice)s comes to %(left)s: use no more than"
            " that.",
            card=card.display_name,
            invoice=self.display_name,
            left=card._dive_in_words(left),
        )
