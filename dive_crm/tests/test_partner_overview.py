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

    def _message(self, partner, days, **kwargs):
        vals = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment", **kwargs}
        message = partner.message_post(body="Hello", **vals)
        message.date = self.now - timedelta(days=days)
        self.env.flush_all()
        self.env.invalidate_all()

    def _search(self, *condition):
        domain = [("id", "in", self.both.ids), ("dive_last_contact", *condition)]
        return self.Partner.search(domain)

    def test_last_contact_is_the_latest_message(self):
        self.assertFalse(self.anna.dive_last_contact)
        self._message(self.anna, 100)
        self._message(self.anna, 10)
        self._message(self.anna, 1, subtype_xmlid="mail.mt_note")
        self._message(self.anna, 1, message_type="notification")
        ago = self.now - self.anna.dive_last_contact
        self.assertEqual(ago.days, 10)

    def test_last_contact_filters(self):
        self._message(self.anna, 10)
        month = self.now - timedelta(days=30)
        self.assertEqual(self._search("=", False), self.tom)
        self.assertEqual(self._search("!=", False), self.anna)
        self.assertEqual(self._search(">=", month), self.anna)
        self.assertFalse(self._search("<", month))
        self._message(self.tom, 40)
        self.assertEqual(self._search("<", month), self.tom)
        self.assertEqual(self._search(">=", "today -30d"), self.anna)

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
        names = ["dive_next_trip_id", "dive_last_contact", "dive_invoice_count"]

        def queries(partners):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            partners.read(names)
            return self.env.cr.sql_log_count - before

        queries(people[:1])
        self.assertEqual(queries(people[:1]), queries(people))
