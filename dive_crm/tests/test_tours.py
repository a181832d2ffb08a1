"""What the front desk does all day, in a real browser."""

import base64
import gzip
from pathlib import Path
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveHttpCommon

# The list that another system exported.
_CUSTOMERS = Path(__file__).parent / "data" / "customers.csv.gz"


@tagged("post_install", "-at_install")
class TestTours(DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trip = cls._trip(name="Tour morning dive")

    def _booking_of(self, name):
        return self.env["dive.booking"].search([("partner_id.name", "=", name)])

    def _import_customers(self):
        """Import the whole list as the front desk does."""
        content = gzip.decompress(_CUSTOMERS.read_bytes())
        wizard = (
            self.env["dive.customer.import"]
            .with_user(self.front)
            .create({"file": base64.b64encode(content), "filename": "customers.csv"})
        )
        wizard.action_check()
        self.assertEqual(wizard.state, "checked", wizard.problem)
        wizard.action_import()
        self.assertEqual(wizard.state, "done", wizard.problem)
        return wizard

    def test_main_job(self):
        """An imported customer is found by phone, booked, invoiced, paid, and gets a
        statement."""
        wizard = self._import_customers()
        self.assertGreater(wizard.new_count, 4000)
        report = self.env.registry["ir.actions.report"]
        render = report._render_qweb_pdf
        with patch.object(
            report, "_render_qweb_pdf", autospec=True, side_effect=render
        ) as printed:
            self.start_tour("/odoo", "dive_crm_main_job", login="t_front", timeout=180)
        printed.assert_called_once()
        booking = self._booking_of("Rhys Arnold")
        self.assertEqual(booking.state, "confirmed")
        self.assertEqual(booking.invoice_state, "paid")
        self.assertEqual(booking.invoice_ids.amount_residual, 0)
        self.assertEqual(self.trip.seats_taken, 1)

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
