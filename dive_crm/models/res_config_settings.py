from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_lapsed_months = fields.Integer(
        related="company_id.dive_lapsed_months", readonly=False
    )
