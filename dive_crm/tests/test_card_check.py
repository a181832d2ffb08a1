"""The check of the cards: no differences, and each that somebody makes is found."""

from odoo import Command
from odoo.tests import tagged

from ..models.dive_guarded_mixin import unlocked
from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardCheck(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.Check = cls.env["dive.discount.card.check"].with_user(cls.accountant)
        cls.card = cls._sold()
        # without an account of its own, a tax is booked where what is taxed is
        account = cls.env.company.dive_card_account_id.copy({"name": "VAT"})
        lines = [
            Command.clear(),
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        cls.tax.write(
            {
                "invoice_repartition_line_ids": lines,
                "refund_repartition_line_ids": lines,
            }
        )

    def _paid_with(self, amount=0, post=False):
        """Return an invoice, paid with the card if there is an amount."""
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.anna.id,
                "invoice_line_ids": [Command.create({"product_id": self.dive.id})],
            }
        )
        if amount:
            self.card.redeem(amount, invoice=move)
        if post:
            move.action_post()
        return move

    def _unguarded(self, entries):
        """Return entries of the card without what keeps people from undoing them."""
        return entries.with_env(self.card._dive_unlocked().env)

    def test_taxes_due_when_paid(self):
        """Odoo then books the base of a card taxed when sold to and fro."""
        self.company.tax_exigibility = True
        transition = self.env["account.account"].create(
            {
                "name": "Tax to be due",
                "code": "251999",
                "account_type": "liability_current",
                "reconcile": True,
            }
        )
        self.tax.write(
            {
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": transition.id,
            }
        )
        card = self._sold(self._type("Single", service_ids=self.dive.ids))
        account = self.company.dive_card_account_id
        moves = self.env["account.move"].search(
            [("tax_cash_basis_origin_move_id", "=", card.sale_move_id.id)]
        )
        lines = moves.line_ids.filtered(lambda line: line.account_id == account)
        self.assertTrue(lines, "this is what is left out")
        self.assertFalse(lines.dive_card_id)
        self.assertAlmostEqual(sum(lines.mapped("balance")), 0)
        self.env.flush_all()
        found = self.Check.search([("company_id", "=", self.company.id)])
        self.assertEqual(found.mapped("reason"), [])

    def _problems(self):
        """Return what is found of the card, and without one."""
        self.env.flush_all()
        rows = self.Check.search([("card_id", "in", [self.card.id, False])])
        self.env.invalidate_all()
        return {row.problem: row for row in rows}

    def _sql(self, query, *values):
        self.env.flush_all()
        self.env.cr.execute(query, values)
        self.env.invalidate_all()

    def test_no_differences(self):
        """Sold, unpaid, held, used, taken back, in two ways of taxing."""
        self._sold(pay=False)
        self._card()
        self._sold(self._type("Single", service_ids=self.dive.ids)).redeem(
            100, invoice=self._paid_with(post=False)
        )
        self._paid_with(100)
        self._paid_with(200, post=True)
        self._paid_with(50, post=True).button_draft()
        self._paid_with(10).button_cancel()
        self._paid_with(20).unlink()
        self.env.flush_all()
        rows = self.Check.search([("company_id", "=", self.env.company.id)])
        self.assertEqual(rows.mapped("reason"), [])

    def test_balance_was_tampered_with(self):
        self._sql(
            "UPDATE dive_discount_card SET balance = balance - 1 WHERE id = %s",
            self.card.id,
        )
        found = self._problems()
        self.assertEqual(set(found), {"ledger"})
        row = found["ledger"]
        self.assertEqual((row.one, row.other, row.difference), (3999, 4000, -1))
        self.assertRegex(row.reason, f"{self.card.name} has .*3,999.00 left")
        self.assertRegex(row.difference_text, r"-.*\b1\.00$", "as money is written")
        self.assertEqual(row.action_open()["res_id"], self.card.id)

    def test_consumed_was_tampered_with(self):
        self._sql(
            "UPDATE dive_discount_card SET consumed_booked = 5, consumed = 5"
            " WHERE id = %s",
            self.card.id,
        )
        found = self._problems()
        self.assertEqual(set(found), {"account", "consumed", "booked"})
        self.assertRegex(found["account"].reason, "account says .*3,500.00 .*3,495.00")
        self.assertEqual(found["account"].difference, 5)

    def test_typed_by_hand(self):
        """With no card, and with one, on the account and on another."""
        account = self.env.company.dive_card_account_id
        other = account.copy({"name": "Other debts", "code": "219999"})
        for vals, problems in (
            ({"account_id": account.id}, {"no_card"}),
            ({"account_id": account.id, "dive_card_id": self.card.id}, {"account"}),
            ({"account_id": other.id, "dive_card_id": self.card.id}, {"elsewhere"}),
        ):
            income = self._paid_with().invoice_line_ids.account_id
            move = unlocked(self.env["account.move"]).create(
                {
                    "move_type": "entry",
                    "line_ids": [
                        Command.create({**vals, "credit": 12.5}),
                        Command.create({"account_id": income.id, "debit": 12.5}),
                    ],
                }
            )
            self.assertFalse(self._problems(), "a draft is in no books")
            move.action_post()
            found = self._problems()
            self.assertEqual(set(found), problems)
            (row,) = found.values()
            self.assertEqual(row.difference, 12.5)
            self.assertIn(
                "12.50" if row.problem != "account" else "3,512.50", row.reason
            )
            if row.move_id:
                self.assertEqual(row.action_open()["res_id"], move.id)
                self.assertIn(move.name, row.reason)
            move.button_draft()
            self.assertFalse(self._problems())

    def test_sale_is_not_in_the_books(self):
        self._sql(
            "UPDATE account_move_line SET parent_state = 'draft' WHERE move_id = %s",
            self.card.sale_move_id.id,
        )
        self.assertEqual(set(self._problems()), {"account", "sale"})

    def test_held_for_what_is_no_draft(self):
        move = self._paid_with(100)
        self._sql("UPDATE account_move SET state = 'cancel' WHERE id = %s", move.id)
        row = self._problems()["held"]
        self.assertRegex(row.reason, "holds .*87.50 for .*no draft any more")
        self._sql(
            "UPDATE dive_discount_card_use SET move_id = NULL WHERE card_id = %s",
            self.card.id,
        )
        self.assertIn("a deleted draft", self._problems()["held"].reason)

    def test_used_and_not_in_the_books(self):
        move = self._paid_with(100, post=True)
        self.assertFalse(self._problems())
        entry = self._unguarded(move.dive_card_use_ids.settlement_ids)
        entry.button_draft()
        found = self._problems()
        self.assertEqual(set(found), {"account", "settled"})
        self.assertRegex(found["settled"].reason, f"{move.name} has moved .*87.50 of")
        entry.action_post()
        self.assertFalse(self._problems())
        entry._reverse_moves(cancel=True)
        self.assertEqual(set(self._problems()), {"account", "settled"})

    def test_ended_and_not_in_the_books(self):
        self.card._dive_expire()
        self.assertFalse(self._problems())
        self._unguarded(self.card.entry_ids.move_ids).button_draft()
        found = self._problems()
        self.assertEqual(set(found), {"account", "moved"})
        self.assertRegex(found["moved"].reason, "expired.* with .*3,500.00")

    def test_refunded_and_back(self):
        self._paid_with(100, post=True)
        self.card.action_refund()
        self.assertFalse(self._problems())
        credit = self.card.sale_move_id.reversal_move_ids
        credit.button_draft()
        self.assertEqual(self.card.state, "active")
        self.assertFalse(self._problems())
        credit.action_post()
        self.assertFalse(self._problems())

    def test_branch_ids_are_apart(self):
        self._sql(
            "UPDATE dive_discount_card SET balance = 1, consumed = 1,"
            " consumed_booked = 1, booked = 7 WHERE id = %s",
            self.card.id,
        )
        rows = self.Check.search([("card_id", "=", self.card.id)])
        self.assertEqual(
            set(rows.mapped("problem")),
            {"account", "ledger", "consumed", "booked", "sale"},
        )
        self.assertTrue(all(rows.mapped("reason")))
        self.assertTrue(all(rows.mapped("display_name")))

    def test_queries_do_not_grow(self):
        def count():
            look()
            before = self.env.cr.sql_log_count
            return look(), self.env.cr.sql_log_count - before

        def look():
            self.env.invalidate_all()
            rows = self.Check.search([("card_id.partner_id", "=", self.anna.id)])
            rows.read(["problem", "card_id", "reason", "move_id", "difference"])
            return len(rows)

        def tamper():
            self._sql(
                "UPDATE dive_discount_card SET balance = balance - 1"
                " WHERE partner_id = %s AND balance = 4000",
                self.anna.id,
            )

        tamper()
        rows, queries = count()
        self.assertEqual(rows, 1)
        self._sold_many([self.anna] * 79)
        tamper()
        self.assertEqual(count(), (80, queries))
