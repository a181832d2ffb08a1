"""What must not work with cards, and what must work all the same."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardMisuse(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.single = cls._type("Dives", service_ids=cls.dive.ids)

    def _used(self, card, amount=400, post=True):
        move = self._invoice(self.dive)
        card.redeem(amount, invoice=move)
        if post:
            move.action_post()
        return move

    # ------------------------------------------------------------------
    # Several cards
    # ------------------------------------------------------------------

    def test_a_card_for_dives_and_one_for_all(self):
        every, dives = self._sold(), self._sold(self.single)
        for late in (False, True):
            move = self._invoice(self.dive, self.night, post=late)
            self.assertEqual(move._dive_left_for(dives), 400)
            dives.redeem(400, invoice=move)
            self.assertEqual(move._dive_left_for(every), 500)
            with self.assertRaisesRegex(UserError, "no more than that"):
                every.redeem(500.01, invoice=move)
            every.redeem(500, invoice=move)
            if not late:
                move.action_post()
            self.assertEqual(move.payment_state, "paid")
            credit = self._credit(move)
            credit.action_post()
            self.assertEqual((every.balance, dives.balance), (4000, 4000))
            self.assertEqual(credit.amount_residual, 0)
            self._check_books(every, dives)

    # ------------------------------------------------------------------
    # Links that only cards set
    # ------------------------------------------------------------------

    def test_nobody_links_lines_to_cards(self):
        card = self._sold(pay=False)
        use = self._used(self._sold()).dive_card_use_ids
        move = self._invoice(self.dive)
        for user in (self.front, self.accountant, self.env.user):
            draft = move.with_user(user)
            line = draft.invoice_line_ids[:1]
            for refused in (
                lambda line=line: line.write({"dive_card_id": card.id}),
                lambda line=line: line.write({"dive_card_use_id": use.id}),
                lambda draft=draft: draft.write({"dive_card_use_id": use.id}),
                lambda draft=draft: draft.write(
                    {
                        "invoice_line_ids": [
                            Command.create({"name": "x", "dive_card_id": card.id})
                        ]
                    }
                ),
                lambda user=user: (
                    self.env["account.move"]
                    .with_user(user)
                    .create(
                        {
                            "move_type": "out_invoice",
                            "partner_id": self.anna.id,
                            "dive_card_use_id": use.id,
                        }
                    )
                ),
                lambda user=user: card.with_user(user).write(
                    {"sale_line_ids": [Command.link(move.invoice_line_ids.id)]}
                ),
                lambda user=user: card.with_user(user).sale_line_ids.write(
                    {"dive_card_id": False}
                ),
            ):
                with self.assertRaises(UserError), self.env.cr.savepoint():
                    refused()
        self.assertEqual(card.state, "unpaid")

    def test_terms_of_a_card_stay(self):
        card = self._sold(self.single)
        for values in (
            {"service_ids": [Command.link(self.night.id)]},
            {"service_ids": [Command.clear()]},
            {"name": "K1"},
            {"code": "x"},
            {"weights": {}},
            {"who": "anyone"},
        ):
            with self.assertRaises(UserError, msg=values):
                card.with_user(self.front).write(values)

    def test_a_service_that_is_archived(self):
        card = self._sold(self.single)
        self.dive.active = False
        self.env.invalidate_all()
        self.assertEqual(card.service_ids, self.dive)
        with self.assertRaisesRegex(UserError, "good for Boat dive"):
            card.redeem(1, invoice=self._invoice(self.night))
        credit = self.env["account.move"].browse(card.action_refund()["res_id"])
        self.assertEqual(credit.amount_tax, 607.44)
        self._check_books(card)

    # ------------------------------------------------------------------
    # Sale and refund
    # ------------------------------------------------------------------

    def test_a_tax_on_the_sale(self):
        card = self._card()
        card.action_sell()
        card.sale_move_id.invoice_line_ids.tax_ids = self.tax
        with self.assertRaisesRegex(UserError, "has a tax"):
            card.sale_move_id.action_post()

    def test_refund_with_the_taxes_of_the_sale(self):
        card = self._sold(self.single)
        self.dive.taxes_id = self._tax(10)
        credit = self.env["account.move"].browse(card.action_refund()["res_id"])
        self.assertEqual(credit.amount_tax, 607.44)
        self._check_books(card)

    def test_refund_while_a_draft_holds_something(self):
        card = self._sold()
        move = self._used(card, post=False)
        with self.assertRaisesRegex(UserError, "post it, or take the card off"):
            card.action_refund()
        move.unlink()
        card.action_refund()
        self._check_books(card)

    def test_refund_of_what_came_back_after_the_end(self):
        card = self._sold()
        move = self._used(card)
        card._dive_expire()
        self._credit(move).action_post()
        self.assertEqual((card.state, card.balance), ("expired", 400))
        credit = self.env["account.move"].browse(card.action_refund()["res_id"])
        self.assertEqual((credit.amount_total, self._liability(card)), (350, 0))
        self._check_books(card)

    def test_the_sale_is_credited_without_the_card(self):
        card = self._sold()
        credit = self._credit(card.sale_move_id)
        credit.invoice_line_ids.unlink()
        credit.invoice_line_ids = [
            Command.create({"name": "All of it", "price_unit": 3500, "tax_ids": []})
        ]
        with self.assertRaisesRegex(UserError, "the card would go on"):
            credit.action_post()

    def test_the_line_of_the_sale_is_deleted(self):
        card = self._card()
        card.action_sell()
        card.sale_move_id.invoice_line_ids.unlink()
        self.assertEqual(card.state, "draft")
        card.action_sell()
        self.assertEqual(card.sale_move_id.amount_total, 3500)

    def test_a_sale_that_is_a_draft(self):
        card = self._card()
        card.action_sell()
        sale = card.sale_move_id
        card.with_user(self.front).action_refund()
        self.assertEqual(card.state, "draft")
        self.assertFalse(sale.exists())
        card.action_sell()
        sale = card.sale_move_id
        sale.invoice_line_ids = [Command.create({"product_id": self.dive.id})]
        card.action_refund()
        self.assertEqual((card.state, sale.amount_total), ("draft", 400))

    def test_a_dive_credited_after_the_refund(self):
        for kind in (self.type, self.single):
            card = self._sold(kind)
            move = self._used(card)
            card.action_refund()
            credit = self._credit(move)
            credit.action_post()
            self.assertEqual(
                (credit.amount_total, credit.amount_tax), (350, 60.74), kind.name
            )
            self.assertEqual(credit.amount_residual, 350, "the customer's")
            self._check_books(card)

    # ------------------------------------------------------------------
    # Drafts that change
    # ------------------------------------------------------------------

    def test_the_draft_is_about_something_else(self):
        for kind in (self.single, self._type("Nights", service_ids=self.dive.ids)):
            card = self._sold(kind)
            move = self._used(card, post=False)
            line = move.invoice_line_ids.filtered("product_id")
            line.product_id = self.night
            with self.assertRaisesRegex(UserError, "cover more than there is"):
                move.action_post()

    def test_the_draft_is_somebody_elses(self):
        ben = self._customer("Ben Holm")
        card = self._sold()
        move = self._used(card, post=False)
        move.partner_id = ben
        with self.assertRaisesRegex(UserError, "cannot pay .* not by Ben"):
            move.action_post()
        move.partner_id = self.anna
        move.action_post()
        self._check_books(card)

    def test_the_draft_becomes_a_credit_note(self):
        card = self._sold()
        move = self._used(card, post=False)
        move.action_switch_move_type()
        with self.assertRaisesRegex(UserError, "no invoice any more"):
            move.action_post()

    def test_reversed_and_invoiced_anew_after_it_was_posted(self):
        card = self._sold()
        move = self._invoice(self.dive, post=True)
        card.redeem(400, invoice=move)
        self._credit(move, cancel=True)
        documents = move | move.reversal_move_ids
        self.assertEqual(set(documents.mapped("amount_residual")), {0})
        self.assertEqual(card.balance, 4000)
        self._check_books(card)

    def test_taxes_rounded_together(self):
        self.company.tax_calculation_rounding_method = "round_globally"
        self.dive.taxes_id = self._tax(19, price_include_override="tax_excluded")
        self.dive.list_price = 19.54
        for kind in (self.type, self.single):
            card = self._sold(kind)
            move = self._invoice(self.dive, self.dive, self.dive)
            left = move._dive_left_for(card)
            self.assertEqual(left, move.amount_total)
            card.redeem(left, invoice=move)
            move.action_post()
            self.assertEqual((move.payment_state, move.amount_residual), ("paid", 0))
            self._check_books(card)

    # ------------------------------------------------------------------
    # What is no number, no record, no key
    # ------------------------------------------------------------------

    def test_types_that_make_no_sense(self):
        for values in (
            {"price": float("nan")},
            {"value": float("inf")},
            {"price": 1e300, "value": 1e301},
            {"family_cap": float("nan")},
            {"validity_months": 10**12},
        ):
            with self.assertRaises(ValidationError, msg=values):
                self._type("Odd", **values)

    def test_odd_requests(self):
        card = self._sold()
        entry = card.redeem(1, key=5)
        self.assertEqual(card.redeem(1, key=5), entry)
        for record in ("abc", [1, 2], {"id": 1}, True, -1):
            with self.assertRaisesRegex(UserError, "does not exist", msg=record):
                card.redeem(1, invoice=record)
        gone = self._customer("Gone Diver", active=False)
        with self.assertRaisesRegex(UserError, "archived"):
            card.with_user(self.manager).action_transfer(gone.id, "Gift")
        self.assertEqual(card.balance, 3999)

    def test_visits_that_no_service_takes(self):
        kind = self._type(
            "Nights",
            unit="visits",
            service_ids=self.night.ids,
            weight_ids=[Command.create({"product_id": self.night.id, "weight": 3})],
        )
        self.night.list_price = 1500
        card = self._sold(kind)
        with self.assertRaisesRegex(UserError, "enter a multiple"):
            card.redeem(1)
        card.redeem(3)
        self.assertEqual(card.balance, 7)
        self._check_books(card)
