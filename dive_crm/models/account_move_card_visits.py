"""Invoices that are paid by the visit: how many, and which lines they cover."""

from odoo import models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _dive_visits_of(self, card):
        """Return (line, visits) for what a card of visits may pay here, in order."""
        weights = card.weights or {}
        return [
            (line, line.quantity * weights.get(str(line.product_id.id), 1.0))
            for line in self._dive_lines_of_card(card)
        ]

    def _dive_visits_taken(self, card):
        """Return how many visits cards have taken of the lines that this one covers."""
        uses = self._dive_uses_beside(card)
        return sum(
            use.amount
            for use in uses
            if use.card_id.unit == "visits" and not use.returns_id
        )

    def _dive_visits_left_for(self, card):
        """Return how many visits of this invoice are left for a card to pay."""
        self.ensure_one()
        needed = sum(visits for _line, visits in self._dive_visits_of(card))
        return max(round(needed - self._dive_visits_taken(card), 3), 0.0)

    def _dive_visited(self, card, amount, taken):
        """Return (line, share of it) for the lines that so many visits cover.

        Line by line in their order, after those that are taken already.
        """
        covered = []
        for line, visits in self._dive_visits_of(card):
            free = max(visits - taken, 0.0)
            taken = max(taken - visits, 0.0)
            part = min(free, amount)
            if part > 0:
                covered.append((line, part / visits))
                amount -= part
        return covered

    def _dive_money_of_visits(self, card, amount, taken):
        """Return what the lines cost that so many visits cover."""
        covered = self._dive_visited(card, amount, taken)
        totals = self._dive_line_totals()
        return self.currency_id.round(
            sum(totals[line.id] * share for line, share in covered)
        )

    def _dive_worth_of_visits(self, card, amount, left):
        """Return how much money an amount of visits pays of this invoice.

        :param left: how much money is left for the card to pay
        :raise UserError: fewer visits are left on the invoice, or less money
        """
        visits = self._dive_visits_left_for(card)
        if card._dive_compare(amount, visits) > 0:
            raise UserError(self._dive_too_much_for(card, visits))
        worth = self._dive_money_of_visits(
            card, amount, taken=self._dive_visits_taken(card)
        )
        if self.currency_id.compare_amounts(worth, left) > 0:
            raise UserError(
                self.env._(
                    "%(visits)s of %(card)s pay %(worth)s, and only %(left)s of"
                    " %(invoice)s are left to pay: use fewer.",
                    visits=card._dive_in_words(amount),
                    card=card.display_name,
                    worth=self.currency_id.format(worth),
                    left=self.currency_id.format(left),
                    invoice=self.display_name,
                )
            )
        return worth

    def _dive_check_worth(self, card, amount, worth, consumed):
        """Refuse a use that costs the diver more than the service itself.

        A unit of the currency is left to rounding.
        """
        loss = consumed - worth
        if self.currency_id.compare_amounts(loss, self.currency_id.rounding) > 0:
            raise UserError(
                self.env._(
                    "%(visits)s of %(card)s have cost %(price)s, and what they would"
                    " pay here costs %(worth)s: pay it without the card.",
                    visits=card._dive_in_words(amount),
                    card=card.display_name,
                    price=self.currency_id.format(consumed),
                    worth=self.currency_id.format(worth),
                )
            )
