"""Places on a trip: the race for the last one."""

import threading
import time
from contextlib import ExitStack, suppress

import psycopg2.errors

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import RaceCase

WRITERS = 8
ROUNDS = 10


@tagged("post_install", "-at_install", "dive_long")
class TestDiveSeatsRace(RaceCase):
    """Eight people sell the last place at the same moment, on eight connections."""

    def setUp(self):
        super().setUp()
        self.days = 1
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
        self.days += 1  # nobody is on two trips at a time
        with self._env() as env:
            trip = env["dive.trip"].create(
                {
                    "type_id": self.type_id,
                    "date_start": fields.Datetime.add(
                        fields.Datetime.now(), days=self.days
                    ),
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

    def test_who_waits_needs_no_second_try(self):
        """Nothing is read before the line is through, so that nothing is too old."""
        trip_id, booking_ids = self._prepare(capacity=8)
        errors = []

        def confirm(env, booking_id):
            try:
                env["dive.booking"].browse(booking_id).action_confirm()
                env.cr.commit()
            except Exception as error:  # pylint: disable=broad-except
                errors.append(error)
                env.cr.rollback()

        with ExitStack() as connections:
            first, *others = [
                (connections.enter_context(self._env()), booking_id)
                for booking_id in booking_ids
            ]
            threads = [threading.Thread(target=confirm, args=args) for args in others]
            first[0]["dive.booking"].browse(first[1]).action_confirm()
            for thread in threads:
                thread.start()
            self._until_waiting(len(threads))
            first[0].cr.commit()  # pylint: disable=invalid-commit
            for thread in threads:
                thread.join()
        self.assertFalse(errors)
        self.assertEqual(self._sold(trip_id), (WRITERS, WRITERS))

    def _until_waiting(self, number):
        """Wait until so many connections wait for the line; not for ever."""
        end = time.monotonic() + 20
        with self.registry.cursor() as cr:
            while time.monotonic() < end:
                cr.execute(
                    "SELECT count(*) FROM pg_locks"
                    " WHERE relation = 'dive_trip'::regclass AND NOT granted"
                )
                if cr.fetchone()[0] == number:
                    return
                cr.rollback()
                time.sleep(0.02)
        self.fail("Not all wait for the line")

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
