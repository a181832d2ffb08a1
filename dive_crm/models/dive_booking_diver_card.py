"""Divers who cancel: what cards hold for them on draft invoices is given back."""

from odoo import models


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def _drop_draft_invoice_lines(self):
        """Give back to cards what they held for these divers.

        A draft of which nothing but the cards' own lines would be left is cancelled.
        Where others stay on it, and cards hold more than those cost, the cards are
        taken off: whoever is asked for the rest takes them again.
        """
        # sudo: whoever may cancel a place frees the payer's card as well
        lines = self.sudo().invoice_line_ids.filtered(
            lambda line: line.parent_state == "draft"
        )
        drafts = lines.move_id.filtered(
            lambda move: move.move_type == "out_invoice" and move._dive_held_uses()
        )
        for move in drafts:
            if not (move._dive_lines_to_pay() - lines):
                move._dive_free_cards()
        result = super()._drop_draft_invoice_lines()
        for move in drafts.filtered(lambda move: move.state == "draft"):
            held = move._dive_held_uses()
            if held and move._dive_covers_too_much(held):
                move._dive_free_cards()
        return result
