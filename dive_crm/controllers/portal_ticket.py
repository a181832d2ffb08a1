"""Questions and requests in the portal: asked, answered, opened again."""

import secrets

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.dive_ticket import OPEN
from ..models.dive_ticket_portal import SUBJECT, WORDS
from .portal_booking import PAGE, PortalBooking
from .portal_trip import KEY, LARGEST_ID, PER_PAGE

START = "/my/tickets"


class PortalTicket(PortalBooking):
    """Own and wards' tickets; all others are not found."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dive_ticket_count" in counters:
            domain = self._dive_ticket_domain() & OPEN
            values["dive_ticket_count"] = self._dive_tickets().search_count(domain)
        return values

    def _dive_tickets(self):
        # sudo: stages and bookings of a ticket are not readable in the portal; whose
        # tickets is said by the domain
        return request.env["dive.ticket"].sudo()

    def _dive_ticket_domain(self):
        """Return which tickets are shown."""
        return self._dive_tickets()._dive_portal_domain(self._dive_online_people())

    def _dive_ticket_of(self, ticket_id):
        """Return a ticket as superuser.

        :raise NotFound: there is none, or it is another family's
        """
        if ticket_id > LARGEST_ID:
            raise NotFound()
        ticket = self._dive_tickets().search(
            Domain("id", "=", ticket_id) & self._dive_ticket_domain(), limit=1
        )
        if not ticket:
            raise NotFound()
        return ticket

    @http.route([START, f"{START}/page/<int:page>"], methods=["GET"], **PAGE)
    def dive_tickets(self, page=1, **_kw):
        """List the tickets, the latest first."""
        tickets, domain = self._dive_tickets(), self._dive_ticket_domain()
        pager = portal_pager(
            url=START, total=tickets.search_count(domain), page=page, step=PER_PAGE
        )
        found = tickets.search(
            domain, order="id desc", limit=PER_PAGE, offset=pager["offset"]
        )
        rows = found._dive_portal_rows(request.env.user.partner_id)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_tickets",
            "open": [row for row in rows if not row["closed"]],
            "closed": [row for row in rows if row["closed"]],
            "pager": pager,
        }
        return request.render("dive_crm.portal_my_tickets", values)

    @http.route(f"{START}/<int:ticket_id>", methods=["GET"], **PAGE)
    def dive_ticket(self, ticket_id, **_kw):
        """Show a ticket and what was written about it."""
        ticket = self._dive_ticket_of(ticket_id)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_ticket",
            "ticket": ticket._dive_portal_page(
                request.env.user, self._dive_booking_domain()
            ),
            # who acts for whom is what the rule of tickets says, too
            "thread": ticket,
        }
        return request.render("dive_crm.portal_my_ticket", values)

    @http.route(f"{START}/new", methods=["GET"], **PAGE)
    def dive_ticket_new(self, booking="", **_kw):
        """Show the form of a new question, of a booking if one is given."""
        return self._dive_ticket_form({"booking": booking})

    @http.route(f"{START}/new", methods=["POST"], **PAGE)
    def dive_ticket_ask(self, **post):
        """Take a question; what was typed is never lost."""
        key = post.get("key", "")
        if not KEY.fullmatch(key):
            return self._dive_ticket_form(post, request.env._("Please send it again."))
        me = request.env.user.partner_id
        booking = self._dive_ticket_booking(post.get("booking", ""))
        try:
            ticket = request.env["dive.ticket"]._dive_take_question(
                me, post.get("subject"), post.get("words"), f"{me.id}-{key}", booking
            )
        except UserError as error:
            return self._dive_ticket_form(post, str(error))
        return request.redirect(f"{START}/{ticket.id}" if ticket else START)

    def _dive_ticket_booking(self, number):
        """Return the booking that was chosen, as superuser.

        :raise NotFound: there is none, or it is another family's
        """
        if not number:
            return None
        if not number.isascii() or not number.isdigit():
            raise NotFound()
        return self._dive_booking_of(int(number))

    def _dive_ticket_form(self, typed, error=""):
        key = typed.get("key", "")
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_ticket_new",
            "bookings": request.env["dive.ticket"]._dive_portal_bookings(
                self._dive_booking_domain()
            ),
            "typed": typed,
            "error": error,
            "key": key if KEY.fullmatch(key) else secrets.token_urlsafe(18),
            "most_subject": SUBJECT,
            "most_words": WORDS,
        }
        return request.render(
            "dive_crm.portal_my_ticket_new", values, status=422 if error else 200
        )
