from odoo import api, fields, models

from .dive_message_plan_certification import ENDS


class ResCompany(models.Model):
    """When people are told that a certification ends: rows of the plan of messages."""

    _inherit = "res.company"

    # stored: asked for each list that shows which certifications expire
    dive_certification_alert_days = fields.Char(
        "Tell before a certification ends (days)",
        compute="_compute_dive_certification_alert",
        inverse="_inverse_dive_certification_alert_days",
        store=True,
        help="Days before the end, with commas. From the first of them on, a card"
        " counts as expiring. 0 is the last day itself.",
    )
    dive_certification_alert = fields.Boolean(
        "Remind of certifications that end",
        compute="_compute_dive_certification_alert",
        inverse="_inverse_dive_certification_alert",
        store=True,
        help="Each morning the divers whose certification ends are written to, and an"
        " activity tells staff.",
    )

    @api.model
    def _dive_plan_settings(self):
        return super()._dive_plan_settings() | {
            "dive_certification_alert",
            "dive_certification_alert_days",
        }

    @api.depends(
        "dive_plan_ids.event", "dive_plan_ids.interval", "dive_plan_ids.active"
    )
    def _compute_dive_certification_alert(self):
        for company in self:
            company.dive_certification_alert = company._dive_plans_on(ENDS)
            company.dive_certification_alert_days = company._dive_plan_days(ENDS)

    def _inverse_dive_certification_alert(self):
        for company in self:
            company._dive_switch_plans(company.dive_certification_alert, ENDS)

    def _inverse_dive_certification_alert_days(self):
        for company in self:
            company._dive_set_plan_days(ENDS, company.dive_certification_alert_days)

    def _dive_alert_horizon(self):
        """Return how many days before its end a card counts as expiring."""
        return max(self._dive_read_days(self.dive_certification_alert_days), default=0)
