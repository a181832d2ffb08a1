"""What somebody without a login wants to book, until the e-mail is shown to be theirs.

Nothing is looked up before: neither the page nor its answer can tell an address that is
known from one that is not.
"""

import logging
from datetime import timedelta

from psycopg2.errors import ExclusionViolation, UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.tools import SQL, format_datetime, mute_logger

from ..tools.day_words import day_format
from .dive_booking_online import Entry
from .mail_mail import waiting
from .res_partner_online import is_same_name

_logger = logging.getLogger(__name__)

HOURS = 48
#: to one address in an hour: a mailbox is not to be filled by others
MOST_MAILS = 3
START = "/dive/trips/confirm"


class DiveOnlineRequest(models.Model):
    """An address that opens once. The token is kept nowhere; see dive.link.mixin."""

    _name = "dive.online.request"
    _inherit = ["dive.link.mixin"]
    _description = "Booking that waits for its e-mail"

    trip_id = fields.Many2one(
        "dive.trip", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="trip_id.company_id")
    name = fields.Char(required=True)
    email = fields.Char(required=True, index=True)
    phone = fields.Char()
    birthdate_date = fields.Date("Date of birth", required=True)
    experience = fields.Text()
    lang = fields.Char()
    #: [[name, date of birth]] of those who come along
    companions = fields.Json()
    used_at = fields.Datetime()

    summary = fields.Char(compute="_compute_words", help="For the template.")
    text = fields.Char(compute="_compute_words", help="For the template.")
    text_until = fields.Char(compute="_compute_words", help="For the template.")

    @api.depends("trip_id", "expires_at")
    @api.depends_context("lang")
    def _compute_words(self):
        for request in self:
            trip = request.trip_id
            words = {"trip": trip._dive_name() if trip else "", "when": ""}
            until = ""
            if trip:
                words["when"] = trip._dive_online_when()
                until = format_datetime(
                    self.env,
                    request.expires_at,
                    tz=str(trip.company_id._dive_zone()),
                    dt_format=day_format(self.env, time=True),
                )
            request.summary = self.env._("Please confirm: %(trip)s, %(when)s", **words)
            request.text = self.env._(
                "somebody, we hope you, wants to come along on “%(trip)s”, %(when)s.",
                **words,
            )
            request.text_until = self.env._(
                "The page opens until %(until)s, once.", until=until
            )

    # ------------------------------------------------------------------
    # Asking
    # ------------------------------------------------------------------

    @api.model
    def _dive_ask(self, trip, values):
        """Keep what was entered, and have Odoo's queue write to its address.

        The same work whether the address is known or not.

        :param trip: as superuser
        :param dict values: checked; see ``tools/online_form.py``
        """
        requests = self.sudo()  # see dive.link.mixin
        recent = [
            ("email", "=", values["email"]),
            ("create_date", ">", fields.Datetime.now() - timedelta(hours=1)),
        ]
        if requests.search_count(recent, limit=MOST_MAILS) >= MOST_MAILS:
            return
        lasts = min(
            timedelta(hours=HOURS),
            max(trip.date_start - fields.Datetime.now(), timedelta()),
        )
        token = self._dive_new_token(lasts, trip_id=trip.id, **values)
        request = requests._dive_of(token)
        if not request:
            return
        template = self.env.ref("dive_crm.mail_template_online_request").sudo()
        template.with_context(
            dive_online_url=f"{request.get_base_url()}{START}/{token}"
        ).send_mail(request.id, force_send=False, email_values={"headers": waiting()})
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _dive_of(self, token):
        """Return the request of a token as superuser; empty: wrong, lapsed, used."""
        request = super()._dive_of(token)
        return request if request and not request.used_at else request.browse()

    # ------------------------------------------------------------------
    # Shown to be theirs
    # ------------------------------------------------------------------

    def _dive_use(self):
        """Use this request up; of two taps one does."""
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "UPDATE dive_online_request SET used_at = %s"
                " WHERE id = %s AND used_at IS NULL RETURNING id",
                fields.Datetime.now(),
                self.id,
            )
        )
        self.invalidate_recordset(["used_at"], flush=False)
        return bool(rows)

    def _dive_confirm(self):
        """Make the booking of somebody who has opened the link, once.

        :return: what became of it: ``booked``, ``waiting``, ``request``, or ``over``:
            it can no longer be booked on-line; "" if this was used before
        :raise ConcurrencyError: to be run again
        """
        self.ensure_one()
        if not self._dive_use():
            return ""
        trip = self.trip_id._dive_online_trip(
            self.trip_id.id, self.company_id, newcomer=True
        )
        if not trip:
            return "over"
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                return self._dive_book(trip)
        except (UniqueViolation, ExclusionViolation) as error:
            # Another link of this address was opened at the same moment, and made the
            # customer, or the booking, that this transaction cannot see yet: Odoo runs
            # the request again, which then finds them.
            raise ConcurrencyError(self._description) from error
        except UserError as error:
            # what staff would be told of it is not for others, nor for the log: it
            # names people, and what papers say
            _logger.warning(
                "On-line request %s could not be booked: %s",
                self.id,
                type(error).__name__,
            )
            return "over"

    def _dive_book(self, trip):
        # sudo: who they are is known by now, and their booking is theirs
        people = self.env["res.partner"].sudo()
        desk = self.company_id._dive_caretaker()
        people = people.with_context(lang=desk.lang or self.env.lang)
        owner = people._dive_online_owner(self)
        owner.notes.extend(self._dive_note_agreed(owner))
        if already := trip._dive_online_already(owner.partner):
            booking = already[trip.id, owner.partner.id]
            booking._dive_tell_desk("again", owner.note())
            return "request"
        guests = self._dive_guests(owner.partner)
        known = {partner_id for _trip, partner_id in trip._dive_online_already(guests)}
        divers = owner.partner | guests.filtered(lambda one: one.id not in known)
        # sudo: as above
        booking = (
            self.env["dive.booking"]
            .sudo()
            ._dive_make_online(
                trip,
                owner.partner,
                [Entry(diver) for diver in divers],
                f"request-{self.id}",
                self.experience,
            )
        )
        booking._message_log(body=owner.note())
        return self._dive_settle(booking, owner)

    def _dive_settle(self, booking, owner):
        """Book, or have the desk look at it: what is odd is never booked at once."""
        if owner.sure and self.company_id.dive_online == "confirm":
            try:
                with self.env.cr.savepoint():
                    booking._dive_settle_online(wait=True)
                    self.env.flush_all()
                return "waiting" if booking.wait_state else "booked"
            except UserError:
                # papers are missing, as of most newcomers: the desk asks for them
                booking.invalidate_recordset()
        full = len(booking.diver_ids) > booking.trip_id._dive_free_for_new()
        booking._dive_tell_desk("full" if full else "newcomer", owner.note())
        return "request"

    def _dive_guests(self, payer):
        """Return those who come along; the payer decides for those under age.

        A ward of the payer with this name and date of birth is that ward; everybody
        else is new.
        """
        limit = self.env["res.company"]._dive_minor_limit()
        guests = payer.browse()
        for name, text in self.companions or []:
            born = fields.Date.to_date(text)
            guests |= payer.dive_ward_ids.filtered(
                lambda ward, name=name, born=born: (
                    ward.birthdate_date == born and is_same_name(ward.name, name)
                )
            )[:1] or payer.create(
                {
                    "name": name,
                    "birthdate_date": born,
                    "dive_customer": True,
                    "company_id": payer.company_id.id,
                    "lang": payer.lang,
                    "dive_guardian_id": payer.id if born > limit else False,
                }
            )
        return guests
