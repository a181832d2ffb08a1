"""Cards beside what else accountants use: rates, early payment, cash basis, locks."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardEntries(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        currencies = cls.env["res.currency"].with_context(active_test=False)
        cls.foreign = currencies.search([("name", "=", "CHF")])
        cls.foreign.active = True
        cls._rate(2)

    @classmethod
    def _rate(cls, rate):
        cls.foreign.rate_ids.unlink()
        cls.foreign.rate_ids = [Command.create({"rate": rate, "name": "2020-01-01"})]

    def _foreign_invoice(self, post=False):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.anna.id,
                "currency_id": self.foreign.id,
                "invoice_line_ids": [
                    Command.create({"product_id": self.dive.id, "price_unit": 400})
                ],
            }
        )
        if post:
            move.action_post()
        return move

    def test_at_the_rate_of_the_sale(self):
        for services in ((), self.dive.ids):
            for post in (False, True):
                self._rate(2)
                kind = self._type(
                    "Abroad", currency_id=self.foreign.id, service_ids=services
                )
                card = self._sold(kind)
                booked = card.booked
                self._rate(4)
                move = self._foreign_invoice(post)
                card.redeem(400, invoice=move)
                if not post:
                    move.action_post()
                self.assertIn(move.payment_state, ("paid", "in_payment"))
                self.assertAlmostEqual(
                    self._liability(card), self.company.currency_id.round(booked * 0.9)
                )
                self._check_books(card)
                card.action_refund()
                self.assertEqual(self._liability(card), 0)
                self._check_books(card)

    def test_taxes_due_when_paid(self):
        self.company.tax_exigibility = True
        account = self.env["account.account"].create(
            {
                "name": "Tax to be due",
                "code": "251999",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        due = self.env["account.account"].create(
            {"name": "Tax due", "code": "252999", "account_type": "liability_current"}
        )
        tax = self._tax(
            21,
            tax_exigibility="on_payment",
            cash_basis_transition_account_id=account.id,
            invoice_repartition_line_ids=self._repartition(due),
            refund_repartition_line_ids=self._repartition(due),
        )
        self.dive.taxes_id = tax
        for post in (False, True):
            card = self._sold()
            move = self._invoice(self.dive, post=post)
            card.redeem(400, invoice=move)
            if not post:
                move.action_post()
            moves = move | move.reversal_move_ids
            lines = self.env["account.move.line"].search(
                [("account_id", "=", due.id), ("parent_state", "=", "posted")]
            )
            self.assertEqual(move.payment_state, "paid")
            self.assertAlmostEqual(
                sum(lines.mapped("balance")), -60.74 * (2 if post else 1)
            )
            self.assertTrue(moves.line_ids.filtered("tax_line_id"))
            self._check_books(card)

    def _repartition(self, account):
        return [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]

    def test_a_locked_period(self):
        """The entry has the day of its invoice, whatever that has become."""
        card = self._sold()
        today = fields.Date.today()
        self.company.sale_lock_date = today - timedelta(10)
        move = self._invoice(self.dive)
        move.invoice_date = today - timedelta(30)
        card.redeem(400, invoice=move)
        move.action_post()
        (entry,) = move.dive_card_use_ids.settlement_ids
        self.assertGreater(move.date, today - timedelta(11))
        self.assertEqual(entry.date, move.date)
        self._check_books(card)
        self.company.sale_lock_date = today
        with self.assertRaises(UserError), self.env.cr.savepoint():
            move.button_draft()
        self._check_books(card)

    def test_prices_without_taxes(self):
        self.dive.taxes_id = self._tax(21, price_include_override="tax_excluded")
        card = self._sold()
        for amount in (484, 33.33, 0.01, 100.10):
            move = self._invoice(self.dive)
            self.assertEqual(move.amount_total, 484)
            card.redeem(amount, invoice=move)
            use = move.dive_card_use_ids
            self.assertAlmostEqual(move.amount_total, 484 - amount + use.consumed)
            move.action_post()
            self._check_books(card)

    def test_two_companies(self):
        card = self._sold()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.env.user.company_ids += other
        self.env["account.chart.template"].try_loading(
            "generic_coa", company=other, install_demo=False
        )
        env = self.env(context={"allowed_company_ids": [other.id]})
        move = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.anna.id,
                "invoice_line_ids": [Command.create({"product_id": self.dive.id})],
            }
        )
        with self.assertRaisesRegex(UserError, "another company's"):
            card.redeem(1, invoice=move)
        kind = env["dive.discount.type"].create(
            {"name": "There", "price": 35, "value": 40}
        )
        theirs = env["dive.discount.card"].create(
            {"type_id": kind.id, "partner_id": self.anna.id}
        )
        theirs.action_sell()
        theirs.sale_move_id.action_post()
        self.assertEqual(theirs.sale_line_ids.account_id.company_ids, other)
        self.assertNotEqual(
            other.dive_card_account_id, self.company.dive_card_account_id
        )

    def test_a_copy_is_paid_anew(self):
        card = self._sold()
        move = self._invoice(self.dive)
        card.redeem(400, invoice=move)
        self.assertEqual(move.copy().amount_total, 400)
        move.action_post()
        self._credit(move, cancel=True)
        again = self.env["account.move"].search(
            [("partner_id", "=", self.anna.id), ("state", "=", "draft")]
        )
        self.assertEqual(set(again.mapped("amount_total")), {400})
        self.assertFalse(again.invoice_line_ids.dive_card_use_id)
        sale = card.sale_move_id.copy()
        self.assertFalse(sale.invoice_line_ids)
        sale.invoice_line_ids = [
            Command.create(
                {"product_id": self.env.ref("dive_crm.product_prepaid_card").id}
            )
        ]
        with self.assertRaisesRegex(UserError, "says of none which"):
            sale.action_post()
        self._check_books(card)

    def test_nobody_undoes_entries_by_hand(self):
        card = self._sold()
        move = self._invoice(self.dive)
        card.redeem(400, invoice=move)
        move.action_post()
        posted = self._invoice(self.dive, post=True)
        card.redeem(400, invoice=posted)
        entries = (move | posted).dive_card_use_ids.settlement_ids
        self.assertEqual(len(entries), 3)
        for entry in entries:
            for undo in (entry.button_draft, entry.button_cancel, entry._reverse_moves):
                with (
                    self.assertRaisesRegex(UserError, "follows from"),
                    self.env.cr.savepoint(),
                ):
                    undo()
        with self.assertRaisesRegex(UserError, "follows from"):
            entries.origin_payment_id.action_draft()
        self._check_books(card)

    def test_the_account_stays(self):
        self._sold()
        account = self.company.dive_card_account_id.copy({"code": "251997"})
        with self.assertRaisesRegex(UserError, "stay there"):
            self.company.dive_card_account_id = account
