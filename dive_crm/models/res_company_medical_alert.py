"""Who is reminded of medical forms, how long before, and who looks after it."""

from odoo import api, fields, models

from .dive_message_plan_medical import ENDED, ENDS, PAPER

#: Who may be chosen: an activity names a diver, on a form or on a trip.
ROLES = (
    "dive_crm.group_front_desk",
    "dive_crm.group_instructor",
    "dive_crm.group_medical",
)


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_medical_alert = fields.Boolean(
        "Remind of medical forms",
        compute="_compute_dive_medical_alert",
        inverse="_inverse_dive_medical_alert",
        store=True,
        help="Each morning the divers whose form ends are written to, and those who"
        " lack a paper for a trip in the coming days; an activity tells staff.",
    )
    dive_medical_alert_days = fields.Char(
        "Tell before a medical form ends (days)",
        compute="_compute_dive_medical_alert",
        inverse="_inverse_dive_medical_alert_days",
        store=True,
        help="Days before the end, with commas, such as 30, 7.",
    )
    dive_medical_user_id = fields.Many2one(
        "res.users",
        "Looks after medical forms",
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", [self.env.ref(role).id for role in ROLES]),
        ],
        ondelete="set null",
        help="Gets an activity for each form that ends, and for each trip for which"
        " papers are missing. Nobody chosen: the first manager of the dive centre.",
    )

    @api.model
    def _dive_plan_settings(self):
        return super()._dive_plan_settings() | {
            "dive_medical_alert",
            "dive_medical_alert_days",
        }

    @api.depends(
        "dive_plan_ids.event", "dive_plan_ids.interval", "dive_plan_ids.active"
    )
    def _compute_dive_medical_alert(self):
        for company in self:
            company.dive_medical_alert = company._dive_plans_on(ENDS, ENDED, PAPER)
            company.dive_medical_alert_days = company._dive_plan_days(ENDS)

    def _inverse_dive_medical_alert(self):
        for company in self:
            company._dive_switch_plans(company.dive_medical_alert, ENDS, ENDED, PAPER)

    def _inverse_dive_medical_alert_days(self):
        for company in self:
            company._dive_set_plan_days(ENDS, company.dive_medical_alert_days)

    def _dive_medical_caretaker(self):
        """Return who gets the activities about medical forms, if anybody works here.

        :rtype: res.users
        """
        return self._dive_who_cares("dive_medical_user_id", ROLES)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_medical_alert = fields.Boolean(
        related="company_id.dive_medical_alert", readonly=False
    )
    dive_medical_alert_days = fields.Char(
        related="company_id.dive_medical_alert_days", readonly=False
    )
    dive_medical_user_id = fields.Many2one(
        related="company_id.dive_medical_user_id", readonly=False
    )
