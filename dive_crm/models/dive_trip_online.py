"""Which trips people book by themselves, and what they are told of them."""

from odoo import models

#: the public page of trips; one of a trip is below it
PUBLIC = "/dive/trips"


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def _dive_booking_url(self):
        """Return the public address at which this trip is booked."""
        self.ensure_one()
        return f"{self.get_base_url()}{PUBLIC}/{self.id}"
