"""What somebody without a login wants to book, until the e-mail is shown to be theirs.

Nothing is looked up before: neither the page nor its answer can tell an address that is
known from one that is not.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from .dive_booking_online import Entry

HOURS = 48
#: of one address at a time: a mailbox is not to be filled by others
MOST_OPEN = 3
START = "/dive/trips/confirm"


class DiveOnlineRequest(models.Model):
    """An address that opens once. The token is kept nowhere; see dive.link.mixin."""

    _name = "dive.online.request"
    _inherit = ["dive.link.mixin"]
    _description = "Booking that waits for its e-mail"

    trip_id = fields.Many2one(
        "dive.trip", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="trip_id.company_id")
    name = fields.Char(required=True)
    email = fields.Char(required=True, index=True)
    phone = fields.Char()
    birthdate_date = fields.Date(required=True)
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
            words = {"trip": trip.name or "", "when": ""}
            until = ""
            if trip:
                words["when"] = trip._dive_online_when()
                until = format_datetime(
                    self.env,
                    request.expires_at,
                    tz=str(trip.company_id._dive_zone()),
                    dt_format="EEE d MMM HH:mm",
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
            ("expires_at", ">", fields.Datetime.now()),
            ("used_at", "=", False),
        ]
        if requests.search_count(recent, limit=MOST_OPEN) >= MOST_OPEN:
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
        ).send_mail(request.id, force_send=False)
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
            the trip can no longer be booked; "" if this was used before
        """
        self.ensure_one()
        if not self._dive_use():
            return ""
        trip = self.trip_id._dive_online_trip(
            self.trip_id.id, self.company_id, newcomer=True
        )
        if not trip:
            return "over"
        # sudo: who they are is known by now, and their booking is theirs
        people = self.env["res.partner"].sudo()
        desk = self.company_id._dive_caretaker()
        people = people.with_context(lang=desk.lang or self.env.lang)
        owner = people._dive_online_owner(self)
        bookings = self.env["dive.booking"].sudo()
        if already := trip._dive_online_already(owner.partner):
            booking = already[trip.id, owner.partner.id]
            booking._dive_tell_desk("again", owner.note())
            return "request"
        guests = self._dive_guests(owner.partner)
        booking = bookings._dive_make_online(
            trip,
            owner.partner,
            [Entry(owner.partner), *(Entry(guest) for guest in guests)],
            f"request-{self.id}",
            self.experience,
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
        """Make those who come along; the payer decides for those under age."""
        company = payer.company_id
        limit = self.env["res.company"]._dive_minor_limit()
        rows = []
        for name, born in self.companions or []:
            born = fields.Date.to_date(born)
            rows.append(
                {
                    "name": name,
                    "birthdate_date": born,
                    "dive_customer": True,
                    "company_id": company.id,
                    "lang": payer.lang,
                    "dive_guardian_id": payer.id if born and born > limit else False,
                }
            )
        # sudo: as in _dive_confirm
        return self.env["res.partner"].sudo().create(rows)
