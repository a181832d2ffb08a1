"""How long a place is offered to whom waits for it, and who may pass."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_offer_hours = fields.Integer(
        "Hours to accept a place",
        default=24,
        help="A place that becomes free is offered to the next on the waiting list for"
        " so long, at most until the trip starts. 0: it is booked for them at once.",
    )
    dive_wait_may_pass = fields.Boolean(
        "Smaller groups may pass",
        default=True,
        help="While too few places are free for the group that is next, they go to a"
        " smaller one behind it.",
    )

    _dive_offer_hours_range = models.Constraint(
        "CHECK (dive_offer_hours >= 0 AND dive_offer_hours <= 720)",
        "A place is offered for 0 to 720 hours.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_offer_hours = fields.Integer(
        related="company_id.dive_offer_hours", readonly=False
    )
    dive_wait_may_pass = fields.Boolean(
        related="company_id.dive_wait_may_pass", readonly=False
    )
