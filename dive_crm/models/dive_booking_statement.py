from odoo import models


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def action_statement(self):
        """Return the action that asks what the payers' statements shall show.

        After the payment one stands on the booking: the way back over the customer
        would be two clicks more.
        """
        self.check_access("read")
        return self.partner_id.action_dive_statement()
