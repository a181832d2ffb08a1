"""Who looks after the equipment."""

from odoo import fields, models

from .dive_gear import LENDERS


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_gear_user_id = fields.Many2one(
        "res.users",
        "Looks after equipment",
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", [self.env.ref(role).id for role in LENDERS]),
        ],
        ondelete="set null",
        help="Gets an activity for each item that is due for service. Nobody chosen:"
        " the first manager of the dive centre.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_gear_user_id = fields.Many2one(
        related="company_id.dive_gear_user_id", readonly=False
    )
