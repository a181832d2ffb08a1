"""A group at the desk, in a real browser."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import DiveHttpCommon


@tagged("post_install", "-at_install", "dive_browser")
class TestDiveGroupTour(DiveHttpCommon):
    def test_group_of_five(self):
        club = self._customer("Group five", is_company=True)
        people = self.Partner.create(
            [{"name": f"Group {n}", "dive_customer": True} for n in range(1, 6)]
        )
        before = self._trip(
            capacity=8, date_start=fields.Datetime.now() + timedelta(days=20)
        )
        self._booking(club, before, people)
        trip = self._trip(name="Tour group", capacity=8)
        booking = self.env["dive.booking"].create(
            {"partner_id": club.id, "trip_id": trip.id}
        )
        self.start_tour(
            f"/odoo/dive-bookings/{booking.id}",
            "dive_crm_group",
            login="t_front",
            timeout=120,
        )
        first = booking.diver_ids[0]
        self.assertEqual((first.state, first.invoice_state), ("cancelled", "credited"))
        self.assertEqual(booking.invoice_ids.partner_id, people)
        self.assertEqual(len(booking.invoice_ids), 6)
        self.assertEqual(trip.seats_taken, 4)
