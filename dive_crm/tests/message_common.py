"""What tests of the messages about trips need."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import vobject

from odoo import fields

from .alert_common import AlertQueueMixin

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class MessageMixin(AlertQueueMixin):
    @classmethod
    def setUpMessages(cls):
        """Make a kind of trip whose messages have counted for long, and people."""
        cls.company.partner_id.tz = "Europe/Madrid"
        cls.company.write({"email": "desk@dive.test", "name": "Blue Reef"})
        cls.Notice = cls.env["dive.booking.notice"]
        cls.kind = cls.env["dive.trip.type"].create({"name": "Wreck dive"})
        cls.kind.message_line_ids.since = fields.Datetime.now() - timedelta(days=90)
        # in the morning, whatever the hour at which tests are run
        cls.start = fields.Datetime.now().replace(
            hour=9, minute=0, second=0, microsecond=0
        ) + timedelta(days=5)
        cls.trip = cls._trip(
            type_id=cls.kind.id, name="Reggio", date_start=cls.start, capacity=12
        )
        cls.anna, cls.tom, cls.mia = cls.Partner.create(
            [
                {"name": "Anna", "email": "anna@reef.test", "dive_customer": True},
                {"name": "Tom", "email": "tom@reef.test", "dive_customer": True},
                {"name": "Mia", "dive_customer": True, "birthdate_date": "2015-05-05"},
            ]
        )
        cls.mia.dive_guardian_id = cls.anna

    def _line(self, event):
        return self.kind.message_line_ids.filtered(lambda line: line.event == event)

    @contextmanager
    def _at(self, moment):
        """Be at another moment."""
        moment = fields.Datetime.to_datetime(moment)
        # only the clock that models read: to stop all takes a second each time
        with patch.object(fields.Datetime, "now", lambda: moment):
            yield

    def _run(self, at=None):
        """Run the scheduled action; return the marks it has made."""
        last = self.Notice.search([], order="id desc", limit=1).id or 0
        self.env.flush_all()
        with self._no_commit():
            if at:
                with self._at(at):
                    self.Notice._cron_tell()
            else:
                self.Notice._cron_tell()
        # those of other trips that are in the database are none of ours
        mine = [("id", ">", last), ("trip_id.type_id", "=", self.kind.id)]
        return self.Notice.search(mine, order="id")

    def _arrive(self, notices):
        """Have these delivered: what nobody has read yet would be taken back."""
        self._mails(notices).unlink()
        told = notices.mail_message_id.notification_ids
        told.notification_status = "sent"

    def _told(self, notices):
        """Return what was told: (kind, recipient, names of divers)."""
        return [
            (
                notice.kind,
                notice.recipient_id.name,
                ", ".join(notice.seat_ids.partner_id.mapped("name")),
            )
            for notice in notices
        ]

    def _family(self, **vals):
        """Book Anna, Tom and Mia; Anna pays."""
        booking = self._booking(self.anna, self.trip, self.anna | self.tom | self.mia)
        booking.write(vals)
        booking.action_confirm()
        return booking

    def _file(self, notice):
        """Return method and event of the calendar file of a message."""
        attachment = notice.mail_message_id.attachment_ids
        calendar = vobject.readOne(attachment.raw.decode())
        return calendar.method.value, calendar.vevent
