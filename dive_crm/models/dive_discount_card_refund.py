"""Paying a card back: a credit note for the part of its price that is not used."""

from odoo import Command, models
from odoo.exceptions import UserError

from ..tools.card_money import exact
from .dive_guarded_mixin import unlocked


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def action_refund(self):
        """Credit the unused part of the price; the card is over then.

        A sale whose invoice is a draft has not taken place: the card is new again.

        :return: an action that shows the credit note, from which the money is paid
        :raise AccessError: for who may not invoice
        :raise UserError: not sold, nothing left
        """
        self._dive_check_may_sell()
        self._dive_stand_in_line()
        credits = self.env["account.move"]
        for card in self:
            credits |= card._dive_refund()
        if not credits:
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        action = self.env["dive.booking"]._action_open_moves(credits)
        return {**action, "context": {"default_move_type": "out_refund"}}

    def _dive_refund(self):
        self.ensure_one()
        # sudo: only to find it; the credit note is made with the rights of the user
        sale = self.sudo()._dive_sale_move()
        rest = self.currency_id.round(self.price - self.consumed)
        if self.state not in ("unpaid", "active", "expired", "used"):
            self._dive_say(self._dive_why_not_usable())
        if sale.state != "posted":
            return self._dive_unsell(sale)
        self._dive_check_nothing_held()
        if self.currency_id.is_zero(rest):
            raise UserError(
                self.env._(
                    "Nothing of the price of %(card)s is left to refund.",
                    card=self.display_name,
                )
            )
        credit = (
            unlocked(self.env["account.move"])
            .with_company(self.company_id)
            .create(self._dive_prepare_refund(sale, rest))
        )
        credit.action_post()
        return credit.with_env(self.env)

    def _dive_unsell(self, sale):
        """Nothing was sold yet: take the card off the draft, and the draft away."""
        draft = self.env["account.move"].browse(sale.id)
        lines = draft.invoice_line_ids
        mine = lines.filtered(lambda line: line.dive_card_id == self)
        if lines == mine:
            draft.unlink()
        else:
            mine.unlink()
        return self.env["account.move"]

    def _dive_prepare_refund(self, sale, rest):
        """Return the values of the credit note; at the rate of the sale."""
        sold = sale.invoice_line_ids.filtered(lambda line: line.dive_card_id == self)
        # with the taxes of the sale, whatever those of the services are today
        line = self._dive_prepare_sale_line(rest, sold.tax_ids)
        return {
            "move_type": "out_refund",
            "partner_id": sale.partner_id.id,
            "company_id": sale.company_id.id,
            "journal_id": sale.journal_id.id,
            "currency_id": sale.currency_id.id,
            "invoice_currency_rate": sale.invoice_currency_rate,
            "fiscal_position_id": sale.fiscal_position_id.id,
            "reversed_entry_id": sale.id,
            "invoice_origin": self.name,
            "invoice_line_ids": [Command.create(line)],
            **self._dive_no_early_terms(sale.partner_id),
        }

    def _dive_check_nothing_held(self):
        """Refuse to end a card of which a draft still holds something."""
        # sudo: what is held counts, whoever refunds
        held = self.env["dive.discount.card.use"].sudo()
        held = held.search([("card_id", "=", self.id), ("state", "=", "held")])
        if held:
            raise UserError(
                self.env._(
                    "%(card)s is used on %(invoices)s: post it, or take the card off,"
                    " and refund it then.",
                    card=self.display_name,
                    invoices=", ".join(held.move_id.mapped("display_name")),
                )
            )

    # ------------------------------------------------------------------
    # What posting the credit note does
    # ------------------------------------------------------------------

    def _dive_check_refund(self, credited):
        """Refuse to credit another part of the sale than what is not used.

        :param credited: total of the credit note for this card
        """
        self.ensure_one()
        rest = exact(self.price) - exact(self.consumed)
        self._dive_check_nothing_held()
        if self.state in (
            "unpaid",
            "active",
            "expired",
        ) and not self.currency_id.compare_amounts(credited, float(rest)):
            return
        raise UserError(
            self.env._(
                "%(credited)s of %(card)s cannot be credited: %(rest)s of its price are"
                " not used. Delete this credit note, and use “Refund” on the card.",
                credited=self.currency_id.format(credited),
                card=self.display_name,
                rest=self.currency_id.format(float(rest)),
            )
        )

    def _dive_refunded(self, credit):
        """The sale is credited: the card is over, and nothing is owed for it."""
        for card in self:
            for state in ("unpaid", "active", "expired"):
                card._dive_claim(state, "refunded")
            rest = card._dive_rest()
            entry = card._dive_move("refund", source=credit, **rest)
            lines = credit.invoice_line_ids.filtered(
                lambda line, card=card: line.dive_card_id == card
            )
            # a cent of rounding, or of rates, is not the holder's
            difference = rest["booked"] - sum(lines.mapped("balance"))
            card._dive_book_end(
                entry, difference, card.company_id._dive_difference_account(card)
            )

    def _dive_refund_undone(self, credit):
        """The credit note of these cards goes back to a draft: they work again."""
        for card in self:
            entry = card.entry_ids.filtered(
                lambda entry: (
                    entry.kind == "refund"
                    and entry.source_model == credit._name
                    and entry.source_id == credit.id
                )
            )[:1]
            sold = bool(card._dive_sold_entry())
            if card._dive_claim("refunded", "active" if sold else "unpaid"):
                back = card._dive_move(
                    "back",
                    source=credit,
                    reverses_id=entry.id,
                    amount=-entry.amount,
                    consumed=-entry.consumed,
                    booked=-entry.booked,
                )
                card._dive_book_reversal(entry, back)

    def _dive_book_reversal(self, entry, back):
        """Reverse the entries of a movement."""
        # sudo: as for the entry itself
        unlocked = self.sudo()._dive_unlocked().env
        moves = entry.with_env(unlocked).move_ids
        moves = moves.filtered(lambda move: move.state == "posted")
        reversals = moves._reverse_moves(
            [{"date": move.date} for move in moves], cancel=True
        )
        reversals.dive_card_entry_id = back

    def _dive_sold_entry(self):
        """Return the movement by which this card began to work, if it did."""
        self.ensure_one()
        undone = self.entry_ids.reverses_id
        return self.entry_ids.filtered(
            lambda entry: entry.kind == "sale" and entry not in undone
        )[:1]
