"""Cards from their type to the end, in a real browser."""

from datetime import timedelta

from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveHttpCommon


@tagged("post_install", "-at_install", "dive_browser")
class TestCardTour(CardMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()

    def _tour(self, path, tour, login="t_front"):
        self.start_tour(f"/odoo/{path}", tour, login=login, timeout=120)
        self.env.invalidate_all()

    def test_from_type_to_paid_booking(self):
        diver = self._customer("Tour Cardholder")
        booking = self._booking(diver, self._trip(), confirm=True)
        self._tour("dive-discount-types/new", "dive_crm_card", "t_manager")
        self.assertEqual(booking.invoice_state, "paid")
        card = self.env["dive.discount.card"].search([("partner_id", "=", diver.id)])
        self.assertEqual((card.type_id.name, card.balance), ("Tour card", 900))
        self._check_books(card)

    def test_expired_and_extended(self):
        card = self._sold()
        card._dive_unlocked().expiry_date = self.company._dive_today() - timedelta(1)
        with self._no_commit():
            self.env["dive.discount.card"]._cron_expire()
        self.assertEqual(card.state, "expired")
        self._tour(f"dive-cards/{card.id}", "dive_crm_card_expired", "t_manager")
        self.assertEqual((card.state, card.balance), ("active", 4000))
        self.assertGreater(card.expiry_date, self.company._dive_today())
        self._check_books(card)

    def test_refund(self):
        card = self._sold()
        card.redeem(400)
        self._tour(f"dive-cards/{card.id}", "dive_crm_card_refund")
        self.assertEqual((card.state, card.balance), ("refunded", 0))
        self._check_books(card)
