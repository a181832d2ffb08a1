"""The import of a whole list: how many rows are accepted, rejected, and why."""

import gzip
from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from .common import DiveHttpCommon
from .customer_import_common import ImportMixin, fixture

#: Rows per kind of message in the whole list; no row has two faults.
WHOLE_LIST = {
    "no_name": 15,
    "several_emails": 4,
    "bad_email": 27,
    "email_two_people": 116,
    "bad_phone": 42,
    "future_date": 7,
    "child_no_email": 195,
    "formula": 12,
}
WHOLE_LIST_ROWS, WHOLE_LIST_REJECTED = 5000, 211
#: Accepted rows that name an agency.
WHOLE_LIST_CARDS = 4225


def whole_list():
    """Return the export that the import was written for."""
    return gzip.decompress(fixture("customers.csv.gz"))


@tagged("post_install", "-at_install", "dive_browser")
class TestWholeList(ImportMixin, DiveHttpCommon):
    """The 5,000 rows that a centre really brings along, and a day with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpImport()
        cls.trip = cls._trip(name="Tour morning dive")

    def test_import_and_main_job(self):
        """An imported customer is found by phone, booked, invoiced, paid, and gets a
        statement."""
        before = self._count()
        accepted = WHOLE_LIST_ROWS - WHOLE_LIST_REJECTED
        with self._on_the_day():
            record = self._check(whole_list())
            self._check_numbers(record)
            self.assertEqual(self._count(), before, "a check writes no customer")
            record.action_import()
            self.assertEqual(record.state, "done")
            self.assertEqual(self._count(), before + accepted)
            self._check_customers(record)
            again = self._import(whole_list())
        self.assertCounts(again, unchanged=accepted, rejected=WHOLE_LIST_REJECTED)
        self.assertEqual(self._count(), before + accepted, "nothing is made twice")
        self._main_job()

    def _check_numbers(self, record):
        kinds = {kind.code: kind.row_count for kind in record.kind_ids}
        self.assertEqual(kinds, WHOLE_LIST)
        accepted = WHOLE_LIST_ROWS - WHOLE_LIST_REJECTED
        self.assertCounts(record, new=accepted, rejected=WHOLE_LIST_REJECTED)
        self.assertEqual(record.row_count, WHOLE_LIST_ROWS)
        self.assertEqual(record.later_columns, "Newsletter")
        self.assertFalse(record.unknown_columns)

    def _main_job(self):
        report = self.env.registry["ir.actions.report"]
        render = report._render_qweb_pdf
        with patch.object(
            report, "_render_qweb_pdf", autospec=True, side_effect=render
        ) as printed:
            self.start_tour("/odoo", "dive_crm_main_job", login="t_front", timeout=180)
        printed.assert_called_once()
        booking = self.env["dive.booking"].search(
            [("partner_id.name", "=", "Rhys Arnold")]
        )
        self.assertEqual(booking.state, "confirmed")
        self.assertEqual(booking.invoice_state, "paid")
        self.assertEqual(booking.invoice_ids.amount_residual, 0)
        self.assertEqual(self.trip.seats_taken, 1)

    def _check_customers(self, record):
        """Look at those who show a rule."""
        customers = self.Partner.browse(record.imported_ids)
        self.assertEqual(len(customers), len(record.imported_ids))
        self.assertEqual(len(customers.dive_emergency_contact_ids), len(customers))
        children = customers.filtered("dive_guardian_missing").filtered(
            lambda customer: not customer.email
        )
        self.assertEqual(len(children), WHOLE_LIST["child_no_email"])
        russian = self._found("K100002")
        self.assertEqual(russian.name, "Синклитикия Мясников")
        self.assertEqual(russian.phone, "+7 912 308-37-78")
        self.assertEqual(russian.dive_customer_since, date(2024, 3, 31))
        self.assertEqual(self._found("K100003").name, "あすか 佐藤")
        self.assertEqual(self._found("K100003").phone, "+81 90-1283-4497")
        cards = customers.dive_certification_ids
        self.assertEqual(len(cards), WHOLE_LIST_CARDS)
        aaron = self._found("K100002").dive_certification_ids
        self.assertEqual(aaron.level_id.display_name, "NAUI · Scuba Diver (SD)")
        self.assertEqual(aaron.number, "727760591")
        self.assertEqual(aaron.issue_date, date(2006, 1, 7))
        self.assertEqual(set(cards.mapped("verification")), {"unverified"})
        formulas = customers.filtered("comment").mapped("comment")
        self.assertEqual(len(formulas), WHOLE_LIST["formula"])
        self.assertIn("<p>=1+1</p>", [str(text) for text in formulas])
