from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveBookingWait(models.TransientModel):
    """Too few places are free, or the trip is called off: wait, or go elsewhere?"""

    _name = "dive.booking.wait"
    _description = "Waiting list or another trip"

    booking_id = fields.Many2one("dive.booking", required=True)
    trip_id = fields.Many2one(related="booking_id.trip_id")
    trip_state = fields.Selection(related="trip_id.state")
    number = fields.Integer(compute="_compute_words")
    words = fields.Text(compute="_compute_words")
    rule = fields.Char(related="trip_id.wait_rule")
    may_split = fields.Boolean("The group may be split")
    alternative_ids = fields.Many2many("dive.trip", compute="_compute_words")
    other_trip_id = fields.Many2one("dive.trip", "Another trip")

    @api.depends("booking_id")
    def _compute_words(self):
        for wizard in self:
            booking, trip = wizard.booking_id, wizard.trip_id
            seats = wizard._seats()
            wizard.number = len(seats)
            wizard.alternative_ids = trip._dive_alternatives(
                {booking: seats.partner_id}
            )[booking]
            wizard.words = wizard._words(trip)

    def _seats(self):
        booking = self.booking_id
        if booking.state != "cancelled":
            return booking.diver_ids.filtered(lambda seat: seat.state == "requested")
        notice = booking.notice_ids.filtered(lambda n: n.kind == "cancelled")[:1]
        return (notice.seat_ids & booking.diver_ids) or booking.diver_ids

    def _words(self, trip):
        if trip.state == "cancelled":
            return self.env._("“%(trip)s” is cancelled.", trip=trip.display_name)
        left = trip._dive_free_for_new()
        words = self.env._(
            "“%(trip)s” has %(left)s free places for others, and %(number)s are needed."
            " Divers on its waiting list: %(waiting)s.",
            trip=trip.display_name,
            left=max(left, 0),
            number=self.number,
            waiting=trip.wait_count,
        )
        return "\n".join(filter(None, [words, trip.limit_reason]))

    def action_wait(self):
        """Put the divers on the waiting list."""
        self.ensure_one()
        self.booking_id.may_split = self.may_split
        self.booking_id.action_waitlist()
        return {"type": "ir.actions.act_window_close"}

    def action_other(self):
        """Book the divers on the other trip."""
        self.ensure_one()
        if not self.other_trip_id:
            raise UserError(self.env._("Choose the other trip."))
        self.booking_id._dive_rebook(self.other_trip_id)
        return {"type": "ir.actions.act_window_close"}
