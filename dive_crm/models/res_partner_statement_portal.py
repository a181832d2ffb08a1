"""A diver's own statement in the portal: the same figures as on paper."""

from odoo import models


class ResPartner(models.Model):
    """Called as superuser; whose statement it is was asked by who calls."""

    _inherit = "res.partner"

    def _dive_statement_company(self):
        """Return whose statement somebody gets: of their own company, else ours."""
        self.ensure_one()
        return self.company_id or self.env.company

    def _dive_statement_accounts(self, people):
        """Return whose accounts are shown: none that others share in.

        A member of a club has no account of their own: that of the club is for it.
        """
        return self.commercial_partner_id & people

    def _dive_portal_statement(self, period, people):
        """Return what a statement of this person shows, and of which it is made.

        :param str period: one of those of the dialog for staff
        :return: (dive.statement.wizard, values of the statement)
        """
        self.ensure_one()
        own = bool(self._dive_statement_accounts(people))
        # sudo: its rows are nobody's to read; it lives as long as those of the desk
        wizard = (
            self.env["dive.statement.wizard"]
            .sudo()
            .create(
                {
                    "company_id": self._dive_statement_company().id,
                    "partner_ids": self.ids,
                    "period": period,
                    "include_account": own,
                    "include_balance": own,
                }
            )
        )
        # sudo: as above
        report = self.env["report.dive_crm.report_dive_statement"].sudo()
        return wizard, report._statements(wizard)[0]
