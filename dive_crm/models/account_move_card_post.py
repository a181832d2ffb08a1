"""Settling what cards pay: out of the account of prepaid cards, into the invoice."""

from odoo import Command, models
from odoo.exceptions import UserError


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        drafts = self.filtered(lambda move: move.dive_card_use_ids)
        for move in drafts:
            move._dive_recheck_cards()
        posted = super()._post(soft)
        for move in posted & drafts:
            for use in move.dive_card_use_ids.filtered(lambda use: use.state == "held"):
                move._dive_settle(use)
        return posted

    def _dive_recheck_cards(self):
        """Refuse to post what the cards do not pay for any more."""
        self.ensure_one()
        held = self.dive_card_use_ids.filtered(lambda use: use.state == "held")
        for card in held.card_id:
            left = self._dive_left_for(card)
            if self.currency_id.compare_amounts(left, 0) < 0:
                raise UserError(
                    self.env._(
                        "%(card)s covers %(amount)s more than there is for it to pay on"
                        " %(invoice)s now: take it off, and use it again.",
                        card=card.display_name,
                        amount=self.currency_id.format(-left),
                        invoice=self.display_name,
                    )
                )
        if held:
            self._dive_write_card_lines()

    # ------------------------------------------------------------------
    # The entry
    # ------------------------------------------------------------------

    def _dive_settle(self, use):
        """Post the entry that turns a part of the card's price into revenue."""
        self.ensure_one()
        lines = (
            self._dive_lines_when_sold(use)
            if use.card_id.treatment == "single"
            else self._dive_lines_when_used(use)
        )
        if lines:
            entry = (
                # sudo: the front desk posts invoices, and no other entries
                self.env["account.move"]
                .sudo()
                .with_company(self.company_id)
                .create(
                    {
                        "move_type": "entry",
                        "journal_id": self.company_id._dive_card_journal().id,
                        "company_id": self.company_id.id,
                        "date": self.date,
                        "ref": f"{use.card_id.name} · {self.name}",
                        "dive_card_use_id": use.id,
                        "line_ids": [Command.create(line) for line in lines],
                    }
                )
            )
            entry._post(soft=False)
            due = self._dive_due_lines()
            paid = entry.line_ids.filtered(
                lambda line: line.account_id in due.account_id
            )
            (due + paid).filtered(lambda line: not line.reconciled).reconcile()
        use._dive_unlocked().write({"state": "settled"})

    def _dive_due_lines(self):
        """Return the lines that say what the customer owes."""
        return self.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def _dive_from_liability(self, use, amount):
        """Return the line that takes a use off the account of prepaid cards."""
        card = use.card_id
        return {
            "name": f"{card.name} · {self.name}",
            "account_id": self.company_id._dive_card_account().id,
            "partner_id": card.partner_id.commercial_partner_id.id,
            "dive_card_id": card.id,
            "currency_id": card.currency_id.id,
            "amount_currency": amount,
            "balance": use.booked,
        }

    def _dive_lines_when_used(self, use):
        """Taxed when used: the part of the price pays a part of the invoice."""
        due = self._dive_due_lines()
        paid = min(use.consumed, sum(due.mapped("amount_residual_currency")))
        if self.currency_id.is_zero(paid):
            return []
        # what the invoice has booked for it, at the rate of its day
        rate = self.invoice_currency_rate or 1
        balance = self.company_currency_id.round(paid / rate)
        lines = [
            self._dive_from_liability(use, use.consumed),
            {
                "name": f"{use.card_id.name} · {self.name}",
                "account_id": due[:1].account_id.id,
                "partner_id": self.commercial_partner_id.id,
                "currency_id": self.currency_id.id,
                "amount_currency": -paid,
                "balance": -balance,
            },
        ]
        return lines + self._dive_exchange_line(use, balance)

    def _dive_exchange_line(self, use, balance):
        """Return what rates have changed since the sale, as a line, if they have."""
        difference = self.company_currency_id.round(use.booked - balance)
        if self.company_currency_id.is_zero(difference):
            return []
        company = self.company_id
        account = (
            company.income_currency_exchange_account_id
            if difference > 0
            else company.expense_currency_exchange_account_id
        )
        return [
            {
                "name": self.env._("Rates since the sale of %s", use.card_id.name),
                "account_id": account.id,
                "currency_id": self.company_currency_id.id,
                "amount_currency": -difference,
                "balance": -difference,
            }
        ]

    def _dive_lines_when_sold(self, use):
        """Taxed when sold: the net of the part becomes revenue, without tax."""
        if self.company_currency_id.is_zero(use.booked):
            return []
        income = self._dive_lines_of_card(use.card_id)[:1].account_id
        return [
            self._dive_from_liability(
                use,
                use.currency_id.round(use.booked * self.invoice_currency_rate),
            ),
            {
                "name": f"{use.card_id.name} · {self.name}",
                "account_id": income.id,
                "partner_id": self.commercial_partner_id.id,
                "currency_id": self.company_currency_id.id,
                "amount_currency": -use.booked,
                "balance": -use.booked,
            },
        ]

    # ------------------------------------------------------------------
    # Back to a draft, cancelled, deleted
    # ------------------------------------------------------------------

    def button_draft(self):
        """What cards have paid is owed to their holders again, and held."""
        uses = self.dive_card_use_ids.filtered(lambda use: use.state == "settled")
        for use in uses:
            entries = use.settlement_ids.filtered(
                lambda entry: entry.state == "posted" and not entry.reversal_move_ids
            )
            # sudo: as for the entry itself
            entries.sudo()._reverse_moves(
                [{"date": entry.date} for entry in entries], cancel=True
            )
            use._dive_unlocked().write({"state": "held"})
        return super().button_draft()

    def button_cancel(self):
        result = super().button_cancel()
        self.dive_card_use_ids._dive_release()
        return result

    def unlink(self):
        uses = self.dive_card_use_ids
        uses._dive_release()
        self.invoice_line_ids.filtered("dive_card_use_id").unlink()
        return super().unlink()
