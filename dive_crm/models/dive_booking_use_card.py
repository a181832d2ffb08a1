"""Bookings on the screen: taking a card, and what cards have paid."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.card_bill import Bill, Line
from .dive_booking_invoice import ACCOUNTING
from .dive_discount_card_propose import OFFERS


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    card_offer = fields.Selection(
        OFFERS,
        "Cards to pay with",
        compute="_compute_card_offer",
        groups="account.group_account_invoice",
    )
    card_waiting_id = fields.Many2one(
        "dive.discount.card",
        "Card that does not work yet",
        compute="_compute_card_waiting_id",
        groups="account.group_account_invoice",
    )
    card_waiting_text = fields.Char(
        compute="_compute_card_waiting_id", groups="account.group_account_invoice"
    )
    card_text = fields.Char(
        "Paid with cards",
        compute="_compute_card_text",
        compute_sudo=True,
        groups=ACCOUNTING,
    )

    @api.depends("state", "partner_id", "diver_ids.payer_id", "amount_owed")
    def _compute_card_offer(self):
        cards = self.env["dive.discount.card"]
        for booking in self:
            booking.card_offer = booking._dive_is_for_cards() and cards._dive_offer_to(
                booking._dive_all_payers(), booking
            )

    @api.depends("card_offer")
    def _compute_card_waiting_id(self):
        for booking in self:
            cards = self.env["dive.discount.card"]
            if booking._dive_is_for_cards():
                people = booking._dive_all_payers()
                cards = cards._dive_waiting_of(people, booking.company_id)
            booking.card_waiting_id = cards
            booking.card_waiting_text = cards._dive_waiting_words()

    def _dive_is_for_cards(self):
        """Say whether a card could pay something of this booking."""
        self.ensure_one()
        owed = self.currency_id and self.currency_id.compare_amounts(
            self.amount_owed, 0
        )
        return self.state in ("confirmed", "done") and bool(owed) and owed > 0

    def _dive_all_payers(self):
        """Return who made the booking, and everybody who pays for a place in it."""
        return self.partner_id.union(*self._dive_payers())

    @api.depends("invoice_state")
    def _compute_card_text(self):
        for booking in self:
            taken = {}
            for use in booking.invoice_ids.dive_card_use_ids.sorted("id"):
                if use.state != "released":
                    amount = -use.amount if use.returns_id else use.amount
                    taken[use.card_id] = taken.get(use.card_id, 0.0) + amount
            booking.card_text = ", ".join(
                f"{card.name}: {card._dive_in_words(amount)}"
                for card, amount in taken.items()
                if card._dive_compare(amount, 0) > 0
            )

    # ------------------------------------------------------------------
    # The dialog
    # ------------------------------------------------------------------

    def action_use_card(self):
        """Open the dialog that pays with cards; several payers: ask which of them."""
        return self._dive_for_payer("action_use_card_of")

    def action_open_waiting_card(self):
        """Open the card that is not paid or not sold yet."""
        self.ensure_one()
        return self.card_waiting_id.get_formview_action()

    def action_use_card_of(self, payer_id):
        """Open the dialog that pays with cards what one payer owes.

        :param int payer_id: who pays
        """
        self.ensure_one()
        self._check_may_invoice()
        payer = self.env["res.partner"].browse(payer_id)
        if payer not in self._dive_owed_by_payer():
            raise UserError(
                self.env._("%(payer)s owes nothing in this booking.", payer=payer.name)
            )
        return self.env["dive.card.use"]._dive_open(payer, booking_id=self.id)

    def _dive_moves_for_cards(self, payer):
        """Return a payer's invoices that cards can pay: drafts first, the oldest first.

        With the rights of the user.
        """
        moves = self._dive_moves_to_pay(payer).filtered(
            lambda move: move.currency_id == self.currency_id
        )
        drafts = moves.filtered(lambda move: move.state == "draft").sorted("id")
        return drafts | moves

    def _dive_card_bills(self, payer):
        """Return what a payer owes as cards see it, also what is not invoiced yet."""
        self.ensure_one()
        moves = self._dive_moves_for_cards(payer)
        drafts = moves.filtered(lambda move: move.state == "draft")
        bills = [move._dive_card_bill() for move in drafts]
        if lines := self._dive_lines_to_come(payer):
            rounded = self.currency_id.round
            left = rounded(sum(line.total for line in lines))
            bills.append(Bill(lines, left, rounded))
        return bills + [move._dive_card_bill() for move in moves - drafts]

    def _dive_lines_to_come(self, payer):
        """Return the lines of the invoice that is not made yet; nothing is made."""
        if self.state not in ("confirmed", "done"):
            return []
        positions = {}
        # sudo: accountants take cards and lend no gear
        seats = self.sudo().diver_ids.filtered(
            lambda seat: seat._dive_payer() == payer.sudo()
        )
        return [
            Line(product.id, 1.0, price)
            for seat in seats
            for product, price in seat._dive_charges(positions)
            if price > 0
        ]
