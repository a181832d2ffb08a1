"""The import of a whole list: how many rows are accepted, rejected, and why."""

import gzip
from datetime import date

from odoo.tests import tagged

from .customer_import_common import ImportCommon, fixture

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


@tagged("post_install", "-at_install")
class TestWholeList(ImportCommon):
    """The 5,000 rows that a centre really brings along."""

    def test_accepted_and_rejected_rows_per_fault(self):
        before = self._count()
        record = self._check(whole_list())
        kinds = {kind.code: kind.row_count for kind in record.kind_ids}
        self.assertEqual(kinds, WHOLE_LIST)
        accepted = WHOLE_LIST_ROWS - WHOLE_LIST_REJECTED
        self.assertCounts(record, new=accepted, rejected=WHOLE_LIST_REJECTED)
        self.assertEqual(record.row_count, WHOLE_LIST_ROWS)
        self.assertEqual(record.later_columns, "Newsletter")
        self.assertFalse(record.unknown_columns)
        self.assertEqual(self._count(), before, "a check writes no customer")

        record.action_import()
        self.assertEqual(record.state, "done")
        self.assertEqual(self._count(), before + accepted)
        self._check_customers(record)

        again = self._import(whole_list())
        self.assertCounts(again, unchanged=accepted, rejected=WHOLE_LIST_REJECTED)
        self.assertEqual(self._count(), before + accepted, "nothing is made twice")

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
