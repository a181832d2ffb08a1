"""Credit notes: what cards have paid goes back to them, as they have paid it."""

from odoo import Command, models
from odoo.exceptions import UserError

from ..tools import card_cover
from ..tools.card_money import Share, exact, rounded
from .dive_guarded_mixin import unlocked

#: a card that is over takes nothing back: its holder is paid out
OVER = ("refunded", "cancelled")


class AccountMove(models.Model):
    _inherit = "account.move"

    def _dive_gives_back(self):
        """Say whether this is a credit note for an invoice that cards have paid."""
        self.ensure_one()
        return (
            self.move_type == "out_refund"
            and not self.dive_card_use_id
            and bool(
                self._dive_uses_to_return() or self.invoice_line_ids.dive_card_use_id
            )
        )

    def _dive_uses_to_return(self):
        uses = self.reversed_entry_id.dive_card_use_ids
        return uses.filtered(
            lambda use: use.state == "settled" and use.card_id.state not in OVER
        ).sorted("id", reverse=True)

    def _dive_prepare_returns(self):
        """Give back to the cards what this credit note credits of what they paid.

        What is still open on the invoice is credited first: nobody gets a card filled
        up who owes. Then the cards, the one that was used last first. The lines are
        written anew, so that what is left of the credit is what the cards get.
        """
        self.ensure_one()
        self._dive_pay_out()
        uses = self._dive_uses_to_return()
        total = sum(self._dive_line_totals().values())
        budget = total - self._dive_open_on_origin()
        for use in uses:
            worth = min(self._dive_creditable(use), budget)
            if self.currency_id.compare_amounts(worth, 0) > 0:
                worth = float(rounded(exact(worth), exact(self.currency_id.rounding)))
                self._dive_give_back(use, worth)
                budget -= worth
        self._dive_write_card_lines(uses.card_id)

    def _dive_pay_out(self):
        """What a card paid that is over is the customer's: the part of its price.

        Taxed when sold, the lines say that nothing is to be paid: they are written as
        those of a card that is taxed when used.
        """
        uses = self.invoice_line_ids.dive_card_use_id.filtered(
            lambda use: (
                use.card_id.state in OVER
                and use.card_id.treatment == "single"
                and not use.returns_id
            )
        )
        for use in uses:
            self.invoice_line_ids.filtered(
                lambda line, use=use: line.dive_card_use_id == use
            ).unlink()
            unlocked(self).invoice_line_ids = [
                Command.create(line)
                for line in self._dive_prepare_card_lines(use, use._dive_benefit())
            ]

    def _dive_open_on_origin(self):
        """Return what the customer still owes on the invoice that is credited."""
        origin = self.reversed_entry_id
        entries = origin.dive_card_use_ids.settlement_ids
        # Odoo takes payments off an invoice that it credits in full
        free = entries.line_ids.filtered(
            lambda line: (
                line.account_id in origin._dive_due_lines().account_id
                and line.parent_state == "posted"
            )
        )
        freed = -sum(free.mapped("amount_residual_currency"))
        return max(origin.amount_residual - freed, 0.0)

    def _dive_creditable(self, use):
        """Return how much of what a use has paid these lines credit, in money."""
        lines, uses = self._dive_cover(self._dive_live_uses())
        mine = self._dive_lines_of_card(use.card_id).ids
        left = card_cover.left_for(lines, uses, mine)
        return min(left, use.worth - use._dive_returned("worth"))

    def _dive_amount_of(self, use, worth):
        """Return how much the card gets for what is credited: money, or visits."""
        card = use.card_id
        if card.unit == "money":
            return worth
        left = round(use.amount - use._dive_returned("amount"), 3)
        if self.currency_id.compare_amounts(worth, self._dive_creditable(use)) < 0:
            return min(left, round(use.amount * worth / use.worth, 3))
        before = self._dive_uses_beside(card).filtered("returns_id")
        visits = sum(
            visits * self._dive_price_share(line)
            for line, visits in self._dive_visits_of(card)
        )
        return min(left, round(visits - sum(before.mapped("amount")), 3))

    def _dive_price_share(self, line):
        """Return which part of its price a line credits: half of it, half a visit."""
        origin = self.reversed_entry_id.invoice_line_ids.filtered(
            lambda other: other.product_id == line.product_id and other.price_unit
        )
        price = max(origin.mapped("price_unit"), default=line.price_unit)
        return min(line.price_unit / price, 1.0) if price else 1.0

    def _dive_give_back(self, use, worth):
        """Note on the card, and here, that a use or a part of it goes back."""
        amount = self._dive_amount_of(use, worth)
        if amount <= 0:
            return
        part = {
            name: use._dive_part(name, amount, rounding)
            for name, rounding in (
                ("consumed", use.currency_id.rounding),
                ("booked", use.company_currency_id.rounding),
            )
        }
        entry = use.card_id._dive_move(
            "back",
            source=self,
            reverses_id=use.entry_id.id,
            amount=amount,
            visits=-use._dive_visits_back(amount),
            **{name: -value for name, value in part.items()},
        )
        # sudo: nobody writes uses; they follow from the credit note
        self.env["dive.discount.card.use"].sudo()._dive_unlocked().create(
            {
                "card_id": use.card_id.id,
                "move_id": self.id,
                "entry_id": entry.id,
                "amount": amount,
                "worth": worth,
                "state": "held",
                "returns_id": use.id,
                **part,
            }
        )


