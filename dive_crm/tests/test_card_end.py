"""How cards end: refunded, expired, extended, transferred."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardEnd(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.single = cls._type("Single", service_ids=cls.dive.ids)

    def _use(self, card, amount=400):
        move = self._invoice(self.dive)
        card.redeem(amount, invoice=move)
        move.action_post()
        return move

    # ------------------------------------------------------------------
    # Refund
    # ------------------------------------------------------------------

    def test_refund(self):
        for kind in (self.type, self.single):
            card = self._sold(kind)
            self._use(card, 333.33)
            action = card.action_refund()
            credit = self.env["account.move"].browse(action["res_id"])
            self.assertEqual(credit.amount_total, 3500 - 291.66)
            self.assertEqual(
                (card.state, card.balance, self._liability(card)), ("refunded", 0, 0)
            )
            self._check_books(card)
            with self.assertRaisesRegex(UserError, "refunded"):
                card.action_refund()
            with self.assertRaisesRegex(UserError, "refunded"):
                card.redeem(1)
            credit.button_draft()
            self.assertEqual((card.state, card.balance), ("active", 3666.67))
            self._check_books(card)

    def test_the_sale_is_credited(self):
        card = self._sold()
        credit = self._credit(card.sale_move_id)
        credit.action_post()
        self.assertEqual((card.state, self._liability(card)), ("refunded", 0))
        self._check_books(card)
        used = self._sold()
        self._use(used)
        credit = self._credit(used.sale_move_id)
        with self.assertRaisesRegex(UserError, "3,150.00 of its price"):
            credit.action_post()
        self.assertEqual(used.state, "active")

    def test_refund_before_it_is_paid(self):
        card = self._sold(pay=False)
        card.action_refund()
        self.assertEqual((card.state, self._liability(card)), ("refunded", 0))
        self.assertEqual(card.sale_move_id.payment_state, "reversed")
        self._check_books(card)
        with self.assertRaisesRegex(UserError, "not been sold"):
            self._card().action_refund()

    def test_sale_back_to_draft(self):
        card = self._sold()
        sale = card.sale_move_id
        sale.button_draft()
        self.assertEqual((card.state, card.balance, card.booked), ("unpaid", 0, 0))
        self._check_books(card)
        sale.action_post()
        self._check_books(card)
        self.assertEqual((card.state, card.balance), ("active", 4000))
        self._use(card)
        with self.assertRaisesRegex(UserError, "its sale stays"):
            sale.button_draft()

    # ------------------------------------------------------------------
    # Expiry, extension, transfer
    # ------------------------------------------------------------------

    def _after(self, card, days=1):
        return freeze_time(card.expiry_date + timedelta(days=days, hours=1))

    def _expire(self):
        with self._no_commit():
            self.env["dive.discount.card"]._cron_expire()

    def test_expiry(self):
        for kind in (self.type, self.single):
            card = self._sold(kind)
            self._use(card)
            with freeze_time(card.expiry_date):
                self._expire()
            self.assertEqual(card.state, "active", "the last day counts")
            left = self._liability(card)
            with self._after(card):
                self._expire()
                self._expire()
            self.assertEqual(
                (card.state, card.balance, self._liability(card)), ("expired", 0, 0)
            )
            (entry,) = card.entry_ids.filtered(lambda row: row.kind == "expiry")
            income = entry.move_ids.line_ids.filtered(
                lambda line: (
                    line.account_id == self.company.dive_card_breakage_account_id
                )
            )
            self.assertAlmostEqual(income.balance, -left)
            self.assertFalse(income.tax_ids)
            self._check_books(card)
            self.assertEqual(
                entry.source_words, f"Valid until {card.expiry_date:%m/%d/%Y}"
            )
            # the ledger keeps a day, which each reads in their own language
            self.env["res.lang"]._activate_lang("de_DE")
            german = entry.with_context(lang="de_DE").source_words
            self.assertIn(f"{card.expiry_date:%d.%m.%Y}", german)

    def test_held_while_it_expires(self):
        card = self._sold()
        move = self._invoice(self.dive)
        card.redeem(400, invoice=move)
        with self._after(card):
            self._expire()
            self.assertEqual(self._liability(card), 350)
            self._check_books(card)
            move.button_cancel()
            self.assertEqual((card.state, card.balance), ("expired", 400))
            self._check_books(card)
            self._expire()
        self.assertEqual((card.balance, self._liability(card)), (0, 0))
        self._check_books(card)

    def test_extension(self):
        card = self._sold()
        self._use(card)
        with self._after(card):
            self._expire()
            card.with_user(self.manager).action_extend(
                card.expiry_date + timedelta(days=30), "Was ill"
            )
            self.assertEqual((card.state, card.balance), ("active", 3600))
            self.assertEqual(self._liability(card), 3150)
            self._check_books(card)
            card.redeem(3600)
            self.assertEqual((card.state, self._liability(card)), ("used", 0))
        entry = card.entry_ids.filtered(lambda row: row.kind == "extension")
        self.assertIn("Was ill", entry.source)
        self.assertEqual(entry.user_name, self.manager.name)

    def test_extended_before_it_expires(self):
        card = self._sold()
        day = card.expiry_date
        card.with_user(self.manager).action_extend(day + timedelta(days=9), "Storm")
        with freeze_time(day + timedelta(days=5)):
            self._expire()
        self.assertEqual((card.state, card.balance), ("active", 4000))
        self._check_books(card)

    def test_no_extension(self):
        card = self._sold()
        late = card.expiry_date + timedelta(days=9)
        with self.assertRaises(AccessError):
            card.with_user(self.front).action_extend(late, "Please")
        card = card.with_user(self.manager)
        for reason in ("", "  ", None):
            with self.assertRaisesRegex(UserError, "Say why"):
                card.action_extend(late, reason)
        days = (card.expiry_date, "2020-01-01", "x", None, False, "0000-00-00")
        for day in (*days, {"a": 1}, [1], 5):
            with self.assertRaisesRegex(UserError, "later day"):
                card.action_extend(day, "Ill")
        # nobody could take that back
        for day in (f"{late.year + 200}-01-01", "9999-12-31"):
            with self.assertRaisesRegex(UserError, "check the year"):
                card.action_extend(day, "Ill")
        with self.assertRaisesRegex(UserError, "sell it first"):
            self._card().with_user(self.manager).action_extend(late, "Ill")

    def test_transfer(self):
        card = self._sold()
        bea = self._customer("Bea Holm")
        with self.assertRaises(AccessError):
            card.with_user(self.front).action_transfer(bea, "Gift")
        code = card.code
        card.with_user(self.manager).action_transfer(bea.id, "Gift")
        self.assertNotEqual(card.code, code, "the old holder has it on paper")
        self.assertEqual((card.partner_id, card.balance), (bea, 4000))
        with self.assertRaisesRegex(UserError, "is used by Bea"):
            card.redeem(400, invoice=self._invoice(self.dive))
        card.redeem(400, invoice=self._invoice(self.dive, partner=bea))
        entry = card.entry_ids.filtered(lambda row: row.kind == "transfer")
        self.assertIn("Gift", entry.source)
        self._check_books(card)
