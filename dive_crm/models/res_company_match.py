"""How often somebody is invited to a trip."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_invite_days = fields.Integer(
        "Days between invitations",
        default=7,
        help="Nobody is invited to a trip twice within so many days. 0: to each trip"
        " once, however often.",
    )

    _dive_invite_days_range = models.Constraint(
        "CHECK (dive_invite_days >= 0 AND dive_invite_days <= 365)",
        "There are 0 to 365 days between two invitations.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_invite_days = fields.Integer(
        related="company_id.dive_invite_days", readonly=False
    )
