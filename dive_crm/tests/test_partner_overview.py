from datetime import timedelta

from odoo import fields
from odoo.tests.common import tagged

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestPartnerOverview(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.anna = cls._customer("Anna")
        cls.tom = cls._customer("Tom")
        cls.both = cls.anna | cls.tom

    def test_next_trip_is_the_first_to_come(self):
        self.assertFalse(self.anna.dive_next_trip_id)
        later = self._trip(date_start=self.now + timedelta(days=9))
        sooner = self._trip(date_start=self.now + timedelta(days=3))
        for trip in (later, sooner):
            self._booking(self.anna, trip, confirm=True)
        self.assertEqual(self.anna.dive_next_trip_id, sooner)
        sooner.booking_ids.action_cancel()
        self.assertEqual(self.anna.dive_next_trip_id, later)

    def test_overview_asks_no_more_for_many(self):
        people = self.Partner.create(
            [{"name": f"P{i}", "dive_customer": True} for i in range(80)]
        )
        names = [
            "dive_next_trip_id",
            "dive_last_contact",
            "dive_last_heard",
            "dive_invoice_count",
        ]

        def queries(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.read(names)
            return self.env.cr.sql_log_count - before

        queries(people[:1])
        self.assertEqual(queries(people[:1]), queries(people))
