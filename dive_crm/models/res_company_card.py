"""The accounts of prepaid cards: of the company's own chart, made where missing."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

ACTIVATION = [
    ("paid", "When its invoice is paid"),
    ("sold", "When its invoice is posted"),
]
#: Odoo's own ways to pay by hand
WAYS = {"inbound": "in", "outbound": "out"}


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
    dive_card_breakage_account_id = fields.Many2one(
        "account.account",
        "Cards not used",
        check_company=True,
        domain=[("internal_group", "=", "income")],
        help="Income from cards that have expired. Empty: an account of its own is made"
        " with the first that does.",
    )
    dive_card_journal_id = fields.Many2one(
        "account.journal",
        "Journal of cards",
        check_company=True,
        domain=[("type", "=", "general")],
        help="Where the uses of cards are booked. Empty: a journal of its own is made"
        " with the first use.",
    )
    dive_card_activation = fields.Selection(
        ACTIVATION, "A card works", default="paid", required=True
    )

    def write(self, vals):
        if "dive_card_account_id" in vals:
            for company in self:
                company._dive_check_card_account(vals["dive_card_account_id"])
        return super().write(vals)

    def _dive_check_card_account(self, account_id):
        """Refuse another account while the old one still owes something.

        :raise UserError: uses of cards would leave the one account and not the other
        """
        self.ensure_one()
        old = self.dive_card_account_id
        if old and old.id != account_id and self._dive_has_cards_on_account():
            raise UserError(
                self.env._(
                    "Cards are on account %(account)s already, and stay there: the"
                    " account can be renamed, and given another code.",
                    account=old.display_name,
                )
            )

    def _dive_has_cards_on_account(self):
        """Say whether the sale of a card stands on the account of prepaid cards."""
        self.ensure_one()
        lines = self.env["account.move.line"].sudo()  # sudo: who sets up reads none
        return bool(
            lines.search_count(
                [
                    ("account_id", "=", self.dive_card_account_id.id),
                    ("company_id", "=", self.id),
                    ("dive_card_id", "!=", False),
                ],
                limit=1,
            )
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

    def _dive_breakage_account(self):
        """Return the income account of what nobody has used, made if missing.

        :rtype: account.account
        """
        self.ensure_one()
        if not self.dive_card_breakage_account_id:
            company = self.sudo()  # sudo: as above
            company.dive_card_breakage_account_id = company._dive_make_account(
                "income_other", self.env._("Prepaid cards not used")
            )
        return self.dive_card_breakage_account_id

    def _dive_rates_account(self, difference):
        """Return the account of exchange differences: income above 0, else expense."""
        self.ensure_one()
        account = (
            self.income_currency_exchange_account_id
            if difference > 0
            else self.expense_currency_exchange_account_id
        )
        return account or self._dive_breakage_account()

    def _dive_difference_account(self, card):
        """Return where the last cent of a card goes: by rates, or by rounding."""
        self.ensure_one()
        if card.currency_id == self.currency_id:
            return self._dive_breakage_account()
        return self._dive_rates_account(1)

    def _dive_card_journal(self):
        """Return the journal in which uses of cards are booked, made if missing.

        :rtype: account.journal
        """
        self.ensure_one()
        if not self.dive_card_journal_id:
            company = self.sudo()  # sudo: as above
            journals = company.env["account.journal"].with_company(company)
            company.dive_card_journal_id = journals.create(
                {
                    "name": self.env._("Prepaid cards"),
                    "type": "general",
                    "code": company._dive_free_journal_code(),
                    "company_id": company.id,
                    "show_on_dashboard": False,
                }
            )
        return self.dive_card_journal_id

    def _dive_free_journal_code(self):
        journals = self.env["account.journal"].with_context(active_test=False)
        taken = set(journals.search([("company_id", "=", self.id)]).mapped("code"))
        return next(
            code
            for code in ("CARD", *(f"CAR{number}" for number in range(1, 99)))
            if code not in taken
        )

    def _dive_card_method(self, payment_type):
        """Return how cards pay posted invoices: through their journal and account.

        The journal is a general one, so that nobody is offered it as a way to pay
        without a card.

        :param payment_type: inbound, or outbound: a credit note goes back to the card
        :rtype: account.payment.method.line
        """
        self.ensure_one()
        journal, account = self._dive_card_journal(), self._dive_card_account()
        methods = self.env["account.payment.method.line"].sudo()  # sudo: as above
        line = methods.search(
            [
                ("journal_id", "=", journal.id),
                ("payment_account_id", "=", account.id),
                ("payment_type", "=", payment_type),
            ],
            limit=1,
        )
        return line or methods.create(
            {
                "name": self.env._("Prepaid card"),
                "journal_id": journal.id,
                "payment_account_id": account.id,
                "payment_method_id": self.env.ref(
                    f"account.account_payment_method_manual_{WAYS[payment_type]}"
                ).id,
            }
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
    dive_card_breakage_account_id = fields.Many2one(
        related="company_id.dive_card_breakage_account_id", readonly=False
    )
    dive_card_journal_id = fields.Many2one(
        related="company_id.dive_card_journal_id", readonly=False
    )
    dive_card_activation = fields.Selection(
        related="company_id.dive_card_activation", readonly=False
    )
