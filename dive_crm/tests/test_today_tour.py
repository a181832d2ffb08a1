"""The front desk's day in a real browser."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import DiveHttpCommon
from .gear_common import GearMixin


@tagged("post_install", "-at_install", "dive_browser")
class TestTodayTour(GearMixin, DiveHttpCommon):
    def test_front_desk(self):
        self.setUpGear()
        # only what is made here is of today and tomorrow
        self.env.cr.execute("UPDATE dive_trip SET active = FALSE")
        trip = self._trip(
            name="Wreck",
            date_start=fields.Datetime.now(),
            date_end=fields.Datetime.now() + timedelta(hours=1),
            capacity=8,
        )
        zoe = self._customer("Zoe Reef")
        self._customer("Pierre Walkin", birthdate_date="1990-01-01")
        (self.anna + zoe).birthdate_date = "1990-01-01"
        self.tom.birthdate_date = fields.Date.today() - timedelta(days=365 * 8)
        divers = self.anna + self.tom + zoe
        booking = self._booking(self.anna, trip, divers, confirm=True)
        trip.min_age = 10
        self.env["dive.fitness.rule"].create(
            {"code": "age", "severity": "block", "type_id": trip.type_id.id}
        )
        self.start_tour("/odoo/dive-today", "dive_today", login="t_front", timeout=120)
        self.env.invalidate_all()
        states = {seat.partner_id: seat.state for seat in booking.diver_ids}
        self.assertEqual(
            [states[one] for one in divers], ["checked_in", "no_show", "checked_in"]
        )
