"""The hand-made lists that a customer is on."""

from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    dive_segment_ids = fields.Many2many(
        "dive.segment",
        "dive_segment_partner_rel",
        string="On lists",
        copy=False,
        domain="[('kind', '=', 'chosen')]",
        groups="dive_crm.group_front_desk",
    )
