"""Bookings in the portal: what is still missing, paying, asking to cancel."""

from werkzeug.exceptions import NotFound

from odoo import fields, http
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.dive_booking_diver_fitness import OPEN
from ..tools.online_form import clean
from .portal_trip import KEY, LARGEST_ID, PER_PAGE, PortalTrip

START = "/my/bookings"
PAGE = {"type": "http", "auth": "user", "website": True}


class PortalBooking(PortalTrip):
    """Own and wards' bookings; all others are not found."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dive_booking_count" in counters:
            # sudo: whose bookings is said by the domain
            bookings = request.env["dive.booking"].sudo()
            values["dive_booking_count"] = bookings.search_count(
                self._dive_booking_domain()
            )
        return values

    def _dive_booking_domain(self):
        """Return which bookings are shown."""
        return request.env["dive.booking"]._dive_portal_domain(
            self._dive_online_people()
        )

    def _dive_booking_of(self, booking_id):
        """Return a booking as superuser.

        :raise NotFound: there is none, or it is another family's
        """
        # sudo: trips, gear and invoices of a booking are not readable in the portal
        bookings = request.env["dive.booking"].sudo()
        if booking_id > LARGEST_ID:
            raise NotFound()
        booking = bookings.search(
            Domain("id", "=", booking_id) & self._dive_booking_domain(), limit=1
        )
        if not booking:
            raise NotFound()
        return booking

    @http.route([START, f"{START}/page/<int:page>"], methods=["GET"], **PAGE)
    def dive_bookings(self, page=1, **_kw):
        """List the bookings, the next trips first."""
        # sudo: as in _dive_booking_of
        bookings = request.env["dive.booking"].sudo()
        domain = self._dive_booking_domain()
        pager = portal_pager(
            url=START,
            total=bookings.search_count(domain),
            page=page,
            step=PER_PAGE,
        )
        found = bookings.search(
            domain,
            order="date_start desc, id desc",
            limit=PER_PAGE,
            offset=pager["offset"],
        )
        now = fields.Datetime.now()
        coming = found.filtered(
            lambda one: one.date_start >= now and one.state != "cancelled"
        )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_bookings",
            "coming": coming[::-1]._dive_portal_rows(),
            "past": (found - coming)._dive_portal_rows(),
            "pager": pager,
        }
        return request.render("dive_crm.portal_my_bookings", values)

    @http.route(f"{START}/<int:booking_id>", methods=["GET"], **PAGE)
    def dive_booking(self, booking_id, **_kw):
        """Show a booking: its state, what is missing, what can be done."""
        booking = self._dive_booking_of(booking_id)
        page = booking._dive_portal_page(self._dive_online_people())
        for diver in page["divers"]:
            diver["consent"] = diver["agree"] and self._dive_online_consent(
                booking.trip_id, diver["partner"]
            )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_booking",
            "booking": page,
        }
        return request.render("dive_crm.portal_my_booking", values)

    @http.route(f"{START}/sent/<string:key>", methods=["GET"], **PAGE)
    def dive_booking_sent(self, key, **_kw):
        """Go to the booking that a form was sent for."""
        found = None
        if KEY.fullmatch(key):
            me = request.env.user.partner_id
            found = request.env["dive.booking"]._dive_sent(f"{me.id}-{key}")
        return request.redirect(f"{START}/{found.id}" if found else START)

    @http.route(f"{START}/<int:booking_id>/cancel", methods=["POST"], **PAGE)
    def dive_booking_cancel(self, booking_id, why="", **_kw):
        """Take a request back, or ask the desk to cancel what is booked."""
        booking = self._dive_booking_of(booking_id)
        if booking.partner_id not in self._dive_online_people():
            raise NotFound()
        if booking.date_start > fields.Datetime.now():
            booking._dive_ask_cancel(clean(why, 1000, lines=True))
        return request.redirect(f"{START}/{booking.id}")

    @http.route(
        f"{START}/<int:booking_id>/agree/<int:diver_id>", methods=["POST"], **PAGE
    )
    def dive_booking_agree(self, booking_id, diver_id, **_kw):
        """Note that the user, a guardian, agrees that a ward comes along."""
        booking = self._dive_booking_of(booking_id)
        wards = self._dive_online_people() - request.env.user.partner_id
        seat = booking.diver_ids.filtered(
            lambda one: (
                one.partner_id in wards
                and one.partner_id.id == diver_id
                and one.state in OPEN
            )
        )
        if not seat:
            raise NotFound()
        if not seat.guardian_consent and booking.date_start > fields.Datetime.now():
            words = self._dive_online_consent(booking.trip_id, seat.partner_id)
            seat._dive_note_consent(words)
        return request.redirect(f"{START}/{booking.id}")

    @http.route(f"{START}/<int:booking_id>/calendar", methods=["GET"], **PAGE)
    def dive_booking_calendar(self, booking_id, **_kw):
        """Give the trip as a file for a calendar."""
        booking = self._dive_booking_of(booking_id)
        content = booking._dive_portal_calendar(self._dive_online_people())
        if not content:
            raise NotFound()
        return request.make_response(
            content,
            [
                ("Content-Type", "text/calendar; charset=utf-8"),
                ("Content-Disposition", content_disposition("trip.ics")),
            ],
        )
