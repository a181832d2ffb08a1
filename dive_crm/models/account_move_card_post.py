"""Cards when an invoice is posted: checked again, settled; and when it goes back."""

from odoo import models
from odoo.exceptions import UserError

from ..tools import card_cover


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        for move in self.filtered("dive_card_use_ids"):
            move._dive_recheck_cards()
        credits = self.filtered(lambda move: move._dive_gives_back())
        for move in credits:
            move._dive_prepare_returns()
        posted = super()._post(soft)
        for move in posted.filtered("dive_card_use_ids"):
            for use in move.dive_card_use_ids.filtered(lambda use: use.state == "held"):
                move._dive_settle(use)
        # what is to be posted on a later day gives nothing back before
        (credits - posted).dive_card_use_ids.filtered("returns_id")._dive_take_again()
        return posted

    def _dive_recheck_cards(self):
        """Refuse to post what the cards do not pay for any more."""
        self.ensure_one()
        held = self._dive_held_uses()
        if not held:
            return
        self._dive_check_still_taken(held)
        held._dive_update_worth()
        self._dive_recheck_cover(held)
        self._dive_write_card_lines(held.card_id)

    def _dive_held_uses(self):
        """Return what cards pay of this draft."""
        return self.dive_card_use_ids.filtered(
            lambda use: use.state == "held" and not use.returns_id
        )

    def _dive_lines_to_pay(self):
        """Return the lines that sell something; cards only take off what these cost."""
        return self._dive_lines_without_cards().filtered(
            lambda line: line.display_type == "product"
        )

    def _dive_free_cards(self):
        """Take all cards off this draft, and note it where it is read."""
        self.ensure_one()
        held = self._dive_held_uses()
        cards = held.card_id
        held._dive_release()
        self._dive_write_card_lines(cards)
        self.message_post(
            body=self.env._(
                "What %(cards)s held for divers who cancelled is given back. Use cards"
                " again for what is left to pay.",
                cards=", ".join(cards.mapped("display_name")),
            )
        )

    def _dive_check_still_taken(self, held):
        """Refuse what has become another document since the cards were taken."""
        reason = ""
        if self.move_type != "out_invoice":
            reason = self.env._("it is no invoice any more")
        elif held.currency_id != self.currency_id:
            reason = self.env._("its currency has changed")
        for use in held:
            if use.partner_id.commercial_partner_id != self.commercial_partner_id:
                reason = use.card_id._dive_why_not_by(self.partner_id)
                use.card_id._dive_check_family_cap(self.partner_id, 0)
        if reason:
            raise UserError(
                self.env._(
                    "%(cards)s cannot pay %(invoice)s now: %(reason)s. Take them off,"
                    " or undo the change.",
                    cards=", ".join(held.card_id.mapped("name")),
                    invoice=self.display_name,
                    reason=reason.rstrip("."),
                )
            )

    def _dive_recheck_cover(self, held):
        if self._dive_covers_too_much(held):
            raise UserError(
                self.env._(
                    "%(cards)s cover more than there is for them to pay on %(invoice)s"
                    " now: take them off, and use them again.",
                    cards=", ".join(held.card_id.mapped("name")),
                    invoice=self.display_name,
                )
            )

    def _dive_covers_too_much(self, held):
        """Say whether these uses pay more than the lines of this draft cost now."""
        lines, uses = self._dive_cover(held)
        over = max(card_cover.over(lines, uses), -self._dive_left_in_all())
        visits = min(
            (
                sum(visits for _line, visits in self._dive_visits_of(card))
                - self._dive_visits_taken(card)
                for card in held.card_id
                if card.unit == "visits"
            ),
            default=0,
        )
        return self.currency_id.compare_amounts(over, 0) > 0 or round(visits, 3) < 0

    # ------------------------------------------------------------------
    # Settling
    # ------------------------------------------------------------------

    def _dive_settle(self, use):
        """Turn what a use has taken of the card's price into revenue, or back.

        On the accounting date of this document, once for each use.
        """
        self.ensure_one()
        if origin := use.returns_id.move_id:
            # an invoice that is credited in full has lost its other credit notes
            notes = use.returns_id.settlement_ids.filtered(
                lambda move: move.move_type == "out_refund"
            )
            paid = origin._dive_due_lines() | notes._dive_due_lines()
            if use.card_id.treatment == "single":
                # no money goes back: what the card had paid pays the invoice again
                paid |= self._dive_open_lines(use)
            self._dive_reconcile(paid)
        lines = self._dive_entry_lines(use)
        if lines and use.returns_id and use.card_id.treatment == "multi":
            amount = self._dive_paid_by(use)[0]
            due = self._dive_open_lines(use)
            paid = self._dive_make_payment(use, lines, self.date, amount)
            self._dive_reconcile(due | paid)
        elif lines:
            due = self._dive_open_lines(use)
            self._dive_reconcile(due | self._dive_make_entry(use, lines, self.date))
        use._dive_set({"state": "settled"})

    def _dive_reconcile(self, lines):
        """Reconcile what is open of these lines, account by account."""
        # sudo: the front desk takes cards, and reconciles nothing else
        lines = lines.sudo().filtered(
            lambda line: not line.reconciled and line.account_id.reconcile
        )
        for same in lines.grouped("account_id").values():
            if len(same) > 1:
                same.reconcile()

    # ------------------------------------------------------------------
    # Back to a draft, cancelled, deleted
    # ------------------------------------------------------------------

    def button_draft(self):
        """What cards have paid is owed to their holders again, and held."""
        settled = self.dive_card_use_ids.filtered(lambda use: use.state == "settled")
        settled._dive_check_not_returned()
        settled._dive_unsettle()
        settled.filtered("returns_id")._dive_take_again()
        result = super().button_draft()
        for move in settled.move_id:
            held = move.dive_card_use_ids.filtered(lambda use: use.state == "held")
            move._dive_write_card_lines(held.card_id)
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self.dive_card_use_ids._dive_release()
        return result

    def unlink(self):
        uses = self.dive_card_use_ids
        uses._dive_release()
        (self.invoice_line_ids - self._dive_lines_without_cards()).unlink()
        return super().unlink()


