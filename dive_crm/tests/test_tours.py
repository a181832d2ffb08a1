"""What the front desk does all day, in a real browser."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveHttpCommon


@tagged("post_install", "-at_install", "dive_browser")
class TestTours(DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trip = cls._trip(name="Tour morning dive")

    def _booking_of(self, name):
        return self.env["dive.booking"].search([("partner_id.name", "=", name)])

    # A refused save is logged; both are refused on purpose.
    @mute_logger("odoo.http")
    def test_new_customer_from_a_booking(self):
        self.start_tour(
            "/odoo", "dive_crm_new_customer_from_booking", login="t_front", timeout=180
        )
        booking = self._booking_of("Zoë Newcomer")
        self.assertEqual(booking.state, "confirmed")
        self.assertEqual(booking.diver_ids.partner_id, booking.partner_id)
        customer = booking.partner_id
        self.assertTrue(customer.dive_customer)
        self.assertTrue(customer.ref)
        self.assertEqual(customer.phone, "+49 1512 3456780")
        self.assertEqual(customer.dive_status, "existing")
        # asked in the same dialog
        answer = customer.dive_consent_state_ids
        self.assertEqual((answer.given, answer.source), (True, "desk"))

    @mute_logger("odoo.http")
    def test_duplicate_email(self):
        owner = self._customer("Ann Owner", email="ann.owner@dive.example")
        self.start_tour(
            "/odoo", "dive_crm_duplicate_email", login="t_front", timeout=180
        )
        same = self.env["res.partner"].search([("email_normalized", "=", owner.email)])
        self.assertEqual(same, owner)
        self.assertFalse(
            self.env["res.partner"].search([("name", "=", "Someone Else")])
        )
