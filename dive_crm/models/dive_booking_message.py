"""What has been and will be written about a booking."""

from datetime import UTC, timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import format_datetime

from ..tools.day_words import day_format
from .dive_alert_late import LATE
from .dive_booking_notice_tell import NEWS_BEFORE
from .dive_message_plan import AT
from .dive_message_plan_trip import KINDS, TO_PAYER
from .dive_trip_change import SETTLE


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    def _dive_due_on(self, trip):
        """Return the moment for which this line asks; see _dive_moment_sql."""
        self.ensure_one()
        before = self.event == "before_start"
        base = trip.date_start if before else trip.date_end
        sign = -1 if before else 1
        if self.unit == "hours":
            return base + sign * timedelta(hours=self.interval)
        zone = trip.company_id._dive_zone()
        wall = base.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        wall += sign * timedelta(days=self.interval)
        return wall.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    message_plan = fields.Html(
        "Still to come", compute="_compute_message_plan", groups="base.group_user"
    )

    def _compute_message_plan(self):
        for booking in self:
            # sudo: the schedule is for all to see who see the booking
            booking.message_plan = booking.sudo()._dive_message_plan()

    def _dive_message_plan(self):
        trip = self.trip_id
        if self.state not in ("confirmed", "done") or trip.state == "cancelled":
            return False
        if trip.messages_off:
            return Markup("<p>{}</p>").format(
                self.env._("Automatic messages are switched off for this trip.")
            )
        rows = []
        for line in trip.type_id.message_line_ids.filtered("active"):
            moment = self._dive_planned_on(line)
            if moment:
                rows.append((moment, line))
        return Markup().join(
            Markup("<div>{}</div>").format(self._dive_plan_words(moment, line))
            for moment, line in sorted(rows, key=lambda row: row[0])
        )

    def _dive_planned_on(self, line):
        """Return when a line of the schedule writes about this booking, if it will."""
        trip, now = self.trip_id, fields.Datetime.now()
        seats = self._active_seats()
        told = self.notice_ids.filtered(lambda notice: notice.plan_id == line)
        since = max(filter(None, [line.since, trip.messages_since]))
        if line.moment == AT:
            since = max(since, now - LATE)
        if line.event == "confirmed":
            new = seats.filtered(
                lambda seat: seat.confirmed_on and seat.confirmed_on >= since
            )
            known = told.filtered(lambda notice: notice.about).seat_ids
            wait = new - known if trip.date_start > now else new.browse()
            return max(wait.mapped("confirmed_on"), default=None)
        if line.event == "changed":
            stamp = trip.changed_on
            if not stamp or stamp < since or stamp in told.mapped("about"):
                return None
            if trip.date_end <= now:
                return None
            until = self.partner_id._dive_quiet_until(self.company_id)
            waits = until and until < trip.date_start - NEWS_BEFORE
            return max(stamp + SETTLE, until) if waits else stamp + SETTLE
        if line.event == "cancelled":
            return None
        moment = line._dive_due_on(trip)
        return moment if moment > now and moment >= since and seats else None

    def _dive_plan_words(self, moment, line):
        kinds = dict(
            self.env["dive.booking.notice"]
            ._fields["kind"]
            ._description_selection(self.env)
        )
        if line.event in TO_PAYER:
            people = list(self._dive_payers())
        else:
            divers = self._active_seats().partner_id
            people = list(divers.mapped("dive_statement_recipient_id"))
        return self.env._(
            "%(when)s: %(what)s, to %(names)s",
            when=format_datetime(
                self.env,
                moment,
                tz=str(self.company_id._dive_zone()),
                dt_format=day_format(self.env, time=True),
            ),
            what=kinds[KINDS[line.event]],
            names=", ".join(person.name or "" for person in people),
        )
