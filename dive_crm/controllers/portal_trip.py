"""Trips in the portal: which suit, and booking them for oneself and one's wards."""

import re
import secrets
from collections import Counter

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import format_date, formatLang

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.dive_booking_online import Entry, OnlineFull
from ..tools.online_form import clean, ticked

START = "/my/trips"
PER_PAGE = 20
#: a warning of so many trips, and of more than half of those shown, is said once
MOST = 3
#: The largest id that the database can compare.
LARGEST_ID = 2**31 - 1
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
NOTE, WISHES = 200, 1000


class PortalTrip(CustomerPortal):
    """A diver sees what is on sale, and books. Who is on board is nobody's business."""

    # ------------------------------------------------------------------
    # Who, and what
    # ------------------------------------------------------------------

    def _dive_online_people(self):
        """Return for whom the user books, as superuser; staff for themselves."""
        return request.env["res.partner"]._dive_portal_acting()

    def _dive_online_payer(self):
        """Return who books and pays: the user; nobody if under age."""
        me = request.env.user.partner_id.sudo()  # sudo: one's own date of birth
        return me.browse() if me.dive_is_minor else me

    def _dive_online_companies(self):
        # sudo: settings of the companies whose portal it is
        return request.env["res.company"].sudo().browse(request.env.companies.ids)

    def _dive_online_trip(self, trip_id):
        """Return the trip of an address, as superuser.

        :raise NotFound: there is none, it is not sold on-line, or not here
        """
        trips = request.env["dive.trip"]
        if trip_id > LARGEST_ID:
            raise NotFound()
        trip = trips._dive_online_trip(trip_id, self._dive_online_companies())
        if not trip:
            raise NotFound()
        return trip

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["dive_online"] = any(
            company.dive_online != "off" for company in self._dive_online_companies()
        )
        return values

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    @http.route(
        [START, f"{START}/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def dive_trips(self, page=1, month="", kind="", **_kw):
        """List trips, those that suit first."""
        trips = request.env["dive.trip"]._dive_online_trips(
            self._dive_online_companies()
        )
        people = self._dive_online_people()
        months, kinds = self._dive_online_filters(trips)
        if month in dict(months):
            trips = trips.filtered(lambda trip: _month(trip) == month)
        if kind in dict(kinds):
            trips = trips.filtered(lambda trip: str(trip.type_id.id) == kind)
        suits = trips._dive_online_suits(people)
        liked = {trip_id for (_partner_id, trip_id), why in suits.items() if why}
        trips = trips.sorted(lambda trip: trip.id not in liked)
        pager = portal_pager(
            url=START,
            url_args={"month": month, "kind": kind},
            total=len(trips),
            page=page,
            step=PER_PAGE,
        )
        shown = trips[pager["offset"] :][:PER_PAGE]
        tiles = self._dive_online_tiles(shown, suits)
        always, mostly = _said_once(tiles)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_trips",
            "tiles": tiles,
            "always": always,
            "mostly": mostly,
            "liked": liked,
            "family": len(people) > 1,
            "months": months,
            "kinds": kinds,
            "month": month,
            "kind": kind,
            "pager": pager,
            "phones": self._dive_online_companies().filtered("phone"),
        }
        return request.render("dive_crm.portal_my_trips", values)

    def _dive_online_filters(self, trips):
        """Return the months and kinds that there are: (value, words)."""
        months = {
            _month(trip): format_date(
                request.env, trip._dive_day(), date_format="LLLL y"
            )
            for trip in trips
        }
        kinds = {str(kind.id): kind.name for kind in trips.type_id}
        return list(months.items()), list(kinds.items())

    # ------------------------------------------------------------------
    # One trip
    # ------------------------------------------------------------------

    @http.route(
        f"{START}/<int:trip_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def dive_trip(self, trip_id, **_kw):
        """Show a trip, and the form to book it."""
        return self._dive_online_show(self._dive_online_trip(trip_id))

    @http.route(
        f"{START}/<int:trip_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def dive_book(self, trip_id, **_post):
        """Book, request or wait; what was typed is never lost."""
        form = request.httprequest.form
        key = form.get("key", "")
        bookings = request.env["dive.booking"]
        me = request.env.user.partner_id
        if KEY.fullmatch(key):
            # sent before: also when the trip is full, or over, by now
            if found := bookings._dive_sent(f"{me.id}-{key}"):
                return request.redirect(f"/my/bookings/{found.id}")
        trip = self._dive_online_trip(trip_id)
        if not self._dive_online_payer() or not KEY.fullmatch(key):
            return self._dive_online_show(trip, 422)
        try:
            booking = self._dive_online_bookings(trip)._dive_take_online(
                trip,
                self._dive_online_payer(),
                self._dive_online_entries(trip, form),
                f"{me.id}-{key}",
                clean(form.get("note"), WISHES, lines=True),
                wait=bool(form.get("wait")),
            )
        except OnlineFull as error:
            return self._dive_online_show(trip, 409, str(error), full=True)
        except UserError as error:
            return self._dive_online_show(trip, 422, str(error))
        if not booking:
            # made at this moment by another tap, which this request cannot see yet
            return request.redirect(f"/my/bookings/sent/{key}")
        self._dive_online_payer()._dive_agree_online(ticked(form), trip.company_id)
        return request.redirect(f"/my/bookings/{booking.id}")

    def _dive_online_bookings(self, trip):
        """Return bookings with what the form says beside who comes along.

        :raise UserError: something of it is wrong
        """
        return request.env["dive.booking"]

    def _dive_online_entries(self, trip, form):
        """Return who was chosen, of those whom the user may book for."""
        kinds = trip._dive_gear_kinds()
        chosen = set(form.getlist("diver"))
        return [
            Entry(
                diver,
                clean(form.get(f"note_{diver.id}"), NOTE),
                self._dive_online_gear(form, diver, kinds),
                self._dive_online_consent(trip, diver)
                if diver.dive_is_minor and form.get(f"consent_{diver.id}")
                else "",
            )
            for diver in self._dive_online_people()
            if str(diver.id) in chosen
        ]

    def _dive_online_gear(self, form, diver, kinds):
        gear = {}
        for kind in kinds:
            said = form.get(f"gear_{diver.id}_{kind.id}", "")
            if said not in ("own", "rent"):
                continue
            gear[kind.id] = {"own": said == "own"}
            size = form.get(f"size_{diver.id}_{kind.id}", "")
            if size in {str(one.id) for one in kind.size_ids}:
                gear[kind.id]["size_id"] = int(size)
        return gear

    def _dive_online_consent(self, trip, diver):
        """Return what a guardian agrees to: shown, and kept word for word."""
        return request.env._(
            "I am the guardian of %(diver)s and agree that %(diver)s comes along on"
            " “%(trip)s”, %(when)s.",
            diver=diver.name,
            trip=trip._dive_name(),
            when=trip._dive_online_when(),
        )

    def _dive_online_show(self, trip, status=200, error="", full=False):
        people = self._dive_online_people()
        payer = self._dive_online_payer()
        suits = trip._dive_online_suits(people)
        tile = self._dive_online_tiles(trip, suits)[0]
        kinds = self._dive_online_kinds(trip, people)
        for person in tile["people"]:
            self._dive_online_describe(trip, person, kinds)
        form = request.httprequest.form
        typed = request.httprequest.method == "POST"
        free = [one for one in tile["people"] if not one["shut"]]
        key = form.get("key", "")
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_trip",
            "trip": tile,
            "may_book": bool(payer),
            "open": bool(free),
            "full": full or tile["free"] <= 0,
            "mode": trip.company_id.dive_online,
            "error": error,
            "agree": payer._dive_asked_online(trip.company_id),
            "form": form,
            "typed": typed,
            "chosen": set(form.getlist("diver"))
            if typed
            else {str(one["id"]) for one in free[:1]},
            "kinds": kinds,
            "key": key if KEY.fullmatch(key) else secrets.token_urlsafe(18),
        }
        return request.render("dive_crm.portal_my_trip", values, status=status)

    def _dive_online_tiles(self, trips, suits):
        """Return what is shown of trips, and what is said of these people there."""
        tiles = trips._dive_online_tiles(
            self._dive_online_payer(), self._dive_online_people(), suits
        )
        me = request.env.user.partner_id
        for person in (person for tile in tiles for person in tile["people"]):
            if person["id"] != me.id:
                # a guardian agrees in the form itself
                person["said"] = [
                    one for one in person["said"] if one.code != "guardian"
                ]
        return tiles

    def _dive_online_describe(self, trip, person, kinds):
        """Add to a person of the form what it asks and says of them."""
        diver = person["partner"]
        person["minor"] = diver.dive_is_minor
        person["consent"] = diver.dive_is_minor and self._dive_online_consent(
            trip, diver
        )
        rent = [one for one in kinds if one["wish"][diver.id]["said"] == "rent"]
        person["gear"] = self._dive_online_gear_words(trip, rent)
        blocked = any(one.blocks for one in person["said"])
        person["shut"] = blocked or bool(person["booking"])

    def _dive_online_kinds(self, trip, people):
        """Return what each diver of this trip needs, with what is suggested."""
        kinds = trip._dive_gear_kinds()
        wishes = people._dive_gear_wishes(kinds)
        payer = self._dive_online_payer()
        prices = {kind: trip._dive_online_rent(kind, payer) for kind in kinds}
        return [
            {
                "id": kind.id,
                "name": kind.name,
                "price": prices[kind],
                "rent": request.env._(
                    "From you: %(price)s",
                    price=self._dive_online_money(trip, prices[kind]),
                )
                if prices[kind]
                else request.env._("From you"),
                "sizes": [
                    {"id": str(size.id), "name": size.name} for size in kind.size_ids
                ],
                "wish": {
                    person.id: {
                        "said": "own" if wishes[person.id, kind.id]["own"] else "rent",
                        "size": str(wishes[person.id, kind.id]["size_id"] or ""),
                    }
                    for person in people
                },
            }
            for kind in kinds
        ]

    def _dive_online_gear_words(self, trip, rent):
        """Return what somebody rents who says nothing, and what that costs."""
        _ = request.env._
        if not rent:
            return _("Gear and wishes")
        names = ", ".join(one["name"] for one in rent)
        if price := sum(one["price"] for one in rent):
            return _(
                "Gear and wishes; from us: %(gear)s, %(price)s",
                gear=names,
                price=self._dive_online_money(trip, price),
            )
        return _("Gear and wishes; from us: %(gear)s", gear=names)

    def _dive_online_money(self, trip, amount):
        return formatLang(request.env, amount, currency_obj=trip.company_id.currency_id)


def _month(trip):
    return trip._dive_day().strftime("%Y-%m")


def _said_once(tiles):
    """Take what is said of somebody on each or most of several trips out of these.

    On most of them: warnings only, and a sign is left where they hold. What keeps
    somebody from a trip stands at that trip.

    :return: told once, above the list: [(name, [Said of all])], [(name, [of most])]
    """
    always, mostly = [], []
    for column in zip(*(tile["people"] for tile in tiles), strict=True):
        others = [person for person in column if not person["booking"]]
        counts = Counter(
            one for person in others for one in dict.fromkeys(person["said"])
        )
        same, most = [], []
        for one, count in counts.items() if len(tiles) > 1 else ():
            if count == len(others):
                same.append(one)
            elif count >= MOST and 2 * count > len(others) and not one.blocks:
                most.append(one)
        for person in column:
            # who is on the trip already is told nothing of it in the list
            person["signs"] = [
                one for one in person["said"] if one in most and not person["booking"]
            ]
            person["said"] = [one for one in person["said"] if one not in same + most]
        for told, found in ((always, same), (mostly, most)):
            if found:
                told.append((column[0]["name"], found))
    return always, mostly
