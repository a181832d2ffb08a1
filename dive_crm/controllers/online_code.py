"""The code of an offer in the forms of on-line booking, and in the links to them."""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..tools import offer_code
from ..tools.online_form import clean
from ..tools.rate import RateLimit
from .online_booking import OnlineBooking
from .portal_trip import PortalTrip

COOKIE = "dive_offer_code"
#: as long as Odoo remembers a campaign
REMEMBERED = 31 * 24 * 3600
#: codes that one visitor tries
TRIED = RateLimit(20, 600)


def said_code():
    """Return the code of the form; of a page that is opened: of its link."""
    if request.httprequest.method == "POST":
        return clean(request.httprequest.form.get("code"), 40)
    code = request.httprequest.args.get("code") or request.cookies.get(COOKIE)
    code = offer_code.normal(code)
    return code if offer_code.is_code(code) else ""


def remember(response):
    """Keep the code of a link until somebody has chosen a trip, or logged in."""
    code = offer_code.normal(request.httprequest.args.get("code"))
    if offer_code.is_code(code):
        response.set_cookie(
            COOKIE, code, max_age=REMEMBERED, httponly=True, samesite="Lax"
        )
    return response


def campaign():
    """Return by which campaign's link the visitor has come; see Odoo's utm."""
    name = request.httprequest.args.get("utm_campaign")
    name = name or request.cookies.get("odoo_utm_campaign")
    return request.env["utm.campaign"]._dive_of_link(name)


def look_up(trip, code, payer=None):
    """Return the offer of a code, as superuser, and what is wrong with it.

    :param payer: who pays, if that is known
    """
    offers = request.env["dive.campaign.offer"].sudo()  # sudo: see _dive_by_code
    if not code:
        return offers, ""
    who = request.env.uid if payer else request.httprequest.remote_addr
    if not TRIED.allows((request.db, who)):
        return offers, request.env._(
            "Too many codes were tried. Please leave it empty, or try again in ten"
            " minutes."
        )
    offer = offers._dive_by_code(code, trip.company_id)
    if not offer:
        return offers, offers._dive_words("unknown", code)
    why = offer._dive_why_not(trip.company_id, "dive.booking")
    why = why or offer._dive_why_used_up()
    if payer:
        why = why or offer._dive_why_not_for(payer)
        why = why or offer._dive_why_used_up_by(payer)
    return offer, why


def show(response, trip, payer, wrong=""):
    """Add to the page of a form what the code is, and what it gives."""
    code = said_code()
    offer = request.env["dive.campaign.offer"].sudo()  # sudo: see _dive_by_code
    if code and not wrong:
        offer, wrong = look_up(trip, code, payer)
    right = offer and not wrong
    lower = trip._dive_online_price_with(offer, payer) if right else 0
    response.qcontext.update(
        offer_code=code,
        offer_wrong=wrong,
        offer=right and {"name": offer.name, "terms": offer.terms or ""},
        offer_price=lower if lower < trip._dive_online_price(payer) else 0,
        offer_currency=trip.company_id.currency_id,
    )
    return response


class OnlineCode(OnlineBooking):
    """For those without a login: whose address it is shows later, so who got the
    mailing is asked when the link is opened; here it would tell."""

    @http.route()
    def trips(self, **kw):
        """List what can be booked, and keep the code of the link."""
        response = super().trips(**kw)
        if response.qcontext:
            response.qcontext["offer_code"] = said_code()
        return remember(response)

    @http.route()
    def trip(self, trip_id, **kw):
        """Show the form, and keep the code of the link."""
        return remember(super().trip(trip_id, **kw))

    def _read_more(self, trip, post, values, wrong):
        result = super()._read_more(trip, post, values, wrong)
        offer, why = look_up(trip, said_code())
        if why:
            wrong["code"] = why
        values["offer_id"] = offer.id
        values["campaign_id"] = (offer.campaign_id or campaign()).id
        return result

    def _words(self, what):
        """What is wrong with a code is said in words already."""
        return what if " " in what else super()._words(what)

    def _show(self, trip, status=200, wrong=None):
        response = super()._show(trip, status, wrong)
        nobody = request.env["res.partner"]
        return show(response, trip, nobody, (wrong or {}).get("code", ""))


class PortalTripCode(PortalTrip):
    @http.route()
    def dive_trips(self, page=1, month="", kind="", **kw):
        """List trips, and keep the code of the link."""
        response = super().dive_trips(page=page, month=month, kind=kind, **kw)
        response.qcontext["offer_code"] = said_code()
        return remember(response)

    @http.route()
    def dive_trip(self, trip_id, **kw):
        """Show the form, and keep the code of the link."""
        return remember(super().dive_trip(trip_id, **kw))

    def _dive_online_bookings(self, trip):
        bookings = super()._dive_online_bookings(trip)
        offer, why = look_up(trip, said_code(), self._dive_online_payer())
        if why:
            raise UserError(why)
        return bookings._dive_coming_by(offer, offer.campaign_id or campaign())

    def _dive_online_show(self, trip, status=200, error="", full=False):
        response = super()._dive_online_show(trip, status, error, full)
        # sudo: the price is that of this payer
        return show(response, trip, self._dive_online_payer().sudo())
