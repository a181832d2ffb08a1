"""Bookings that people make by themselves: at once, as requests, or to wait."""

from typing import NamedTuple

from markupsafe import Markup
from psycopg2.errors import UniqueViolation

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

#: what people may write: the rest is cut off
NOTE_LENGTH = 1000
ACTIVITY = "dive_crm.mail_activity_type_online"


class Entry(NamedTuple):
    """One diver of a booking to be made."""

    partner: models.Model
    note: str = ""
    #: {kind id: {"own": bool, "size_id": id or False}}
    gear: dict | None = None
    #: a guardian's words, which they ticked
    consent: str = ""


class OnlineFull(UserError):
    """Too few places are free: the waiting list is what is left."""


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    # what a form carried that was sent: sent twice, it is one booking
    online_key = fields.Char(readonly=True, copy=False, groups="base.group_user")
    cancel_asked = fields.Datetime(
        "Cancellation asked for",
        readonly=True,
        copy=False,
        help="The payer asked for it in the portal. Cancel the booking, or tell them"
        " why not.",
    )

    _online_once = models.UniqueIndex(
        "(online_key) WHERE online_key IS NOT NULL",
        lambda env, diag: env._("This booking was sent already."),
    )

    # ------------------------------------------------------------------
    # Making one
    # ------------------------------------------------------------------

    @api.model
    def _dive_take_online(self, trip, payer, entries, key, note="", wait=False):
        """Make the booking that somebody sends; sent twice, it is one.

        Who may book for whom on which trip is said by who calls.

        :param trip: as superuser
        :param entries: list of :class:`Entry`
        :param key: what tells this form from others
        :param bool wait: to the waiting list, if the trip is full
        :return: the booking as superuser; empty if it is being made at this moment
        :raise OnlineFull: too few places
        :raise UserError: it cannot be booked; the message says why
        """
        # sudo: nobody on-line has the right to bookings; these are their own
        bookings = self.sudo()
        if found := bookings._dive_sent(key):
            return found
        trip._dive_check_entries(entries)
        try:
            with self.env.cr.savepoint(), mute_logger("odoo.sql_db"):
                booking = bookings._dive_make_online(trip, payer, entries, key, note)
                booking._dive_settle_online(wait)
                self.env.flush_all()
        except UniqueViolation:
            return bookings
        return booking

    @api.model
    def _dive_sent(self, key):
        """Return the booking that a form was sent for, as superuser."""
        # sudo: as in _dive_take_online
        return self.sudo().search([("online_key", "=", key)], limit=1)

    @api.model
    def _dive_make_online(self, trip, payer, entries, key, note=""):
        """Make the draft: divers, what they need, and what guardians agree to."""
        guests = payer.union(*(entry.partner for entry in entries))
        guests.filtered(lambda one: not one.dive_customer).dive_customer = True
        booking = self._dive_unlocked().create(
            {
                "partner_id": payer.id,
                "trip_id": trip.id,
                "source": "online",
                "user_id": False,
                "online_key": key,
                "note": (note or "")[:NOTE_LENGTH] or False,
                "diver_ids": [
                    Command.create(
                        {"partner_id": entry.partner.id, "note": entry.note or False}
                    )
                    for entry in entries
                ],
            }
        )
        booking = self.browse(booking.id)
        for seat, entry in zip(booking.diver_ids.sorted("id"), entries, strict=True):
            if entry.consent:
                seat._dive_note_consent(entry.consent)
            if entry.gear:
                seat._dive_note_gear(entry.gear)
        return booking

    def _dive_settle_online(self, wait=False):
        """Book what was made, or have the desk do so; full: to the list if wished."""
        self.ensure_one()
        trip = self.trip_id
        number = len(self.diver_ids)
        if number > trip._dive_free_for_new():
            if not wait:
                raise OnlineFull(trip._dive_full_words(number))
            self._dive_wait_online()
        elif trip.company_id.dive_online == "confirm":
            self._dive_confirm_online()
        else:
            self._dive_tell_desk("request")

    def _dive_wait_online(self):
        trip = self.trip_id
        if len(self.diver_ids) > trip.seats_limit:
            raise UserError(
                self.env._(
                    "This trip never has room for %(number)s divers together. Please"
                    " call us.",
                    number=len(self.diver_ids),
                )
            )
        self.action_waitlist()

    def _dive_confirm_online(self):
        """Confirm; what staff would read of a refusal is not for others.

        It names who holds the places, and what papers say.
        """
        try:
            self.action_confirm()
        except UserError as error:
            raise UserError(
                self.env._(
                    "This cannot be booked on-line just now. Please load the page anew,"
                    " or call us."
                )
            ) from error

    # ------------------------------------------------------------------
    # The desk
    # ------------------------------------------------------------------

    def _dive_tell_desk(self, what, note=""):
        """Give the caretaker something to do about a booking made on-line.

        :param str what: ``request``, ``newcomer``, ``full``, ``again`` or ``cancel``
        """
        for booking in self:
            user = booking.company_id._dive_caretaker()
            if not user:
                continue
            _ = booking.with_context(lang=user.lang or self.env.lang).env._
            summaries = {
                "request": _("On-line request"),
                "newcomer": _("Request of a newcomer"),
                "full": _("Request of a newcomer: the trip is full"),
                "again": _("Asked for once more, without a login"),
                "cancel": _("The payer asks to cancel this booking"),
            }
            booking.activity_schedule(
                ACTIVITY, summary=summaries[what], note=note, user_id=user.id
            )

    def _dive_desk_has_seen(self):
        online = self.filtered(
            lambda booking: booking.source == "online" or booking.cancel_asked
        )
        if online:
            # sudo: whose activity it is does not matter, it is done
            online.sudo().activity_feedback([ACTIVITY])

    def action_confirm(self):
        """Confirm, and be done with the requests among these."""
        result = super().action_confirm()
        self._dive_desk_has_seen()
        return result

    def action_waitlist(self):
        """Put on the waiting list, and be done with the requests among these."""
        result = super().action_waitlist()
        self._dive_desk_has_seen()
        return result

    def action_cancel(self):
        """Cancel, and be done with what was asked for on-line."""
        result = super().action_cancel()
        self._dive_desk_has_seen()
        return result

    # ------------------------------------------------------------------
    # The payer
    # ------------------------------------------------------------------

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for booking in self:
            booking.access_url = f"/my/bookings/{booking.id}"
        return result

    def _dive_ask_cancel(self, why=""):
        """Take back a request; of what is booked, ask the desk, once.

        :return: whether something has changed
        """
        self.ensure_one()
        if self.state == "draft":
            self.action_cancel()
            self._message_log(body=self.env._("Taken back in the portal"))
            return True
        if self.state != "confirmed" or not self._dive_mark_cancel():
            return False
        why = Markup("{}").format((why or "").strip()[:NOTE_LENGTH])
        text = self.env._("The payer asks in the portal to cancel this booking.")
        self._message_log(body=Markup("%s<br/>%s") % (text, why))
        self._dive_tell_desk("cancel", why)
        return True

    def write(self, vals):
        # who books anew may ask anew
        if vals.get("state") == "draft" and "cancel_asked" not in vals:
            vals = {**vals, "cancel_asked": False}
        return super().write(vals)

    def _dive_mark_cancel(self):
        """Note that it is asked for; of two taps one does."""
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "UPDATE dive_booking SET cancel_asked = %s"
                " WHERE id = %s AND cancel_asked IS NULL RETURNING id",
                fields.Datetime.now(),
                self.id,
            )
        )
        self.invalidate_recordset(["cancel_asked"], flush=False)
        return bool(rows)
