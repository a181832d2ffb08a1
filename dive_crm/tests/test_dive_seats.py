"""Places on a trip: taking, giving back, who may not, and the race for the last."""

import threading
from contextlib import suppress

import psycopg2.errors

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import DiveCommon, RaceCase

WRITERS = 8
ROUNDS = 10


@tagged("post_install", "-at_install")
class TestDiveSeats(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.Partner
        for name in ("Anna", "Tom", "Mia", "James", "Lucia", "Pierre"):
            cls.people |= cls._customer(f"{name} Keller")
        cls.trip = cls._trip(capacity=3)

    def assertHeld(self, number, trip=None):
        trip = trip or self.trip
        held = self.env["dive.booking.diver"].search_count(
            [
                ("trip_id", "=", trip.id),
                ("state", "in", ("offered", "booked", "checked_in", "done", "no_show")),
            ]
        )
        self.assertEqual((trip.seats_taken, held), (number, number))

    def test_draft_takes_none(self):
        self._booking(self.people[0], self.trip, self.people[:2])
        self.assertHeld(0)

    def test_all_or_none(self):
        self._booking(self.people[0], self.trip, self.people[:2], confirm=True)
        booking = self._booking(self.people[2], self.trip, self.people[2:4])
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            booking.action_confirm()
        message = str(caught.exception)
        self.assertIn("only 1 free", message)
        self.assertIn("Anna Keller", message)
        self.assertHeld(2)
        self.assertEqual(booking.state, "draft")

    def test_full(self):
        self._booking(self.people[0], self.trip, self.people[:3], confirm=True)
        booking = self._booking(self.people[3], self.trip)
        with self.assertRaisesRegex(UserError, "is full"):
            booking.action_confirm()

    def test_added_removed_cancelled(self):
        booking = self._booking(self.people[0], self.trip, confirm=True)
        booking.diver_ids = [
            Command.create({"partner_id": self.people[1].id}),
            Command.create({"partner_id": self.people[2].id}),
        ]
        self.assertEqual(set(booking.diver_ids.mapped("state")), {"booked"})
        self.assertHeld(3)
        with self.assertRaisesRegex(UserError, "is full"), self.env.cr.savepoint():
            booking.diver_ids = [Command.create({"partner_id": self.people[3].id})]
        self.assertHeld(3)
        booking.diver_ids = [Command.delete(booking.diver_ids[2].id)]
        self.assertHeld(2)
        booking.diver_ids[1].action_cancel()
        self.assertHeld(1)
        booking.diver_ids[0].action_no_show()
        self.assertHeld(1)
        booking.diver_ids[0].action_undo()
        self.trip.action_done()
        self.assertHeld(1)

    def test_moved_to_another_trip(self):
        other = self._trip(capacity=1)
        booking = self._booking(
            self.people[0], self.trip, self.people[:2], confirm=True
        )
        with self.assertRaisesRegex(UserError, "only 1 free"), self.env.cr.savepoint():
            booking.trip_id = other
        self.assertHeld(2)
        other.capacity = 2
        booking.trip_id = other
        self.assertHeld(0)
        self.assertHeld(2, other)
        self.assertEqual(booking.diver_ids.trip_id, other)
        closed = self._trip(state="cancelled")
        with self.assertRaisesRegex(UserError, "is cancelled"):
            booking.trip_id = closed

    def test_moved_onto_a_second_place(self):
        other = self._trip()
        first = self._booking(self.people[0], other, confirm=True)
        booking = self._booking(self.people[0], self.trip, confirm=True)
        with self.assertRaisesRegex(ValidationError, first.name):
            booking.trip_id = other

    def test_draft_moved_takes_none(self):
        other = self._trip()
        booking = self._booking(self.people[0], self.trip)
        booking.trip_id = other
        self.assertHeld(0)
        self.assertHeld(0, other)

    def test_deleted_gives_back(self):
        booking = self._booking(
            self.people[0], self.trip, self.people[:2], confirm=True
        )
        booking.diver_ids[0].unlink()
        self.assertHeld(1)
        booking.action_cancel()
        booking.with_user(self.manager).unlink()
        self.assertHeld(0)

    # -- nobody writes them by hand ------------------------------------------

    def test_orm_writes_refused(self):
        booking = self._booking(self.people[0], self.trip)
        seat = booking.diver_ids
        for record, vals in (
            (self.trip, {"seats_taken": 2}),
            (self.trip, {"state": "done"}),
            (self.trip, {"state": "cancelled"}),
            (booking, {"state": "confirmed"}),
            (booking, {"invoice_state": "paid"}),
            (booking, {"company_id": False}),
            (booking, {"diver_ids": [Command.update(seat.id, {"state": "booked"})]}),
            (seat, {"state": "booked"}),
            (seat, {"state": "cancelled"}),
            (seat, {"trip_id": self._trip().id}),
            (seat, {"invoice_state": "credited"}),
            (seat, {"logged_dives": 100}),
        ):
            for caller in (record, record.with_user(self.manager), record.sudo()):
                for key in (True, 1, "x", {"a": 1}):
                    with self.subTest(vals=vals, key=key):
                        forged = caller.with_context(dive_unlock=key)
                        with self.assertRaisesRegex(
                            UserError, "cannot be set directly"
                        ):
                            forged.write(vals)
        self.assertHeld(0)

    def test_orm_creates_refused(self):
        booking = self._booking(self.people[0], self.trip)
        anna = self.people[1]
        for model, vals in (
            ("dive.trip", {"seats_taken": 1}),
            ("dive.booking", {"state": "confirmed"}),
            ("dive.booking", {"invoice_state": "paid"}),
            ("dive.booking.diver", {"state": "booked"}),
            ("dive.booking.diver", {"state": "cancelled"}),
            ("dive.booking.diver", {"logged_dives": 3}),
        ):
            base = {
                "dive.trip": {
                    "type_id": self.trip.type_id.id,
                    "date_start": fields.Datetime.now(),
                },
                "dive.booking": {"partner_id": anna.id, "trip_id": self.trip.id},
                "dive.booking.diver": {
                    "partner_id": anna.id,
                    "booking_id": booking.id,
                },
            }[model]
            with self.subTest(model=model, vals=vals):
                with self.assertRaisesRegex(UserError, "cannot be set directly"):
                    self.env[model].create({**base, **vals})

    def test_defaults_do_not_smuggle(self):
        context = {
            "default_state": "booked",
            "default_seats_taken": 2,
            "default_invoice_state": "paid",
            "default_logged_dives": 7,
        }
        trip = (
            self.env["dive.trip"]
            .with_context(default_seats_taken=2)
            .create(
                {"type_id": self.trip.type_id.id, "date_start": fields.Datetime.now()}
            )
        )
        self.assertEqual(trip.seats_taken, 0)
        booking = self.env["dive.booking"].create(
            {"partner_id": self.people[0].id, "trip_id": self.trip.id}
        )
        self.env["ir.default"].set("dive.booking.diver", "logged_dives", 9)
        seat = (
            self.env["dive.booking.diver"]
            .with_context(**context)
            .create({"partner_id": self.people[0].id, "booking_id": booking.id})
        )
        self.assertEqual(seat.state, "requested")
        self.assertEqual(seat.invoice_state, "none")
        self.assertEqual(seat.logged_dives, 0)
        self.assertHeld(0)

    def test_copy_takes_none(self):
        booking = self._booking(self.people[0], self.trip, confirm=True)
        copy = booking.copy()
        self.assertEqual(copy.state, "draft")
        self.assertFalse(copy.diver_ids)
        self.assertEqual(self.trip.copy().seats_taken, 0)
        self.assertHeld(1)


@tagged("post_install", "-at_install")
class TestDiveSeatsRace(RaceCase):
    """Eight people sell the last place at the same moment, on eight connections."""

    def setUp(self):
        super().setUp()
        with self._env() as env:
            self.product_id = (
                env["product.product"]
                .create({"name": "Race", "type": "service", "list_price": 10})
                .id
            )
            self.type_id = env["dive.trip.type"].create({"name": "Race"}).id
            self.partner_ids = (
                env["res.partner"]
                .create([{"name": f"Race {number}"} for number in range(WRITERS)])
                .ids
            )
        self.addCleanup(self._clean)

    def _clean(self):
        """Remove what the race has committed; in SQL, since records are kept here."""
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM dive_booking_diver WHERE partner_id = ANY(%s)",
                [self.partner_ids],
            )
            cr.execute(
                "DELETE FROM dive_booking WHERE partner_id = ANY(%s)",
                [self.partner_ids],
            )
            cr.execute("DELETE FROM dive_trip WHERE type_id = %s", [self.type_id])
        with self._env() as env:
            env["dive.trip.type"].browse(self.type_id).unlink()
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_ids).unlink()

    def _prepare(self, capacity):
        with self._env() as env:
            trip = env["dive.trip"].create(
                {
                    "type_id": self.type_id,
                    "date_start": fields.Datetime.add(fields.Datetime.now(), days=2),
                    "capacity": capacity,
                    "product_id": self.product_id,
                }
            )
            bookings = env["dive.booking"].create(
                [
                    {
                        "partner_id": partner_id,
                        "trip_id": trip.id,
                        "diver_ids": [Command.create({"partner_id": partner_id})],
                    }
                    for partner_id in self.partner_ids
                ]
            )
            return trip.id, bookings.ids

    def _sold(self, trip_id):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT seats_taken, (SELECT count(*) FROM dive_booking_diver s"
                " WHERE s.trip_id = t.id AND s.state = 'booked')"
                " FROM dive_trip t WHERE id = %s",
                [trip_id],
            )
            return cr.fetchone()

    def test_last_place_is_sold_once(self):
        for number in range(ROUNDS):
            trip_id, booking_ids = self._prepare(capacity=1)
            outcome = self._race(
                [
                    lambda env, booking_id=booking_id: (
                        env["dive.booking"].browse(booking_id).action_confirm()
                    )
                    for booking_id in booking_ids
                ]
            )
            with self.subTest(round=number):
                self.assertEqual(outcome.count(True), 1, outcome)
                refused = [item for item in outcome if item is not True]
                for error in refused:
                    self.assertIsInstance(error, UserError)
                    self.assertIn("is full", str(error))
                self.assertEqual(self._sold(trip_id), (1, 1))

    def test_three_places_for_eight(self):
        trip_id, booking_ids = self._prepare(capacity=3)
        outcome = self._race(
            [
                lambda env, booking_id=booking_id: (
                    env["dive.booking"].browse(booking_id).action_confirm()
                )
                for booking_id in booking_ids
            ]
        )
        self.assertEqual(outcome.count(True), 3, outcome)
        self.assertEqual(self._sold(trip_id), (3, 3))

    def test_counting_first_would_oversell(self):
        """The race above is a real one: without the guard it sells the place more
        than once. Here the guard is taken out, by the book: count, then write.
        """
        trip_id, booking_ids = self._prepare(capacity=1)
        counted = threading.Barrier(WRITERS)

        def count_then_write(env, booking_id):
            env.cr.execute(
                "SELECT count(*) FROM dive_booking_diver"
                " WHERE trip_id = %s AND state = 'booked'",
                [trip_id],
            )
            free = env.cr.fetchone()[0] < 1
            counted.wait(timeout=30)
            if free:
                env.cr.execute(
                    "UPDATE dive_booking_diver SET state = 'booked'"
                    " WHERE booking_id = %s",
                    [booking_id],
                )

        self._race(
            [
                lambda env, booking_id=booking_id: count_then_write(env, booking_id)
                for booking_id in booking_ids
            ]
        )
        self.assertEqual(self._sold(trip_id), (0, WRITERS))

    def test_one_booking_confirmed_by_two(self):
        trip_id, booking_ids = self._prepare(capacity=5)
        outcome = self._race(
            [lambda env: env["dive.booking"].browse(booking_ids[0]).action_confirm()]
            * 2
        )
        self.assertEqual(outcome, [True, True])
        self.assertEqual(self._sold(trip_id), (1, 1))

    def test_capacity_lowered_while_selling(self):
        trip_id, booking_ids = self._prepare(capacity=2)
        with self._env() as env:
            env["dive.booking"].browse(booking_ids[0]).action_confirm()
        self._race(
            [
                lambda env: env["dive.booking"].browse(booking_ids[1]).action_confirm(),
                lambda env: env["dive.trip"].browse(trip_id).write({"capacity": 1}),
            ]
        )
        with self._env() as env:
            trip = env["dive.trip"].browse(trip_id)
            self.assertLessEqual(trip.seats_taken, trip.capacity)
            self.assertEqual(trip.seats_taken, trip.capacity)

    def test_one_diver_booked_twice_at_once(self):
        trip_id, _bookings = self._prepare(capacity=8)
        with self._env() as env:
            diver_id = env["res.partner"].create({"name": "Race Twin"}).id
            self.partner_ids.append(diver_id)
        outcome = self._race(
            [
                lambda env: env["dive.booking"].create(
                    {
                        "partner_id": diver_id,
                        "trip_id": trip_id,
                        "diver_ids": [Command.create({"partner_id": diver_id})],
                    }
                )
            ]
            * WRITERS
        )
        self.assertEqual(outcome.count(True), 1, outcome)
        for error in outcome:
            if error is not True:
                self.assertIsInstance(
                    error, (ValidationError, psycopg2.errors.UniqueViolation)
                )

    def test_invoiced_once_by_eight(self):
        _trip, booking_ids = self._prepare(capacity=8)
        with self._env() as env:
            booking = env["dive.booking"].browse(booking_ids[0])
            booking.action_confirm()
        try:
            outcome = self._race(
                [
                    lambda env: (
                        env["dive.booking"]
                        .browse(booking_ids[0])
                        .action_create_invoice()
                    )
                ]
                * WRITERS
            )
            self.assertEqual(outcome, [True] * WRITERS)
            with self._env() as env:
                moves = env["dive.booking"].browse(booking_ids[0]).invoice_ids
                self.assertEqual(len(moves), 1)
        finally:
            with self._env() as env, suppress(UserError):
                env["dive.booking"].browse(booking_ids[0]).invoice_ids.unlink()
