"""Credit notes for the sale of a card; the sale that goes back to a draft."""

from odoo import fields, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    # of an entry that books a movement which no invoice books
    dive_card_entry_id = fields.Many2one(
        "dive.discount.card.entry",
        "Movement of a card",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
    )

    def _dive_refunded_lines(self):
        """Return the lines of credit notes that pay a card back."""
        credits = self.filtered(lambda move: move.move_type == "out_refund")
        return credits.invoice_line_ids.filtered("dive_card_id")

    def _post(self, soft=True):
        self._dive_check_credits_cards()
        for card, lines in self._dive_refunded_lines().grouped("dive_card_id").items():
            card._dive_stand_in_line()
            card._dive_check_refund(sum(lines.mapped("price_total")))
        posted = super()._post(soft)
        for move in posted:
            for card in move._dive_refunded_lines().dive_card_id:
                card._dive_refunded(move)
        return posted

    def _dive_check_credits_cards(self):
        """Refuse a credit note that takes a sale back, and not the card with it."""
        for move in self.filtered(lambda move: move.move_type == "out_refund"):
            sale = move.reversed_entry_id
            cards = sale._dive_sold_cards().filtered(
                lambda card: card.state in ("unpaid", "active")
            )
            others = sale.invoice_line_ids.filtered(lambda line: not line.dive_card_id)
            spare = sum(others.mapped("price_total"))
            missing = cards - move.invoice_line_ids.dive_card_id
            credited = move.invoice_line_ids.filtered(
                lambda line: not line.dive_card_id
            )
            total = sum(credited.mapped("price_total"))
            if missing and move.currency_id.compare_amounts(total, spare) > 0:
                raise UserError(
                    self.env._(
                        "%(credit)s credits the sale of %(card)s, and the card would go"
                        " on: use “Refund” on the card.",
                        credit=move.display_name,
                        card=missing[:1].display_name,
                    )
                )

    def button_draft(self):
        self._dive_check_own_entries()
        for move in self.filtered(lambda move: move.state == "posted"):
            move._dive_refunded_lines().dive_card_id._dive_refund_undone(move)
            move._dive_sold_cards()._dive_sale_to_draft()
        return super().button_draft()

    def _dive_check_own_entries(self):
        """Refuse to undo by hand what follows from a card: card and books would differ.

        :raise UserError: unless the card itself undoes it
        """
        if self.env["dive.discount.card"]._dive_is_unlocked():
            return
        for move in self.filtered("posted_before"):
            if card := move.dive_card_use_id.card_id or move.dive_card_entry_id.card_id:
                raise UserError(
                    self.env._(
                        "%(entry)s follows from what was done with %(card)s: take the"
                        " card off the invoice, make a credit note for it, or extend"
                        " the card.",
                        entry=move.display_name,
                        card=card.display_name,
                    )
                )


class DiveDiscountCardEntry(models.Model):
    _inherit = "dive.discount.card.entry"

    move_ids = fields.One2many(
        "account.move", "dive_card_entry_id", "Entries in the books"
    )


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def _dive_sale_to_draft(self):
        """The invoice of the sale goes back to a draft: the card waits again.

        :raise UserError: it has moved since
        """
        for card in self:
            used = card.state == "active" and card.balance != card.whole
            if card.state not in ("unpaid", "active") or used:
                raise UserError(
                    self.env._(
                        "%(card)s has been used, refunded or has expired: its sale"
                        " stays. What is left of it can be refunded.",
                        card=card.display_name,
                    )
                )
            if card._dive_claim("active", "unpaid"):
                card._dive_move(
                    "back",
                    source=card._dive_sale_move(),
                    reverses_id=card._dive_sold_entry().id,
                    amount=-card.balance,
                )
            card._dive_unlocked().write({"booked": 0})
