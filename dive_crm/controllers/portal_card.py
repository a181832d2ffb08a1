"""Prepaid cards in the portal: what is left, and what they were used for."""

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.fields import Domain
from odoo.http import content_disposition, request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.dive_discount_card_paper import REPORT
from .portal_booking import PAGE, PortalBooking
from .portal_trip import LARGEST_ID, PER_PAGE

START = "/my/cards"


class PortalCard(PortalBooking):
    """Own and wards' cards that were sold; all others are not found."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dive_prepaid_count" in counters:
            # sudo: whose cards is said by the domain
            cards = request.env["dive.discount.card"].sudo()
            values["dive_prepaid_count"] = cards.search_count(self._dive_card_domain())
        return values

    def _dive_card_domain(self):
        """Return which cards are shown."""
        people = self._dive_online_people()
        return Domain("partner_id", "in", people.ids) & Domain("state", "!=", "draft")

    def _dive_card_of(self, card_id):
        """Return a card as superuser.

        :raise NotFound: there is none, it was never sold, or it is another family's
        """
        # sudo: types, services and invoices of a card are not readable in the portal
        cards = request.env["dive.discount.card"].sudo()
        if card_id > LARGEST_ID:
            raise NotFound()
        card = cards.search(
            Domain("id", "=", card_id) & self._dive_card_domain(), limit=1
        )
        if not card:
            raise NotFound()
        return card

    @http.route([START, f"{START}/page/<int:page>"], methods=["GET"], **PAGE)
    def dive_cards(self, page=1, **_kw):
        """List the cards: those that can be used, then those that are over."""
        # sudo: as in _dive_card_of
        cards = request.env["dive.discount.card"].sudo()
        domain = self._dive_card_domain()
        pager = portal_pager(
            url=START, total=cards.search_count(domain), page=page, step=PER_PAGE
        )
        found = cards.search(
            domain, order="id desc", limit=PER_PAGE, offset=pager["offset"]
        )
        rows = found._dive_portal_rows(request.env.user.partner_id)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_cards",
            "usable": [row for row in rows if not row["over"]],
            "over": [row for row in rows if row["over"]],
            "pager": pager,
        }
        return request.render("dive_crm.portal_my_cards", values)

    @http.route(
        [
            f"{START}/<int:card_id>",
            f"{START}/<int:card_id>/page/<int:page>",
        ],
        methods=["GET"],
        **PAGE,
    )
    def dive_card(self, card_id, page=1, **_kw):
        """Show a card and its movements, the latest first."""
        card = self._dive_card_of(card_id)
        # sudo: as in _dive_card_of
        entries = request.env["dive.discount.card.entry"].sudo()
        domain = [("card_id", "=", card.id)]
        pager = portal_pager(
            url=f"{START}/{card.id}",
            total=entries.search_count(domain),
            page=page,
            step=PER_PAGE,
        )
        found = entries.search(domain, limit=PER_PAGE, offset=pager["offset"])
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_card",
            "card": card._dive_portal_page(
                request.env.user, found, self._dive_booking_domain()
            ),
            "pager": pager,
        }
        return request.render("dive_crm.portal_my_card", values)

    @http.route(f"{START}/<int:card_id>/pdf", methods=["GET"], **PAGE)
    def dive_card_pdf(self, card_id, **_kw):
        """Give the card on paper, with the code to scan."""
        card = self._dive_card_of(card_id)
        # sudo: portal users may read no reports
        reports = request.env["ir.actions.report"].sudo()
        content, _kind = reports._render_qweb_pdf(REPORT, card.ids)
        return request.make_response(
            content,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(f"{card.name}.pdf")),
                ("Cache-Control", "no-store"),
            ],
        )
