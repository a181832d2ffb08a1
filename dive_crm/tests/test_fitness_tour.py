"""A manager takes a diver along anyway, in a real browser."""

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveHttpCommon


@tagged("post_install", "-at_install", "dive_browser")
class TestFitnessTour(DiveHttpCommon):
    # The refused confirmation is logged; it is refused on purpose.
    @mute_logger("odoo.http")
    def test_take_along_anyway(self):
        born = fields.Date.subtract(self.company._dive_today(), years=14)
        kim = self._customer("Kim Young", birthdate_date=born)
        trip = self._trip(name="Tour deep wreck", min_age=16)
        self.start_tour(
            "/odoo/dive-bookings/new",
            "dive_crm_take_along",
            login="t_manager",
            timeout=120,
        )
        seat = trip.seat_ids
        self.assertEqual((seat.partner_id, seat.state), (kim, "booked"))
        self.assertEqual((seat.fitness, trip.seats_taken), ("amber", 1))
        override = self.env["dive.fitness.override"].search(
            [("partner_id", "=", kim.id)]
        )
        self.assertEqual(
            (override.code, override.user_id), ("age", self.manager.id), override
        )
