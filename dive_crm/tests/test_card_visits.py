"""Cards that count visits: weights, what they cover, what they consume."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardVisits(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.night.list_price = 600
        cls.ten = cls._type(
            "Ten dives",
            unit="visits",
            visits=10,
            service_ids=[Command.set((cls.dive + cls.night).ids)],
            weight_ids=[Command.create({"product_id": cls.night.id, "weight": 1.5})],
        )

    def test_one_visit(self):
        card = self._sold(self.ten)
        self.assertEqual((card.balance, card.whole, card.visits), (10, 10, 0))
        owed = self._liability(card)
        move = self._invoice(self.dive)
        card.redeem(1, invoice=move)
        move.action_post()
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.assertEqual((card.balance, card.visits, card.consumed), (9, 1, 350))
        self.assertAlmostEqual(owed - self._liability(card), card.consumed_booked)
        self._check_books(card)

    def test_a_night_dive_counts_more(self):
        card = self._sold(self.ten)
        self.ten.weight_ids.weight = 3
        move = self._invoice(self.night)
        with self.assertRaisesRegex(UserError, "comes to 1.5 visits"):
            card.redeem(1.6, invoice=move)
        card.redeem(1.5, invoice=move)
        move.action_post()
        self.assertEqual((move.payment_state, card.balance), ("paid", 8.5))
        self.assertEqual(card.consumed, 525)
        self._check_books(card)

    def test_some_of_the_lines(self):
        card = self._sold(self.ten)
        move = self._invoice(self.dive, self.night)
        card.redeem(1, invoice=move)
        self.assertEqual(move.dive_card_use_ids.worth, 400)
        card.redeem(1.5, invoice=move)
        self.assertEqual(sum(move.dive_card_use_ids.mapped("worth")), 1000)
        with self.assertRaisesRegex(UserError, "nothing more"):
            card.redeem(1, invoice=move)
        move.action_post()
        self.assertEqual((move.payment_state, card.balance), ("paid", 7.5))
        self._check_books(card)

    def test_used_up(self):
        card = self._sold(self._type("Three", unit="visits", visits=3, price=100))
        for _number in range(3):
            move = self._invoice(self.dive)
            card.redeem(1, invoice=move)
            move.action_post()
        self.assertEqual((card.state, card.consumed), ("used", 100))
        self.assertEqual(self._liability(card), 0)
        self._check_books(card)

    def test_dearer_than_the_service(self):
        cheap = self._service("Shore dive", 300)
        card = self._sold(self._type("Any ten", unit="visits", visits=10))
        move = self._invoice(cheap)
        with self.assertRaisesRegex(UserError, "pay it without the card"):
            card.redeem(1, invoice=move)
        self.assertEqual((card.balance, move.amount_total), (10, 300))

    def test_the_price_changes_on_the_draft(self):
        card = self._sold(self.ten)
        move = self._invoice(self.dive)
        card.redeem(1, invoice=move)
        line = move.invoice_line_ids.filtered("product_id")
        line.price_unit = 380
        move.action_post()
        self.assertEqual((move.payment_state, card.consumed), ("paid", 350))
        self._check_books(card)

    def test_given_back(self):
        card = self._sold(self.ten)
        move = self._invoice(self.dive, self.night)
        card.redeem(2.5, invoice=move)
        move.action_post()
        credit = self._credit(move)
        credit.invoice_line_ids = [
            Command.delete(line.id)
            for line in credit.invoice_line_ids
            if line.product_id == self.dive
        ]
        credit.action_post()
        self.assertEqual((card.balance, credit.payment_state), (9, "paid"))
        self._check_books(card)
        self._credit(move).action_post()
        self.assertEqual((card.balance, card.visits, card.consumed), (10, 0, 0))
        self._check_books(card)

    def test_half_the_price_back(self):
        card = self._sold(self.ten)
        move = self._invoice(self.dive)
        card.redeem(1, invoice=move)
        move.action_post()
        credit = self._credit(move)
        line = credit.invoice_line_ids.filtered("product_id")
        line.price_unit = 200
        credit.action_post()
        self.assertEqual(card.balance, 9.5)
        self._check_books(card)

    def test_over_the_counter(self):
        card = self._sold(self.ten)
        card.redeem(2)
        self.assertEqual((card.balance, card.consumed), (8, 700))
        free = self._sold(self._type("Free", unit="visits", visits=7))
        free.redeem(1)
        self.assertEqual((free.balance, free.consumed), (6, 500))
        self._check_books(card, free)
