"""Messages about trips in real transactions: the run killed, and twice at once."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models import dive_alert_round
from .alert_race_common import AlertRaceMixin
from .waiting_race_common import WaitingRaceCase

PEOPLE = 5


@tagged("post_install", "-at_install", "dive_long")
class TestTripMessageRace(AlertRaceMixin, WaitingRaceCase):
    run_model = "dive.booking.notice"
    run_job = "dive_crm.ir_cron_message"
    made_last = "mail.notification"
    batch = 2
    PEOPLE = PEOPLE

    def setUp(self):
        super().setUp()
        self.last = {
            table: self._rows(f"SELECT COALESCE(max(id), 0) FROM {table}")[0][0]
            for table in ("dive_booking_notice", "ir_attachment")
        }
        self._run()  # what is due of others is none of ours; it is taken back below
        self.addCleanup(self._clean)
        self.startPatcher(patch.object(dive_alert_round, "BATCH", self.batch))
        with self._env() as env:
            env["dive.message.plan"].search([("type_id", "=", self.type_id)]).since = (
                fields.Datetime.now() - timedelta(days=1)
            )
            trip = self._make_trip(env, capacity=PEOPLE)
            for partner_id in self.partner_ids:
                self._make_booking(env, trip, [partner_id]).action_confirm()

    def _clean(self):
        with self.registry.cursor() as cr:
            self._remove_bookings(cr)
            cr.execute(
                "DELETE FROM dive_booking_notice WHERE id > %s",
                [self.last["dive_booking_notice"]],
            )
            cr.execute(
                "DELETE FROM ir_attachment WHERE id > %s AND res_model = %s",
                [self.last["ir_attachment"], "dive.booking"],
            )

    def _marks(self):
        return self._rows(
            """SELECT (SELECT count(*) FROM dive_booking_notice mark
                        WHERE mark.booking_id = booking.id),
                      (SELECT count(*) FROM mail_mail mail
                         JOIN dive_booking_notice mark USING (mail_message_id)
                        WHERE mark.booking_id = booking.id), 1
                 FROM dive_booking booking JOIN dive_trip trip
                   ON trip.id = booking.trip_id AND trip.type_id = %s""",
            self.type_id,
        )

    def _assert_told(self, count=None):
        # nobody gets an activity of a confirmation
        marks = [(told, mails) for told, mails, _activity in self._marks()]
        count = len(marks) if count is None else count
        expected = [(0, 0)] * (len(marks) - count) + [(1, 1)] * count
        self.assertEqual(sorted(marks), expected)
