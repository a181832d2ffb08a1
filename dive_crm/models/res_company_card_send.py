"""What a company says on its cards, and whether they are sent."""

from odoo import api, fields, models

from .dive_message_plan_card import SOLD


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_card_mail = fields.Boolean(
        "Send the card by e-mail",
        compute="_compute_dive_card_mail",
        inverse="_inverse_dive_card_mail",
        store=True,
        help="Once a card works, its holder gets it as PDF.",
    )
    dive_card_conditions = fields.Text(
        "Conditions on cards",
        translate=True,
        help="Stand on each card, below what follows from its type.",
    )

    @api.model
    def _dive_plan_settings(self):
        return super()._dive_plan_settings() | {"dive_card_mail"}

    @api.depends("dive_plan_ids.event", "dive_plan_ids.active")
    def _compute_dive_card_mail(self):
        for company in self:
            company.dive_card_mail = company._dive_plans_on(SOLD)

    def _inverse_dive_card_mail(self):
        for company in self:
            company._dive_switch_plans(company.dive_card_mail, SOLD)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_card_mail = fields.Boolean(related="company_id.dive_card_mail", readonly=False)
    dive_card_conditions = fields.Text(
        related="company_id.dive_card_conditions", readonly=False
    )
