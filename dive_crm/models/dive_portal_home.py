"""The diver's page in the portal, ``/my/diving``: the next trip, and where all is.

Rooms add to it by extending two methods: ``_dive_steps`` (what a trip still needs) and
``_dive_sections`` (the parts of the page). What they return are plain values: the same
page is shown to the desk, with all ways out of it taken away.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.portal_home import in_order

START = "/my/diving"
#: so many of the next bookings are looked at
MOST = 40
#: what the page says of bookings: asked with the first question
BOOKING = ["trip_id", "partner_id", "state", "wait_state", "cancel_asked"]


class DivePortalHome(models.AbstractModel):
    """Called as superuser: whose page it is was asked by who calls."""

    _name = "dive.portal.home"
    _description = "A diver's page in the portal"

    @api.model
    def _dive_page(self, me, people):
        """Return what the page of somebody shows.

        :param me: whose page it is
        :param people: whom they act for, themselves included
        """
        # sudo: trips, invoices and papers are not readable in the portal; what is shown
        # of them is chosen here, and of these people alone
        home = self.sudo()
        home = home.with_context(dive_counted=home._dive_counted(people))
        me, people = me.with_env(home.env), people.with_env(home.env)
        coming = home._dive_coming(people)
        bookings = home._dive_next(coming)
        return {
            "me": me,
            "trip": home._dive_next_trip(bookings, people) if bookings else None,
            "offers": home._dive_other_offers(coming - bookings, people),
            "steps": home._dive_step_groups(bookings, me, people),
            "sections": in_order(home._dive_sections(me, people, coming)),
        }

    # ------------------------------------------------------------------
    # The next trip
    # ------------------------------------------------------------------

    @api.model
    def _dive_coming(self, people):
        """Return the bookings of these people that are not over, the next first."""
        bookings = self.env["dive.booking"]
        return bookings.search_fetch(
            bookings._dive_portal_domain(people)
            & Domain("state", "in", ("draft", "confirmed"))
            & Domain("trip_id.date_end", ">", fields.Datetime.now())
            & Domain("trip_id.state", "!=", "cancelled"),
            BOOKING,
            order="date_start, id",
            limit=MOST,
        )

    @api.model
    def _dive_next(self, coming):
        """Return the bookings of the next trip; who only waits is on none yet."""
        sure = coming.filtered(lambda one: one.wait_state != "waiting") or coming
        trip = sure[:1].trip_id
        found = coming.filtered(lambda one: one.trip_id == trip)
        # alone: else each look at them reads all that are to come
        return self.env["dive.booking"].browse(found.ids)

    @api.model
    def _dive_next_trip(self, bookings, people):
        trip = self.env["dive.trip"].browse(bookings.trip_id.id)
        # of several, the one that is furthest, as its words are the best news
        booking = bookings.sorted(lambda one: (one.state != "confirmed", one.id))[0]
        seats = self._dive_seats(bookings, people)
        company = trip.company_id
        place = company.partner_id
        return {
            "name": trip._dive_name(),
            "when": trip._dive_online_when(),
            "soon": self._dive_soon(trip),
            "boat": trip.boat_id.name or "",
            "sites": ", ".join(trip.site_ids.mapped("name")),
            "meet": ", ".join(filter(None, (company.name, place.street, place.city))),
            "divers": seats.partner_id.mapped("name"),
            "state": booking._dive_portal_state(),
            "words": booking._dive_portal_state_words(),
            "url": f"/my/bookings/{booking.id}",
            "calendar": f"/my/bookings/{booking.id}/calendar"
            if booking.state == "confirmed" and trip.date_start > fields.Datetime.now()
            else "",
        }

    @api.model
    def _dive_soon(self, trip):
        """Return how soon the trip is, in a word; "" if it is further away."""
        _ = self.env._
        days = (trip._dive_day() - trip.company_id._dive_today()).days
        if days <= 0:
            return _("Today")
        if days == 1:
            return _("Tomorrow")
        return _("In %(days)s days", days=days) if days <= 30 else ""

    @api.model
    def _dive_seats(self, bookings, people):
        """Return the places of these people in bookings: those not given up."""
        return bookings.diver_ids.filtered(
            lambda seat: seat.partner_id in people and seat.state != "cancelled"
        ).sorted(lambda seat: (people.ids.index(seat.partner_id.id), seat.id))

    @api.model
    def _dive_other_offers(self, bookings, people):
        """Return places that are offered on later trips: an offer does not wait."""
        offered = bookings.filtered(
            lambda one: one.wait_state == "offered" and one.partner_id in people
        )
        return [
            {
                "trip": booking.trip_id._dive_name(),
                "when": booking.trip_id._dive_online_when(),
                "words": booking._dive_portal_state_words(),
                "url": f"/my/bookings/{booking.id}",
            }
            for booking in offered
        ]

    # ------------------------------------------------------------------
    # What rooms add
    # ------------------------------------------------------------------

    @api.model
    def _dive_step_groups(self, bookings, me, people):
        """Return the steps to the next trip: of the booking, then of each diver."""
        if not bookings:
            return []
        steps = in_order(self._dive_steps(bookings, me, people))
        divers = self._dive_seats(bookings, people).partner_id
        groups = [("", [step for step in steps if not step.diver])]
        groups += [
            (diver.name, [step for step in steps if step.diver == diver.id])
            for diver in divers
        ]
        return [{"name": name, "steps": found} for name, found in groups if found]

    @api.model
    def _dive_steps(self, bookings, me, people):
        """Return what the trip of these bookings needs, and what of it is done.

        :param bookings: one trip's
        :rtype: list of :class:`..tools.portal_home.Step`
        """
        return []

    @api.model
    def _dive_counted(self, people):
        """Return how many rows of a kind these people have: one query for all kinds.

        :rtype: dict
        """
        asked = self._dive_to_count(people)
        counts = (
            self.env[model]._search(domain).subselect(SQL("COUNT(*)"))
            for model, domain in asked.values()
        )
        [row] = self.env.execute_query(SQL("SELECT %s", SQL(", ").join(counts)))
        return dict(zip(asked, row, strict=True))

    @api.model
    def _dive_to_count(self, people):
        """Return what sections say the number of: a name → (model, domain).

        ``_dive_sections`` finds the numbers in ``_dive_count``.
        """
        return {}

    @api.model
    def _dive_count(self, name):
        return self.env.context["dive_counted"][name]

    @api.model
    def _dive_sections(self, me, people, coming):
        """Return the parts of the page, each with the number that matters most.

        The number of queries must not depend on how many rows there are.

        :param coming: the bookings that are not over
        :rtype: list of :class:`..tools.portal_home.Section`
        """
        return []
