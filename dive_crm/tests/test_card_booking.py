"""Cards pay bookings: the invoice is made, or the one that is there is paid."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardBooking(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.trip = cls._trip(product_id=cls.dive.id, capacity=6)

    def _booked(self, partner=None):
        partner = partner or self.anna
        booking = self._booking(partner, self.trip)
        booking.action_confirm()
        return booking

    def test_a_booking(self):
        card = self._sold()
        booking = self._booked()
        owed = booking._dive_owed()
        entry = card.redeem(owed, booking=booking.id)
        move = booking.invoice_ids
        self.assertEqual((move.state, entry.source_id), ("draft", move.id))
        move.action_post()
        self.assertEqual(booking.invoice_state, "paid")
        self.assertEqual(booking._dive_owed(), 0)
        self._check_books(card)

    def test_an_invoice_that_is_posted(self):
        card = self._sold()
        booking = self._booked()
        booking.action_create_invoice()
        booking.invoice_ids.action_post()
        card.redeem(booking._dive_owed(), booking=booking)
        self.assertEqual(booking.invoice_state, "paid")
        self.assertEqual(booking._dive_owed(), 0)
        with self.assertRaisesRegex(UserError, "Nothing is owed"):
            card.redeem(1, booking=booking)
        self._check_books(card)

    def test_what_it_does_not_pay(self):
        card = self._sold()
        other = self._booked(self._customer("Carl Berg"))
        with self.assertRaisesRegex(UserError, "not by Carl"):
            card.redeem(1, booking=other)
        draft = self._booking(self.anna, self._trip(later=1))
        with self.assertRaisesRegex(UserError, "Nothing is owed|not confirmed"):
            card.redeem(1, booking=draft)
        night = self._sold(self._type("Night", service_ids=self.night.ids))
        booking = self._booked()
        with self.assertRaisesRegex(UserError, "good for Night dive"):
            night.redeem(1, booking=booking)
        with self.assertRaisesRegex(UserError, "does not exist"):
            card.redeem(1, booking=2**31 - 1)
        self.assertEqual((card.balance, night.balance), (4000, 4000))

    def test_a_booking_that_is_cancelled(self):
        """Without the divers nothing is left to pay: the card has it all again."""
        for unit in ("money", "visits"):
            card = self._sold(self._type("Cancelled", unit=unit, visits=10))
            whole = card.balance
            booking = self._booking(
                self.anna, self.trip, [self._customer("Dan")], confirm=True
            )
            card.redeem(100 if unit == "money" else 1, booking=booking.id)
            move = booking.invoice_ids
            self.assertLess(card.balance, whole)
            booking.with_user(self.front).action_cancel()
            self.assertEqual((move.state, card.balance), ("cancel", whole))
            self.assertEqual(move.dive_card_use_ids.mapped("state"), ["released"])
            self._check_books(card)

    def test_one_of_two_divers_cancels(self):
        """What the card holds for more than is left is given back, and it is said."""
        for amount, left in ((300, 300), (600, 0)):
            card = self._sold()
            divers = [self._customer("Cleo"), self._customer("Ben")]
            booking = self._booking(self.anna, self.trip, divers, confirm=True)
            card.redeem(amount, booking=booking.id)
            move = booking.invoice_ids
            booking.diver_ids[1].with_user(self.front).action_cancel()
            self.assertEqual(move.state, "draft")
            self.assertEqual(4000 - card.balance, left)
            notes = move.message_ids.filtered(lambda note: "given back" in note.body)
            self.assertEqual(bool(notes), not left)
            move.action_post()
            self.assertEqual(move.amount_residual, 400 - left)
            self._check_books(card)

    def test_a_card_that_was_taken_off_before_is_no_news(self):
        card = self._sold()
        booking = self._booking(
            self.anna, self.trip, [self._customer("Eve")], confirm=True
        )
        card.redeem(100, booking=booking.id)
        move = booking.invoice_ids
        move.dive_card_use_ids.action_take_off()
        booking.with_user(self.front).action_cancel()
        self.assertEqual((move.state, card.balance), ("cancel", 4000))
        notes = move.message_ids.filtered(lambda note: "given back" in note.body)
        self.assertFalse(notes)
        self._check_books(card)
