"""What the portal shows of a booking, as plain values."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..tools.day_words import day_format


class DiveBooking(models.Model):
    """Called as superuser; whose booking it is was asked by who calls."""

    _inherit = "dive.booking"

    @api.model
    def _dive_portal_domain(self, people):
        """Return which bookings are shown: paid for, or dived in, by these people."""
        mine = Domain("partner_id", "in", people.ids)
        paid = Domain("payer_id", "in", people.ids)
        there = Domain("state", "!=", "cancelled") & (mine | paid)
        return mine | Domain("diver_ids", "any", there)

    def _dive_portal_rows(self):
        """Return a line of each of these bookings."""
        return [
            {
                "id": booking.id,
                "name": booking.name,
                "trip": booking.trip_id._dive_name(),
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
                    dt_format=day_format(self.env, time=True),
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

    def _dive_portal_page(self, people):
        """Return what the page of a booking shows.

        Whose booking it is sees all divers; others see themselves and those for whom
        they pay. Everybody sees the price of what they pay themselves.

        :param people: whom the user acts for
        """
        self.ensure_one()
        trip, owns = self.trip_id, self.partner_id in people
        coming = trip.date_start > fields.Datetime.now() and self.state in (
            "draft",
            "confirmed",
        )
        paid = self._active_seats().filtered(lambda seat: seat._dive_payer() in people)
        seats = self.diver_ids.sorted("id")
        if not owns:
            seats = seats.filtered(
                lambda seat: seat in paid or seat.partner_id in people
            )
        offer = self.offer_ids.filtered(lambda one: one._dive_is_open())[:1]
        urls = [self._dive_pay_url(payer) for payer in paid.mapped("payer_id")]
        return {
            **self._dive_portal_rows()[0],
            "words": self._dive_portal_state_words(),
            "sites": ", ".join(trip.site_ids.mapped("name")),
            "boat": trip.boat_id.name or "",
            "requirements": trip.requirements or "",
            "note": (owns and self.note) or "",
            "company": self.company_id,
            "divers": seats._dive_portal_divers(people, coming),
            "total": sum(paid.mapped("amount_total")),
            "currency": self.currency_id,
            "pay_url": next(filter(None, urls), ""),
            "offer_url": offer._dive_url() if owns and offer else "",
            "calendar": coming and self.state == "confirmed",
            "may_withdraw": owns and coming and self.state == "draft",
            "may_ask": owns
            and coming
            and self.state == "confirmed"
            and not self.cancel_asked,
        }

    def _dive_portal_calendar(self, people):
        """Return the trip as a file for the calendar of these people.

        It names whom the page of the booking names. Of what is not booked, none.
        """
        self.ensure_one()
        if self.state != "confirmed":
            return b""
        if self.partner_id in people:
            return self._dive_calendar_file()
        seats = self._active_seats().filtered(
            lambda seat: seat.partner_id in people or seat._dive_payer() in people
        )
        # a calendar of its own: what the payer is sent does not change this one
        return self._dive_calendar_file(payer=people[:1], seats=seats, sequence=0)
