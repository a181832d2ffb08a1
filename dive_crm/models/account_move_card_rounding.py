"""Cash rounding on invoices that cards pay: a card is no cash.

What a method of cash rounding has added to an invoice, or taken off it, is there for
coins. Where cards pay all the rest, it is taken back by the entry of the last of them:
the invoice reads paid, and the card has paid what its services cost.
"""

from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _dive_rounding_lines(self):
        return self.line_ids.filtered(lambda line: line.display_type == "rounding")

    def _dive_rounding(self):
        """Return what cash rounding adds to the total; below 0: what it takes off."""
        sign = -1 if self.is_inbound() else 1
        return sign * sum(self._dive_rounding_lines().mapped("amount_currency"))

    def _dive_rounding_left(self, amount, due):
        """Return what is left to pay by cash rounding alone, after a card has paid.

        :param amount: what the card pays
        :param due: what is open before
        :return: 0 if more is left to pay than the rounding
        """
        left = self.currency_id.round(due - amount)
        most = self.currency_id.round(abs(self._dive_rounding()))
        return left if amount and 0 < left <= most else 0.0

    def _dive_rest_account(self, rest):
        """Return the account of what a card pays more, or less, than it is worth here.

        Cash rounding goes back to where it was booked, unless that is a tax.

        :param rest: in the currency of this document
        """
        lines = self._dive_rounding_lines()
        own = lines.filtered(lambda line: not line.tax_repartition_line_id).account_id
        if (
            own
            and self.currency_id.compare_amounts(abs(rest), abs(self._dive_rounding()))
            <= 0
        ):
            return own[:1]
        return self.company_id._dive_breakage_account()
