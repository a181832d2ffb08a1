from odoo import models


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def action_dive_call(self):
        """Open the dialog in which a call about this booking is noted."""
        self.ensure_one()
        return self.env["dive.call.dialog"]._dive_open(
            partner_id=self.partner_id.id, booking_id=self.id
        )
