from markupsafe import Markup

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tools import SQL, mute_logger

from .common import DiveCommon, DiveMixin

MONEY = {"invoice", "refund", "payment"}


class HistoryMixin(DiveMixin):
    @classmethod
    def setUpHistory(cls):
        cls.ann = cls._customer("Ann Payer", email="ann.payer@dive.test")
        cls.ben = cls._customer("Ben Diver")
        cls.trip = cls._trip(name="Blue Hole")
        cls.booking = cls._booking(cls.ann, cls.trip, cls.ann | cls.ben)
        cls.invoice = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": cls.ann.id,
                "invoice_date": "2026-01-31",
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Dive", "price_unit": 80, "tax_ids": [Command.clear()]}
                    )
                ],
            }
        )
        cls.invoice.action_post()
        cls.payment = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=cls.invoice.ids)
            .create({"amount": 30, "payment_date": "2026-02-01"})
            ._create_payments()
        )
        # as a note from the chatter, with the subtype "note"
        cls.ann.message_post(
            body=Markup("<p>Called,&nbsp;wants <b>nitrox</b></p>"),
            message_type="comment",
        )
        cls.ann.message_post(
            body="See you", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        cls.booking.message_post(
            body="Vegetarian", subject="Lunch", message_type="comment"
        )
        cls.ann.message_post(body="Hello", message_type="email", subject="A question")
        # noise
        cls.ann.message_post(body="Phone: 1 → 2", message_type="notification")
        cls.env.flush_all()

    def _history(self, partner, user=None):
        return (
            self.env(user=user or self.front)["dive.history"]
            .search([("partner_id", "=", partner.id)])
            .with_env(self.env(user=user or self.front))
        )


class TestDiveHistory(HistoryMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpHistory()

    def test_one_list(self):
        """Bookings, invoices, payments and messages; each once; the newest first."""
        rows = self._history(self.ann)
        self.assertEqual(
            sorted(rows.mapped("kind")),
            sorted(
                ["booking", "invoice", "payment", "note", "message", "note", "email"]
            ),
        )
        self.assertEqual(rows.mapped("date"), sorted(rows.mapped("date"), reverse=True))
        by_kind = {row.kind: row for row in rows}
        self.assertIn("Blue Hole", by_kind["booking"].name)
        self.assertEqual(by_kind["booking"].amount, 200)
        self.assertEqual(by_kind["booking"].date, self.trip.date_start)
        self.assertEqual(by_kind["invoice"].amount, 80)
        self.assertEqual(by_kind["invoice"].state, "partial")
        self.assertEqual(by_kind["invoice"].date.date(), self.invoice.invoice_date)
        self.assertEqual(by_kind["payment"].amount, 30)
        self.assertEqual(by_kind["email"].name, "A question")
        names = rows.filtered(lambda row: row.kind == "note").mapped("name")
        self.assertEqual(sorted(names), ["Called, wants nitrox", "Lunch"])

    def test_diver_of_another_payer(self):
        """A diver sees the place, neither the amount nor the payer's papers."""
        rows = self._history(self.ben)
        self.assertEqual(rows.mapped("kind"), ["booking"])
        self.assertEqual(rows.state, "requested")
        self.assertFalse(rows.amount)
        self.assertEqual(rows.action_open_record()["res_id"], self.booking.id)

    def test_labels_of_states(self):
        labels = dict(self.env["dive.history"]._selection_state())
        states = set(self._history(self.ann).mapped("state")) - {False}
        self.assertLessEqual(states, labels.keys())

    def test_row_opens_its_record(self):
        expected = {
            "booking": self.booking,
            "invoice": self.invoice,
            "payment": self.payment,
            "email": self.ann,
        }
        for row in self._history(self.ann):
            if row.kind in expected:
                action = row.action_open_record()
                self.assertEqual(
                    (action["res_model"], action["res_id"]),
                    (expected[row.kind]._name, expected[row.kind].id),
                )

    def test_ids_are_stable_and_unique(self):
        rows = self._history(self.ann) | self._history(self.ben)
        ids = rows.ids
        self.assertEqual(len(ids), len(set(ids)))
        self._customer("Somebody else").message_post(body="x")
        self.env.invalidate_all()
        self.assertEqual(set(self._history(self.ann).ids) - set(ids), set())
        again = self.env(user=self.front)["dive.history"].browse(ids)
        self.assertEqual(len(again.exists()), len(ids))
        self.assertEqual(
            [row["id"] for row in again.read(["name"])], ids, "read by id gives the row"
        )
        gone = self.env["dive.history"].browse(32 * 2**30 + 1)
        self.assertFalse(gone.exists())

    def test_upcoming_and_past(self):
        domain = [("partner_id", "=", self.ann.id)]
        now = fields.Datetime.now()
        History = self.env["dive.history"]
        upcoming = History.search([*domain, ("date", ">", now)])
        self.assertEqual(upcoming.mapped("kind"), ["booking"])
        groups = History._read_group(domain, ["kind"], ["__count"])
        self.assertEqual(dict(groups)["note"], 2)

    def test_customer_button(self):
        ann = self.ann.with_user(self.front)
        self.assertEqual(ann.dive_history_count, 7)
        action = ann.action_view_dive_history()
        found = self.env["dive.history"].search(action["domain"])
        self.assertEqual(found.partner_id, self.ann)
        self.assertEqual(self.ann.with_user(self.employee).dive_history_count, 0)

    def test_access(self):
        """Money only for the desk, managers and accountants; nothing for others."""
        for user in (self.front, self.manager, self.accountant):
            rows = self._history(self.ann, user)
            self.assertEqual(len(rows), 7, user.login)
            self.assertTrue(any(row.amount for row in rows))
        every = self._history(self.ann)
        money = every.filtered(lambda row: row.kind in MONEY)
        self.assertEqual(len(money), 2)
        for user in (self.instructor, self.medical):
            rows = self._history(self.ann, user)
            self.assertEqual(len(rows), 5, user.login)
            self.assertFalse(MONEY & set(rows.mapped("kind")))
            self.assertEqual(self.ann.with_user(user).dive_history_count, 5)
            with self.assertRaises(AccessError):
                rows.read(["amount"])
            for row in money.with_user(user):
                with self.assertRaises(AccessError):
                    row.read(["name"])
                with self.assertRaises(AccessError):
                    row.action_open_record()
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                self._history(self.ann, user)

    def test_other_company(self):
        second = self.env["res.company"].create({"name": "Second Centre"})
        trip = self._trip(company_id=second.id, product_id=False)
        self._booking(self.ben, trip)
        self.env.flush_all()
        self.assertEqual(len(self._history(self.ben)), 1)
        self.front.company_ids += second
        both = self.env["dive.history"].with_user(self.front)
        both = both.with_context(allowed_company_ids=(self.company | second).ids)
        self.assertEqual(both.search_count([("partner_id", "=", self.ben.id)]), 2)

    def test_query_count(self):
        """As many queries for a list of 80 rows as for one of one row."""
        others = self.Partner.create(
            [{"name": f"Customer {n}", "dive_customer": True} for n in range(80)]
        )
        for partner in others:
            partner.message_post(body="Hello", message_type="comment")
        spec = {
            "date": {},
            "partner_id": {"fields": {"display_name": {}}},
            "kind": {},
            "name": {},
            "state": {},
            "amount": {},
            "currency_id": {"fields": {"display_name": {}}},
        }
        counts = []
        for partners in (others[:1], others[:1], others):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            result = self.env(user=self.front)["dive.history"].web_search_read(
                [("partner_id", "in", partners.ids)], spec, limit=81
            )
            self.assertEqual(len(result["records"]), len(partners))
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], 4)
        counts = []
        for partners in (others[:1], others[:1], others):
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            partners.with_user(self.front).mapped("dive_history_count")
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])

    def _plan(self, model):
        """Return the plan of the query of a list of one customer, or of one row."""
        query = model._search(
            [("partner_id", "=", self.ann.id)], order="date desc, id desc", limit=80
        )
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        return "\n".join(row[0] for row in rows)

    def test_condition_reaches_the_branches(self):
        """No branch is read whole for one customer, nor for one row."""
        History = self.env["dive.history"]
        for model in (History, History.browse([32 + 1])._only_these()):
            plan = self._plan(model)
            for table in (
                "mail_message ",
                "dive_booking ",
                "dive_booking_diver ",
                "account_move ",
                "account_payment ",
                "dive_equipment_loan ",
            ):
                self.assertNotIn(f"Seq Scan on {table}", plan, plan)
        self.assertIn("mail_message_model_res_id", self._plan(History))
        self.assertIn("account_payment_dive_partner_idx", self._plan(History))


