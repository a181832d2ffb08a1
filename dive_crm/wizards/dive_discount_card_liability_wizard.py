"""Asks as of which day the card liability is to be shown."""

from odoo import api, fields, models
from odoo.tools import format_date


class DiveDiscountCardLiabilityWizard(models.TransientModel):
    _name = "dive.discount.card.liability.wizard"
    _description = "Card liability"

    date = fields.Date(
        "As of",
        required=True,
        default=lambda self: self.env.company._dive_today(),
        help="What is booked until the end of this day.",
    )

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = wizard._dive_title()

    def _dive_title(self):
        return self.env._(
            "%(date)s: card liability", date=format_date(self.env, self.date)
        )

    def action_show(self):
        """Show the cards with what is owed for them on that day."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_card_liability"
        )
        title = self._dive_title()
        return {
            **action,
            "name": title,
            "display_name": title,
            "target": "main",
            "context": {
                **self.env["dive.discount.card.liability"]._dive_default_filters(),
                "dive_as_of": fields.Date.to_string(self.date),
            },
        }

    def action_print(self):
        """Print the same."""
        self.ensure_one()
        return self.env.ref("dive_crm.action_report_dive_card_liability").report_action(
            self
        )
