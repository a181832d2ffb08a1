from odoo import fields, models


class DiveAccessReasonWizard(models.TransientModel):
    """Asks a manager why, before one diver's health data is shown."""

    _name = "dive.access.reason.wizard"
    _description = "Reason to see health data"

    partner_id = fields.Many2one("res.partner", "Diver", required=True, readonly=True)
    reason = fields.Text(required=True)

    def action_give(self):
        """Note the reason; health data of this diver opens for half an hour."""
        self.ensure_one()
        self.partner_id._dive_give_reason(self.reason)
        return self.partner_id._dive_reason_given()
