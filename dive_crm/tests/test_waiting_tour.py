"""The waiting list in a real browser, as the front desk."""

from odoo.tests import tagged

from .common import DiveHttpCommon
from .waiting_common import WaitingMixin


@tagged("post_install", "-at_install", "dive_browser")
class TestWaitingTour(WaitingMixin, DiveHttpCommon):
    def test_from_a_full_trip_to_a_place(self):
        self.setUpWaiting()
        first = self._wait(3)
        self._trip(name="Tour other")
        booking = self._booking(self.people[2], self.trip)
        self.start_tour(
            f"/odoo/dive-bookings/{booking.id}",
            "dive_crm_waiting_list",
            login="t_front",
            timeout=120,
        )
        seat = self.trip.search([("name", "=", "Tour other")]).seat_ids
        self.assertEqual((seat.partner_id, seat.state), (self.people[2], "booked"))
        self.assertEqual((first.wait_place, booking.state), (1, "cancelled"))
