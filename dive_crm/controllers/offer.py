from odoo import http
from odoo.http import Response, request

START = "/dive/offer"
PAGE = {"type": "http", "auth": "public", "website": True, "sitemap": False}
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class Offer(http.Controller):
    """Where somebody who waits for a place says yes or no, without a login.

    A guessed, cut, lapsed, answered or withdrawn address gives the same page, byte for
    byte. Opening the page changes nothing: programs open links as well.
    """

    def _gone(self):
        page = request.env["ir.qweb"]._render(
            "dive_crm.offer_gone", {"lang": request.env.lang or "en_US"}
        )
        return Response(f"<!DOCTYPE html>{page}", status=404, headers=HEADERS)

    def _render(self, template, **values):
        response = request.render(
            f"dive_crm.{template}",
            {
                "no_header": True,
                "no_footer": True,
                **values,
            },
        )
        response.headers.update(HEADERS)
        return response

    def _offer(self, token):
        return request.env["dive.booking.offer"]._dive_of(token)

    @http.route(f"{START}/<string:token>", methods=["GET"], **PAGE)
    def open(self, token, **_kw):
        """Show what is offered, and until when."""
        offer = self._offer(token)
        if not offer:
            return self._gone()
        zone = str(offer.company_id._dive_zone())
        return self._render(
            "offer_page",
            offer=offer,
            company=offer.company_id,
            when=offer.trip_id.with_context(tz=zone)._dive_when(),
            until=offer.with_context(tz=zone)._dive_until_words(),
            price=offer._dive_price(),
            base=f"{START}/{token}",
        )

    @http.route(f"{START}/<string:token>/<string:answer>", methods=["POST"], **PAGE)
    def answer(self, token, answer, **_kw):
        """Take the answer: accept or decline."""
        offer = self._offer(token)
        if not offer or answer not in ("accept", "decline"):
            return self._gone()
        company = offer.company_id
        if not (offer._dive_accept() if answer == "accept" else offer._dive_decline()):
            return self._gone()
        zone = str(company._dive_zone())
        return self._render(
            "offer_thanks",
            accepted=answer == "accept",
            company=company,
            offer=offer,
            when=offer.trip_id.with_context(tz=zone)._dive_when(),
        )

    @http.route(f"{START}/<path:rest>", methods=["GET", "POST"], **PAGE)
    def other(self, rest, **_kw):
        """Answer whatever else somebody tries as a wrong address."""
        return self._gone()
