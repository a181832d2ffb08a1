"""Credit notes: cards get back what they have paid, at the rate of the use."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
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

    def _credit_of(self, move, price):
        """Return a posted credit note for a part of the price."""
        credit = self._credit(move)
        lines = credit.invoice_line_ids.filtered("product_id")
        lines.price_unit = price
        credit.action_post()
        return credit

    def test_in_parts_that_are_no_round_floats(self):
        # taxed when used, and when sold
        for services, price, whole, dive, parts in (
            ((), 3500, 4000, 400, [133.33, 133.33, 133.34]),
            (self.dive.ids, 3500, 4000, 400, [57.15] * 4),
            (self.dive.ids, 100, 120, 100.03, [14.29] * 7),
            ((), 100, 120, 100.02, [16.67] * 6),
        ):
            self.dive.list_price = dive
            kind = self._type("Parts", price=price, value=whole, service_ids=services)
            card = self._sold(kind)
            move = self._invoice(self.dive)
            card.redeem(dive, invoice=move)
            move.action_post()
            for part in parts:
                self._credit_of(move, part)
                self.assertFalse(self._differences(card), (part, parts))
                self._check_books(card)
            back = round(sum(parts), 2)
            self.assertEqual(card.balance, round(whole - dive + back, 2))
            if back == dive:
                self.assertEqual((card.consumed, card.consumed_booked), (0, 0))

    def test_visits_one_after_the_other(self):
        for weight in (1.1, 1.3):
            kind = self._type(
                "Visits",
                unit="visits",
                visits=10,
                service_ids=self.night.ids,
                weight_ids=[
                    Command.create({"product_id": self.night.id, "weight": weight})
                ],
            )
            card = self._sold(kind)
            move = self._invoice(self.night)
            move.invoice_line_ids.quantity = 3
            card.redeem(round(3 * weight, 3), invoice=move)
            move.action_post()
            for _turn in range(3):
                credit = self._credit(move)
                credit.invoice_line_ids.filtered("product_id").quantity = 1
                credit.action_post()
                self.assertFalse(self._differences(card))
            self.assertEqual((card.balance, card.visits, card.consumed), (10, 0, 0))
            self._check_books(card)

    def _differences(self, card):
        self.env.flush_all()
        rows = self.env["dive.discount.card.check"].search([("card_id", "=", card.id)])
        return rows.mapped("reason")

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
