"""What divers agree to: their own page, and the page of a link in a message."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import Response, request

from ..models.res_partner_consent_link import START
from .offer import HEADERS
from .portal_booking import PAGE, PortalBooking
from .portal_trip import LARGEST_ID

MY = "/my/consents"
LINK = {"type": "http", "auth": "public", "website": True, "sitemap": False}


def whole(text):
    """Return a number that somebody sent, or 0."""
    text = str(text or "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else 0
    return number if number <= LARGEST_ID else 0


class PortalConsent(PortalBooking):
    """Own answers, and those for wards; all others are not found."""

    @http.route(MY, methods=["GET"], **PAGE)
    def dive_consents(self, said="", **_kw):
        """Show what one has agreed to."""
        people = request.env["res.partner"]._dive_portal_people()
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_consents",
            "rows": people._dive_portal_consents(),
            "said": said,
        }
        return request.render("dive_crm.portal_my_consents", values)

    @http.route(MY, methods=["POST"], **PAGE)
    def dive_consent_answer(
        self, diver=None, purpose=None, answer=None, words=None, **_kw
    ):
        """Write down an answer; a yes only to the words that were there."""
        people = request.env["res.partner"]._dive_portal_people()
        person = people.filtered(lambda one: one.id == whole(diver))
        asked = people._dive_consent_people().get(person, ())
        found = [one for one in asked if one.id == whole(purpose)]
        if not found or answer not in ("yes", "no"):
            raise NotFound()
        if answer == "yes" and found[0]._dive_says_else(words):
            return request.redirect(f"{MY}?said=words")
        person._dive_answer(found[0], answer == "yes", "portal")
        return request.redirect(f"{MY}?said=1")


class ConsentLink(http.Controller):
    """Where news can be stopped without a login.

    Opening the page changes nothing: programs open links as well. A forged, cut or
    unknown link gives the same page, byte for byte.
    """

    def _gone(self):
        page = request.env["ir.qweb"]._render(
            "dive_crm.consent_gone", {"lang": request.env.lang or "en_US"}
        )
        return Response(f"<!DOCTYPE html>{page}", status=404, headers=HEADERS)

    def _page(self, channel, address, signature, said=""):
        partners = request.env["res.partner"]
        people = partners._dive_at_address(channel, address)
        languages = dict(request.env["res.lang"].get_installed())
        if people[:1].lang in languages:
            request.update_context(lang=people[:1].lang)
        response = request.render(
            "dive_crm.consent_link_page",
            {
                "no_header": True,
                "no_footer": True,
                # sudo: its name and phone, for whom has no login
                "company": (people.company_id or request.env.company)[:1].sudo(),
                "rows": request.env["res.partner"]._dive_link_rows(channel, address),
                "link": {"c": channel, "a": address, "s": signature},
                "address": address,
                "said": said,
                "base": START,
            },
        )
        response.headers.update(HEADERS)
        return response

    @http.route(START, methods=["GET"], **LINK)
    def open(self, c=None, a=None, s=None, **_kw):
        """Show what is sent to an address."""
        if not request.env["res.partner"]._dive_of_consent_link(c, a, s):
            return self._gone()
        return self._page(c, a, s)

    @http.route(START, methods=["POST"], **LINK)
    def answer(
        self, c=None, a=None, s=None, purpose=None, answer=None, words=None, **_kw
    ):
        """Write down what somebody answers on that page, in the words it showed."""
        partners = request.env["res.partner"]
        if not partners._dive_of_consent_link(c, a, s) or answer not in ("yes", "no"):
            return self._gone()
        rows = partners._dive_link_rows(c, a)
        found = [row for row in rows if row["purpose"].id == whole(purpose)]
        if not found:
            return self._gone()
        purpose = found[0]["purpose"]
        if answer == "yes" and purpose._dive_says_else(words):
            return self._page(c, a, s, said="words")
        partners._dive_answer_at(c, a, purpose, answer == "yes", "link")
        return self._page(c, a, s, said="1")

    # No token of a session: the mail program of the reader sends this (RFC 8058).
    @http.route(f"{START}/stop", methods=["POST"], csrf=False, **LINK)
    def stop(self, c=None, a=None, s=None, **_kw):
        """Withdraw all that allows to write to an address, by one click."""
        partners = request.env["res.partner"]
        if not partners._dive_of_consent_link(c, a, s):
            return self._gone()
        partners._dive_stop_all(c, a)
        return Response(status=200, headers=HEADERS)
