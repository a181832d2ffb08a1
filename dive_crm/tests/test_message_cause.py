"""What keeps many messages from arriving: tried again, and one errand of it."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..models.dive_alert_retry import NO_GATEWAY, PAUSES
from .common import DiveCommon
from .message_common import MINUTE, MessageMixin


@tagged("post_install", "-at_install")
class TestMessageCause(MessageMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()
        cls.now = fields.Datetime.now()

    def _by_text(self, name, number):
        diver = self._customer(name, dive_channel="sms", phone=f"+3460011122{number}")
        return self._booking(diver, self.trip, confirm=True)

    def _fail(self, notices, cause):
        """Have the service say this of each SMS, as Odoo notes it."""
        texts = self._texts(notices)
        self.assertEqual(set(texts.mapped("state")), {"outgoing"})
        texts.write({"state": "error", "failure_type": cause})
        texts.sms_tracker_id._action_update_from_sms_state("error", failure_type=cause)
        self.env.invalidate_all()
        self.assertEqual(set(notices.mapped("state")), {"failed"})

    def test_out_of_reach(self):
        bookings = self._by_text("Una", 1) | self._by_text("Duo", 2)
        told = self._run()
        self._fail(told, NO_GATEWAY)
        at = self.now
        for pause in PAUSES:
            self._run(at)
            self.assertFalse(bookings.activity_ids)
            at += timedelta(minutes=pause + 1)
            self._run(at)
            self.assertEqual(set(told.mapped("state")), {"queued"})
            self._fail(told, NO_GATEWAY)
        self._run(at)
        activity = bookings.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(told.activity_id, activity)
        for number in ("+34600111221", "+34600111222"):
            self.assertIn(f"did not arrive ({number})", activity.note)
        self._run(at + MINUTE)
        self.assertEqual(bookings.activity_ids, activity)
        # one of them stays at home: the errand is about the other
        bookings[0].trip_id.seat_ids.filtered(
            lambda seat: seat.booking_id == bookings[0]
        ).action_cancel()
        self.assertTrue(activity.exists())
        self.assertNotIn("+34600111221", activity.note)

    def test_back_again(self):
        self._by_text("Una", 1)
        told = self._run()
        uuid = self._texts(told).uuid
        self._fail(told, NO_GATEWAY)
        self._run(self.now)
        self._run(self.now + timedelta(minutes=PAUSES[0] + 1))
        text = self._texts(told)
        self.assertEqual((text.state, text.uuid), ("outgoing", uuid))

    def test_no_credit(self):
        """Once, to whoever looks after the company, for as long as it is open."""
        bookings = self._by_text("Una", 1)
        self._fail(self._run(), "sms_credit")
        self._run()
        bookings |= self._by_text("Duo", 2)
        told = self._run()
        self._fail(told, "sms_credit")
        self._run()
        activity = bookings.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertIn("No credit for SMS", activity.summary)
        self.assertIn("+34600111222", activity.note)
        self.assertFalse(told.retry_on, "Hopeless until somebody pays")
