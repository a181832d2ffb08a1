"""The gear of a trip in a real browser: prepared, scanned, damaged, taken back."""

from odoo.tests import tagged

from .common import DiveHttpCommon
from .gear_common import GearMixin


@tagged("post_install", "-at_install", "dive_browser")
class TestGearTour(GearMixin, DiveHttpCommon):
    def test_front_desk(self):
        self.setUpGear()
        trip = self._trip(name="Wreck")
        self.tom.dive_size_bcd = "S"
        self._booking(self.anna, trip, self.anna + self.tom, confirm=True)
        self.start_tour(
            f"/odoo/dive-trips/{trip.id}", "dive_gear", login="t_front", timeout=120
        )
        self.env.invalidate_all()
        self.assertEqual(self.reg_1.state, "service")
        self.assertEqual(self._gear(trip, self.tom, self.bcd).state, "own")
        loans = self.bcd_m1.loan_ids + self.reg_1.loan_ids
        self.assertEqual(set(loans.mapped("state")), {"back"})
        self.assertEqual(self.reg_2.loan_ids.state, "reserved")
