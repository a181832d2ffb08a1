"""Places on a trip: taking, giving back, and that nobody sets them by hand."""

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import DiveCommon


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
        other = self._trip(date_start=self.trip.date_end)
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
