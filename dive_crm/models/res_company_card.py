"""The accounts of prepaid cards: of the company's own chart, made where missing."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

ACTIVATION = [
    ("paid", "When its invoice is paid"),
    ("sold", "When its invoice is posted"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_card_account_id = fields.Many2one(
        "account.account",
        "Prepaid cards",
        check_company=True,
        domain=[("account_type", "=", "liability_current")],
        help="What customers have paid for cards and not used yet. Empty: an account of"
        " its own is made with the first card.",
    )
    dive_card_journal_id = fields.Many2one(
        "account.journal",
        "Journal of cards",
        check_company=True,
        domain=[("type", "=", "general")],
        help="Where the uses of cards are booked. Empty: the first of miscellaneous"
        " operations.",
    )
    dive_card_activation = fields.Selection(
        ACTIVATION, "A card works", default="paid", required=True
    )

    def _dive_card_account(self):
        """Return the account of prepaid cards, made for the chart if missing.

        :rtype: account.account
        """
        self.ensure_one()
        if not self.dive_card_account_id:
            # sudo: who sells the first card may not change the chart
            company = self.sudo()
            company.dive_card_account_id = company._dive_make_account(
                "liability_current", self.env._("Prepaid cards")
            )
        return self.dive_card_account_id

    def _dive_card_journal(self):
        """Return the journal in which uses of cards are booked.

        :rtype: account.journal
        """
        self.ensure_one()
        journals = self.env["account.journal"].sudo()  # sudo: the desk reads none
        return self.dive_card_journal_id or journals.search(
            [*journals._check_company_domain(self), ("type", "=", "general")], limit=1
        )

    def _dive_make_account(self, account_type, name):
        """Return a new account of the chart, numbered after those of its type."""
        accounts = self.env["account.account"].with_company(self)
        last = accounts.search(
            Domain(accounts._check_company_domain(self))
            & Domain("account_type", "=", account_type)
            & Domain("code", "!=", False),
            order="code desc",
            limit=1,
        )
        if not last:
            raise UserError(
                self.env._(
                    "%(company)s has no chart of accounts yet: install one under"
                    " Invoicing, Settings, and try again.",
                    company=self.display_name,
                )
            )
        return accounts.create(
            {
                "name": name,
                "code": accounts._search_new_account_code(last.code),
                "account_type": account_type,
                "company_ids": [fields.Command.link(self.id)],
            }
        )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_card_account_id = fields.Many2one(
        related="company_id.dive_card_account_id", readonly=False
    )
    dive_card_journal_id = fields.Many2one(
        related="company_id.dive_card_journal_id", readonly=False
    )
    dive_card_activation = fields.Selection(
        related="company_id.dive_card_activation", readonly=False
    )
