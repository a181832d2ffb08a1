"""What the portal shows of a booking, as plain values."""

from odoo import fields, models
from odoo.tools import format_datetime

#: of these it is still to be said whether they may come along
COMING = ("requested", "waitlisted", "offered", "booked", "checked_in")


class DiveBooking(models.Model):
    """Called as superuser; whose booking it is was asked by who calls."""

    _inherit = "dive.booking"

    def _dive_portal_rows(self):
        """Return a line of each of these bookings."""
        return [
            {
                "id": booking.id,
                "name": booking.name,
                "trip": booking.trip_id.name,
                "when": booking.trip_id._dive_online_when(),
                "state": booking._dive_portal_state(),
            }
            for booking in self
        ]

    def _dive_portal_state(self):
        """Return (words, colour) of how far this booking is."""
        _ = self.env._
        if self.wait_state == "offered":
            return _("A place is offered"), "info"
        if self.wait_state == "waiting":
            return _("Waiting list"), "warning"
        return {
            "draft": (_("Requested"), "warning"),
            "confirmed": (_("Booked"), "success"),
            "done": (_("Done"), "secondary"),
            "cancelled": (_("Cancelled"), "danger"),
        }[self.state]

    def _dive_portal_state_words(self):
        """Return what the state means, in a sentence."""
        _ = self.env._
        if self.wait_state == "offered":
            return _(
                "A place is free for you. We keep it until %(until)s.",
                until=format_datetime(
                    self.env,
                    self.offer_until,
                    tz=str(self.company_id._dive_zone()),
                    dt_format="EEE d MMM HH:mm",
                ),
            )
        if self.wait_state == "waiting":
            return _(
                "You are on the waiting list, place %(place)s. We write as soon as"
                " there is room.",
                place=self.wait_place,
            )
        if self.state == "draft":
            return _("We have your request and will confirm it. No place is held yet.")
        if self.cancel_asked and self.state == "confirmed":
            return _("You asked us to cancel. Until we do, the places are yours.")
        return {
            "confirmed": _("Your places are booked. We look forward to it."),
            "done": _("Thank you for diving with us."),
            "cancelled": _("This booking is cancelled."),
        }[self.state]

    def _dive_portal_page(self, people, pays):
        """Return what the page of a booking shows.

        :param people: whom the user acts for
        :param bool pays: whether the user pays; others see themselves, and no price
        """
        self.ensure_one()
        trip = self.trip_id
        coming = trip.date_start > fields.Datetime.now() and self.state in (
            "draft",
            "confirmed",
        )
        seats = self.diver_ids.sorted("id")
        if not pays:
            seats = seats.filtered(lambda seat: seat.partner_id in people)
        mine = seats.filtered(
            lambda seat: seat.partner_id in people and seat.state in COMING
        )
        said = trip._dive_fitness_said(mine.partner_id) if coming and mine else {}
        offer = self.offer_ids.filtered(lambda one: one._dive_is_open())[:1]
        return {
            **self._dive_portal_rows()[0],
            "words": self._dive_portal_state_words(),
            "sites": ", ".join(trip.site_ids.mapped("name")),
            "boat": trip.boat_id.name or "",
            "requirements": trip.requirements or "",
            "note": (pays and self.note) or "",
            "company": self.company_id,
            "divers": [
                {
                    "name": seat.partner_id.name,
                    "state": seat._dive_state_name(),
                    "cancelled": seat.state == "cancelled",
                    "said": said.get((trip, seat.partner_id), ()),
                    "gear": seat._dive_portal_gear()
                    if seat.partner_id in people
                    else "",
                }
                for seat in seats
            ],
            "pays": pays,
            "total": (pays and self.amount_total) or 0,
            "currency": self.currency_id,
            "pay_url": self._dive_online_pay_url() if pays and coming else "",
            "offer_url": offer._dive_url() if pays and offer else "",
            "calendar": bool(coming and self._dive_online_calendar()),
            "may_withdraw": pays and coming and self.state == "draft",
            "may_ask": pays
            and coming
            and self.state == "confirmed"
            and not self.cancel_asked,
        }
