"""Credit notes: cards get back what they have paid, at the rate of the use."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestCardReturn(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()

    def test_all_of_it(self):
        for services in ((), self.dive.ids):
            for late in (False, True):
                card = self._sold(self._type("Type", service_ids=services))
                owed = self._liability(card)
                move = self._invoice(self.dive, post=late)
                card.redeem(400, invoice=move)
                if not late:
                    move.action_post()
                credit = self._credit(move)
                credit.action_post()
                self.assertEqual(
                    (card.balance, card.consumed, card.visits), (4000, 0, 0)
                )
                self.assertEqual(self._liability(card), owed)
                self.assertEqual(credit.payment_state, "paid")
                self._check_books(card)

    def test_reversed_and_invoiced_anew(self):
        card = self._sold()
        move = self._invoice(self.dive)
        card.redeem(400, invoice=move)
        move.action_post()
        self._credit(move, cancel=True)
        self.assertEqual((card.balance, self._liability(card)), (4000, 3500))
        lines = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.anna.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertEqual(sum(lines.mapped("amount_residual")), 0)
        self._check_books(card)

    def test_a_part(self):
        card = self._sold()
        move = self._invoice(self.dive, self.night)
        card.redeem(900, invoice=move)
        move.action_post()
        credit = self._credit(move)
        credit.invoice_line_ids = [
            Command.delete(line.id)
            for line in credit.invoice_line_ids
            if line.product_id == self.night
        ]
        credit.action_post()
        self.assertEqual((credit.amount_total, credit.payment_state), (350, "paid"))
        self.assertEqual((card.balance, card.visits), (3500, 1))
        self._check_books(card)
        rest = self._credit(move)
        rest.action_post()
        self.assertEqual((card.balance, card.consumed, card.visits), (4000, 0, 0))
        self.assertEqual(rest.amount_residual, 400, "what no card has paid")
        self._check_books(card)

    def test_what_is_owed_comes_first(self):
        card = self._sold()
        move = self._invoice(self.dive, self.dive)
        card.redeem(400, invoice=move)
        move.action_post()
        credit = self._credit(move)
        credit.invoice_line_ids = [Command.delete(credit.invoice_line_ids[0].id)]
        credit.action_post()
        self.assertEqual((card.balance, move.amount_residual), (3600, 0))
        self.assertEqual((credit.amount_total, credit.amount_residual), (400, 0))
        self._check_books(card)

    def test_the_credit_note_goes_back_to_a_draft(self):
        card = self._sold()
        move = self._invoice(self.dive)
        card.redeem(400, invoice=move)
        move.action_post()
        credit = self._credit(move)
        credit.action_post()
        with self.assertRaisesRegex(UserError, "reset that to draft first"):
            move.button_draft()
        credit.button_draft()
        self.assertEqual((card.balance, self._liability(card)), (3600, 3150))
        self._check_books(card)
        credit.action_post()
        self.assertEqual((card.balance, self._liability(card)), (4000, 3500))
        credit.button_draft()
        credit.unlink()
        move.button_draft()
        move.button_cancel()
        self.assertEqual((card.balance, self._liability(card)), (4000, 3500))
        self._check_books(card)

    def test_used_in_the_meantime(self):
        card = self._sold(self._type("Small", price=350, value=400))
        move = self._invoice(self.dive)
        card.redeem(400, invoice=move)
        self.assertEqual(card.state, "used")
        move.action_post()
        credit = self._credit(move)
        credit.action_post()
        self.assertEqual(card.state, "active")
        other = self._invoice(self.dive)
        card.redeem(300, invoice=other)
        with (
            self.assertRaisesRegex(UserError, "has .* left"),
            self.env.cr.savepoint(),
        ):
            credit.button_draft()
        self._check_books(card)
