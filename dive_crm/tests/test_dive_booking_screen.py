"""What the booking's form offers, and when."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestDiveBookingScreen(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._customer("Anna Keller")
        cls.boat = cls.env["dive.boat"].create({"name": "Nautilus", "capacity": 12})
        cls.trip = cls._trip(boat_id=cls.boat.id)
        cls.booking = cls._booking(cls.anna, cls.trip, confirm=True)

    def _open(self, before):
        """Say whether check-in is offered so long before the trip."""
        seat = self.booking.diver_ids
        seat.invalidate_recordset(["check_in_open"])
        with freeze_time(self.trip.date_start - before):
            return seat.check_in_open

    def test_check_in_is_offered_from_the_day_before(self):
        self.assertFalse(self._open(timedelta(days=2)))
        self.assertFalse(self._open(timedelta(hours=25)))
        self.assertTrue(self._open(timedelta(hours=23)))
        self.assertTrue(self._open(timedelta(days=-3)))

    def test_the_booking_shows_what_the_trip_is(self):
        self.assertEqual(self.booking.trip_boat_id, self.boat)

    def test_statement_of_the_payer(self):
        action = self.booking.with_user(self.front).action_statement()
        self.assertEqual(action["res_model"], "dive.statement.wizard")
        self.assertEqual(action["context"]["active_ids"], self.anna.ids)

    def test_from_a_customer_the_cursor_stands_in_the_trip(self):
        action = self.anna.with_user(self.front).action_dive_new_booking()
        arch = self.env["dive.booking"].get_views(action["views"])["views"]["form"]
        self.assertIn('name="trip_id"', arch["arch"])
        self.assertRegex(arch["arch"], r'<field name="trip_id"[^>]*default_focus="1"')
