from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class DiveBookingMove(models.TransientModel):
    """To which trip do these divers move?"""

    _name = "dive.booking.move"
    _description = "Move divers to another trip"

    seat_ids = fields.Many2many(
        "dive.booking.diver", "dive_booking_move_seat_rel", string="Divers"
    )
    booking_ids = fields.Many2many("dive.booking", compute="_compute_booking_ids")
    from_trip_ids = fields.Many2many("dive.trip", compute="_compute_booking_ids")
    company_id = fields.Many2one("res.company", compute="_compute_booking_ids")
    trip_id = fields.Many2one("dive.trip", "To the trip")
    words = fields.Text("What happens", compute="_compute_words")

    @api.depends("seat_ids")
    def _compute_booking_ids(self):
        for wizard in self:
            wizard.booking_ids = wizard.seat_ids.booking_id
            wizard.from_trip_ids = wizard.seat_ids.trip_id
            wizard.company_id = wizard.seat_ids.company_id[:1]

    @api.depends("seat_ids", "trip_id")
    def _compute_words(self):
        for wizard in self:
            chosen = wizard.trip_id and wizard.seat_ids
            wizard.words = wizard._words() if chosen else False

    def _words(self):
        seats, trip = self.seat_ids, self.trip_id
        taking = seats.filtered(lambda seat: seat.state != "requested")
        lines = []
        if len(taking) > trip.seats_free:
            lines.append(
                self.env._(
                    "%(free)s places are free, and %(number)s are needed: choose"
                    " another trip, or fewer divers.",
                    free=max(trip.seats_free, 0),
                    number=len(taking),
                )
            )
        elif taking:
            lines.append(
                self.env._(
                    "%(number)s of the %(free)s free places are taken.",
                    number=len(taking),
                    free=trip.seats_free,
                )
            )
        lines += [self._price_words(seat) for seat in seats]
        return "\n".join(lines)

    def _price_words(self, seat):
        seat = seat._origin
        if seat.invoice_state in ("draft", "invoiced"):
            if seat.trip_id.product_id == self.trip_id.product_id:
                return self.env._(
                    "%(diver)s: the invoice goes along.", diver=seat.partner_id.name
                )
            return self.env._(
                "%(diver)s: invoiced for another product, which has to be credited or"
                " cancelled first.",
                diver=seat.partner_id.name,
            )
        currency = seat.currency_id
        price = seat._dive_price_on(self.trip_id._origin)
        return self.env._(
            "%(diver)s: %(price)s in place of %(before)s.",
            diver=seat.partner_id.name,
            price=format_amount(self.env, price, currency),
            before=format_amount(self.env, seat.price_unit, currency),
        )

    def action_move(self):
        """Move them, and open the booking in which they are now."""
        self.ensure_one()
        if not self.trip_id:
            raise UserError(self.env._("Choose the trip to which they move."))
        if not self.seat_ids:
            raise UserError(self.env._("Choose at least one diver."))
        return self.seat_ids.action_move(self.trip_id.id)
