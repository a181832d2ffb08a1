"""What templates say of records in whole words: each expression ends a term there."""

from odoo import api, fields, models


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    trip_words = fields.Char(
        compute="_compute_trip_words", help="For templates: the trip, and when it is."
    )

    @api.depends("trip_id.name", "trip_id.date_start")
    @api.depends_context("lang")
    def _compute_trip_words(self):
        for booking in self:
            booking.trip_words = booking.trip_id._dive_in_words()


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    trip_words = fields.Char(
        compute="_compute_trip_words", help="For templates: the trip, and when it is."
    )

    @api.depends("trip_id.name", "trip_id.date_start")
    @api.depends_context("lang")
    def _compute_trip_words(self):
        for seat in self:
            seat.trip_words = seat.trip_id._dive_in_words()


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def _dive_in_words(self):
        """Return the trip as it stands in a message, by the clock of its company."""
        if not self:
            return ""
        zone = str(self.company_id._dive_zone())
        return f"{self._dive_name()}, {self.with_context(tz=zone)._dive_when()}"


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    left_words = fields.Char(
        compute="_compute_left_words", help="For templates: what is left on the card."
    )

    @api.depends("balance")
    @api.depends_context("lang")
    def _compute_left_words(self):
        for card in self:
            card.left_words = card._dive_in_words(card.balance)
