"""When a trip needs two head counts before it is closed."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_head_count_rule = fields.Selection(
        [
            ("roll_call", "Where the roll call was taken on screen"),
            ("boat", "On every trip with a boat"),
            ("never", "Never"),
        ],
        "Two head counts",
        default="roll_call",
        required=True,
        help="Which trips are closed only after two people have counted the same number"
        " of divers on the way back.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_head_count_rule = fields.Selection(
        related="company_id.dive_head_count_rule", readonly=False, required=True
    )
