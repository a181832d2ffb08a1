"""Divers move to another trip, in one transaction."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestDiveBookingMove(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = ("Anna", "Tom", "Mia", "James")
        cls.people = cls.Partner.union(*(cls._customer(f"{n} Keller") for n in names))
        cls.anna, cls.tom, cls.mia, cls.james = cls.people
        cls.trip, cls.other = cls._trip(capacity=3), cls._trip(capacity=2)
        cls.other.product_id.list_price = 70
        cls.booking = cls._booking(cls.anna, cls.trip, cls.people[:3], confirm=True)
        cls.seats = cls.booking.diver_ids

    def _notes(self, booking):
        return "".join(booking.message_ids.mapped("body"))

    def _taken(self):
        return self.trip.seats_taken, self.other.seats_taken

    def test_one_diver_and_then_the_others(self):
        first = self.seats[0].with_user(self.front)
        action = first.action_move(self.other.id)
        there = first.booking_id
        self.assertEqual(action["res_id"], there.id)
        self.assertEqual((there.state, there.partner_id), ("confirmed", self.anna))
        self.assertEqual((first.state, first.price_unit), ("booked", 70))
        self.assertEqual((there.amount_total, self.booking.amount_total), (70, 200))
        self.assertEqual(self._taken(), (2, 1))
        self.assertEqual(self.booking.state, "confirmed")
        self.assertIn(f"({there.name}): Anna Keller", self._notes(self.booking))
        self.assertIn(f"({self.booking.name}): Anna Keller", self._notes(there))
        # more than fit: all stay
        with self.assertRaises(UserError) as caught:
            self.seats[1:].action_move(self.other.id)
        self.assertIn("only 1 free", str(caught.exception))
        self.assertEqual(self._taken(), (2, 1))
        # into the same payer's booking; the emptied one is closed
        self.other.capacity = 3
        self.seats[1:].action_move(self.other.id)
        self.assertEqual(there.diver_ids, self.seats)
        self.assertEqual(self._taken(), (0, 3))
        self.assertEqual(self.booking.state, "cancelled")

    def test_who_stays(self):
        anna = self.seats[0]
        double = self._booking(self.james, self.other, self.anna)
        closed = self._trip(state="draft")
        foreign = self._trip(
            company_id=self.env["res.company"].create({"name": "Other"}).id,
            product_id=False,
        )
        for trip, word in (
            (self.trip, "already: choose another trip"),
            (self.other, double.name),
            (closed, "not on sale"),
            (foreign, "another company"),
        ):
            with self.subTest(word=word), self.assertRaises(UserError) as caught:
                anna.action_move(trip.id)
            self.assertIn(word, str(caught.exception))
        double.action_cancel()
        anna.action_check_in()
        with self.assertRaises(UserError) as caught:
            anna.action_move(self.other.id)
        self.assertIn("Undo a check-in first", str(caught.exception))
        with self.assertRaises(UserError) as caught:
            self.seats[1].booking_id = double
        self.assertIn("Move to another trip", str(caught.exception))
        for user in (self.instructor, self.accountant, self.employee, self.portal):
            with self.assertRaises(AccessError):
                self.seats[1].with_user(user).action_move(self.other.id)
        self.assertEqual(self._taken(), (3, 0))

    def test_invoice_goes_along_if_it_is_for_the_same(self):
        self.booking.action_create_invoice()
        anna, tom = self.seats[:2]
        with self.assertRaises(UserError) as caught:
            anna.action_move(self.other.id)
        self.assertIn("is another product", str(caught.exception))
        self.other.write({"product_id": self.trip.product_id.id, "name": "Wreck"})
        anna.with_user(self.front).action_move(self.other.id)
        line = anna.invoice_line_ids
        self.assertIn("Wreck", line.name)
        self.assertEqual((anna.price_unit, anna.invoice_state), (100, "draft"))
        self.assertEqual(anna.booking_id.invoice_ids, self.booking.invoice_ids)
        line.move_id.action_post()
        tom.action_move(self.other.id)
        self.assertEqual(tom.invoice_state, "invoiced")
        self.assertNotIn("Wreck", tom.invoice_line_ids.name)

    def test_a_whole_booking_goes_along_with_its_invoice_for_the_same_only(self):
        self.booking.action_create_invoice()
        self.other.capacity = 4
        with self.assertRaisesRegex(UserError, "is another product"):
            self.booking.trip_id = self.other
        self.other.write({"product_id": self.trip.product_id.id, "name": "Wreck"})
        self.booking.trip_id = self.other
        for line in self.booking.invoice_ids.invoice_line_ids:
            self.assertIn("Wreck", line.name)

    def test_wizard_says_what_happens_and_fitness_is_asked_anew(self):
        action = self.booking.action_open_move()
        wizards = self.env["dive.booking.move"].with_user(self.front)
        wizard = Form(wizards.with_context(**action["context"]))
        self.assertFalse(wizard.words)
        wizard.trip_id = self.other
        self.assertIn("3 are needed", wizard.words)
        wizard.seat_ids.remove(self.seats[2].id)
        self.assertIn("2 of the 2 free places", wizard.words)
        self.assertIn("70.00 in place of", wizard.words.replace("\xa0", " "))
        asked = []
        with patch.object(
            type(self.seats), "_dive_check_fit", lambda seats: asked.append(seats)
        ):
            wizard.save().action_move()
        self.assertEqual(asked, [self.seats[:2]])
        self.assertEqual(asked[0].trip_id, self.other)

    def test_requested_stays_requested(self):
        draft = self._booking(self.james, self.other)
        draft.diver_ids.action_move(self.trip.id)
        self.assertEqual((draft.state, len(draft.diver_ids)), ("cancelled", 0))
        moved = self.trip.seat_ids.filtered(lambda s: s.partner_id == self.james)
        self.assertEqual((moved.state, moved.booking_id.state), ("requested", "draft"))
        self.assertEqual(self._taken(), (3, 0))
