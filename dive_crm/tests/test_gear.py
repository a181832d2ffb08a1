"""The gear of a trip: prepared in one click, handed out, taken back, moved."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DiveCommon
from .gear_common import GearMixin


@tagged("post_install", "-at_install")
class TestGear(GearMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpGear()
        cls.trip = cls._trip(name="Wreck")
        cls.booking = cls._booking(cls.anna, cls.trip, cls.anna + cls.tom, confirm=True)
        cls.trip = cls.trip.with_user(cls.front)

    def _prepare(self, trip=None):
        trip = trip or self.trip
        action = trip.action_prepare_gear()
        self.env.flush_all()
        return action["params"]

    def _other(self, hours=0, divers=None, **vals):
        """Make another trip so many hours after the start of the first."""
        start = self.trip.date_start + timedelta(hours=hours)
        trip = self._trip(name="Other", date_start=start, **vals)
        self._booking(self.tom if divers is None else divers, trip, confirm=True)
        return trip.with_user(self.front)

    def _of(self, diver, kind, trip=None):
        return self._gear(trip or self.trip, diver, kind).with_user(self.front)

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
        other = self._other(2)
        told = self._prepare(other)
        self.assertIn("Tom Keller: Jacket L — 1 lent; free: M", told["message"])
        mine = self._of(self.tom, self.bcd, other)
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

    # -- what becomes of it ----------------------------------------------------

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
        seat = self._booking(self.anna, other, confirm=True).diver_ids
        anna._dive_move_gear(seat)
        self.assertFalse(anna.gear_ids)
        self.assertEqual(len(seat.gear_ids), 3)
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
