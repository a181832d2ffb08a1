"""The account on a statement: every movement, whose it is, in which currency."""

from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DiveCommon
from .statement_common import StatementMixin


@tagged("dive_long")
class TestStatementAccount(StatementMixin, DiveCommon):
    """The figures are those of the receivable account."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpStatement()

    def _receivable(self, partners, until, field="balance", currency=None):
        domain = [
            ("partner_id", "in", partners.ids),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("company_id", "=", self.company.id),
            ("date", "<=", until),
        ]
        if currency:
            domain.append(("currency_id", "=", currency.id))
        return sum(self.env["account.move.line"].search(domain).mapped(field))

    def _assert_agrees(self, wizard, accounts):
        [statement] = self._statements(wizard)
        before = wizard.date_from - timedelta(days=1)
        for section in statement["sections"]:
            currency = section["currency"]
            for figure, until in (("opening", before), ("closing", wizard.date_to)):
                self.assertAlmostEqual(
                    section[figure],
                    self._receivable(accounts, until, "amount_currency", currency),
                    msg=f"{figure} in {currency.name}",
                )
            self.assertAlmostEqual(
                section["opening"] + section["charges"] - section["payments"],
                section["closing"],
            )
            if section["lines"]:
                self.assertEqual(section["lines"][-1]["running"], section["closing"])
        books = statement["books"] or statement["sections"][0]
        self.assertAlmostEqual(books["opening"], self._receivable(accounts, before))
        self.assertAlmostEqual(
            books["closing"], self._receivable(accounts, wizard.date_to)
        )
        return statement

    def test_all_kinds_of_movement(self):
        """Invoices, part payments, credit notes, entries by hand, currencies, and what
        was cancelled or is a draft: opening and closing agree with the account."""
        old = self._invoice(self.ann, 300, "2025-11-30")
        self._pay(old, 120, "2025-12-20")
        self._pay(old, 80, "2026-02-03")
        self._invoice(self.ann, 77.77, "2026-03-01")
        self._invoice(self.ann, 50, "2026-03-02", move_type="out_refund")
        euros = self._invoice(self.ann, 100, "2026-04-01", currency_id=self.foreign.id)
        self._pay(euros, 33.33, "2026-04-05")
        self._invoice(self.ann, 1000, "2026-05-01", post=False)
        cancelled = self._invoice(self.ann, 2000, "2026-05-02")
        cancelled.button_draft()
        cancelled.button_cancel()
        self._invoice(self.ann, 4000, "2026-05-03").button_draft()
        self._invoice(self.ann, 11, "2027-01-01")
        receivable = self.ann.property_account_receivable_id
        other = self.env["account.account"].search(
            [("account_type", "=", "income")], limit=1
        )
        self.env["account.move"].create(
            {
                "date": "2026-06-01",
                "journal_id": self.env["account.journal"]
                .search([("type", "=", "general")], limit=1)
                .id,
                "line_ids": [
                    Command.create(
                        {
                            "name": "Written off by hand",
                            "account_id": receivable.id,
                            "partner_id": self.ann.id,
                            "credit": 5.55,
                        }
                    ),
                    Command.create({"account_id": other.id, "debit": 5.55}),
                ],
            }
        ).action_post()
        statement = self._assert_agrees(self._wizard(self.ann), self.ann)
        home, foreign = statement["sections"]
        self.assertEqual(home["currency"], self.home)
        self.assertEqual(home["opening"], 180)
        self.assertEqual(home["charges"], 77.77)
        self.assertAlmostEqual(home["payments"], 80 + 50 + 5.55)
        self.assertEqual(foreign["currency"], self.foreign)
        self.assertAlmostEqual(foreign["closing"], 66.67)
        self.assertEqual(
            [line["kind"] for line in home["lines"]],
            ["payment", "invoice", "refund", "entry"],
        )
        self.assertEqual(statement["books"]["currency"], self.home)

    def test_agrees_with_odoos_own_figure(self):
        """Over all dates the closing balance is what Odoo shows as total receivable."""
        self._pay(self._invoice(self.ann, 500, "2025-05-01"), 123.45, "2026-01-15")
        self._invoice(self.ann, 10, "2026-01-16", currency_id=self.foreign.id)
        wizard = self._wizard(self.ann, date_from=False, date_to=date(2100, 1, 1))
        [statement] = self._statements(wizard)
        self.ann.invalidate_recordset(["credit"])
        self.assertAlmostEqual(statement["books"]["closing"], self.ann.credit)
        self.assertEqual(statement["books"]["opening"], 0)

    def test_exchange_difference(self):
        """A gain of the exchange moves the books, not what is owed in the currency."""
        invoice = self._invoice(
            self.ann, 100, "2026-02-01", currency_id=self.foreign.id
        )
        self.env["res.currency.rate"].create(
            {
                "currency_id": self.foreign.id,
                "company_id": self.company.id,
                "name": "2026-03-01",
                "rate": 0.8,
            }
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create(
            {
                "amount": 100,
                "currency_id": self.foreign.id,
                "payment_date": "2026-03-02",
            }
        )._create_payments()
        statement = self._assert_agrees(self._wizard(self.ann), self.ann)
        self.assertEqual(statement["sections"][-1]["closing"], 0)
        self.assertAlmostEqual(statement["books"]["closing"], 0)

    def test_locked_year(self):
        """An invoice of a locked year counts on the day it is booked, not dated."""
        self.company.fiscalyear_lock_date = "2026-01-31"
        with freeze_time("2026-03-10"):  # no later than today, whatever is locked
            move = self._invoice(self.ann, 60, "2025-12-15")
        self.assertGreater(move.date, date(2026, 1, 31))
        [statement] = self._statements(
            self._wizard(self.ann, date_to=date(2026, 1, 31))
        )
        self.assertEqual(statement["sections"][0]["closing"], 0)
        self._assert_agrees(self._wizard(self.ann, date_to=move.date), self.ann)

    def test_contact_of_a_company(self):
        """The account is that of the commercial partner, and the paper says so."""
        house = self._customer("Azure Travel", is_company=True)
        contact = self._customer("Carl Contact", parent_id=house.id)
        self._invoice(contact, 40, "2026-02-01")
        self._invoice(house, 60, "2026-02-02")
        statement = self._assert_agrees(self._wizard(contact), house)
        self.assertEqual(statement["sections"][0]["closing"], 100)
        text = " ".join(self._pages(self._wizard(contact)))
        self.assertIn("kept in the name of Azure Travel", text)

    def test_lines_from_before_joining_a_company(self):
        """What was booked on a person stays in the account when they join a firm."""
        person = self._customer("Pia Person")
        self._invoice(person, 25, "2026-02-01")
        house = self._customer("Blue Ltd", is_company=True)
        person.parent_id = house
        statement = self._assert_agrees(self._wizard(person), person | house)
        self.assertEqual(statement["sections"][0]["closing"], 25)

    def test_archived_customer(self):
        self._invoice(self.ann, 42, "2026-02-01")
        self.ann.active = False
        statement = self._assert_agrees(self._wizard(self.ann), self.ann)
        self.assertEqual(statement["sections"][0]["closing"], 42)

    def test_other_company_stays_out(self):
        """Only the wizard's company, also for a user of two."""
        second = self.env["res.company"].create({"name": "Second Centre"})
        self.front.company_ids += second
        self._invoice(self.ann, 42, "2026-02-01")
        wizard = self._wizard(self.ann).with_context(
            allowed_company_ids=[self.company.id, second.id]
        )
        wizard.company_id = second
        [statement] = self._statements(wizard)
        self.assertEqual(statement["sections"][0]["closing"], 0)
        with self.assertRaises(AccessError):
            wizard.with_context(allowed_company_ids=self.company.ids).action_print()
