"""Cards on invoices that are posted: they read as paid, and the books agree."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardPosted(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()

    def test_taxed_when_used(self):
        card = self._sold()
        move = self._invoice(self.dive, post=True)
        card.redeem(400, invoice=move)
        self.assertEqual((move.payment_state, move.amount_total), ("paid", 400))
        use = move.dive_card_use_ids
        self.assertEqual((use.state, card.balance), ("settled", 3600))
        credit = use.settlement_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual((credit.amount_total, credit.amount_tax), (50, 8.68))
        self.assertEqual(credit.reversed_entry_id, move)
        payment = use.settlement_ids.origin_payment_id
        self.assertEqual((payment.amount, payment.payment_type), (350, "inbound"))
        self.assertEqual(self._liability(card), 3150)
        self._check_books(card)

    def test_taxed_when_sold(self):
        card = self._sold(self._type("Single", service_ids=self.dive.ids))
        move = self._invoice(self.dive, post=True)
        card.redeem(400, invoice=move)
        credit = move.reversal_move_ids
        self.assertEqual((move.payment_state, credit.payment_state), ("paid", "paid"))
        self.assertEqual(credit.amount_tax, move.amount_tax)
        self.assertAlmostEqual(card.booked - self._liability(card), 289.26)
        self._check_books(card)

    def test_part_of_it(self):
        card = self._sold()
        move = self._invoice(self.dive, self.night, post=True)
        card.redeem(500, invoice=move)
        self.assertEqual((move.payment_state, move.amount_residual), ("partial", 400))
        with self.assertRaisesRegex(UserError, "no more than that"):
            card.redeem(400.01, invoice=move)
        card.redeem(400, invoice=move)
        self.assertEqual(move.payment_state, "paid")
        with self.assertRaisesRegex(UserError, "nothing is left to pay"):
            card.redeem(1, invoice=move)
        self._check_books(card)

    def test_taken_off_again(self):
        card = self._sold()
        for services in (None, self.dive.ids):
            if services:
                card = self._sold(self._type("Single", service_ids=services))
            move = self._invoice(self.dive, post=True)
            card.redeem(400, invoice=move)
            move.dive_card_use_ids.action_take_off()
            self.assertEqual((card.balance, card.consumed), (4000, 0))
            self.assertEqual(
                (move.payment_state, move.amount_residual), ("not_paid", 400)
            )
            self._check_books(card)

    def test_back_to_draft(self):
        card = self._sold()
        move = self._invoice(self.dive, post=True)
        card.redeem(400, invoice=move)
        move.button_draft()
        self.assertEqual((self._liability(card), card.balance), (3500, 3600))
        self.assertEqual(move.amount_total, 350)
        self._check_books(card)
        move.action_post()
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.assertEqual(self._liability(card), 3150)
        move.button_draft()
        move.button_cancel()
        self.assertEqual((card.balance, self._liability(card)), (4000, 3500))
        self._check_books(card)

    def test_over_the_counter(self):
        card = self._sold()
        entry = card.redeem(123.45, key="till-1")
        self.assertEqual(card.redeem(123.45, key="till-1"), entry)
        move = self.env["account.move"].browse(entry.source_id)
        self.assertEqual((move.state, move.payment_state), ("posted", "paid"))
        self.assertEqual((card.balance, card.consumed), (3876.55, 108.02))
        self.assertEqual(move.amount_total, 108.02)
        self._check_books(card)
        single = self._sold(self._type("Single", service_ids=self.dive.ids))
        single.redeem(99.99)
        self._check_books(single)

    def test_two_cards_on_one_invoice(self):
        one, two = self._sold(), self._sold()
        move = self._invoice(self.dive, self.night)
        one.redeem(500, invoice=move)
        two.redeem(400, invoice=move)
        move.action_post()
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual(move.amount_total, 787.5)
        self._check_books(one, two)
