"""Whether and how people book by themselves."""

from odoo import fields, models

MODES = [
    ("off", "Off"),
    ("request", "Requests: the desk confirms"),
    ("confirm", "Booked at once"),
]


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_online = fields.Selection(
        MODES,
        "On-line booking",
        default="request",
        required=True,
        help="What becomes of a booking that somebody makes in the portal or on the"
        " public pages. A request holds no place until the desk confirms it.",
    )
    dive_online_hours = fields.Integer(
        "On-line until (hours before)",
        default=12,
        help="So many hours before a trip starts it can no longer be booked on-line.",
    )
    dive_online_newcomers = fields.Boolean(
        "Also without a login",
        default=True,
        help="Trips are listed on a public page, where newcomers book after they have"
        " shown that the e-mail address is theirs.",
    )

    _dive_online_hours_range = models.Constraint(
        "CHECK (dive_online_hours >= 0 AND dive_online_hours <= 720)",
        "On-line booking ends 0 to 720 hours before a trip.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_online = fields.Selection(
        related="company_id.dive_online", readonly=False, required=True
    )
    dive_online_hours = fields.Integer(
        related="company_id.dive_online_hours", readonly=False
    )
    dive_online_newcomers = fields.Boolean(
        related="company_id.dive_online_newcomers", readonly=False
    )
