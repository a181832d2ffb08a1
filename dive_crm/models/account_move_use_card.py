"""Invoices on the screen: taking a card, and what cards have paid."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.card_bill import Bill, Line
from .dive_booking_invoice import ACCOUNTING
from .dive_discount_card_propose import OFFERS


class AccountMove(models.Model):
    _inherit = "account.move"

    dive_card_offer = fields.Selection(
        OFFERS,
        compute="_compute_dive_card_offer",
        groups="account.group_account_invoice",
    )
    dive_card_waiting_id = fields.Many2one(
        "dive.discount.card",
        "Card that does not work yet",
        compute="_compute_dive_card_waiting_id",
        groups="account.group_account_invoice",
    )
    dive_card_waiting_text = fields.Char(
        compute="_compute_dive_card_waiting_id",
        groups="account.group_account_invoice",
    )
    dive_card_taken_ids = fields.One2many(
        "dive.discount.card.use",
        "move_id",
        "Paid with cards",
        domain=[("state", "!=", "released")],
        copy=False,
        readonly=True,
        groups=ACCOUNTING,
    )
    dive_card_rest = fields.Monetary(
        "Left to pay",
        compute="_compute_dive_card_rest",
        groups=ACCOUNTING,
        help="What is left once the invoice is posted, and the cards have paid it.",
    )

    @api.depends(
        "amount_total", "amount_residual", "currency_id", "dive_card_taken_ids.state"
    )
    def _compute_dive_card_rest(self):
        for move in self:
            # while an invoice is typed, its currency may be empty
            rest = move._dive_left_in_all() if move.currency_id else 0
            if move.state == "draft" and rest and move._dive_owes(rest):
                rest += move._dive_rounding()
            move.dive_card_rest = rest

    @api.depends(
        "partner_id",
        "state",
        "move_type",
        "company_id",
        "currency_id",
        "amount_total",
        "amount_residual",
    )
    def _compute_dive_card_offer(self):
        for move in self:
            move.dive_card_offer = move._dive_is_for_cards() and self.env[
                "dive.discount.card"
            ]._dive_offer_to(move.partner_id, move)

    @api.depends("dive_card_offer")
    def _compute_dive_card_waiting_id(self):
        for move in self:
            cards = self.env["dive.discount.card"]
            if move._dive_is_for_cards():
                cards = cards._dive_waiting_of(move.partner_id, move.company_id)
            move.dive_card_waiting_id = cards
            move.dive_card_waiting_text = cards._dive_waiting_words()

    def action_dive_open_waiting_card(self):
        """Open the card that is not paid or not sold yet."""
        self.ensure_one()
        return self.dive_card_waiting_id.get_formview_action()

    def _dive_is_for_cards(self):
        """Say whether a card could pay something of this invoice."""
        self.ensure_one()
        return self._dive_owes_something() and bool(
            self._dive_lines_of_card(self.env["dive.discount.card"])
        )

    def _dive_owes_something(self):
        return (
            self.move_type == "out_invoice"
            and self.state in ("draft", "posted")
            and bool(self.partner_id)
            # may be empty while the invoice is typed
            and bool(self.currency_id)
            and self._dive_owes(self._dive_left_in_all())
        )

    def _dive_owes(self, amount):
        return self.currency_id.compare_amounts(amount, 0) > 0

    def action_dive_use_card(self):
        """Open the dialog that pays this invoice with cards.

        :raise AccessError: for who may not invoice
        :raise UserError: nothing on it can be paid with a card
        """
        self.ensure_one()
        self.env["dive.discount.card"]._dive_check_may_use()
        self.check_access("write")
        if not self._dive_is_for_cards():
            reason = self.env._(
                "choose an invoice to a customer on which something is left to pay."
            )
            if self._dive_owes_something():
                reason = self._dive_no_lines_words()
            raise UserError(
                self.env._(
                    "%(invoice)s takes no card: %(reason)s",
                    invoice=self.display_name,
                    reason=reason,
                )
            )
        return self.env["dive.card.use"]._dive_open(self.partner_id, move_id=self.id)

    def _dive_card_bills(self, _payer):
        """Return these invoices as cards see them."""
        return [move._dive_card_bill() for move in self]

    def _dive_card_bill(self):
        """Return this invoice as cards see it: their lines, and what is left of it."""
        self.ensure_one()
        nobodys = self.env["dive.discount.card"]
        totals = self._dive_cover(nobodys)[0]
        bill = Bill(
            [
                Line(line.product_id.id, line.quantity, totals[line.id])
                for line in self._dive_lines_of_card(nobodys)
            ],
            self.currency_id.round(self._dive_left_in_all()),
            self.currency_id.round,
            self.id,
        )
        for use in self.dive_card_use_ids:
            if use.state != "released":
                visits = use.card_id.unit == "visits" and not use.returns_id
                bill.note(
                    use.card_id._dive_offer(), use.worth, use.amount if visits else 0.0
                )
        return bill


class DiveDiscountCardUse(models.Model):
    _inherit = "dive.discount.card.use"

    amount_text = fields.Char("Amount taken", compute="_compute_amount_text")

    @api.depends("amount", "card_id.unit", "currency_id")
    def _compute_amount_text(self):
        for use in self:
            use.amount_text = use.card_id._dive_in_words(use.amount)
