"""What to look at before a booking is made, in words, while it is typed."""

from markupsafe import Markup

from odoo import api, fields, models

from ..tools.seats import SEAT_HELD
from .res_partner import STAFF_GROUPS


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    fitness_html = fields.Html(
        "What to look at",
        compute="_compute_fitness_html",
        sanitize=False,
        groups=STAFF_GROUPS,
    )

    @api.depends("trip_id", "state", "diver_ids.fitness_html")
    @api.depends_context("lang", "tz")
    def _compute_fitness_html(self):
        for booking in self:
            reasons = booking.diver_ids.mapped("fitness_html")
            booking.fitness_html = Markup().join(filter(None, reasons))

    def write(self, vals):
        trips = {booking: booking.trip_id for booking in self}
        result = super().write(vals)
        moved = self.filtered(lambda booking: booking.trip_id != trips[booking])
        if moved:
            seats = moved._active_seats()
            seats._dive_forget_consent()
            seats.filtered(lambda seat: seat.state in SEAT_HELD)._dive_check_fit()
        return result
