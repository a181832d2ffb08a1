"""What a diver breathes on a trip."""

from odoo import api, fields, models

GASES = [("air", "Air"), ("nitrox", "Nitrox"), ("trimix", "Trimix")]


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    gas = fields.Selection(
        GASES,
        compute="_compute_gas",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="That of the trip, unless this diver takes another.",
    )

    @api.depends("trip_id.gas")
    def _compute_gas(self):
        for seat in self:
            seat.gas = seat.trip_id.gas or "air"
