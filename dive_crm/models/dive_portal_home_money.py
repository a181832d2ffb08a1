"""Money on the diver's page: prepaid cards, and what the account says."""

from odoo import api, models
from odoo.fields import Domain

from ..tools.portal_home import Section


class DivePortalHome(models.AbstractModel):
    _inherit = "dive.portal.home"

    @api.model
    def _dive_sections(self, me, people, coming):
        """Add prepaid cards and the statement."""
        sections = super()._dive_sections(me, people, coming)
        if cards := self._dive_section_prepaid(people):
            sections.append(cards)
        sections.append(self._dive_section_statement(me, people))
        return sections

    @api.model
    def _dive_section_prepaid(self, people):
        """Return the section of those who have, or had, a card; else none."""
        _ = self.env._
        cards = self.env["dive.discount.card"]
        groups = cards._read_group(
            Domain("partner_id", "in", people.ids) & Domain("state", "!=", "draft"),
            ["state", "unit", "currency_id"],
            ["__count", "balance:sum"],
        )
        if not groups:
            return None
        active = [group[1:] for group in groups if group[0] == "active"]
        unpaid = sum(group[3] for group in groups if group[0] == "unpaid")
        number = sum(count for _unit, _currency, count, _left in active)
        text = _("Used up, or over")
        if unpaid:
            text = _("To pay: %(count)s", count=unpaid)
        elif len(active) == 1 and active[0][0] == "money":
            _unit, currency, _count, left = active[0]
            text = _("Left: %(amount)s", amount=self._dive_money(left, currency))
        elif active:
            text = _("What is left, and until when")
        return Section(
            50,
            "cards",
            _("Prepaid cards"),
            "fa-credit-card",
            "/my/cards",
            str(number or ""),
            text,
            bool(unpaid),
        )

    @api.model
    def _dive_section_statement(self, me, people):
        _ = self.env._
        company = me._dive_statement_company()
        report = self.env["report.dive_crm.report_dive_statement"]
        amounts = report._balances(company, people._dive_statement_accounts(people))
        owed = [
            self._dive_money(amount, currency)
            for currency, amount in amounts
            if currency.compare_amounts(amount, 0) > 0
        ]
        text = _("Bookings, invoices, payments")
        if owed:
            text = _("Open: %(amounts)s", amounts=", ".join(owed))
        return Section(
            60,
            "statement",
            _("Statement"),
            "fa-file-text-o",
            "/my/statement",
            "",
            text,
        )
