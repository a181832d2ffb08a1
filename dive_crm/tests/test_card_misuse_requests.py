"""Requests to use a card that name nothing, too much, or something else."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardMisuseRequests(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.card = cls._sold()
        cls.mine = cls.card.with_user(cls.front)

    def _refused(self, said, amount=10, card=None, **request):
        moves = self.env["account.move"].search_count([])
        with (
            self.subTest(**request),
            self.assertRaisesRegex(UserError, said),
            self.env.cr.savepoint(),
        ):
            (card or self.mine).redeem(amount, **request)
        self.assertEqual(self.env["account.move"].search_count([]), moves)
        self.assertEqual(self.card.balance, 4000)
        self._check_books(self.card)

    def test_documents_that_are_none(self):
        gone = self._invoice(self.dive)
        gone.unlink()
        for name, model in (("invoice", "account.move"), ("booking", "dive.booking")):
            for nothing in (0, False, "", [], -1, 10**12, self.env[model]):
                self._refused("does not exist", **{name: nothing})
        self._refused("does not exist", invoice=gone)

    def test_documents_of_another_kind(self):
        two = self._invoice(self.dive) | self._invoice(self.dive)
        self._refused("One Journal Entry is needed here, and not 2", invoice=two)
        for record in (self.anna, self.card, self.env["res.partner"]):
            self._refused("One Journal Entry is needed", invoice=record)
            self._refused("One .*ooking is needed", booking=record)
        with self.assertRaisesRegex(UserError, "One Contact is needed here, and not 2"):
            self.card.action_transfer(self.anna | self.env.user.partner_id, "Gift")

    def test_a_code_that_is_no_text(self):
        ben = self._customer("Ben Holm")
        move = self._invoice(self.dive, partner=ben)
        card = self._sold(self._type("For all", who="anyone"))
        for code in (5, 1.5, ["x"], {"a": 1}, True):
            self._refused("with its code", card=card, invoice=move, code=code)
        card.redeem(10, invoice=self._invoice(self.dive), code=5)
        self.assertEqual(card.balance, 3990)

    def test_lines_without_a_service(self):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.anna.id,
                "invoice_line_ids": [
                    Command.create({"name": "Something", "price_unit": 400})
                ],
            }
        )
        for _post in (False, True):
            for kind in (self.type, self._type("Dives", service_ids=self.dive.ids)):
                with self.assertRaisesRegex(UserError, r"Choose the service \(product"):
                    self._sold(kind).redeem(10, invoice=move)
            with self.assertRaisesRegex(UserError, r"Choose the service \(product"):
                move.with_user(self.front).action_dive_use_card()
            if move.state == "draft":
                move.action_post()
        self._pay(move)
        with self.assertRaisesRegex(UserError, "something is left to pay"):
            move.action_dive_use_card()

    def test_the_counter_is_none_at_all(self):
        self.mine.redeem(10, booking=None, invoice=None)
        self.assertEqual(self.card.balance, 3990)
        self._check_books(self.card)

    # ------------------------------------------------------------------
    # Invoices that are unposted by their state alone
    # ------------------------------------------------------------------

    def test_the_state_of_an_invoice(self):
        for services in ((), self.dive.ids):
            card = self._sold(self._type("Type", service_ids=services))
            sale = card.sale_move_id
            self._stays(sale, card)
            for late in (False, True):
                move = self._invoice(self.dive, post=late)
                card.redeem(400, invoice=move)
                if not late:
                    move.action_post()
                self._stays(move, card)
                credit = self._credit(move)
                credit.action_post()
                self._stays(credit, card)
                credit.button_draft()
                credit.unlink()
                move.button_draft()
                self._check_books(card)
                move.button_cancel()
                self.assertEqual(move.state, "cancel")
            refund = self.env["account.move"].browse(card.action_refund()["res_id"])
            if refund.state == "draft":
                refund.action_post()
            self._stays(refund, card)
            refund.button_draft()
            refund.unlink()
            sale.button_draft()
            self.assertEqual(card.state, "unpaid")

    def _stays(self, move, card):
        for user in (self.front, self.accountant):
            for state in ("draft", "cancel"):
                with (
                    self.assertRaisesRegex(UserError, "would not know of it"),
                    self.env.cr.savepoint(),
                ):
                    move.with_user(user).write({"state": state})
        self.assertEqual(move.state, "posted")
        self._check_books(card)
