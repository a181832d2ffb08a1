"""A card pays an invoice: held on the draft, settled when posted, to the cent."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardUse(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()

    def test_worked_example(self):
        """21 %, list 400, card 3,500 for 4,000: figures of odoo19-notes."""
        card = self._sold()
        move = self._invoice(self.dive)
        entry = card.redeem(400, invoice=move)
        self.assertEqual(
            (card.balance, entry.amount, entry.balance_after), (3600, -400, 3600)
        )
        self.assertEqual(
            (move.state, move.amount_total, move.amount_tax), ("draft", 350, 60.74)
        )
        self.assertEqual(self._liability(card), 3500)
        move.action_post()
        self.assertIn(move.payment_state, ("paid", "in_payment"))
        self.assertEqual(self._liability(card), 3150)
        self.assertEqual((card.consumed, card.visits), (350, 1))
        benefit = move.invoice_line_ids.filtered("dive_card_use_id")
        self.assertEqual(benefit.balance, 41.32)
        (settled,) = move.dive_card_use_ids.settlement_ids
        self.assertEqual(settled.date, move.date)

    def test_taxed_when_sold(self):
        card = self._sold(self._type("Single", service_ids=self.dive.ids))
        owed = self._liability(card)
        move = self._invoice(self.dive)
        card.redeem(400, invoice=move)
        self.assertEqual((move.amount_total, move.amount_tax), (0, 0))
        move.action_post()
        self.assertEqual(move.payment_state, "paid")
        self.assertAlmostEqual(self._liability(card), owed - 289.26)
        income = move.invoice_line_ids.account_id
        entry = move.dive_card_use_ids.settlement_ids
        self.assertEqual(
            entry.line_ids.filtered(lambda line: line.account_id in income).balance,
            -289.26,
        )

    def test_a_draft_that_goes_away(self):
        card = self._sold()
        for go in ("button_cancel", "unlink"):
            move = self._invoice(self.dive)
            card.redeem(400, invoice=move)
            self.assertEqual((card.balance, card.consumed, card.visits), (3600, 350, 1))
            getattr(move, go)()
            self.assertEqual((card.balance, card.consumed, card.visits), (4000, 0, 0))
        self.assertEqual(self._liability(card), 3500)
        self.assertEqual(sum(card.entry_ids.mapped("amount")), card.balance)

    def test_back_to_draft_and_posted_again(self):
        card = self._sold()
        move = self._invoice(self.dive, self.night)
        card.redeem(600, invoice=move)
        move.action_post()
        self.assertEqual(self._liability(card), 2975)
        move.button_draft()
        self.assertEqual((self._liability(card), card.balance), (3500, 3400))
        move.invoice_line_ids.filtered(
            lambda line: line.product_id == self.night
        ).unlink()
        with self.assertRaisesRegex(UserError, "take them off"):
            move.action_post()
        move.invoice_line_ids = [Command.create({"product_id": self.night.id})]
        move.action_post()
        self.assertEqual(self._liability(card), 2975)
        self.assertEqual(move.amount_residual, 300)

    def test_used_up(self):
        card = self._sold(self._type("Small", price=100, value=120))
        for amount in (33.33, 33.33, 53.34):
            move = self._invoice(self.dive)
            card.redeem(amount, invoice=move)
            move.action_post()
        self.assertEqual((card.balance, card.consumed), (0, 100))
        self.assertEqual(self._liability(card), 0)

    def test_what_is_no_payment(self):
        card = self._sold()
        move = self._invoice(self.dive)
        for amount in (0, -1, float("nan"), float("inf"), "x", None, 0.001):
            with self.assertRaisesRegex(UserError, "above 0", msg=amount):
                card.redeem(amount, invoice=move)
        for amount in (1e10, 1e300, "1" * 40):
            with self.assertRaisesRegex(UserError, "more than any card", msg=amount):
                card.redeem(amount, invoice=move)
        cancelled = self._invoice(self.dive)
        cancelled.button_cancel()
        with self.assertRaisesRegex(UserError, "pay This invoice: it is cancelled"):
            card.redeem(1, invoice=cancelled)
        with self.assertRaisesRegex(UserError, "no more than that"):
            card.redeem(400.01, invoice=move)
        with self.assertRaisesRegex(UserError, "has .* left"):
            card.redeem(4001, invoice=self._invoice(*[self.dive] * 11))
        with self.assertRaisesRegex(UserError, "works once its invoice"):
            self._sold(pay=False).redeem(1, invoice=move)
        with self.assertRaisesRegex(UserError, "sell it first"):
            self._card().redeem(1, invoice=move)
        night = self._sold(self._type("Night", service_ids=self.night.ids))
        with self.assertRaisesRegex(UserError, "pays for nothing"):
            night.redeem(1, invoice=move)
        self.assertEqual((card.balance, move.amount_total), (4000, 400))

    def test_the_same_request_twice(self):
        card = self._sold()
        move = self._invoice(self.dive)
        entry = card.redeem(100, invoice=move, key="a")
        self.assertEqual(card.redeem(100, invoice=move, key="a"), entry)
        self.assertEqual(card.balance, 3900)
        self.assertEqual(card.redeem(100, invoice=move.id, key="b").amount, -100)
        self.assertEqual((card.balance, move.amount_total), (3800, 375))
