"""What becomes of gear when places, trips, bookings and customers change."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import DiveCommon
from .gear_common import TripGearMixin


@tagged("post_install", "-at_install", "dive_long")
class TestGearChange(TripGearMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpTripGear()

    def test_places_and_gear(self):
        self._prepare()
        anna, tom = self.trip.seat_ids
        tom.action_cancel()
        self.assertFalse(self.bcd_l.loan_ids)
        self.assertEqual(self.trip.gear_count, 3)
        anna.action_give_out_gear()
        self.booking.action_cancel()
        # the trip is off, the gear is not back yet
        self.assertEqual(self.bcd_m1.holder_id, self.anna)
        self.assertEqual(self.trip.gear_out_count, 3)
        action = self.trip.action_view_gear()
        self.assertEqual(len(self.env["dive.gear"].search(action["domain"])), 3)
        self.trip.action_take_back_gear()
        self.assertEqual(self.bcd_m1.loan_ids.state, "back")
        with self.assertRaisesRegex(UserError, "stays on record"):
            self.booking.sudo().unlink()
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.bcd_m1.sudo().unlink()
        self.bcd_m1.sudo().action_archive()
        self.assertTrue(self.bcd_m1.loan_ids)
        with self.assertRaisesRegex(UserError, "has items, or divers had"):
            self.bcd.sudo().unlink()

    def test_no_show_and_another_diver(self):
        self._prepare()
        anna, tom = self.trip.seat_ids
        tom.action_no_show()
        self.assertFalse(self.bcd_l.loan_ids)
        self.assertEqual((tom.gear_text, self.trip.gear_missing_count), ("Own", 0))
        self.assertFalse(self._of(self.tom, self.bcd).hint)
        mia = self._customer("Mia Keller", dive_size_bcd="L")
        anna.partner_id = mia
        self.assertFalse(anna.gear_ids)
        self._prepare()
        self.assertEqual(self._of(mia, self.bcd).equipment_id, self.bcd_l)
        anna.action_give_out_gear()
        with self.assertRaisesRegex(UserError, "Gear is out with Mia"):
            anna.partner_id = self.anna

    def test_a_trip_at_another_time(self):
        self._prepare()
        later = self._other(6)
        self._prepare(later)
        self.assertEqual(self._of(self.tom, self.bcd, later).equipment_id, self.bcd_l)
        loan = self.bcd_m1.loan_ids
        # nobody in the way: the loans go along
        self.trip.date_start -= timedelta(hours=1)
        self.assertEqual(loan.date_from, self.trip.date_start)
        # told while typing, and refused on saving
        end = later.date_start + timedelta(hours=1)
        with (
            Form(self.trip) as form,
            self.assertLogs("odoo.tests.form.onchange") as log,
        ):
            form.date_end = end
            form.date_end = self.trip.date_end
        self.assertIn("Jacket L", str(log.output))
        self.env.flush_all()
        with self.assertRaisesRegex(UserError, "Jacket L.*Tom Keller.*Other"):
            self.trip.date_end = end
        self.env.invalidate_all()
        # what the message says helps
        told = self.trip.action_free_gear()["params"]["message"]
        self.assertIn("3 items are free again", told)
        self.assertFalse(loan.exists())
        self.trip.date_end = end
        self._prepare()
        self.assertEqual(self._of(self.anna, self.bcd).state, "reserved")
        self.assertEqual(self._of(self.tom, self.bcd).state, "missing")
        # back is what was: its times are not moved
        self._of(self.anna, self.bcd).action_give_out()
        self._of(self.anna, self.bcd).action_take_back()
        old = self.bcd_m1.loan_ids
        before = old.date_from
        self.trip.date_start -= timedelta(hours=1)
        self.assertEqual(old.date_from, before)

    def test_a_booking_on_another_trip(self):
        self._prepare()
        other = self._other(48, self._customer("Mia", dive_size_bcd="L"))
        self._prepare(other)
        self.booking.trip_id = other
        self.assertEqual(self._of(self.anna, self.bcd, other).state, "reserved")
        self.assertEqual(self.bcd_m1.loan_ids.trip_id, other)
        # Mia has the only L at that time
        self.assertEqual(self._of(self.tom, self.bcd, other).state, "missing")
        self.booking.diver_ids[0].action_give_out_gear()
        with self.assertRaisesRegex(UserError, "Gear is out with Anna"):
            self.booking.trip_id = self.trip

    def test_a_diver_moves_into_another_booking(self):
        self._prepare()
        anna = self.trip.seat_ids[0]
        other = self._trip(date_start=self.trip.date_start + timedelta(days=2))
        anna.with_user(self.front).action_move(other.id)
        self.assertEqual(anna.trip_id, other)
        self.assertEqual(len(anna.gear_ids), 3)
        self.assertEqual(self.bcd_m1.loan_ids.trip_id, other)
        self.assertEqual(self.bcd_m1.loan_ids.date_from, other.date_start)

    def test_merging_and_erasing_customers(self):
        self._prepare()
        self._of(self.anna, self.bcd).action_give_out()
        double = self._customer("Anna Keler")
        self.env["base.partner.merge.automatic.wizard"].with_user(self.manager).create(
            {
                "partner_ids": [Command.set((self.anna + double).ids)],
                "dst_partner_id": double.id,
            }
        ).action_merge()
        self.env.invalidate_all()
        self.assertEqual(self.bcd_m1.loan_ids.partner_id, double)
        self.assertEqual(len(self._of(double, self.bcd)), 1)
        self.assertEqual(self.bcd_m1.holder_id, double)
        history = self.env["dive.history"].with_user(self.instructor)
        row = history.search([("partner_id", "=", double.id), ("kind", "=", "gear")])
        self.assertEqual((row.name, row.state), ("Jacket M1 · Wreck", "out"))
        self.assertEqual(row.action_open_record()["res_id"], self.bcd_m1.id)
        # what was only reserved is no history
        self.assertFalse(
            history.search([("partner_id", "=", self.tom.id), ("kind", "=", "gear")])
        )
        # an administrator erases for good: the item's history stays, without the name
        trip = self._other(48, self._customer("Mia", dive_size_bcd="L"))
        self._prepare(trip)
        mia = trip.seat_ids.partner_id
        jacket = self._of(mia, self.bcd, trip)
        item = jacket.equipment_id
        jacket.action_give_out()
        root = self.env.ref("base.user_admin")
        with self.assertRaisesRegex(UserError, "Gear is out with Mia"):
            mia.with_user(root).unlink()
        jacket.action_take_back()
        mia.with_user(root).unlink()
        kept = item.loan_ids.filtered(lambda loan: not loan.partner_id)
        self.assertEqual((kept.state, kept.date_from), ("back", trip.date_start))
