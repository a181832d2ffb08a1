"""What cards have booked stays; cash rounding; what the portal reads over the API."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardMisuseMore(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.single = cls._type("Dives", service_ids=cls.dive.ids)
        cls.ben = cls._customer("Ben Holm")

    def _refused(self, records, vals):
        for user in (self.accountant, self.front):
            with (
                self.subTest(user=user.name, vals=vals),
                self.assertRaisesRegex(UserError, "follows from what was done with"),
                self.env.cr.savepoint(),
            ):
                records.with_user(user).write(vals)

    # ------------------------------------------------------------------
    # What cards have booked
    # ------------------------------------------------------------------

    def test_a_payment_by_card_stays(self):
        other = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        for kind in (self.type, self.single):
            card = self._sold(kind)
            move = self._invoice(self.dive, post=True)
            card.redeem(400, invoice=move)
            payment = move.dive_card_use_ids.settlement_ids.origin_payment_id
            self.assertTrue(payment)
            for vals in (
                {"amount": 1},
                {"partner_id": self.ben.id},
                {"journal_id": other.id},
                {"date": "2020-01-01"},
                {"payment_type": "outbound"},
                {"state": "draft"},
            ):
                self._refused(payment, vals)
            payment.with_user(self.accountant).write(
                {"memo": "Seen", "amount": payment.amount}
            )
            self._check_books(card)

    def test_an_entry_of_a_card_stays(self):
        card = self._sold()
        move = self._invoice(self.dive)
        card.redeem(400, invoice=move)
        move.action_post()
        ended = self._sold()
        ended._dive_expire()
        sold = self.company.dive_card_account_id
        for entry in (move.dive_card_use_ids.settlement_ids, ended.entry_ids.move_ids):
            for vals in (
                {"date": "2020-01-01"},
                {"partner_id": self.ben.id},
                {"state": "draft"},
            ):
                self._refused(entry, vals)
            line = entry.line_ids.filtered(lambda line: line.account_id == sold)
            for vals in (
                {"partner_id": self.ben.id},
                {"account_id": self.company.dive_card_breakage_account_id.id},
                {"amount_currency": 1},
            ):
                self._refused(line, vals)
            more = [
                {"move_id": entry.id, "account_id": sold.id, "balance": balance}
                for balance in (5, -5)
            ]
            with self.assertRaisesRegex(UserError, "follows from"):
                entry.line_ids.with_user(self.accountant).create(more)
            line.with_user(self.accountant).name = "A use of a card"
        self._check_books(card, ended)

    def test_the_card_undoes_what_it_has_booked(self):
        card = self._sold()
        for late in (False, True):
            move = self._invoice(self.dive, post=late)
            card.with_user(self.front).redeem(400, invoice=move.id)
            if not late:
                move.with_user(self.front).action_post()
            use = move.dive_card_use_ids
            if late:
                use.with_user(self.front).action_take_off()
            else:
                move.with_user(self.front).button_draft()
            self.assertEqual(use.state, "released" if late else "held")
            self._check_books(card)

    # ------------------------------------------------------------------
    # Cash rounding: a card is no cash
    # ------------------------------------------------------------------

    def _rounding(self, strategy):
        account = self.company.dive_card_account_id.copy({"name": "Rounding"})
        account.account_type = "expense"
        return self.env["account.cash.rounding"].create(
            {
                "name": "0.05",
                "rounding": 0.05,
                "rounding_method": "HALF-UP",
                "strategy": strategy,
                "profit_account_id": account.id,
                "loss_account_id": account.id,
            }
        )

    def _rounded(self, rounding, price, late):
        self.dive.list_price = price
        move = self._invoice(self.dive)
        move.invoice_cash_rounding_id = rounding
        self.assertNotEqual(move.amount_total, price)
        if late:
            move.action_post()
        return move

    def test_cash_rounding_is_taken_back(self):
        cards = self._sold() | self._sold(self.single)
        for strategy, prices in (
            ("add_invoice_line", (100.02, 99.98)),
            ("biggest_tax", (100.03,)),
        ):
            rounding = self._rounding(strategy)
            for price in prices:
                for late in (False, True):
                    for card in cards:
                        with self.subTest(
                            strategy=strategy, price=price, late=late, card=card.type_id
                        ):
                            move = self._rounded(rounding, price, late)
                            self._pays_all(card, move)
                            # a total that was rounded down is what a late use pays
                            down = late and move.amount_total < price
                            if strategy == "add_invoice_line" and not down:
                                self._assert_nothing_on(rounding, move)

    def _pays_all(self, card, move):
        left = move._dive_left_for(card)
        bill = move._dive_card_bill()
        self.assertEqual(bill.room(card._dive_offer()), left)
        card.redeem(left, invoice=move)
        if move.state == "draft":
            self.assertEqual(move.dive_card_rest, 0)
            move.action_post()
        self.assertEqual((move.payment_state, move.amount_residual), ("paid", 0))
        self._check_books(card)

    def _assert_nothing_on(self, rounding, move):
        moves = move | move.dive_card_use_ids.settlement_ids
        lines = moves.line_ids.filtered(
            lambda line: line.account_id == rounding.profit_account_id
        )
        self.assertAlmostEqual(sum(lines.mapped("balance")), 0)

    def test_cash_rounding_and_back(self):
        rounding = self._rounding("add_invoice_line")
        for kind in (self.type, self.single):
            card = self._sold(kind)
            for late in (False, True):
                with self.subTest(kind=kind.name, late=late):
                    move = self._rounded(rounding, 99.98, late)
                    self._pays_all(card, move)
                    credit = self._credit(move, cancel=late)
                    if not late:
                        credit.action_post()
                    documents = move | move.reversal_move_ids
                    self.assertEqual(set(documents.mapped("amount_residual")), {0})
                    self.assertEqual(card.balance, 4000)
                    self._check_books(card)

    def test_cash_rounding_of_what_is_paid_in_cash(self):
        card = self._sold()
        move = self._rounded(self._rounding("add_invoice_line"), 399.98, False)
        card.redeem(100, invoice=move)
        rest = move.dive_card_rest
        move.action_post()
        self.assertEqual((move.amount_residual, rest), (300, 300))
        self._check_books(card)

    def test_used_up_on_what_is_rounded(self):
        card = self._sold()
        card.redeem(3600.02)
        move = self._rounded(self._rounding("add_invoice_line"), 399.98, False)
        self._pays_all(card, move)
        self.assertEqual((card.state, self._liability(card)), ("used", 0))

    def test_a_late_use_credited_in_full(self):
        """By Odoo's own "reverse and create invoice", which takes payments off."""
        for kind in (self.type, self.single):
            card = self._sold(kind)
            move = self._invoice(self.dive, post=True)
            card.redeem(400, invoice=move)
            self._credit(move, cancel=True)
            documents = move | move.reversal_move_ids
            self.assertEqual(set(documents.mapped("amount_residual")), {0}, kind.name)
            self.assertEqual(card.balance, 4000)
            self._check_books(card)

    # ------------------------------------------------------------------
    # Uses that take nothing of the price
    # ------------------------------------------------------------------

    def test_the_sale_of_what_a_use_took_nothing_of(self):
        """1.00 of 4,000.00 that have cost 1.00 is no cent, and a use all the same."""
        card = self._sold(self._type("Nearly a present", price=1))
        move = self._invoice(self.dive)
        card.redeem(1, invoice=move)
        self.assertEqual((card.balance, card.consumed), (3999, 0))
        for post in (False, True):
            if post:
                move.action_post()
                self.assertEqual(move.dive_card_use_ids.state, "settled")
            with self.assertRaisesRegex(UserError, "has been used"):
                card.sale_move_id.button_draft()
            self._check_books(card)
            check = self.env["dive.discount.card.check"]
            self.assertFalse(check.search([("card_id", "=", card.id)]))
        self._credit(move).action_post()
        card.sale_move_id.button_draft()
        self.assertEqual((card.state, card.balance, card.booked), ("unpaid", 0, 0))
