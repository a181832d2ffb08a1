"""How the messages of the schedules are written, and sent once more by hand."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from .dive_message_plan_trip import KINDS, TO_PAYER

#: kind → end of the external names of its templates
TEMPLATES = {
    "confirmed": "booking_confirmed",
    "reminder": "trip_reminder",
    "changed": "trip_changed",
    "booking_cancelled": "booking_cancelled",
    "feedback": "trip_feedback",
    "follow_up": "trip_follow_up",
}
#: Whom no machine can tell of these, staff tell.
BY_HAND = ("offer", "place", "lapsed", "cancelled", "changed")
#: Of these nobody is bothered, whether they arrive or not. All others are about what a
#: customer asked for: they go to those who want no advertising as well.
NOT_PRESSING = ("feedback", "follow_up")
#: These wait until people are up, whatever it is they do.
CAN_WAIT = ("reminder", "feedback", "follow_up")
#: So do these, if the trip is so long after that. What is left answers what the diver
#: has just done, and goes at once.
NEWS = ("changed", "booking_cancelled", "cancelled", "place", "lapsed")
NEWS_BEFORE = timedelta(hours=24)
#: And an offer, if there is so long to answer it then.
OFFER_LEFT = timedelta(hours=4)
#: These say that somebody is coming.
STILL_TO_COME = ("confirmed", "reminder", "changed", "place")


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    # ------------------------------------------------------------------
    # Telling those who are due
    # ------------------------------------------------------------------

    @api.model
    def _dive_tell_due(self, due):
        """Tell of these rows; to be called with their company as the current one.

        :param list[Due] due:
        :return: the marks
        """
        # sudo: marks, mails and texts are nobody's to write; the run is nobody
        notices = self.sudo()
        # what is read for one is read for all of the batch
        bookings = notices.env["dive.booking"].browse(one.booking_id for one in due)
        seats = notices.env["dive.booking.diver"].browse(
            seat_id for one in due for seat_id in one.seat_ids
        )
        rows = [
            row
            for one in due
            for row in notices._dive_rows(
                one,
                bookings.browse(one.booking_id).with_prefetch(bookings._ids),
                seats.browse(one.seat_ids).with_prefetch(seats._ids),
            )
            if not notices._dive_is_for_later(*row)
        ]
        return notices._dive_tell_rows(rows)

    def _dive_rows(self, due, booking, seats):
        """Return values and way for each who is to be told of this row."""
        line = self.env["dive.message.plan"].browse(due.plan_id)
        kind = KINDS[line.event]
        if line.event in TO_PAYER:
            groups = seats.grouped(lambda seat: seat._dive_payer())
            told = [
                (payer._dive_way(service=True, channel=line.channel), mine)
                for payer, mine in groups.items()
            ]
        else:
            service = kind not in NOT_PRESSING
            told = self._dive_by_recipient(seats, service, line.channel)
        return [
            (
                {
                    "booking_id": booking.id,
                    "trip_id": booking.trip_id.id,
                    "kind": kind,
                    "plan_id": line.id,
                    "about": due.about,
                    "seat_key": min(mine.ids),
                    "seat_ids": [(6, 0, mine.ids)],
                },
                way,
            )
            for way, mine in told
        ]

    @api.model
    def _dive_by_recipient(self, seats, service, channel="preferred"):
        """Return (way, divers): who is behind several divers is told of all at once.

        :param bool service: see :meth:`_dive_way` of partners
        """
        ways = {}
        for seat in seats:
            way = seat.partner_id._dive_way(service, channel)
            told, mine = ways.get(way.recipient.id, (way, seats.browse()))
            ways[way.recipient.id] = told, mine | seat
        return list(ways.values())

    def _dive_is_for_later(self, values, way):
        return bool(self._dive_later_until(values, way))

    def _dive_later_until(self, values, way):
        """Return until when this is not to be written, for people sleep; or None."""
        kind = values["kind"]
        trip = self.env["dive.trip"].browse(values["trip_id"])
        if kind in NEWS:
            return self._dive_waits_until(way, trip.date_start - NEWS_BEFORE)
        if kind == "offer":
            offer = self.env["dive.booking.offer"].browse(values["offer_id"])
            return self._dive_waits_until(way, offer.until - OFFER_LEFT)
        if kind not in CAN_WAIT:
            return None
        return self._dive_waits_until(
            way, trip.date_start if kind in STILL_TO_COME else None
        )

    def _dive_for_staff(self, way):
        if self.kind in BY_HAND:
            return True
        # who wants to be called, or gave no address, was told that at the desk
        return way.reason in ("error", "opted_out") and self.kind not in NOT_PRESSING

    # ------------------------------------------------------------------
    # Templates
    # ------------------------------------------------------------------

    def _dive_alert_xmlids(self):
        name = TEMPLATES.get(self[:1].kind)
        if not name:
            return super()._dive_alert_xmlids()
        return f"dive_crm.mail_template_{name}", f"dive_crm.sms_template_{name}"

    # ------------------------------------------------------------------
    # What stays on record
    # ------------------------------------------------------------------

    def _dive_log_messages(self, ways, records, message_type, content):
        """Note what was written; whoever reads it cannot answer for the diver."""
        files = records._dive_calendar_attachments(message_type == "email_outgoing")

        def kept(record):
            values = content(record)
            for secret in record._dive_secrets():
                values["body"] = values["body"].replace(secret, "…")
            if record in files:
                values["attachment_ids"] = [(6, 0, files[record].ids)]
            return values

        return super()._dive_log_messages(ways, records, message_type, kept)

    def _dive_secrets(self):
        """Return what is for the recipient alone: the ends of links that answer."""
        self.ensure_one()
        return [self.offer_id._dive_token()] if self.offer_id else []

    # ------------------------------------------------------------------
    # Once more
    # ------------------------------------------------------------------

    def action_send_again(self):
        """Send these messages once more, with what is true now."""
        self.booking_id.check_access("write")
        for notice in self:
            # sudo: marks are nobody's to write; the booking was asked above
            notice.sudo().with_company(notice.company_id)._dive_send_again()
        return True

    def _dive_send_again(self):
        if not self._dive_still_true():
            raise UserError(
                self.env._(
                    "“%(message)s” is not true any more, so it is not sent again.",
                    message=self.summary,
                )
            )
        way = self._dive_way_again()
        if not way.channel:
            raise UserError(
                self.env._(
                    "%(name)s cannot be written to: %(reason)s.",
                    name=way.recipient.name or self.env._("The guardian"),
                    reason=dict(
                        self._fields["reason"]._description_selection(self.env)
                    )[way.reason],
                )
            )
        return self._dive_tell_rows([(self._dive_values_again(), way)])

    def _dive_way_again(self):
        """Return how who was told is told again: as they wish now."""
        service = self.kind not in NOT_PRESSING
        if self.recipient_id:
            return self.recipient_id._dive_way(service)
        return self._dive_by_recipient(self.seat_ids, service)[0][0]

    def _dive_values_again(self):
        return {
            "booking_id": self.booking_id.id,
            "trip_id": self.trip_id.id,
            "kind": self.kind,
            "about": self.about,
            "seat_ids": [(6, 0, self.seat_ids.ids)],
            "alternative_ids": [(6, 0, self.alternative_ids.ids)],
        }

    def _dive_still_true(self):
        """Say whether what this message says holds now."""
        self.ensure_one()
        if self.kind == "offer":
            return False  # answered, or a link of its own is out
        if self.kind in STILL_TO_COME:
            return (
                self.trip_id.state == "open"
                and self.trip_id.date_end > fields.Datetime.now()
                and self.booking_id.trip_id == self.trip_id
                and any(
                    seat.state in ("booked", "checked_in") for seat in self.seat_ids
                )
            )
        if self.kind == "booking_cancelled":
            return all(seat.state == "cancelled" for seat in self.seat_ids)
        if self.kind == "cancelled":
            return self.trip_id.state == "cancelled"
        return True
