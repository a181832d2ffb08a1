"""What divers see of their tickets, and how they make one."""

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import mute_logger

from ..tools.online_form import clean

#: As much as a diver may write in one go; a form says so.
WORDS = 10000
SUBJECT = 120
#: Bookings to choose from, the latest.
BOOKINGS = 30


#: What the portal may read over the API: no more than its pages show.
FIELDS = {
    "id",
    "name",
    "number",
    "display_name",
    "description",
    "active",
    "company_id",
    "partner_id",
    "booking_id",
    "trip_id",
    "kind",
    "priority",
    "stage_kind",
    "closed_on",
    "create_date",
    "access_url",
    "message_ids",
    "website_message_ids",
}


class DiveTicket(models.Model):
    _inherit = "dive.ticket"

    online_key = fields.Char(readonly=True, copy=False)

    _online_key_uniq = models.UniqueIndex(
        "(online_key) WHERE online_key IS NOT NULL",
        lambda env, diag: env._("This question is here already."),
    )

    def _has_field_access(self, field, operation):
        """Who works here reads all of a ticket, its customer what concerns them."""
        return super()._has_field_access(field, operation) and (
            field.name in FIELDS or self.env.su or self.env.user._is_internal()
        )

    @api.model
    def _dive_portal_domain(self, people):
        """Return which tickets these people see in the user's companies."""
        return Domain("partner_id", "in", people.ids) & Domain(
            "company_id", "in", self.env.user._get_company_ids()
        )

    def _dive_portal_rows(self, me):
        """Return a line of each of these; called as superuser.

        :param me: the user's contact, whose own name is not said
        """
        return [
            {
                "id": ticket.id,
                "name": ticket.name,
                "number": ticket.number,
                "who": ticket.partner_id.name if ticket.partner_id != me else "",
                "day": ticket.company_id._dive_day_of(ticket.create_date),
                "state": ticket._dive_portal_state(),
                "closed": ticket.stage_kind == "closed",
            }
            for ticket in self
        ]

    def _dive_portal_state(self):
        """Return (words, colour) of how far this is: not what a centre calls it."""
        _ = self.env._
        return {
            "open": (_("With us"), "info"),
            "waiting": (_("Your answer, please"), "warning"),
            "closed": (_("Solved"), "success"),
        }[self.stage_kind]

    def _dive_portal_state_words(self):
        """Return what the state means, in a sentence."""
        _ = self.env._
        return {
            "open": _("We have it. Our answer comes here, and by e-mail."),
            "waiting": _("We need a word from you: please write below."),
            "closed": _("Not solved after all? Write below: that opens it again."),
        }[self.stage_kind]

    def _dive_portal_page(self, user, bookings):
        """Return what the page of a ticket shows; called as superuser.

        :param user: who looks at it
        :param bookings: domain of the bookings that the user may open
        """
        self.ensure_one()
        booking = self.booking_id
        mine = booking.search(Domain("id", "in", booking.ids) & bookings, limit=1)
        return {
            **self._dive_portal_rows(user.partner_id)[0],
            "words": self._dive_portal_state_words(),
            "description": self.description or "",
            "about": self.trip_id._dive_name() if self.trip_id else "",
            "about_url": f"/my/bookings/{booking.id}" if mine else "",
            "company": self.company_id,
        }

    @api.model
    def _dive_portal_bookings(self, domain):
        """Return bookings to ask about, the latest trips first: (id, words)."""
        # sudo: whose bookings is said by the domain
        bookings = self.env["dive.booking"].sudo()
        found = bookings.search(
            domain, order="date_start desc, id desc", limit=BOOKINGS
        )
        return [
            (booking.id, f"{booking.trip_id._dive_name()} · {row['when']}")
            for booking, row in zip(found, found._dive_portal_rows(), strict=True)
        ]

    # ------------------------------------------------------------------
    # A new one
    # ------------------------------------------------------------------

    @api.model
    def _dive_sent(self, key):
        """Return the ticket that a form was sent for, as superuser."""
        # sudo: no rights to tickets are needed to ask
        return self.sudo().search([("online_key", "=", key)], limit=1)

    @api.model
    def _dive_take_question(self, partner, subject, words, key, booking=None):
        """Make a ticket of what a diver has written in the portal.

        :param booking: what it is about, as superuser; that it is theirs was asked
        :param key: what tells this form from others
        :return: the ticket as superuser; empty if it is being made at this moment
        :raise UserError: something is missing, or too long; the message says what
        """
        if found := self._dive_sent(key):
            return found
        subject = clean(subject, SUBJECT)
        if len(words or "") > WORDS:
            raise UserError(
                self.env._(
                    "That is very long. Please write at most %(number)s letters, and"
                    " send the rest as a file afterwards.",
                    number=WORDS,
                )
            )
        words = clean(words, WORDS, lines=True)
        if not subject or not words:
            raise UserError(
                self.env._("Please write what it is about, and your question.")
            )
        company = booking.company_id if booking else self.env.company
        values = {
            "name": subject,
            "description": words,
            "partner_id": partner.id,
            "source": "portal",
            "online_key": key,
            "company_id": company.id,
            "booking_id": booking.id if booking else False,
        }
        # sudo: as in _dive_sent
        tickets = self.sudo()
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                ticket = tickets._dive_unlocked().create(values)
        except UniqueViolation:
            return tickets
        return tickets.browse(ticket.id)
