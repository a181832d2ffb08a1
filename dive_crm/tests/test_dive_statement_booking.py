"""The bookings on a statement, and how many queries all of it takes."""

from datetime import datetime, timedelta

from odoo import Command, fields
from odoo.tests import tagged

from ..reports.dive_statement_report import REPORT
from .common import DiveCommon
from .statement_common import StatementMixin


@tagged("dive_long")
class TestStatementBooking(StatementMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpStatement()

    def test_bookings(self):
        """Payers see amounts and all divers, divers see their own place, cancelled
        bookings do not count, upcoming ones stand apart."""
        ben = self._customer("Ben Diver")
        past = fields.Datetime.now() - timedelta(days=10)
        first, cancelled = self._booked(self.ann, [past, past + timedelta(days=1)])
        first.diver_ids = [Command.create({"partner_id": ben.id})]
        cancelled.action_cancel()
        [upcoming] = self._booked(self.ann, [past + timedelta(days=20)])
        wizard = self._wizard(
            self.ann | ben, date_from=past.date(), date_to=past.date() + timedelta(5)
        )
        mine, his = (
            {s["partner"]: s for s in self._statements(wizard)}[partner]
            for partner in (self.ann, ben)
        )
        self.assertEqual(
            [row["name"] for row in mine["bookings"]], [first.name, cancelled.name]
        )
        self.assertEqual(mine["bookings"][0]["divers"], "Ann Payer, Ben Diver")
        self.assertEqual(mine["booking_totals"], [(self.home, 1, 200.0)])
        self.assertEqual([row["name"] for row in mine["upcoming"]], [upcoming.name])
        self.assertEqual(his["bookings"][0]["divers"], "Ben Diver")
        self.assertEqual(his["bookings"][0]["amount"], 0)
        self.assertEqual(his["booking_totals"], [])

    def test_query_count(self):
        """As many queries for 80 lines, bookings and customers as for one."""
        several = self.Partner.create(
            [{"name": f"Customer {n}", "dive_customer": True} for n in range(80)]
        )
        one = several[0]
        days = [datetime(2026, 4, 1) - timedelta(days=n) for n in range(80)]
        self._booked(several[1], days)
        for partner in several[2:]:
            self._booked(partner, days[:1])
        self._invoices(several[1], range(10, 90), "2026-02-01")
        self._booked(one, days[:1])
        self._invoice(one, 10, "2026-02-01")
        counts = []
        for partners in (one, one, several[1], several):
            wizard = self._wizard(partners)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            wizard.env["ir.actions.report"]._render_qweb_html(REPORT, wizard.ids)
            counts.append(self.env.cr.sql_log_count - start)
        # the first one also fills the caches of the templates
        self.assertEqual(counts[2], counts[1], "80 lines and bookings")
        self.assertLessEqual(counts[3], counts[1] + 3, "80 customers")
        self.assertLessEqual(counts[1], 26)
