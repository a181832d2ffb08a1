"""Who is reminded of medical forms, how long before, and who looks after it."""

from odoo import api, fields, models

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
        default=True,
        help="Each morning the divers whose form ends are written to, and those who"
        " lack a paper for a trip in the coming days; an activity tells staff.",
    )
    dive_medical_alert_days = fields.Char(
        "Tell before a medical form ends (days)",
        default="30",
        help="Days before the end, with commas, such as 30, 7. After the end they are"
        " told once more in any case.",
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

    @api.constrains("dive_medical_alert_days")
    def _check_dive_medical_alert_days(self):
        for company in self:
            company._dive_alert_days("dive_medical_alert_days")

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
