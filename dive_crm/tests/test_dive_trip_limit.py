"""How many places a trip sells: the smallest of its own, the boat's, the guides'."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestDiveTripLimit(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("Anna", "Tom", "Mia", "James", "Lucia", "Pierre", "Yuki")
        cls.people = cls.Partner.union(*(cls._customer(f"{n} Keller") for n in names))
        cls.boat = cls.env["dive.boat"].create({"name": "Nerea", "capacity": 5})
        cls.guides = cls.people[5:]
        cls.trip = cls._trip(capacity=6)
        cls.trip.boat_id = cls.boat
        cls.trip.capacity = 6

    def _refused(self, record, vals, *words):
        """Say that a write is refused with all of these words, and changes nothing."""
        names = list(vals)
        before = record.read(names)
        with self.assertRaises(UserError) as caught:
            with self.env.cr.savepoint():
                record.write(vals)
        for word in words:
            self.assertIn(word, str(caught.exception))
        self.env.invalidate_all()
        self.assertEqual(record.read(names), before)

    def test_smallest_counts_and_says_why(self):
        trip = self.trip
        self.assertEqual((trip.seats_limit, trip.seats_free), (5, 5))
        self.assertIn("boat Nerea", trip.limit_reason)
        trip.divers_per_guide = 2
        self.assertEqual(trip.seats_free, 0)
        self.assertIn("enter the guides", trip.limit_reason)
        booking = self._booking(self.people[0], trip, self.people[:3])
        with self.assertRaises(UserError) as caught:
            booking.action_confirm()
        self.assertIn("enter the guides", str(caught.exception))
        trip.guide_ids = self.guides[0]
        self.assertEqual(trip.seats_free, 2)
        with self.assertRaises(UserError) as caught:
            booking.action_confirm()
        self.assertIn("only 2 free", str(caught.exception))
        self.assertIn("each guide takes 2 divers", str(caught.exception))
        trip.guide_ids = self.guides
        booking.action_confirm()
        self.assertEqual((trip.seats_limit, trip.seats_free), (4, 1))
        # search and order know the same
        Trip = self.env["dive.trip"]
        mine = [("id", "=", trip.id)]
        self.assertTrue(Trip.search([*mine, ("seats_free", "=", 1)]))
        self.assertFalse(Trip.search([*mine, ("seats_free", ">", 1)]))
        self.assertEqual(trip.search(mine, order="seats_free, id"), trip)

    def test_what_would_leave_divers_without_a_place_names_them(self):
        trip = self.trip
        trip.write({"divers_per_guide": 2, "guide_ids": [Command.set(self.guides.ids)]})
        booking = self._booking(self.people[0], trip, self.people[:3], confirm=True)
        who = ("Tom Keller", booking.name)
        small = self.boat.copy({"name": "Zodiac", "capacity": 2})
        narrow = trip.type_id.copy({"divers_per_guide": 1})
        self._refused(trip, {"capacity": 2}, "only 2 places", *who)
        self._refused(trip, {"boat_id": small.id}, "Zodiac", "takes 2", *who)
        self._refused(self.boat, {"capacity": 2}, "than Nerea", *who)
        for command in (Command.unlink, Command.delete):
            taken_off = [command(self.guides[0].id)]
            self._refused(trip, {"guide_ids": taken_off}, "another guide", *who)
        self._refused(trip, {"guide_ids": [Command.clear()]}, "0 guides", *who)
        self._refused(trip, {"divers_per_guide": 1}, "1 divers for each", *who)
        self._refused(trip, {"type_id": narrow.id}, "1 divers for each", *who)
        # what leaves them their places goes
        trip.write({"capacity": 3, "divers_per_guide": 0, "guide_ids": [(5, 0, 0)]})
        self.boat.capacity = 3
        self.assertEqual((trip.boat_places, trip.seats_free), (3, 0))

    def test_boat_changes_trips_to_come(self):
        past = self._trip(boat_id=self.boat.id, capacity=5)
        self._booking(self.people[0], past, self.people[:5], confirm=True)
        past.action_done()
        self.boat.capacity = 2
        self.assertEqual((self.trip.boat_places, past.boat_places), (2, 5))
        self.boat.capacity = 8
        self.assertEqual((self.trip.seats_limit, past.boat_places), (6, 5))

    @mute_logger("odoo.sql_db")
    def test_database_knows_each_limit(self):
        trip = self.trip
        trip.write({"divers_per_guide": 2, "guide_ids": [Command.set(self.guides.ids)]})
        self.env.flush_all()
        for taken, boat, ratio in ((5, 5, 2), (4, 3, 2), (7, 0, 0), (-1, 5, 2)):
            with (
                self.subTest(taken=taken),
                self.assertRaisesRegex(Exception, "seats_in_capacity"),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    "UPDATE dive_trip SET seats_taken = %s, boat_places = %s,"
                    " divers_per_guide = %s WHERE id = %s",
                    [taken, boat, ratio, trip.id],
                )
        for vals in ({"boat_places": 100}, {"guide_places": 100}):
            with self.assertRaisesRegex(UserError, "cannot be set directly"):
                trip.with_user(self.manager).write(vals)

    def test_form_shows_it_before_saving(self):
        kind = self.env["dive.trip.type"].create(
            {"name": "Course", "kind": "course", "divers_per_guide": 3}
        )
        with Form(self.env["dive.trip"].with_user(self.front)) as form:
            form.type_id = kind
            form.date_start = "2030-01-01 09:00:00"
            form.boat_id = self.boat
            self.assertEqual((form.capacity, form.divers_per_guide), (5, 3))
            self.assertIn("enter the guides", form.limit_reason)
            form.guide_ids.add(self.guides[0])
            self.assertEqual(form.seats_free, 3)
        self.assertEqual(form.record.guide_places, 3)