class DiveDiscountCardUse(models.Model):
    _inherit = "dive.discount.card.use"

    def _dive_update_worth(self):
        """Follow the prices of the lines that visits pay."""
        for use in self.filtered(lambda use: use.card_id.unit == "visits").sorted("id"):
            move, card = use.move_id, use.card_id
            before = move._dive_uses_beside(card).filtered(
                lambda other, use=use: (
                    other.card_id.unit == "visits" and other.id < use.id
                )
            )
            taken = sum(before.mapped("amount"))
            worth = move._dive_money_of_visits(card, use.amount, taken)
            move._dive_check_worth(card, use.amount, worth, use.consumed)
            if use.currency_id.compare_amounts(worth, use.worth):
                use._dive_set({"worth": worth})

    def _dive_unsettle(self):
        """Take back what has settled these uses; they are held again.

        Entries are reversed on their own day; payments and credit notes, which were
        made for an invoice that had been posted before, are cancelled.
        """
        for use in self:
            # sudo: as for the entry itself
            moves = (
                use.sudo()
                ._dive_unlocked()
                .settlement_ids.filtered(
                    lambda move: move.state == "posted" and not move.reversal_move_ids
                )
            )
            payments = moves.origin_payment_id
            payments.action_cancel()
            moves.filtered(lambda move: move.move_type == "out_refund").button_cancel()
            entries = moves.filtered(
                lambda move: move.move_type == "entry" and not move.origin_payment_id
            )
            entries._reverse_moves(
                [{"date": entry.date} for entry in entries], cancel=True
            )
            use._dive_set({"state": "held"})
