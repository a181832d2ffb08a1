from odoo import models


class ResPartner(models.Model):
    """The way from a customer to the emergency sheet, outside a trip."""

    _inherit = "res.partner"

    def action_dive_emergency_sheet(self):
        """Open the emergency page of this diver, which asks for a reason first.

        :raise AccessError: neither a manager nor a medical officer
        """
        self.ensure_one()
        self.env["dive.emergency.opening"]._dive_ask(self.env["dive.trip"], self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/dive/emergency/diver/{self.id}",
            "target": "self",
        }
