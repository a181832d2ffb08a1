"""The entry that takes what a card pays off the account of prepaid cards.

A use takes it off; a credit note puts it back: the same entry, the other way round.
"""

from odoo import Command, models

from .dive_guarded_mixin import unlocked


class AccountMove(models.Model):
    _inherit = "account.move"

    def _dive_due_lines(self):
        """Return the lines that say what the customer owes, or is owed."""
        return self.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def _dive_entry_lines(self, use):
        """Return the values of the lines that settle a use, or what gives it back.

        Empty: nothing is to be booked.
        """
        self.ensure_one()
        if use.card_id.treatment == "single":
            lines = self._dive_lines_when_sold(use)
        else:
            lines = self._dive_lines_when_used(use)
        if use.returns_id:
            for line in lines:
                line["balance"] = -line["balance"]
                line["amount_currency"] = -line["amount_currency"]
        return lines

    def _dive_entry_line(self, use, account, balance, amount=None, **vals):
        """Return the values of one line.

        :param balance: in the company's currency
        :param amount: in the card's; without one, the line is in the company's
        """
        currency = self.company_currency_id if amount is None else use.currency_id
        return {
            "name": f"{use.card_id.name} · {self.name}",
            "account_id": account.id,
            "currency_id": currency.id,
            "balance": balance,
            "amount_currency": balance if amount is None else amount,
            # taxed as the invoice is, and nowhere else
            "tax_ids": [],
            **vals,
        }

    def _dive_liability_line(self, use, amount):
        card = use.card_id
        return self._dive_entry_line(
            use,
            self.company_id._dive_card_account(),
            use.booked,
            amount,
            partner_id=card.partner_id.commercial_partner_id.id,
            dive_card_id=card.id,
        )

    # ------------------------------------------------------------------
    # Taxed when used
    # ------------------------------------------------------------------

    def _dive_lines_when_used(self, use):
        """The part of the price pays a part of the invoice.

        What it cannot pay, since less is open (a unit of rounding), is the company's:
        nobody can claim it. What cash rounding has added is taken back.
        """
        paid, balance = self._dive_paid_by(use)
        rest = use.currency_id.round(use.consumed - paid)
        forfeited = 0.0
        if use.currency_id.compare_amounts(rest, 0) > 0:
            forfeited = self.company_currency_id.round(use.booked * rest / use.consumed)
        elif rest:
            forfeited = self._dive_in_books(rest)
        lines = [self._dive_liability_line(use, use.consumed)]
        if not use.currency_id.is_zero(paid):
            lines.append(
                self._dive_entry_line(
                    use,
                    self._dive_due_lines()[:1].account_id,
                    -balance,
                    -paid,
                    partner_id=self.commercial_partner_id.id,
                )
            )
        lines += self._dive_income_line(use, self._dive_rest_account(rest), forfeited)
        rates = use.booked - balance - forfeited
        if self.company_currency_id.is_zero(rates):
            return lines if use.booked or paid else []
        return lines + self._dive_income_line(
            use, self.company_id._dive_rates_account(rates), rates
        )

    def _dive_paid_by(self, use):
        """Return what a use pays of this document: in its currency, in the books."""
        open_lines = self._dive_open_lines(use)
        due = abs(sum(open_lines.mapped("amount_residual_currency")))
        most = use.consumed + self._dive_rounding_left(use.consumed, due)
        if self.currency_id.compare_amounts(most, due) >= 0:
            return due, abs(sum(open_lines.mapped("amount_residual")))
        return use.consumed, self._dive_in_books(use.consumed)

    def _dive_in_books(self, amount):
        """Return an amount of this document in the currency of the books."""
        return self.company_currency_id.round(
            amount / (self.invoice_currency_rate or 1)
        )

    def _dive_open_lines(self, use):
        """Return the lines that a use pays, or from which it comes back."""
        lines = self._dive_due_lines()
        if use.returns_id:
            # an invoice that was credited in full has set free what cards had paid
            entries = use.returns_id.settlement_ids
            lines |= entries.line_ids.filtered(
                lambda line: (
                    line.account_id in lines.account_id
                    and line.parent_state == "posted"
                )
            )
        return lines.filtered(lambda line: not line.reconciled)

    # ------------------------------------------------------------------
    # Taxed when sold
    # ------------------------------------------------------------------

    def _dive_lines_when_sold(self, use):
        """The net of the part becomes revenue; its tax was due with the sale."""
        if self.company_currency_id.is_zero(use.booked):
            return []
        amount = use.card_id._dive_in_card_currency(use.booked)
        lines = [self._dive_liability_line(use, amount)]
        for account, part in self._dive_income_parts(use):
            lines += self._dive_income_line(use, account, part)
        return lines

    def _dive_income_parts(self, use):
        """Return (account, part of what a use books), as the card has covered them.

        "Covered by card" has taken the services off these accounts, or what goes back
        off the credit note; the last account takes the rounding.
        """
        covered = self._dive_covered_lines(use).grouped("account_id")
        nets = {
            account: abs(sum(lines.mapped("balance")))
            for account, lines in covered.items()
        }
        whole = sum(nets.values())
        if self.company_currency_id.is_zero(whole):
            source = use.returns_id.move_id or self
            account = source._dive_lines_of_card(use.card_id)[:1].account_id
            return [(account, use.booked)]
        parts, done, before = [], 0.0, 0.0
        for account, net in nets.items():
            done += net
            # of the sum so far: however many accounts, no part is below 0
            upto = self.company_currency_id.round(use.booked * done / whole)
            parts.append((account, self.company_currency_id.round(upto - before)))
            before = upto
        return parts

    def _dive_covered_lines(self, use):
        """Return the lines that take off what a use pays: here, or on a credit note."""
        lines = self.invoice_line_ids.filtered(
            lambda line: line.dive_card_use_id == use
        )
        if lines:
            return lines
        credit = use.settlement_ids.filtered(
            lambda move: move.move_type == "out_refund" and move.state == "posted"
        )
        return credit.invoice_line_ids

    def _dive_income_line(self, use, account, amount):
        """Return a line in the company's currency that books an income, if any."""
        if self.company_currency_id.is_zero(amount):
            return []
        return [
            self._dive_entry_line(
                use, account, -amount, partner_id=self.commercial_partner_id.id
            )
        ]

    # ------------------------------------------------------------------
    # The entry, and the payment
    # ------------------------------------------------------------------

    def _dive_make_entry(self, use, lines, date):
        """Post the entry; return the lines on the customer's account."""
        # sudo: the front desk posts invoices, and no other entries
        moves = self.env["account.move"].sudo().with_company(self.company_id)
        entry = unlocked(moves).create(
            {
                "move_type": "entry",
                "journal_id": self.company_id._dive_card_journal().id,
                "company_id": self.company_id.id,
                "date": date,
                "ref": f"{use.card_id.name} · {self.name}",
                "dive_card_use_id": use.id,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        entry._post(soft=False)
        return self._dive_lines_due_in(entry)

    def _dive_make_payment(self, use, lines, date, amount):
        """Post the entry as a payment: an invoice then reads as paid, not reversed."""
        company = self.company_id
        method = company._dive_card_method("outbound" if use.returns_id else "inbound")
        # sudo: as for the entry
        payments = self.env["account.payment"].sudo().with_company(company)
        payment = unlocked(payments).create(
            {
                "payment_type": method.payment_type,
                "partner_type": "customer",
                "partner_id": self.commercial_partner_id.id,
                "company_id": company.id,
                "journal_id": method.journal_id.id,
                "payment_method_line_id": method.id,
                "outstanding_account_id": company._dive_card_account().id,
                "currency_id": self.currency_id.id,
                "amount": amount,
                "date": date,
                "memo": f"{use.card_id.name} · {self.name}",
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        payment.move_id.dive_card_use_id = use
        payment.move_id._post(soft=False)
        return self._dive_lines_due_in(payment.move_id)

    def _dive_lines_due_in(self, entry):
        accounts = self._dive_due_lines().account_id
        return entry.line_ids.filtered(lambda line: line.account_id in accounts)
