"""Trips: defaults, checks, states, how they show where one chooses a trip."""

from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestDiveTrip(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env["dive.trip.type"].create(
            {
                "name": "Two-tank",
                "dives": 2,
                "duration": 5,
                "product_id": cls._product().id,
            }
        )
        cls.boat = cls.env["dive.boat"].create({"name": "Nerea", "capacity": 10})
        cls.anna = cls._customer("Anna Keller")
        cls.tom = cls._customer("Tom Keller")

    def test_type_and_boat_fill_the_form(self):
        with Form(self.env["dive.trip"].with_user(self.front)) as form:
            form.type_id = self.kind
            form.date_start = datetime(2030, 7, 1, 7, 0)
            form.boat_id = self.boat
        trip = form.record
        self.assertEqual(trip.name, "Two-tank")
        self.assertEqual(trip.date_end, datetime(2030, 7, 1, 12, 0))
        self.assertEqual(trip.capacity, 10)
        self.assertEqual(trip.dives, 2)
        self.assertEqual(trip.product_id, self.kind.product_id)
        self.assertEqual(trip.state, "open")

    def test_dates_in_order(self):
        start = datetime(2030, 7, 1, 7, 0)
        with self.assertRaisesRegex(ValidationError, "end before it starts"):
            self._trip(date_start=start, date_end=start - timedelta(hours=1))
        trip = self._trip(date_start=start)
        with self.assertRaisesRegex(ValidationError, "end before it starts"):
            trip.date_end = start - timedelta(hours=1)

    def test_a_date_gone_by_is_seen_at_once(self):
        form = Form(self.env["dive.trip"].with_user(self.front))
        form.type_id = self.kind
        self.assertFalse(form.over)
        form.date_start = fields.Datetime.subtract(fields.Datetime.now(), years=1)
        self.assertTrue(form.over)
        trip = form.save()
        year = trip.date_start.year
        self.assertIn(f" {year} ", trip.display_name)
        arch = trip.get_view(view_type="form")["arch"]
        self.assertIn("This trip is over", arch)
        trip.action_cancel()
        self.assertFalse(trip.over)
        soon = self._trip(date_start=fields.Datetime.now().replace(hour=9))
        self.assertNotIn(str(soon.date_start.year), soon.display_name)

    def test_absurd_capacities(self):
        trip = self._trip()
        for capacity in (0, -3, 1001, 10**12, "many", None):
            with self.subTest(capacity=capacity):
                with self.assertRaises(ValidationError):
                    trip.write({"capacity": capacity})
                with self.assertRaises(ValidationError):
                    self._trip(capacity=capacity)

    def test_capacity_below_sold_names_who(self):
        trip = self._trip()
        booking = self._booking(self.anna, trip, self.anna + self.tom, confirm=True)
        with self.assertRaises(ValidationError) as caught:
            trip.capacity = 1
        message = str(caught.exception)
        self.assertIn("Tom Keller", message)
        self.assertIn(booking.name, message)
        trip.capacity = 2
        self.assertEqual(trip.seats_free, 0)

    @mute_logger("odoo.sql_db")
    def test_database_refuses_more_taken_than_places(self):
        trip = self._trip()
        for seats in (5, -1):
            with self.assertRaisesRegex(Exception, "seats_in_capacity"):
                with self.env.cr.savepoint():
                    self.env.cr.execute(
                        "UPDATE dive_trip SET seats_taken = %s WHERE id = %s",
                        [seats, trip.id],
                    )

    def test_free_places_search_and_order(self):
        free, full = self._trip(name="Free"), self._trip(name="Full", capacity=1)
        self._booking(self.anna, full, confirm=True)
        both = free + full
        domain = [("id", "in", both.ids)]
        Trip = self.env["dive.trip"]
        self.assertEqual(Trip.search([*domain, ("seats_free", ">", 0)]), free)
        self.assertEqual(Trip.search([*domain, ("seats_free", "=", 0)]), full)
        self.assertEqual(Trip.search([*domain, ("seats_free", "!=", 0)]), free)
        self.assertEqual(Trip.search([*domain, ("seats_free", "<=", 4)]), both)
        self.assertEqual(both.filtered_domain([("seats_free", ">", 0)]), free)

    def test_choosing_a_trip_shows_date_and_free_places(self):
        trip = self._trip(name="Test wall", date_start=datetime(2030, 7, 6, 7, 0))
        self._booking(self.anna, trip, confirm=True)
        name = (
            self.env["dive.trip"]
            .with_context(dive_show_free=True, tz="UTC", lang="en_US")
            .name_search("test wall")[0][1]
        )
        self.assertEqual(name, "Sat, Jul 6, 2030 07:00 · Test wall (3 free)")

    def test_cancel_takes_the_bookings_along(self):
        trip = self._trip()
        booking = self._booking(self.anna, trip, confirm=True)
        draft = self._booking(self.tom, trip)
        self.assertIs(trip.with_user(self.front).action_cancel(), True)
        self.assertEqual(trip.state, "cancelled")
        self.assertEqual(trip.seats_taken, 0)
        self.assertEqual((booking + draft).mapped("state"), ["cancelled"] * 2)

    def test_cancel_lists_what_is_to_be_credited(self):
        trip = self._trip()
        invoiced = self._booking(self.anna, trip, confirm=True)
        self._booking(self.tom, trip, confirm=True)
        invoiced.action_create_invoice()
        invoiced.invoice_ids.action_post()
        action = trip.with_user(self.front).action_cancel()
        self.assertEqual(action["domain"], [("id", "in", invoiced.ids)])
        self.assertEqual(trip.state, "cancelled")

    def test_done_trip_is_not_cancelled(self):
        trip = self._trip()
        trip.action_done()
        with self.assertRaisesRegex(UserError, "has taken place"):
            trip.action_cancel()

    def test_cancelled_trip_is_not_done(self):
        trip = self._trip()
        trip.action_cancel()
        with self.assertRaisesRegex(UserError, "reopen it first"):
            trip.action_done()

    def test_draft_only_without_divers(self):
        trip = self._trip()
        trip.action_draft()
        trip.action_open()
        self._booking(self.anna, trip, confirm=True)
        with self.assertRaisesRegex(UserError, "cannot go back to draft"):
            trip.action_draft()

    def test_archive_and_delete_only_without_bookings(self):
        trip = self._trip()
        self._booking(self.anna, trip, confirm=True)
        with self.assertRaisesRegex(UserError, "mark it as done or cancel it"):
            trip.active = False
        with self.assertRaisesRegex(UserError, "must stay on record"):
            trip.unlink()
        trip.action_done()
        trip.active = False
        self._trip().unlink()

    def test_all_trips_coming_first(self):
        """The next one on top; what is over below, the last one first."""
        now = fields.Datetime.now()
        hours = (-500, -48, -1, 1, 24, 700)
        trips = [
            self._trip(
                date_start=now + timedelta(hours=hour),
                date_end=now + timedelta(hours=hour, minutes=30),
                type_id=self.kind.id,
            )
            for hour in hours
        ]
        running = self._trip(
            date_start=now - timedelta(hours=1),
            date_end=now + timedelta(hours=1),
            type_id=self.kind.id,
        )
        past, coming = trips[:3], trips[3:]
        found = self.env["dive.trip"].search(
            [("id", "in", [running.id, *(trip.id for trip in trips)])], order="turn, id"
        )
        self.assertEqual(list(found), [running, *coming, *reversed(past)])
        self.assertEqual(found.sorted("turn"), found)
        for view in ("list", "kanban"):
            arch = self.env["dive.trip"].get_view(view_type=view)["arch"]
            self.assertIn('default_order="turn, id"', arch)

    def test_company_stays_with_bookings(self):
        other = self.env["res.company"].create({"name": "Other centre"})
        trip = self._trip()
        self._booking(self.anna, trip)
        with self.assertRaisesRegex(UserError, "stays with its company"):
            trip.company_id = other
        free = self._trip()
        free.product_id.company_id = False
        free.company_id = other
        self.assertEqual(free.company_id, other)

    def test_other_type_and_date_with_bookings(self):
        trip = self._trip()
        booking = self._booking(self.anna, trip, confirm=True)
        start = trip.date_start + timedelta(days=1)
        trip.write(
            {
                "type_id": self.kind.id,
                "date_start": start,
                "date_end": start + timedelta(hours=2),
            }
        )
        self.assertEqual(booking.date_start, start)
        self.assertEqual(trip.seats_taken, 1)
        self.assertEqual(booking.diver_ids.price_unit, 100)

    def test_done_updates_the_figures_once(self):
        self.anna.write(
            {
                "dive_logged_dives": 40,
                "dive_last_dive_date": "2020-05-01",
                "dive_deepest_m": 25,
            }
        )
        start = fields.Datetime.now() + timedelta(hours=1)
        trip = self._trip(date_start=start, type_id=self.kind.id, dives=2)
        booking = self._booking(self.anna, trip, self.anna + self.tom, confirm=True)
        anna_seat, tom_seat = booking.diver_ids
        anna_seat.max_depth_m = 31.5
        tom_seat.action_no_show()
        trip.with_user(self.front).action_done()
        today = self.company._dive_today()
        self.assertEqual(booking.state, "done")
        self.assertEqual(anna_seat.state, "done")
        self.assertEqual(tom_seat.state, "no_show")
        self.assertEqual(self.anna.dive_logged_dives, 42)
        self.assertEqual(self.anna.dive_last_dive_date, min(trip._dive_day(), today))
        self.assertEqual(self.anna.dive_deepest_m, 31.5)
        self.assertEqual(self.tom.dive_logged_dives, 0)
        self.assertFalse(self.tom.dive_last_dive_date)
        trip.action_done()
        self.assertEqual(self.anna.dive_logged_dives, 42)
        self.assertEqual(trip.seats_taken, 2)

        trip.with_user(self.front).action_open()
        self.assertEqual(booking.state, "confirmed")
        self.assertEqual(anna_seat.state, "booked")
        self.assertEqual(self.anna.dive_logged_dives, 40)
        self.assertEqual(
            self.anna.dive_last_dive_date, fields.Date.to_date("2020-05-01")
        )
        self.assertEqual(self.anna.dive_deepest_m, 25)
        trip.action_done()
        self.assertEqual(self.anna.dive_logged_dives, 42)

    def test_no_show_and_back_after_the_trip(self):
        trip = self._trip(type_id=self.kind.id)
        booking = self._booking(self.anna, trip, confirm=True)
        trip.action_done()
        self.assertEqual(self.anna.dive_logged_dives, 2)
        booking.diver_ids.action_no_show()
        self.assertEqual(self.anna.dive_logged_dives, 0)
        self.assertEqual(trip.seats_taken, 1)
        booking.diver_ids.action_undo()
        self.assertEqual(booking.diver_ids.state, "done")
        self.assertEqual(self.anna.dive_logged_dives, 2)

    def test_undo_leaves_another_trips_last_dive(self):
        first = self._trip(type_id=self.kind.id)
        second = self._trip(type_id=self.kind.id, date_start=first.date_end)
        for trip in first + second:
            self._booking(self.anna, trip, confirm=True)
            trip.action_done()
        first.action_open()
        self.assertEqual(self.anna.dive_logged_dives, 2)
        self.assertEqual(self.anna.dive_last_dive_date, self.company._dive_today())

    def test_trip_properties_follow_the_type(self):
        self.kind.trip_properties_definition = [
            {"name": "meet", "string": "Meeting point", "type": "char"}
        ]
        trip = self._trip(type_id=self.kind.id)
        trip.trip_properties = {"meet": "Pier 2"}
        self.assertEqual(dict(trip.trip_properties)["meet"], "Pier 2")

    def test_list_query_count(self):
        spec = {
            "date_start": {},
            "name": {},
            "display_name": {},
            "boat_id": {"fields": {"display_name": {}}},
            "site_ids": {"fields": {"display_name": {}}},
            "guide_ids": {"fields": {"display_name": {}}},
            "seats_taken": {},
            "seats_free": {},
            "capacity": {},
            "booking_count": {},
            "color": {},
            "state": {},
        }
        site = self.env["dive.site"].create({"name": "Arch"})
        trips = self.env["dive.trip"].create(
            [
                {
                    "type_id": self.kind.id,
                    "date_start": datetime(2030, 1, 1) + timedelta(days=day),
                    "boat_id": self.boat.id,
                    "site_ids": [Command.link(site.id)],
                    "guide_ids": [Command.link(self.anna.id)],
                }
                for day in range(80)
            ]
        )
        for trip in trips:
            self._booking(self.tom, trip, confirm=True)
        counts = []
        for number in (1, 1, 80):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["dive.trip"].with_user(self.front).web_search_read(
                [("id", "in", trips.ids[:number])], spec
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2], "queries must not grow with rows")
        self.assertLessEqual(counts[2], 13)
