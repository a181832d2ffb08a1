"""The gear of a trip: prepared in one click, handed out, taken back."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DiveCommon
from .gear_common import TripGearMixin


@tagged("post_install", "-at_install")
class TestGear(TripGearMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpTripGear()

    # -- prepare ---------------------------------------------------------------

    def test_one_click_suggests_and_reserves(self):
        told = self._prepare()
        self.assertEqual(told["type"], "success")
        self.assertIn("3 items", told["title"])
        jacket = self._of(self.anna, self.bcd)
        self.assertEqual((jacket.size_id, jacket.state), (self.medium, "reserved"))
        self.assertEqual(jacket.equipment_id, self.bcd_m1)
        self.assertEqual(self._of(self.tom, self.bcd).equipment_id, self.bcd_l)
        lead = self._of(self.anna, self.lead)
        self.assertEqual((lead.quantity, lead.state), (6, "reserved"))
        self.assertEqual(self._of(self.tom, self.regulator).state, "own")
        loan = jacket.loan_ids
        self.assertEqual(
            (loan.date_from, loan.date_to, loan.partner_id),
            (self.trip.date_start, self.trip.date_end, self.anna),
        )
        self.assertEqual(told["next"]["res_model"], "dive.gear")
        # again: nothing twice, and what somebody took off the list stays off it
        self._of(self.anna, self.regulator).unlink()
        self.assertIn("All gear is ready", self._prepare()["title"])
        self.assertEqual(len(self.trip.gear_ids), 5)
        self.assertFalse(
            self.env["dive.equipment.loan"].search(
                [("equipment_id", "in", (self.reg_1 + self.reg_2).ids)]
            )
        )
        self.assertEqual(self.trip.gear_missing_count, 0)

    def test_what_is_missing_is_said_with_the_reason(self):
        day = self.trip._dive_last_gear_day()
        self.bcd_m1.next_service_date = day
        self.bcd_m2._dive_to_service("Torn")
        self.reg_1.sudo().active = False
        self.reg_2.sudo().action_retire()
        told = self._prepare()
        self.assertEqual(told["type"], "warning")
        self.assertIn("2 pieces are missing", told["title"])
        self.assertIn("Anna Keller: Jacket M", told["message"])
        self.assertIn("2 in service or due for it", told["message"])
        self.assertIn("Regulator — No such item", told["message"])
        self.assertEqual(self.trip.gear_missing_count, 2)
        seats = self.trip.seat_ids
        self.assertEqual(seats.mapped("gear_text"), ["2 missing", "Ready"])
        # another size by hand
        jacket = self._of(self.anna, self.bcd)
        jacket.size_id = self.small
        self.assertIn("none in this size", jacket.hint)
        jacket.size_id = False
        self.assertEqual(jacket.hint, "Which size?")
        # due the day after: goes along
        self.bcd_m1.next_service_date = day + timedelta(days=1)
        jacket.size_id = self.medium
        jacket.invalidate_recordset(["hint"])
        self.assertIn("1 free", jacket.hint)
        self._prepare()
        self.assertEqual(jacket.equipment_id, self.bcd_m1)

    def test_least_recently_used_first(self):
        for item, days in ((self.bcd_m1, 3), (self.bcd_m2, 9)):
            past = fields.Datetime.now() - timedelta(days=days)
            trip = self._trip(date_start=past)
            booking = self._booking(self.anna, trip)
            booking._confirm_one(late=True)
            booking.diver_ids._dive_prepare_gear()
            self._gear(trip, self.anna, self.bcd).equipment_id = item
            # nobody clicked: what was packed was used, and is back
            trip.action_done()
            self.assertEqual(item.loan_ids.state, "back")
        self._prepare()
        self.assertEqual(self._of(self.anna, self.bcd).equipment_id, self.bcd_m2)

    def test_as_the_last_time(self):
        """Who has said nothing gets what they had; their own stays their own."""
        self._prepare()
        self.anna.write({"dive_size_bcd": False, "dive_weight_kg": 0})
        self._of(self.anna, self.regulator).own = True
        other = self._other(48, self.anna)
        self._prepare(other)
        self.assertEqual(self._of(self.anna, self.bcd, other).size_id, self.medium)
        self.assertEqual(self._of(self.anna, self.lead, other).quantity, 6)
        self.assertEqual(self._of(self.anna, self.regulator, other).state, "own")

    def test_only_what_this_kind_of_trip_needs(self):
        trip = self._other(48)
        trip.sudo().type_id.gear_kind_ids = self.bcd
        self._prepare(trip)
        self.assertEqual(trip.gear_ids.kind_id, self.bcd)
        empty = self._trip().with_user(self.front)
        with self.assertRaisesRegex(UserError, "Nobody is booked"):
            empty.action_prepare_gear()
        self.booking.action_cancel()
        self.trip.action_cancel()
        with self.assertRaisesRegex(UserError, "is cancelled"):
            self.trip.action_prepare_gear()

    # -- nothing twice ---------------------------------------------------------

    def test_nothing_is_lent_twice_at_a_time(self):
        self._prepare()
        mia = self._customer("Mia", dive_size_bcd="L")
        other = self._other(2, mia)
        told = self._prepare(other)
        self.assertIn("Mia: Jacket L — 1 lent; free: M", told["message"])
        mine = self._of(mia, self.bcd, other)
        with self.assertRaisesRegex(UserError, "lent to Tom Keller .*Wreck"):
            mine.equipment_id = self.bcd_l
        # the guard itself
        with (
            self.assertRaises(Exception) as caught,
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env["dive.gear"]._dive_make_loans([(mine, self.bcd_l)])
        self.assertIn("dive_equipment_loan_once", str(caught.exception))
        # one trip begins when the other ends
        other.date_start, other.date_end = (
            self.trip.date_end,
            self.trip.date_end + timedelta(hours=3),
        )
        self._prepare(other)
        self.assertEqual(mine.equipment_id, self.bcd_l)
        free = self.env["dive.equipment"].search(
            [("free_for_trip_id", "=", other.id), ("kind_id", "=", self.bcd.id)]
        )
        self.assertEqual(free, self.bcd_m1 + self.bcd_m2)

    def test_by_hand(self):
        self._prepare()
        jacket = self._of(self.anna, self.bcd)
        jacket.equipment_id = self.bcd_m2
        self.assertEqual(jacket.loan_ids.equipment_id, self.bcd_m2)
        jacket.equipment_id = False
        self.assertEqual((jacket.state, len(jacket.loan_ids)), ("missing", 0))
        with self.assertRaisesRegex(UserError, "not what Anna Keller needs"):
            jacket.equipment_id = self.reg_1
        jacket.equipment_id = self.bcd_m1
        # out, and another one fits better: the first is back, the second ready
        jacket.action_give_out()
        self.bcd_m2.sudo()._dive_to_service("Leaks")
        with self.assertRaisesRegex(UserError, "in service"):
            jacket.equipment_id = self.bcd_m2
        self.bcd_m2.action_serviced()
        jacket.equipment_id = self.bcd_m2
        self.assertEqual(jacket.state, "reserved")
        self.assertEqual(self.bcd_m1.loan_ids.state, "back")
        self.assertFalse(self.bcd_m1.holder_id)
        # another size: what is reserved does not suit any more
        jacket.size_id = self.large
        self.assertEqual(jacket.state, "missing")
        with self.assertRaisesRegex(ValidationError, "no size of Regulator"):
            self._of(self.anna, self.regulator).size_id = self.large

    def test_a_line_in_the_dialog_of_a_diver(self):
        action = self.trip.seat_ids[0].action_gear()
        seat = self.trip.seat_ids[0]
        self.assertEqual(len(seat.gear_ids), 3)
        with Form(seat, view=action["views"][0][0]) as form:
            with form.gear_ids.new() as line:
                line.kind_id = self.bcd
                self.assertEqual(line.size_id, self.medium)
            with form.gear_ids.edit(1) as line:
                line.own = True
        self.assertEqual(len(seat.gear_ids), 4)
        seat.action_assign_gear()
        jackets = seat.gear_ids.filtered(lambda gear: gear.kind_id == self.bcd)
        self.assertEqual(jackets.equipment_id, self.bcd_m1 + self.bcd_m2)
        self.assertEqual(self._of(self.anna, self.regulator).state, "own")

    # -- out and back ----------------------------------------------------------

    def test_out_and_back(self):
        self._prepare()
        seat = self.trip.seat_ids[0]
        seat.action_give_out_gear()
        self.assertEqual(set(seat.gear_ids.mapped("state")), {"out"})
        self.assertEqual(self.bcd_m1.holder_id, self.anna)
        loan = self.bcd_m1.loan_ids
        self.assertEqual(loan.out_by_id, self.front)
        with self.assertRaisesRegex(UserError, "handed out already"):
            seat.action_give_out_gear()
        self.trip.with_context(dive_gear_trip_id=self.trip.id)
        screen = self.env["dive.gear"].with_user(self.instructor)
        screen = screen.with_context(dive_gear_trip_id=self.trip.id)
        screen.action_screen_give_out()
        self.assertEqual(self.trip.gear_out_count, 5)
        self.assertEqual(seat.gear_text, "3 out")
        seat.gear_ids[0].action_undo()
        self.assertEqual((loan.state, loan.out_on), ("reserved", False))
        seat.action_give_out_gear()
        screen.action_screen_take_back()
        self.assertEqual(set(seat.gear_ids.mapped("state")), {"back"})
        self.assertEqual(loan.back_by_id, self.instructor)
        self.assertFalse(self.bcd_m1.holder_id)
        with self.assertRaisesRegex(UserError, "Nothing of this is out"):
            seat.action_take_back_gear()
        # the wrong button: it is still with Anna
        seat.gear_ids[0].action_undo()
        self.assertEqual(self.bcd_m1.holder_id, self.anna)
        with self.assertRaisesRegex(UserError, "stays on record"):
            self._of(self.anna, self.lead).unlink()
        with self.assertRaisesRegex(UserError, "is out with Anna Keller"):
            seat.gear_ids[0].own = True

    def test_what_is_not_back_is_not_handed_out_again(self):
        self._prepare()
        self._of(self.anna, self.bcd).action_give_out()
        later = self._other(24, self.anna)
        self.bcd_m2.sudo().action_retire()
        self._prepare(later)
        mine = self._of(self.anna, self.bcd, later)
        self.assertEqual(mine.equipment_id, self.bcd_m1)
        with self.assertRaisesRegex(UserError, "still out with Anna Keller .*Wreck"):
            mine.action_give_out()
        # not back since days: not counted on
        mine.equipment_id = False
        self._of(self.anna, self.bcd).loan_ids.sudo()._dive_unlocked().write(
            {
                "date_from": fields.Datetime.now() - timedelta(days=3),
                "date_to": fields.Datetime.now() - timedelta(days=2),
            }
        )
        self.assertIn("1 not brought back", mine.hint)
        self.assertIn("Jacket", self._prepare(later)["message"])

    def test_scan(self):
        Item = self.env["dive.equipment"].with_user(self.instructor)
        self._prepare()
        self.assertEqual(Item.action_scan("nothing")["type"], "warning")
        self.assertEqual(Item.action_scan("%")["type"], "warning")
        self.assertEqual(Item.action_scan(None)["type"], "warning")
        # two days ahead it goes out only on the screen of its trip
        answer = Item.action_scan(" m1 ")
        self.assertIn("reserved for nobody now", answer["message"])
        answer = Item.action_scan("M1", self.trip.id)
        self.assertEqual(answer["type"], "success")
        self.assertIn("Jacket M1 · M goes to Anna Keller", answer["message"])
        self.assertEqual(self.bcd_m1.holder_id, self.anna)
        # the scanner beeped twice
        self.assertIn("just gone out", Item.action_scan("M1")["message"])
        self.bcd_m1.loan_ids.sudo().out_on -= timedelta(seconds=11)
        self.assertIn("is back from Anna", Item.action_scan("M1")["message"])
        self.assertEqual(self._of(self.anna, self.bcd).state, "back")
        answer = Item.action_scan("sn 100%", self.trip.id)
        self.assertIn("goes to Anna", answer["message"])
        self.bcd_l.sudo()._dive_to_service("Torn")
        self.assertIn("in service", Item.action_scan("Jacket L")["message"])
