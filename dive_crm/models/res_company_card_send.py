"""What a company says on its cards, and whether they are sent."""

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_card_mail = fields.Boolean(
        "Send the card by e-mail",
        default=True,
        help="Once a card works, its holder gets it as PDF.",
    )
    dive_card_conditions = fields.Text(
        "Conditions on cards",
        translate=True,
        help="Stand on each card, below what follows from its type.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_card_mail = fields.Boolean(related="company_id.dive_card_mail", readonly=False)
    dive_card_conditions = fields.Text(
        related="company_id.dive_card_conditions", readonly=False
    )
