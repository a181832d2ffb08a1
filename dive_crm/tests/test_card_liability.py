"""The card liability as of any day: what the account says, card by card."""

from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import SQL

from .card_common import CardMixin
from .common import DiveCommon

#: who reads the report, and who does not
READERS = ("front", "manager", "accountant")
OTHERS = ("instructor", "medical", "employee", "portal")
MODELS = ("dive.discount.card.liability", "dive.discount.card.check")


@tagged("post_install", "-at_install", "dive_long")
class TestCardLiability(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()

    def _table(self, day, user=None):
        table = self.env["dive.discount.card.liability"]
        return table.with_user(user or self.accountant).with_context(dive_as_of=day)

    def _row(self, card, day):
        return self._table(day).search([("card_id", "=", card.id)])

    def _figures(self, card, day):
        row = self._row(card, day)
        return row.liability, row.expected, row.difference

    def _balance(self, day):
        """Return what the account says, as Odoo adds it up."""
        account = self.env.company.dive_card_account_id
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", account.id),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ]
        )
        return -sum(lines.mapped("balance"))

    def _total(self, day):
        rows = self._table(day).search([("company_id", "=", self.env.company.id)])
        return sum(rows.mapped("liability"))

    def _invoice_of(self, day, service=None):
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.anna.id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create({"product_id": (service or self.dive).id})
                ],
            }
        )

    def _sold_on(self, day, **vals):
        with freeze_time(f"{day} 12:00:00"):
            return self._sold(self._type("Dated", **vals))

    def _by_hand(self, amount, day, **vals):
        """Post an entry on the account as somebody types it."""
        account = self.env.company.dive_card_account_id
        other = self.env["account.account"].search(
            [("account_type", "=", "income")], limit=1
        )
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "credit": amount, **vals}
                    ),
                    Command.create({"account_id": other.id, "debit": amount}),
                ],
            }
        )
        move.action_post()
        return move

    def test_sold_used_and_back_to_draft(self):
        """Before and after each: account, cards, and their difference, on each day."""
        card = self._sold_on("2026-01-10")
        with freeze_time("2026-03-05 12:00:00"):
            move = self._invoice_of("2026-02-20")  # entered late
            card.redeem(400, invoice=move)
        self.assertFalse(self._row(card, "2026-01-09"))
        for day in ("2026-01-10", "2026-02-19", "2026-02-20", "2026-12-31"):
            self.assertEqual(self._figures(card, day), (3500, 3500, 0), "held")
        with freeze_time("2026-03-05 13:00:00"):
            move.action_post()
        for day, owed in (
            ("2026-01-10", 3500),
            ("2026-02-19", 3500),
            ("2026-02-20", 3150),
            ("2026-03-04", 3150),
            ("2026-12-31", 3150),
        ):
            self.assertEqual(self._figures(card, day), (owed, owed, 0), day)
            self.assertAlmostEqual(self._total(day), self._balance(day))
        move.button_draft()
        for day in ("2026-02-20", "2026-03-05", "2026-12-31"):
            self.assertEqual(self._figures(card, day), (3500, 3500, 0), "draft again")
        move.button_cancel()
        for day in ("2026-02-20", "2026-03-05", "2026-12-31"):
            self.assertEqual(self._figures(card, day), (3500, 3500, 0), "cancelled")
        self.assertEqual(card.balance, 4000)

    def test_all_that_becomes_of_a_card(self):
        """On each day the account and the cards agree, whatever happened when."""
        card = self._sold_on("2026-01-10")
        other = self._sold_on("2026-01-12")
        posted = self._invoice_of("2026-02-01")
        posted.action_post()
        with self._at("2026-02-15"):  # two weeks after its invoice
            card.redeem(400, invoice=posted)
        with self._at("2026-03-01"):
            posted.dive_card_use_ids.action_take_off()
        with self._at("2026-03-10"):
            used = self._invoice_of("2026-03-05")
            card.redeem(300, invoice=used)
            used.action_post()
        with self._at("2026-03-20"):
            credit = self._credit(used)
            credit.invoice_date = "2026-03-18"
            credit.action_post()
        with self._at("2026-04-01"):
            self.assertEqual(other.balance, 4000)
            other.action_refund()
        with self._at("2026-07-15"):
            card._dive_expire()
        self.assertEqual((card.state, card.balance), ("expired", 0))
        with self._at("2026-08-01"):
            card.action_extend("2026-12-31", "Ill")
        self.env.flush_all()
        for day in (
            *("2026-01-12", "2026-02-01", "2026-02-14", "2026-02-15", "2026-03-01"),
            *("2026-03-04", "2026-03-05", "2026-03-12", "2026-03-18", "2026-03-25"),
            *("2026-04-01", "2026-07-14", "2026-07-15", "2026-07-31", "2026-08-01"),
        ):
            for one in card | other:
                row = self._row(one, day)
                self.assertTrue(row)
                self.assertEqual(row.difference, 0, (one.name, day))
            self.assertAlmostEqual(self._total(day), self._balance(day))
        self.assertEqual(self._row(card, "2026-07-31").liability, 0)
        self.assertEqual(self._row(card, "2026-08-01").liability, 3500)
        self.assertEqual(self._row(other, "2026-04-01").liability, 0)
        checks = self.env["dive.discount.card.check"]
        rows = checks.search([("card_id", "in", (card | other).ids)])
        self.assertEqual(rows.mapped("reason"), [])

    def _at(self, day):
        return freeze_time(f"{day} 12:00:00")

    def test_used_up_is_a_row_with_nothing(self):
        card = self._sold_on("2026-01-10", price=300, value=400, validity_months=120)
        move = self._invoice_of("2026-02-01")
        card.redeem(400, invoice=move)
        move.action_post()
        self.assertEqual(self._figures(card, "2026-02-01"), (0, 0, 0))
        self.assertEqual(self._figures(card, "2026-01-31"), (300, 300, 0))

    def test_ages(self):
        card = self._sold_on("2026-01-10", validity_months=6)  # until 2026-07-10
        for day, age, ends in (
            ("2026-01-10", "d000", "d091"),
            ("2026-02-09", "d000", "d091"),
            ("2026-02-10", "d031", "d091"),
            ("2026-04-10", "d031", "d091"),
            ("2026-04-11", "d091", "d031"),
            ("2026-06-09", "d091", "d031"),
            ("2026-06-10", "d091", "d001"),
            ("2026-07-09", "d091", "d001"),
            ("2026-07-10", "d181", "d001"),
            ("2026-07-11", "d181", "d000"),
            ("2027-01-10", "d181", "d000"),
            ("2027-01-11", "d366", "d000"),
        ):
            row = self._row(card, day)
            self.assertEqual((row.age, row.ends), (age, ends), day)
        self.assertEqual(
            (row.name, row.partner_id, row.type_id, row.price, row.treatment),
            (card.name, self.anna, card.type_id, 3500, "multi"),
        )
        self.assertEqual(str(row.date), "2027-01-11")

    def test_without_a_card(self):
        """What somebody typed is a row of its own: the total is the balance."""
        card = self._sold_on("2026-01-10")
        before = self._total("2026-06-01")
        self._by_hand(77.77, "2026-03-01")
        total = self._total("2026-06-01")
        self.assertAlmostEqual(total - before, 77.77)
        self.assertAlmostEqual(total, self._balance("2026-06-01"))
        row = self._table("2026-06-01").search([("age", "=", "none")])
        self.assertEqual((row.card_id.id, row.name), (False, "Without a card"))
        self.assertAlmostEqual(row.difference, row.liability)
        self.assertFalse(self._table("2026-02-28").search([("age", "=", "none")]))
        action = row.action_open()
        lines = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(-sum(lines.mapped("balance")), row.liability)
        row = self._row(card, "2026-06-01")
        self.assertEqual(row.action_open()["res_model"], "dive.discount.card")
        lines = self.env["account.move.line"].search(row.action_items()["domain"])
        self.assertEqual(-sum(lines.mapped("balance")), 3500)

    def test_foreign_currency(self):
        currency = self.env["res.currency"].create(
            {
                "name": "DVX",
                "symbol": "d",
                "rate_ids": [Command.create({"name": "2026-01-01", "rate": 2})],
            }
        )
        card = self._sold_on("2026-01-10", currency_id=currency.id)
        row = self._row(card, "2026-01-10")
        self.assertEqual((row.price, row.liability), (3500, 1750))
        self.assertEqual(row.difference, 0)
        self.assertEqual(row.card_currency_id, currency)

    def test_grouped_as_the_screen_asks(self):
        self._sold_on("2026-01-10")
        self._sold_on("2026-05-10")
        action = self._wizard("2026-06-01").action_show()
        table = self.env[action["res_model"]].with_context(**action["context"])
        groups = table.web_read_group(
            [("partner_id", "=", self.anna.id)],
            ["age"],
            ["liability:sum", "difference:sum"],
        )["groups"]
        found = {group["age"]: group["liability:sum"] for group in groups}
        self.assertEqual(found, {"d000": 3500, "d091": 3500})
        self.assertEqual(list(found), ["d000", "d091"], "the youngest first")

    def test_compared_with_the_cards(self):
        """Compare opens the same day, with the differences and the two figures."""
        card = self._sold_on("2026-01-10")
        action = self._clicked("action_compare", "2026-06-01")
        self.assertIn("06/01/2026", action["name"])
        table = self.env[action["res_model"]].with_context(**action["context"])
        view = table.get_view(action["view_id"][0], "list")
        self.assertIn('name="difference"', view["arch"])
        self.assertNotIn('name="difference"', table.get_view(False, "list")["arch"])
        differing = [("difference", "!=", 0), ("company_id", "=", card.company_id.id)]
        before = table.search(differing)
        self.assertNotIn(card, before.card_id)
        self._by_hand(50, "2026-05-01")
        self.assertEqual((table.search(differing) - before).mapped("difference"), [50])

    def _clicked(self, name, day):
        """Return what a button of the list's head does: it sends the rows marked."""
        context = {"context": {"dive_as_of": day}}
        return call_kw(self._table(day), name, [[]], context)

    def test_another_day(self):
        action = self._clicked("action_other_date", "2026-06-01")
        self.assertEqual(action["res_model"], "dive.discount.card.liability.wizard")

    def test_as_of_a_past_day_is_not_joined_row_by_row(self):
        """Once, a month back took PostgreSQL minutes: it expected one row of a join."""
        self._sold_on("2026-01-10")
        query = self._table(False)._dive_later_sql(date(2026, 1, 1))
        self.env.flush_all()
        self.env.cr.execute(SQL("EXPLAIN %s", query))
        plan = "\n".join(row for (row,) in self.env.cr.fetchall())
        self.assertNotIn("Anti Join", plan)

    def test_lines_of_cards_have_an_index_of_their_own(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE tablename = 'account_move_line'"
            " AND indexdef LIKE '%%dive_card_id%%' ORDER BY 1"
        )
        found = [row.split(" USING btree ")[1] for (row,) in self.env.cr.fetchall()]
        self.assertEqual(
            found,
            [
                "(dive_card_id) INCLUDE (account_id, parent_state, date, balance)"
                " WHERE (dive_card_id IS NOT NULL)",
                "(account_id) WHERE (dive_card_id IS NULL)",
            ],
        )

    def _wizard(self, day, user=None):
        wizards = self.env["dive.discount.card.liability.wizard"]
        return wizards.with_user(user or self.accountant).create({"date": day})

    def test_what_is_no_day(self):
        for day in ("yesterday", 7, ["2026-01-01"], {"a": 1}, "2026-02-31"):
            with self.assertRaisesRegex(UserError, "is no date", msg=day):
                self._table(day).search([])
        today = self.env.company._dive_today()
        card = self._sold()
        self.assertEqual(self._row(card, False).date, today)

    def test_other_companies(self):
        card = self._sold_on("2026-01-10")
        other = self.env["res.company"].create({"name": "Other centre"})
        self.accountant.company_ids += other
        table = self._table("2026-06-01").with_context(allowed_company_ids=other.ids)
        self.assertFalse(table.search([("card_id", "=", card.id)]))

    def test_roles(self):
        card = self._sold_on("2026-01-10")
        readonly = self.env["res.users"].create(
            {
                "name": "Auditor",
                "login": "t_auditor",
                "group_ids": [
                    Command.set([self.env.ref("account.group_account_readonly").id])
                ],
            }
        )
        users = [getattr(self, role) for role in READERS]
        for user in [*users, readonly]:
            row = self._table("2026-06-01", user).search([("card_id", "=", card.id)])
            self.assertEqual(row.liability, 3500)
            row.partner_id.mapped("display_name")
            items = self.env["account.move.line"].with_user(user)
            self.assertTrue(items.search(row.action_items()["domain"]))
            self._wizard("2026-06-01", user).action_show()
            self.env["dive.discount.card.check"].with_user(user).search([])
        for role in OTHERS:
            for model in MODELS:
                with self.assertRaises(AccessError, msg=(role, model)):
                    self.env[model].with_user(getattr(self, role)).search([])
            with self.assertRaises(AccessError, msg=role):
                self._wizard("2026-06-01", getattr(self, role))

    def test_menus(self):
        """Accountants have no menu of the dive centre: theirs are under Invoicing."""
        ours = ("dive_card_liability", "dive_card_check", "dive_discount_card")
        ours += ("dive_discount_card_entry", "dive_discount_type")
        for role, seen in (("accountant", True), ("medical", False)):
            menus = self.env["ir.ui.menu"].with_user(getattr(self, role))
            visible = menus._visible_menu_ids()
            for name in ours:
                menu = self.env.ref(f"dive_crm.menu_account_{name}").id
                self.assertEqual(menu in visible, seen, (role, name))
        for role, seen in (("manager", True), ("front", False), ("medical", False)):
            menus = self.env["ir.ui.menu"].with_user(getattr(self, role))
            menu = self.env.ref("dive_crm.menu_dive_card_liability").id
            self.assertEqual(menu in menus._visible_menu_ids(), seen, role)

    def test_queries_do_not_grow(self):
        kind = self._type("Many")
        groups = ["liability:sum", "expected:sum", "difference:sum"]

        def look():
            self.env.invalidate_all()
            table = self._table(self.env.company._dive_today())
            rows = table.search([("type_id", "=", kind.id)])
            rows.read(["name", "partner_id", "type_id", "liability", "difference"])
            table.web_read_group([("type_id", "=", kind.id)], ["age"], groups)
            return len(rows)

        def count():
            look()
            before = self.env.cr.sql_log_count
            return look(), self.env.cr.sql_log_count - before

        self._sold(kind)
        self.env.flush_all()
        rows, queries = count()
        self.assertEqual(rows, 1)
        self._sold_many([self._customer(f"C{number}") for number in range(79)], kind)
        self.env.flush_all()
        self.assertEqual(count(), (80, queries))
