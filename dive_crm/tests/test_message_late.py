"""Nothing is sent days late: not written, and not delivered."""

from odoo import fields
from odoo.tests import tagged

from .certification_alert_common import AlertMixin
from .common import DiveCommon
from .message_common import DAY, HOUR, MessageMixin


@tagged("post_install", "-at_install")
class TestMessageLate(MessageMixin, AlertMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()
        cls.setUpAlerts()
        cls.now = fields.Datetime.now()
        cls.trip.write(
            {
                "date_start": cls.trip.date_start + 15 * DAY,
                "date_end": cls.trip.date_end + 15 * DAY,
            }
        )

    def test_not_written(self):
        booking = self._booking(self.tom, self.trip, confirm=True)
        self.assertFalse(self._run(self.now + 9 * DAY), "confirmed")
        with self._at(self.now + 9 * DAY):
            self.trip.boat_id = self.env["dive.boat"].create({"name": "Nerea"})
        self.assertFalse(self._run(self.now + 12 * DAY), "changed")
        late = self.trip.date_start - DAY + HOUR
        told = self._run(late)
        self.assertEqual(told.kind, "reminder", "In time")
        self._arrive(told)
        with self._at(late):
            booking.action_cancel()
        self.assertFalse(self._run(late + 3 * DAY), "cancelled")

    def test_a_reminder_days_before(self):
        self._line("before_start").interval = 7
        self._booking(self.tom, self.trip, confirm=True)
        self._arrive(self._run())
        due = self.trip.date_start - 7 * DAY
        self.assertFalse(self._run(due + 3 * DAY))
        # the trip was moved nearer: then it has just become due
        with self._at(due + 3 * DAY):
            self.trip.write({"date_start": self.trip.date_start - DAY})
        kinds = self._run(due + 3 * DAY + HOUR).mapped("kind")
        self.assertIn("reminder", kinds)

    def test_ended_long_ago(self):
        for ago, told in ((25, 0), (2, 1)):
            card = self._ending(-ago, self._customer(f"Ago {ago}"))
            AlertMixin._run(self)
            self.assertEqual(len(card.alert_ids), told, ago)

    def test_not_delivered(self):
        """Whether it waited in the queue, or was tried in vain."""
        for state, status in (("outgoing", "ready"), ("exception", "exception")):
            with self.subTest(state), self.env.cr.savepoint() as point:
                self._booking(self.tom, self.trip, confirm=True)
                self._arrive(self._run())
                told = self._run(self.trip.date_start - DAY + HOUR)
                mail = self._mails(told)
                mail.state = state
                told.mail_message_id.notification_ids.notification_status = status
                with self._at(self.trip.date_start + HOUR):
                    self.env["mail.mail"].process_email_queue()
                    self._run()
                self.assertEqual(mail.state, "cancel")
                self.assertEqual((told.state, told.reason), ("failed", "late"))
                self.assertFalse(told.booking_id.activity_ids, "They have come")
                row = self.env["dive.message.log"].search(
                    [("recipient_id", "=", self.tom.id), ("reason", "=", "late")]
                )
                self.assertEqual(row.state, "failed")
                point.rollback()

    def test_texts(self):
        self.tom.write({"dive_channel": "sms", "phone": "+34600111222"})
        self._booking(self.tom, self.trip, confirm=True)
        told = self._run()
        text = self._texts(told)
        with self._at(self.now + 3 * DAY):
            self.env["sms.sms"]._process_queue()
            self.assertEqual(text.state, "canceled")
            self._run()
        self.assertEqual(told.reason, "late")
        # maybe with others that are late at this moment
        self.assertIn("did not arrive (+34600111222)", told.activity_id.note)
