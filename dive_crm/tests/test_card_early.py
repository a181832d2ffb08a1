"""Cards beside payment terms that take something off for early payment."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon

MODES = ("mixed", "included", "excluded")


@tagged("post_install", "-at_install", "dive_long")
class TestCardEarly(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.vat = cls.env["account.account"].create(
            {"name": "VAT", "code": "259199", "account_type": "liability_current"}
        )
        cls.without_account = cls.tax
        cls.tax = cls._tax(
            21,
            invoice_repartition_line_ids=cls._repartition(),
            refund_repartition_line_ids=cls._repartition(),
        )
        cls.dive.taxes_id = cls.night.taxes_id = cls.tax
        cls.single = cls._type("Boat dives", service_ids=cls.dive.ids)
        cls.known = set(cls.env["dive.discount.card.check"].search([]).ids)

    @classmethod
    def _repartition(cls):
        return [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": cls.vat.id}),
        ]

    @classmethod
    def _term(cls, mode, percent=3):
        return cls.env["account.payment.term"].create(
            {
                "name": f"{percent} % in 10 days, {mode}",
                "early_discount": True,
                "discount_days": 10,
                "discount_percentage": percent,
                "early_pay_discount_computation": mode,
            }
        )

    def _early_invoice(self, *services, mode="mixed", post=False):
        move = self._invoice(*services)
        move.invoice_payment_term_id = self._term(mode)
        if post:
            move.action_post()
        return move

    def _payments(self, move):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        return wizard.create({})._create_payments()

    def _booked_vat(self, moves):
        lines = moves.line_ids.filtered(lambda line: line.account_id == self.vat)
        return self.company.currency_id.round(sum(lines.mapped("balance")))

    def _check_all(self, *cards):
        self._check_books(*cards)
        self.env.flush_all()
        found = self.env["dive.discount.card.check"].search([])
        self.assertFalse([row.problem for row in found if row.id not in self.known])

    def _check_owed_lines(self, moves):
        """Nothing but lines of cards stands on the account of prepaid cards."""
        account = self.company.dive_card_account_id
        lines = moves.line_ids.filtered(lambda line: line.account_id == account)
        self.assertTrue(lines)
        self.assertEqual(lines.mapped("dive_card_id"), lines.dive_card_id)
        self.assertTrue(all(line.dive_card_id for line in lines))

    # ------------------------------------------------------------------
    # Sold
    # ------------------------------------------------------------------

    def test_sold_without_a_discount(self):
        for mode in MODES:
            self.anna.property_payment_term_id = self._term(mode)
            for kind in (self.single, self.type):
                card = self._sold(kind, pay=False)
                sale = card.sale_move_id
                self.assertFalse(sale.invoice_payment_term_id.early_discount)
                self._check_owed_lines(sale)
                self._check_all(card)
                paid = self._payments(sale)
                self.assertEqual(paid.amount, 3500)
                self.assertFalse(self._booked_vat(paid.move_id))
                card.action_refund()
                credit = sale.reversal_move_ids
                self.assertFalse(credit.invoice_payment_term_id.early_discount)
                self.assertEqual(credit.amount_total, 3500)
                self._check_owed_lines(sale | credit)
                self.assertEqual(self._liability(card), 0)
                self._check_all(card)

    def test_other_terms_stay(self):
        term = self.env["account.payment.term"].create({"name": "When you can"})
        self.anna.property_payment_term_id = term
        sale = self._sold(self.single).sale_move_id
        self.assertEqual(sale.invoice_payment_term_id, term)

    def test_set_on_the_draft(self):
        for mode in MODES:
            card = self._card(self.single)
            card.action_sell()
            sale = card.sale_move_id
            sale.invoice_payment_term_id = self._term(mode)
            self._check_owed_lines(sale)
            message = "early payment.*Choose payment terms"
            with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
                sale.action_post()
            sale.invoice_payment_term_id = False
            sale.action_post()
            self._check_owed_lines(sale)
            self._check_all(card)

    def test_the_payer_changes(self):
        card = self._card(self.single)
        card.action_sell()
        sale = card.sale_move_id
        bob = self._customer("Bob, who pays early")
        bob.property_payment_term_id = self._term("mixed")
        sale.partner_id = bob
        self.assertFalse(sale.invoice_payment_term_id)

    def test_a_tax_without_an_account(self):
        self.dive.taxes_id = self.without_account
        self.anna.property_payment_term_id = self._term("mixed")
        card = self._sold(self.single)
        card.action_refund()
        self._check_owed_lines(card.sale_move_id | card.sale_move_id.reversal_move_ids)
        self._check_all(card)

    # ------------------------------------------------------------------
    # Used
    # ------------------------------------------------------------------

    def test_a_booking_that_is_not_invoiced_yet(self):
        """Terms that lower its tax from the first: more than is due is refused."""
        self.anna.property_payment_term_id = self._term("mixed")
        card = self._sold()
        booking = self._booking(self.anna, self._trip(product_id=self.dive.id))
        booking.action_confirm()
        with (
            self.assertRaisesRegex(UserError, "comes to .*397.92: use no more"),
            self.env.cr.savepoint(),
        ):
            card.redeem(booking._dive_owed(), booking=booking)
        self.assertEqual((booking.invoice_ids.ids, card.balance), ([], 4000))
        card.redeem(397.92, booking=booking)
        booking.invoice_ids.action_post()
        self.assertEqual(booking.invoice_state, "paid")
        self._check_all(card)

    def test_the_rest_is_paid_early(self):
        """The tax that goes off with 9.00 of 300.00 is that of 300.00, not of 400."""
        for rounding in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = rounding
            plain = self._early_invoice(self.dive, mode="included")
            plain.invoice_line_ids.price_unit = 300
            plain.action_post()
            card = self._sold(self.single)
            move = self._early_invoice(self.dive, mode="included")
            card.redeem(100, invoice=move)
            move.action_post()
            for paid, off in ((plain, 1.57), (move, 1.56)):
                payments = self._payments(paid)
                self.assertEqual(payments.amount, 291)
                self.assertEqual(self._booked_vat(payments.move_id), off)
                self.assertIn(paid.payment_state, ("paid", "in_payment"))
            self._check_all(card)

    def test_all_of_an_invoice(self):
        """What is to be paid is taken, before and after posting, and no more."""
        for kind in (self.type, self.single):
            for post in (False, True):
                card = self._sold(kind)
                move = self._early_invoice(self.dive, post=post)
                self.assertEqual(move.amount_total, 397.92)
                self.assertEqual(move._dive_left_for(card), 397.92)
                card.redeem(397.92, invoice=move)
                if not post:
                    self.assertEqual(move.dive_card_rest, 0)
                    move.action_post()
                self.assertEqual(move.amount_residual, 0)
                self.assertIn(move.payment_state, ("paid", "in_payment"))
                self.assertEqual(card.balance, 3602.08)
                self.assertEqual(card.consumed, 348.18)
                vat = self._booked_vat(move | move.reversal_move_ids)
                # 397.92 bear 67.34; the benefit 49.74 of them, the card's part 58.92
                self.assertEqual(vat, 0 if kind == self.single else -58.92)
                credits = move.reversal_move_ids
                self.assertFalse(
                    credits.line_ids.filtered(lambda line: line.display_type == "epd")
                )
                self._check_all(card)

    def test_some_of_an_invoice(self):
        for kind in (self.type, self.single):
            cards = iter(self._sold_many([self.anna] * 6, kind))
            for post in (False, True):
                for amount in (100, 33.33, 0.05):
                    card = next(cards)
                    move = self._early_invoice(self.dive, self.night, post=post)
                    total = move.amount_total
                    card.redeem(amount, invoice=move)
                    if not post:
                        move.action_post()
                    left = total - amount
                    self.assertAlmostEqual(move.amount_residual, left)
                    self._check_all(card)

    def test_one_of_two_services(self):
        for post in (False, True):
            card = self._sold(self.single)
            move = self._early_invoice(self.dive, self.night, post=post)
            self.assertEqual(move.amount_total, 895.31)
            left = move._dive_left_for(card)
            self.assertAlmostEqual(left, 397.92, delta=0.011)
            card.redeem(left, invoice=move)
            if not post:
                move.action_post()
            self.assertAlmostEqual(move.amount_residual, 895.31 - left)
            self._check_all(card)

    def test_visits(self):
        kind = self._type(
            "Ten dives", unit="visits", visits=10, service_ids=self.dive.ids
        )
        for post in (False, True):
            card = self._sold(kind)
            move = self._early_invoice(self.dive, post=post)
            card.redeem(1, invoice=move)
            if not post:
                move.action_post()
            self.assertIn(move.payment_state, ("paid", "in_payment"))
            self.assertEqual(card.balance, 9)
            self._check_all(card)

    def test_credited(self):
        for kind in (self.type, self.single):
            for post in (False, True):
                card = self._sold(kind)
                move = self._early_invoice(self.dive, post=post)
                card.redeem(397.92, invoice=move)
                if not post:
                    move.action_post()
                credit = self._credit(move)
                credit.action_post()
                self.assertEqual(card.balance, 4000)
                self.assertEqual(self._liability(card), card.booked)
                self.assertEqual(credit.amount_residual, 0)
                moves = move | move.reversal_move_ids
                self.assertEqual(self._booked_vat(moves), 0)
                self._check_all(card)

    def test_terms_that_come_later(self):
        card = self._sold()
        move = self._invoice(self.dive)
        card.redeem(400, invoice=move)
        move.invoice_payment_term_id = self._term("mixed")
        with self.assertRaisesRegex(UserError, "cover more"), self.env.cr.savepoint():
            move.action_post()
        self._check_all(card)

    def test_prices_without_taxes(self):
        self.dive.taxes_id = self._tax(
            21,
            price_include_override="tax_excluded",
            invoice_repartition_line_ids=self._repartition(),
            refund_repartition_line_ids=self._repartition(),
        )
        for kind in (self.type, self.single):
            for post in (False, True):
                card = self._sold(kind)
                move = self._early_invoice(self.dive, post=post)
                self.assertEqual(move.amount_total, 481.48)
                card.redeem(move._dive_left_for(card), invoice=move)
                if not post:
                    move.action_post()
                self.assertIn(move.payment_state, ("paid", "in_payment"))
                self._check_all(card)
