"""Which messages wait for the morning, and which go in the night."""

from odoo.tests import tagged

from .common import DiveCommon
from .message_common import DAY, HOUR, MINUTE, MessageMixin


@tagged("post_install", "-at_install")
class TestMessageNight(MessageMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()
        cls.company.write({"dive_quiet_from": 21, "dive_quiet_to": 8})
        # 2:00 UTC is 3 or 4 in Madrid; at 8 there the night is over
        cls.night = (cls.start - 3 * DAY).replace(hour=2)
        cls.morning = cls.night + 5 * HOUR + MINUTE

    def _booked(self, partner=None):
        booking = self._booking(partner or self.tom, self.trip, confirm=True)
        self._arrive(self._run())
        return booking

    def test_a_confirmation_goes(self):
        with self._at(self.night):
            self._booking(self.tom, self.trip, confirm=True)
        self.assertEqual(self._run(self.night + MINUTE).kind, "confirmed")

    def test_a_change_waits(self):
        booking = self._booked()
        with self._at(self.night):
            self.trip.boat_id = self.env["dive.boat"].create({"name": "Nerea"})
        self.assertFalse(self._run(self.night + 20 * MINUTE))
        with self._at(self.night + 20 * MINUTE):
            self.assertRegex(booking._dive_message_plan(), "8:00: Trip changed")
        self.assertEqual(self._run(self.morning).kind, "changed")

    def test_a_change_of_tomorrow_goes(self):
        self._booked()
        night = self.start.replace(hour=2) - DAY
        with self._at(night):
            self.trip.date_start += HOUR
        kinds = self._run(night + 20 * MINUTE).mapped("kind")
        self.assertEqual(kinds, [], "25 hours and more after eight")
        night = self.start.replace(hour=2)
        with self._at(night):
            self.trip.date_start += HOUR
        self.assertIn("changed", self._run(night + 20 * MINUTE).mapped("kind"))

    def test_a_place_cancelled_waits(self):
        booking = self._booked()
        with self._at(self.night):
            booking.action_cancel()
        self.assertFalse(self._run(self.night + 20 * MINUTE))
        self.assertEqual(self._run(self.morning).kind, "booking_cancelled")

    def test_a_trip_called_off_waits(self):
        booking = self._booked()
        with self._at(self.night):
            self.trip.action_cancel()
        held = booking.notice_ids.filtered(lambda one: one.kind == "cancelled")
        self.assertEqual((held.state, bool(held.mail_message_id)), ("queued", False))
        self.assertTrue(self.night < held.retry_on < self.morning)
        self.assertIn(held, self.Notice.search([("state", "=", "queued")]))
        self.assertNotIn(held, self.Notice.search([("state", "=", "sent")]))
        row = self.env["dive.message.log"].search(
            [("recipient_id", "=", self.tom.id), ("state", "=", "queued")]
        )
        self.assertEqual(row.retry_on, held.retry_on)
        self._run(self.night + HOUR)
        self.assertTrue(held.exists())
        told = self._run(self.morning)
        self.assertEqual(self._told(told), [("cancelled", "Tom", "Tom")])
        self.assertEqual(self._file(told)[0], "CANCEL")
        self.assertFalse(held.exists())
        self.assertFalse(self._run(self.morning + HOUR), "Once")

    def test_held_for_days(self):
        """The run stood still: somebody calls."""
        booking = self._booked()
        with self._at(self.night):
            self.trip.action_cancel()
        told = self._run(self.morning + 3 * DAY)
        self.assertEqual((told.state, told.reason), ("staff", "late"))
        self.assertIn("too late", booking.activity_ids.note)

    def _offered(self, hours, at):
        self.company.dive_offer_hours = hours
        self.trip.capacity = 1
        first = self._booked()
        waits = self._booking(self.anna, self.trip)
        waits.action_waitlist()
        with self._at(at):
            first.action_cancel()
            self.trip.with_company(self.company)._dive_run_list()
        return waits

    def test_an_offer_waits(self):
        waits = self._offered(12, self.night)
        held = waits.notice_ids
        self.assertEqual((held.kind, held.state), ("offer", "queued"))
        self.assertFalse(held.mail_message_id)
        told = self._run(self.morning).filtered(lambda one: one.kind == "offer")
        self.assertEqual(told.offer_id.state, "open")
        self.assertEqual(len(self._mails(told)), 1)

    def test_an_offer_that_is_short_goes(self):
        waits = self._offered(8, self.night)
        self.assertTrue(waits.notice_ids.mail_message_id)

    def test_an_offer_that_is_withdrawn_meanwhile(self):
        waits = self._offered(12, self.night)
        with self._at(self.night + HOUR):
            waits.action_cancel()
        self.assertFalse(waits.notice_ids)
        self.assertFalse(
            self._run(self.morning).filtered(lambda one: one.kind == "offer")
        )
