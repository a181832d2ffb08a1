"""The account of prepaid cards stays what it is while cards stand on it."""

from odoo import models
from odoo.exceptions import UserError


class AccountAccount(models.Model):
    _inherit = "account.account"

    def write(self, vals):
        archived = "active" in vals and not vals["active"]
        other = vals.get("account_type", "liability_current") != "liability_current"
        if archived or other:
            self._dive_check_no_cards()
        return super().write(vals)

    def _dive_check_no_cards(self):
        """Refuse to archive an account that cards need, or to make it an income.

        :raise UserError: what is owed to the holders of cards would look like another
            thing, and no use of a card could be booked
        """
        # sudo: companies that the user does not see have cards, too
        companies = self.env["res.company"].sudo()
        used = companies.search([("dive_card_account_id", "in", self.ids)])
        for company in used:
            if company._dive_has_cards_on_account():
                raise UserError(
                    self.env._(
                        "What is owed to the holders of prepaid cards is on account"
                        " %(account)s: it stays a current liability, and is not"
                        " archived. It can be renamed, and given another code.",
                        account=self.browse(company.dive_card_account_id.id)
                        .with_company(company)
                        .display_name,
                    )
                )
