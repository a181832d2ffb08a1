"""A trip that is called off: everybody is told, and where else there is room."""

from datetime import timedelta

from odoo import fields, models

from ..tools.fitness import light

#: Days before and after a trip within which another one is an alternative.
NEAR_DAYS = 14
#: How many are named.
MOST = 3
#: Of these the divers are told that the trip is called off.
TOLD = ("waitlisted", "offered", "booked", "checked_in")


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def _dive_unfit_pairs(self, pairs):
        """Return which divers may not go on which trips.

        :param pairs: (trip id, partner id)
        :rtype: set
        """
        partners = self.env["res.partner"]
        found = self.env["dive.fitness"]._dive_findings(
            [(self.browse(trip), partners.browse(partner)) for trip, partner in pairs],
            "block",
        )
        return {pair for pair, findings in found.items() if light(findings) == "red"}

    def _dive_near(self):
        """Return trips of the same kind near this one that have room, nearest first."""
        self.ensure_one()
        now = fields.Datetime.now()
        near = timedelta(days=NEAR_DAYS)
        trips = self.search(
            [
                ("type_id", "=", self.type_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", "open"),
                ("id", "!=", self.id),
                ("date_start", ">", max(now, self.date_start - near)),
                ("date_start", "<=", self.date_start + near),
                ("seats_free", ">", 0),
            ]
        )
        return trips.sorted(
            lambda trip: (abs(trip.date_start - self.date_start), trip.id)
        )

    def _dive_alternatives(self, groups):
        """Return where else groups of divers could go.

        :param dict groups: anything → divers (``res.partner``)
        :return: the same → up to three trips, the nearest first
        :rtype: dict
        """
        self.ensure_one()
        near = self._dive_near()
        divers = self.env["res.partner"].union(*groups.values())
        # sudo: a place in a booking that the user may not read counts as well
        seats = (
            self.env["dive.booking.diver"]
            .sudo()
            .search(
                [
                    ("trip_id", "in", near.ids),
                    ("partner_id", "in", divers.ids),
                    ("state", "!=", "cancelled"),
                ]
            )
        )
        no = {(seat.trip_id.id, seat.partner_id.id) for seat in seats}
        pairs = [(trip.id, diver.id) for trip in near for diver in divers]
        no |= self._dive_unfit_pairs([pair for pair in pairs if pair not in no])
        room = {
            trip.id: trip._dive_free_for_new() if trip.wait_count else trip.seats_free
            for trip in near
        }
        return {
            key: near.filtered(
                lambda trip, group=group: (
                    room[trip.id] >= len(group)
                    and not any((trip.id, diver.id) in no for diver in group)
                )
            )[:MOST]
            for key, group in groups.items()
        }

    def action_cancel(self):
        """Call trips off; tell everybody who has a place, is offered one or waits."""
        told = {}
        for trip in self.filtered(lambda trip: trip.state in ("draft", "open")):
            seats = trip.seat_ids.filtered(lambda seat: seat.state in TOLD)
            told[trip] = seats.grouped("booking_id")
        result = super().action_cancel()
        for trip, bookings in told.items():
            if bookings and trip.date_end > fields.Datetime.now():
                trip._dive_tell_cancelled(bookings)
        return result

    def _dive_tell_cancelled(self, bookings):
        """Tell the payers of these bookings, with alternatives for their divers."""
        trip = self.with_company(self.company_id)
        trip.env["dive.booking.notice"]._dive_tell(
            trip.env["dive.booking"].union(*bookings),
            "cancelled",
            seats=bookings,
            alternatives=trip._dive_alternatives(
                {booking: seats.partner_id for booking, seats in bookings.items()}
            ),
        )


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    notice_ids = fields.One2many(
        "dive.booking.notice", "booking_id", "Messages to the payer"
    )
    can_rebook = fields.Boolean(compute="_compute_can_rebook")

    def _compute_can_rebook(self):
        for booking in self:
            booking.can_rebook = (
                booking.state == "cancelled" and booking.trip_id.state == "cancelled"
            )

    def action_open_rebook(self):
        """Ask on which trip those go whose trip was called off."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Book another trip"),
            "res_model": "dive.booking.wait",
            "view_mode": "form",
            "target": "new",
            "context": {"default_booking_id": self.id},
        }

    def _dive_rebook(self, trip):
        """Book on ``trip`` those whose trip was called off, or has no room.

        :raises UserError: the trip cannot be booked; then nothing changes
        """
        self.ensure_one()
        self.check_access("write")
        if self.state == "cancelled":
            # one for each who pays for some of them
            told = self.notice_ids.filtered(
                lambda notice: (
                    notice.kind == "cancelled" and notice.trip_id == self.trip_id
                )
            )
            seats = (told.seat_ids & self.diver_ids) or self.diver_ids
            self._dive_unlocked().write({"state": "draft"})
            seats._set_state("requested")
        self.trip_id = trip
        return self.action_confirm()
