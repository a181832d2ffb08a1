"""Cards on an invoice that is posted already: a credit note, and a payment."""

from odoo import Command, models

from .dive_guarded_mixin import unlocked


class AccountMove(models.Model):
    _inherit = "account.move"

    def _dive_settle_posted(self, use):
        """Pay a part of this posted invoice with a card, today.

        Taxed when used: a credit note for the benefit, and a payment of the rest.
        Taxed when sold: a credit note for all of it, so that no tax is charged twice;
        a payment clears both, and its net turns into revenue.
        """
        self.ensure_one()
        today = self.company_id._dive_today()
        due = self._dive_due_lines()
        credit = self._dive_credit_benefit(use, today)
        if use.card_id.treatment == "single":
            self._dive_clear(use, credit, today)
        else:
            self._dive_reconcile(due | credit._dive_due_lines())
            if lines := self._dive_entry_lines(use):
                amount = self._dive_paid_by(use)[0]
                paid = self._dive_make_payment(use, lines, today, amount)
                self._dive_reconcile(due | paid)
        credit.reversed_entry_id = self
        use._dive_set({"state": "settled"})

    def _dive_credit_benefit(self, use, date):
        """Return the posted credit note for what a use takes off; maybe none."""
        lines = self._dive_prepare_card_lines(use)
        # sudo: it follows from the use of the card; the desk need not make it
        moves = self.env["account.move"].sudo().with_company(self.company_id)
        if not lines:
            return moves
        engine = self.env["account.tax"]
        for line in lines:
            line["quantity"] = -line["quantity"]
            line["extra_tax_data"] = engine._reverse_quantity_base_line_extra_tax_data(
                line["extra_tax_data"]
            )
        credit = unlocked(moves).create(
            {
                "move_type": "out_refund",
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "journal_id": self.journal_id.id,
                "currency_id": self.currency_id.id,
                "invoice_currency_rate": self.invoice_currency_rate,
                "fiscal_position_id": self.fiscal_position_id.id,
                # nothing goes off what pays the invoice this very moment
                "invoice_payment_term_id": False,
                "invoice_date": date,
                "ref": f"{use.card_id.name} · {self.name}",
                "invoice_origin": self.name,
                "dive_card_use_id": use.id,
                "invoice_line_ids": [Command.create(line) for line in lines],
            }
        )
        credit._post(soft=False)
        return credit

    def _dive_clear(self, use, credit, date):
        """Pay the invoice with its credit note, so that both read as paid."""
        account = self._dive_due_lines()[:1].account_id
        partner = {"partner_id": self.commercial_partner_id.id}
        balance = abs(sum(credit._dive_due_lines().mapped("balance")))
        more = self._dive_rounding_left(use.worth, self.amount_residual)
        booked = self._dive_in_books(more)
        lines = [
            *self._dive_entry_lines(use),
            self._dive_entry_line(
                use, account, -balance - booked, -use.worth - more, **partner
            ),
            self._dive_entry_line(use, account, balance, use.worth, **partner),
            *self._dive_income_line(use, self._dive_rest_account(more), -booked),
        ]
        paid = self._dive_make_payment(use, lines, date, use.worth)
        against_invoice = paid.filtered(lambda line: line.balance < 0)
        self._dive_reconcile(self._dive_due_lines() | against_invoice)
        self._dive_reconcile(credit._dive_due_lines() | (paid - against_invoice))


class DiveDiscountCardUse(models.Model):
    _inherit = "dive.discount.card.use"

    def action_take_off(self):
        """Take these cards off their invoices again, at the rate of the use.

        What the use has settled is taken back; the card has it again.

        :raise AccessError: for who may not invoice
        """
        cards = self.card_id
        cards._dive_check_may_use()
        cards._dive_stand_in_line()
        for use in self.filtered(lambda use: not use.returns_id):
            move = use.move_id
            move.check_access("write")
            use._dive_check_takes_off()
            if use.state == "settled":
                use._dive_unsettle()
            use._dive_release()
            if move.state == "draft":
                move._dive_write_card_lines(use.card_id)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
