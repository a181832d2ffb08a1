"""Paying a booking with a card."""

from odoo import models
from odoo.exceptions import UserError


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def _dive_invoice_to_pay(self, card, code=None):
        """Return the invoice of this booking that a card can pay, made if needed.

        :param card: a ``dive.discount.card``
        :param code: what is shown by who may use a card that is another's
        :raise UserError: nothing in this booking is for this card to pay
        """
        self.ensure_one()
        self._check_may_invoice()
        payers = [
            payer
            for payer in self._dive_owed_by_payer()
            if not card._dive_why_not_by(payer, code)
        ]
        for payer in payers:
            if self.state in ("confirmed", "done"):
                self._create_invoices(payer)
            self.invalidate_recordset(["invoice_ids"])
            for move in self._dive_moves_to_pay(payer):
                if move._dive_left_for(card) > 0:
                    return move
        raise UserError(self._dive_why_no_invoice(card, payers, code))

    def _dive_moves_to_pay(self, payer):
        """Return a payer's invoices with something to pay; drafts first."""
        # sudo: only to find them
        moves = self.sudo().invoice_ids.filtered(
            lambda move: (
                move.partner_id == payer
                and move.move_type == "out_invoice"
                and move.state == "draft"
            )
        )
        moves |= self._dive_open_moves(payer)
        return self.env["account.move"].browse(moves.ids)

    def _dive_why_no_invoice(self, card, payers, code):
        """Say why a card pays nothing in this booking."""
        self.ensure_one()
        owing = self._dive_owed_by_payer()
        if not owing:
            return self.env._("Nothing is owed in %(booking)s.", booking=self.name)
        if not payers:
            reason = card._dive_why_not_by(next(iter(owing)), code)
            return f"{card.display_name}: {reason}"
        moves = self._dive_moves_to_pay(payers[0])
        if not moves:
            return self.env._(
                "%(booking)s is not confirmed: confirm it before you take a card.",
                booking=self.name,
            )
        return moves[:1]._dive_nothing_for(card)
