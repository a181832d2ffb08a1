"""Trips for everybody, and how somebody without a login books one.

Nothing is booked before the link that goes to the e-mail address was opened. The answer
is the same whoever the address belongs to.
"""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import Response, request

from ..models.dive_online_request import START as CONFIRM
from ..models.dive_trip_online import PUBLIC as START
from ..tools import online_form
from ..tools.rate import RateLimit
from .physician_link import HEADERS
from .portal_trip import LARGEST_ID

PAGE = {"type": "http", "auth": "public", "website": True, "sitemap": False}
#: forms that one visitor sends, and that are sent for one address
FROM_ONE = RateLimit(10, 600)
TO_ONE = RateLimit(3, 3600)
LARGEST_FORM = 64 * 1024
SHOWN = 60
#: what the confirmed page may say
SAID = ("booked", "waiting", "request", "over")


class OnlineBooking(http.Controller):
    def _companies(self):
        # sudo: who sells to newcomers is for everybody to know
        return request.env["res.company"].sudo().search([])

    def _render(self, template, status=200, **values):
        values = {"no_footer": True, **values}
        return request.render(f"dive_crm.{template}", values, status=status)

    def _quiet(self, response):
        response.headers.update({**HEADERS, "Referrer-Policy": "no-referrer"})
        return response

    def _elsewhere(self):
        """Send those who have a login to the portal, where it is all filled in."""
        if not request.env.user._is_public():
            return request.redirect("/my/trips")
        companies = self._companies().filtered(lambda one: one.dive_online != "off")
        if any(companies.mapped("dive_online_newcomers")):
            return None
        if companies:
            return request.redirect("/web/login?redirect=/my/trips")
        raise NotFound()

    def _trip(self, trip_id):
        """Return a trip that newcomers book, as superuser, or where else it is booked.

        :return: (trip, answer), one of them empty
        :raise NotFound: nobody books it on-line
        """
        trips = request.env["dive.trip"]
        if trip_id > LARGEST_ID:
            raise NotFound()
        path = f"/my/trips/{trip_id}"
        if not request.env.user._is_public():
            return trips, request.redirect(path)
        companies = self._companies()
        if trip := trips._dive_online_trip(trip_id, companies, newcomer=True):
            return trip, None
        if trips._dive_online_trip(trip_id, companies):
            return trips, request.redirect(f"/web/login?redirect={path}")
        raise NotFound()

    # ------------------------------------------------------------------
    # Looking and asking
    # ------------------------------------------------------------------

    @http.route(START, methods=["GET"], **PAGE)
    def trips(self, **_kw):
        """List what newcomers can book."""
        if elsewhere := self._elsewhere():
            return elsewhere
        trips = request.env["dive.trip"]
        found = trips._dive_online_trips(self._companies(), newcomer=True)[:SHOWN]
        nobody = request.env["res.partner"]
        return self._render(
            "online_trips",
            tiles=found._dive_online_tiles(nobody, nobody),
            several=len(found.company_id) > 1,
        )

    @http.route(f"{START}/<int:trip_id>", methods=["GET"], **PAGE)
    def trip(self, trip_id, **_kw):
        """Show a trip, and the form for newcomers."""
        trip, elsewhere = self._trip(trip_id)
        return elsewhere or self._show(trip)

    @http.route(
        f"{START}/<int:trip_id>",
        methods=["POST"],
        max_content_length=LARGEST_FORM,
        **PAGE,
    )
    def ask(self, trip_id, **post):
        """Write to the address that was entered, whoever has it."""
        trip, elsewhere = self._trip(trip_id)
        if elsewhere:
            return elsewhere
        if post.get("website"):
            return request.redirect(f"{START}/sent")  # no person fills this in
        values, wrong = online_form.read(post, trip.company_id._dive_today())
        if values["phone"]:
            # sudo: the country of the dive centre
            people = request.env["res.partner"].sudo()
            values["phone"] = people._dive_online_phone(
                values["phone"], trip.company_id
            )
            if not values["phone"]:
                wrong["phone"] = "phone"
        self._read_more(trip, post, values, wrong)
        if wrong:
            return self._show(trip, 422, wrong)
        visitor = request.httprequest.remote_addr
        if not FROM_ONE.allows((request.db, visitor)):
            return self._show(trip, 429, {"": "often"})
        if TO_ONE.allows((request.db, values["email"])):
            values["lang"] = request.env.lang
            values["agreed"] = self._asked(trip)._dive_shown(values.pop("ticked"))
            request.env["dive.online.request"]._dive_ask(trip, values)
        return request.redirect(f"{START}/sent")

    def _asked(self, trip):
        """Return what a newcomer to this trip is asked to agree to."""
        purposes = request.env["dive.consent.purpose"]
        return purposes._dive_asked_online(trip.company_id, newcomer=True)

    def _read_more(self, trip, post, values, wrong):
        """Read what else the form asks for into ``values``, or say what is wrong."""

    def _show(self, trip, status=200, wrong=None):
        nobody = request.env["res.partner"]
        return self._render(
            "online_trip",
            status,
            trip=trip._dive_online_tiles(nobody, nobody)[0],
            company=trip.company_id,
            form=request.httprequest.form,
            wrong={name: self._words(what) for name, what in (wrong or {}).items()},
            most=online_form.MOST_COMPANIONS,
            agree=self._asked(trip),
        )

    def _words(self, what):
        _ = request.env._
        return {
            "name": _("Please enter the name, without signs like < or @."),
            "email": _("Please enter an e-mail address like name@example.com."),
            "phone": _("Please enter a phone number that we can call."),
            "birthdate": _("Please enter the date of birth."),
            "minor": _(
                "Only grown-ups book: please ask a parent or guardian to do it."
            ),
            "companion": _("Please enter name and date of birth, or leave both empty."),
            "often": _("That was often. Please try again in ten minutes, or call us."),
        }[what]

    @http.route(f"{START}/sent", methods=["GET"], **PAGE)
    def sent(self, **_kw):
        """Say that a message is on its way, and no more."""
        return self._render("online_sent")

    # ------------------------------------------------------------------
    # The link
    # ------------------------------------------------------------------

    def _gone(self):
        page = request.env["ir.qweb"]._render(
            "dive_crm.online_gone", {"lang": request.env.lang or "en_US"}
        )
        return self._quiet(Response(f"<!DOCTYPE html>{page}", status=404))

    @http.route(f"{CONFIRM}/<string:token>", methods=["GET"], **PAGE)
    def open(self, token, **_kw):
        """Show what was entered; programs open links as well, so nothing is done."""
        asked = request.env["dive.online.request"]._dive_of(token)
        if not asked:
            return self._gone()
        return self._quiet(
            self._render(
                "online_confirm",
                asked=asked,
                company=asked.company_id,
                when=asked.trip_id._dive_online_when(),
                names=[asked.name, *(name for name, _born in asked.companions or [])],
                base=f"{CONFIRM}/{token}",
                no_header=True,
            )
        )

    @http.route(f"{CONFIRM}/<string:token>", methods=["POST"], **PAGE)
    def confirm(self, token, **_kw):
        """Make the booking, once."""
        asked = request.env["dive.online.request"]._dive_of(token)
        said = asked and asked._dive_confirm()
        if not said:
            return self._gone()
        return request.redirect(f"{START}/thanks?said={said}")

    @http.route(f"{START}/thanks", methods=["GET"], **PAGE)
    def thanks(self, said="", **_kw):
        """Say what became of it."""
        if said not in SAID:
            return request.redirect(START)
        return self._quiet(self._render("online_thanks", said=said))

    @http.route(f"{CONFIRM}/<path:rest>", methods=["GET", "POST"], **PAGE)
    def other(self, rest, **_kw):
        """Answer whatever else somebody tries as a wrong address."""
        return self._gone()