class DiveDiscountCardUse(models.Model):
    _inherit = "dive.discount.card.use"

    def _dive_returned(self, name):
        """Return how much of this use has gone back already."""
        returns = self.return_ids.filtered(lambda row: row.state != "released")
        return float(sum(exact(row[name]) for row in returns))

    def _dive_part(self, name, amount, rounding):
        """Return what goes back with an amount, of what this use has consumed."""
        self.ensure_one()
        whole = exact(self[name])
        share = Share(whole, exact(self.amount), exact(rounding))
        before = self._dive_returned("amount")
        part = share.of_part(
            exact(round(before + amount, 3)), exact(self.amount), whole
        )
        return max(float(part - exact(self._dive_returned(name))), 0.0)

    def _dive_visits_back(self, amount):
        """Return how many visits go back: one with all of a use that paid money."""
        if self.card_id.unit == "visits":
            return amount
        left = self.amount - self._dive_returned("amount") - amount
        return 0 if self.card_id._dive_compare(left, 0) > 0 else 1

    def _dive_take_again(self):
        """A credit note goes back to a draft: the card has less again.

        :raise UserError: what it had got back is used in the meantime
        """
        for row in self.filtered(lambda use: use.state == "held"):
            entry = row.entry_id
            row.card_id._dive_move(
                "use",
                source=row.move_id,
                reverses_id=entry.id,
                amount=-entry.amount,
                visits=-entry.visits,
                consumed=-entry.consumed,
                booked=-entry.booked,
            )
            row._dive_set({"state": "released"})

    def _dive_check_takes_off(self):
        """Refuse what a credit note has given back, or the invoice itself shows."""
        self.ensure_one()
        self._dive_check_not_returned()
        shown = self.move_id.invoice_line_ids.filtered(
            lambda line: line.dive_card_use_id == self
        )
        if self.state == "settled" and (shown or self.move_id.state != "posted"):
            raise UserError(
                self.env._(
                    "%(card)s is part of %(invoice)s: reset that to draft, or make a"
                    " credit note; the card then gets it back.",
                    card=self.card_id.display_name,
                    invoice=self.move_id.display_name,
                )
            )

    def _dive_check_not_returned(self):
        """Refuse to undo a use that a credit note has given back."""
        for use in self:
            credits = use.return_ids.filtered(lambda row: row.state == "settled")
            if credits:
                raise UserError(
                    self.env._(
                        "%(credits)s gave back what %(card)s had paid: reset that to"
                        " draft first.",
                        credits=", ".join(credits.move_id.mapped("display_name")),
                        card=use.card_id.display_name,
                    )
                )
