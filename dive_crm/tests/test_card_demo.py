"""The cards of demo data: sold, used and dated in the past, by their own methods."""

from datetime import datetime, time, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestCardDemo(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()

    def test_demo(self):
        """Cards of the past: sold, used, nearly used, over by their date, to pay."""
        cards = self.env["dive.discount.card"]
        cards._dive_load_demo(
            {
                "old": {
                    "type": self.type.id,
                    "partner": self.anna.id,
                    "days_ago": 200,
                    "paid": True,
                },
                "new": {
                    "type": self.type.id,
                    "partner": self.anna.id,
                    "days_ago": 0,
                    "paid": False,
                },
            },
            [
                {
                    "card": "old",
                    "days_ago": 100,
                    "amount": 400,
                    "lines": [(self.dive.id, 1)],
                }
            ],
        )
        new, old = cards.search([("partner_id", "=", self.anna.id)], limit=2)
        today = self.company._dive_today()
        self.assertEqual((old.state, old.balance), ("expired", 0))
        self.assertEqual(old.sold_on, today - timedelta(days=200))
        self.assertLess(old.expiry_date, today)
        self.assertEqual(old.sale_move_id.date, old.sold_on)
        expiry, use, sale = old.entry_ids.sorted("id", reverse=True)
        self.assertEqual((expiry.kind, expiry.amount), ("expiry", -3600))
        self.assertEqual(sale.date.date(), old.sold_on)
        self.assertEqual(use.date.date(), today - timedelta(days=100))
        self._check_books(old)
        self.assertEqual((new.state, new.booked), ("unpaid", 0))

    def test_nothing_is_in_the_future(self):
        """The demo is loaded at dawn, too: its hour of today is still to come."""
        card = self._sold()
        dawn = datetime.combine(self.company._dive_today(), time(5))
        with freeze_time(dawn):
            entry = card._dive_demo_ago(0)._dive_move("transfer", source="x")
            past = card._dive_demo_ago(3)._dive_move("transfer", source="x")
        self.assertEqual(entry.date, dawn)
        self.assertEqual(past.date, dawn - timedelta(days=3) + timedelta(hours=4.5))

    def test_nobody_else_dates_movements(self):
        """What comes over the web is no moment, whatever it says."""
        card = self._sold()
        past = card.with_context(dive_demo_moment="2020-01-01 00:00:00")
        entry = past._dive_move("transfer", source="x")
        self.assertGreater(entry.date, datetime(2025, 1, 1))
