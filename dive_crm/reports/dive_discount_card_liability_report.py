"""The card liability on paper: totals by age and by end, and the cards."""

from odoo import api, models
from odoo.exceptions import UserError

#: more cards than these are a list to export, and no paper
MAX_ROWS = 1000


class DiveDiscountCardLiabilityReport(models.AbstractModel):
    _name = "report.dive_crm.report_dive_card_liability"
    _description = "Card liability on paper"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the values of the QWeb template; the document is a wizard."""
        wizard = self.env["dive.discount.card.liability.wizard"].browse(docids[:1])
        if not wizard.exists():
            raise UserError(
                self.env._("This report is no longer kept. Please ask for it anew.")
            )
        return {
            "docs": wizard,
            "parts": [self._part(wizard, company) for company in self.env.companies],
        }

    @api.model
    def _part(self, wizard, company):
        """Return what is owed in one company, with its rows unless they are many."""
        table = self.env["dive.discount.card.liability"].with_context(
            dive_as_of=wizard.date
        )
        domain = [
            ("company_id", "=", company.id),
            "|",
            ("liability", "!=", 0),
            ("difference", "!=", 0),
        ]
        sums = [self._sums(table, domain, name) for name in ("age", "ends")]
        rows = table.search(domain, limit=MAX_ROWS + 1)
        left_out = len(rows) > MAX_ROWS
        return {
            "company": company,
            "title": wizard.display_name,
            "sums": sums,
            "count": sum(row[1] for row in sums[0]["rows"]),
            "total": sum(row[2] for row in sums[0]["rows"]),
            "rows": table if left_out else rows,
            "left_out": left_out,
        }

    @api.model
    def _sums(self, table, domain, name):
        """Return (label, cards, owed) per group of a field."""
        field = table._fields[name]
        labels = dict(field._description_selection(self.env))
        groups = table._read_group(domain, [name], ["card_id:count", "liability:sum"])
        return {
            "name": field._description_string(self.env),
            "rows": [(labels[key], count, owed) for key, count, owed in groups],
        }