@tagged("post_install", "-at_install", "dive_long")
class TestDiveHistoryWeb(HistoryMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()
        cls.setUpHistory()

    def _call(self, method, args, **kwargs):
        response = self.url_open(
            "/web/dataset/call_kw",
            json={
                "params": {
                    "model": "dive.history",
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                }
            },
        ).json()
        return response.get("result"), response.get("error")

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    @mute_logger("odoo.addons.base.models.ir_model")
    def test_roles(self):
        domain = [("partner_id", "=", self.ann.id)]
        invoice_row = self.env["dive.history"].search(
            [*domain, ("kind", "=", "invoice")]
        )
        for user in (self.front, self.manager, self.accountant):
            self.authenticate(user.login, user.login)
            rows, error = self._call("search_read", [domain, ["kind", "amount"]])
            self.assertFalse(error)
            self.assertLessEqual(MONEY - {"refund"}, {row["kind"] for row in rows})
        for user in (self.instructor, self.medical):
            self.authenticate(user.login, user.login)
            rows, error = self._call("search_read", [domain, ["kind", "name"]])
            self.assertFalse(error)
            self.assertEqual(len(rows), 5)
            for method, args in (
                ("search_read", [domain, ["amount"]]),
                ("read", [invoice_row.ids, ["name"]]),
                ("action_open_record", [invoice_row.ids]),
            ):
                _result, error = self._call(method, args)
                self.assertIn("AccessError", error["data"]["name"])
            # a forged context changes what is looked up, not what may be seen
            rows, error = self._call(
                "search_read",
                [domain, ["kind"]],
                context={"dive_history_ids": invoice_row.ids},
            )
            self.assertFalse(error)
            self.assertFalse(rows)
        for user in (self.employee, self.portal):
            self.authenticate(user.login, user.login)
            _result, error = self._call("search_read", [domain, ["kind"]])
            self.assertIn("AccessError", error["data"]["name"])
