"""Bookings: states, defaults, the messages that stop one."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DiveCommon

QUICK = "dive_crm.view_partner_dive_quick_form"


@tagged("post_install", "-at_install")
class TestDiveBooking(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._customer("Anna Keller")
        cls.tom = cls._customer("Tom Keller")
        cls.mia = cls._customer("Mia Keller")
        cls.agency = cls.Partner.create({"name": "Blue Agency", "is_company": True})
        cls.trip = cls._trip()

    # -- the form ------------------------------------------------------

    def test_from_a_customer_two_clicks(self):
        action = self.anna.with_user(self.front).action_dive_new_booking()
        form = Form(
            self.env["dive.booking"]
            .with_user(self.front)
            .with_context(**action["context"])
        )
        form.trip_id = self.trip
        booking = form.save()
        booking.action_confirm()
        self.assertEqual(booking.partner_id, self.anna)
        self.assertEqual(booking.diver_ids.partner_id, self.anna)
        self.assertEqual(booking.diver_ids.state, "booked")
        self.assertEqual(booking.state, "confirmed")
        self.assertRegex(booking.name, r"^B\d{5}$")

    def test_from_a_child_the_guardian_pays(self):
        self.mia.dive_guardian_id = self.anna
        context = self.mia.action_dive_new_booking()["context"]
        form = Form(self.env["dive.booking"].with_context(**context))
        self.assertEqual(form.partner_id, self.anna)
        form.trip_id = self.trip
        self.assertEqual(form.save().diver_ids.partner_id, self.mia)

    def test_from_a_trip_and_payer_becomes_diver(self):
        context = self.trip.action_new_booking()["context"]
        form = Form(
            self.env["dive.booking"].with_user(self.front).with_context(**context)
        )
        self.assertEqual(form.trip_id, self.trip)
        form.partner_id = self.anna
        self.assertEqual(len(form.diver_ids), 1)
        form.partner_id = self.tom
        self.assertEqual(form.save().diver_ids.partner_id, self.tom)

    def test_payer_change_keeps_other_divers(self):
        form = Form(self.env["dive.booking"])
        form.trip_id = self.trip
        form.partner_id = self.anna
        with form.diver_ids.new() as row:
            row.partner_id = self.tom
        form.partner_id = self.mia
        self.assertEqual(form.save().diver_ids.partner_id, self.anna + self.tom)

    def test_company_pays_and_does_not_dive(self):
        form = Form(self.env["dive.booking"])
        form.trip_id = self.trip
        form.partner_id = self.agency
        self.assertEqual(len(form.diver_ids), 0)
        with form.diver_ids.new() as row:
            row.partner_id = self.tom
        self.assertEqual(form.save().diver_ids.partner_id, self.tom)
        self.assertFalse(self.agency._dive_booking_defaults()["default_diver_ids"])

    def test_price_from_product_and_changed(self):
        booking = self._booking(self.anna, self.trip)
        self.assertEqual(booking.diver_ids.price_unit, 100)
        booking.diver_ids.price_unit = 80
        self.trip.product_id.list_price = 120
        booking.action_confirm()
        self.assertEqual(booking.diver_ids.price_unit, 80)
        self.assertEqual(booking.amount_total, 80)

    def test_total_with_taxes(self):
        tax = self.env["account.tax"].create({"name": "21 %", "amount": 21})
        trip = self._trip(product_id=self._product(taxes_id=[Command.set(tax.ids)]).id)
        booking = self._booking(self.anna, trip, self.anna + self.tom)
        self.assertAlmostEqual(booking.amount_total, 242)

    def test_rename_shows_in_the_booking(self):
        booking = self._booking(self.anna, self.trip)
        self.anna.name = "Anna Meier"
        self.assertIn("Anna Meier", booking.display_name)

    # -- what stops a booking --------------------------------------------

    def test_no_diver(self):
        booking = self.env["dive.booking"].create(
            {"partner_id": self.agency.id, "trip_id": self.trip.id}
        )
        with self.assertRaisesRegex(UserError, "no diver yet"):
            booking.action_confirm()

    def test_trips_that_cannot_be_booked(self):
        now = fields.Datetime.now()
        past = {
            "date_start": now - timedelta(days=2),
            "date_end": now - timedelta(days=1),
        }
        for values, message in (
            ({"state": "draft"}, "not on sale yet"),
            ({"state": "cancelled"}, "is cancelled"),
            ({"state": "done"}, "is done"),
            ({"active": False}, "is archived"),
            (past, "is over"),
        ):
            with self.subTest(values=values):
                booking = self._booking(self.anna, self._trip(**values))
                with self.assertRaisesRegex(UserError, message):
                    booking.action_confirm()
                self.assertEqual(booking.state, "draft")
                self.assertEqual(booking.trip_id.seats_taken, 0)

    def test_records_entered_afterwards(self):
        now = fields.Datetime.now()
        trip = self._trip(
            date_start=now - timedelta(days=2), date_end=now - timedelta(days=1)
        )
        booking = self._booking(self.anna, trip)
        booking._confirm_one(late=True)
        self.assertEqual(trip.seats_taken, 1)

    def test_trip_that_runs_can_be_booked(self):
        now = fields.Datetime.now()
        trip = self._trip(
            date_start=now - timedelta(hours=1), date_end=now + timedelta(hours=1)
        )
        self.assertEqual(
            self._booking(self.anna, trip, confirm=True).state, "confirmed"
        )

    def test_two_places_for_one_diver(self):
        first = self._booking(self.anna, self.trip)
        with self.assertRaises(ValidationError) as caught:
            self._booking(self.tom, self.trip, self.tom + self.anna)
        self.assertIn("Anna Keller", str(caught.exception))
        self.assertIn(first.name, str(caught.exception))
        first.action_cancel()
        self._booking(self.tom, self.trip, self.tom + self.anna)

    def test_twice_in_one_booking(self):
        with self.assertRaisesRegex(ValidationError, "appears twice"):
            self._booking(self.anna, self.trip, [self.anna, self.anna])

    def test_swapping_in_a_diver_with_a_place(self):
        self._booking(self.anna, self.trip, confirm=True)
        booking = self._booking(self.tom, self.trip, confirm=True)
        with self.assertRaisesRegex(ValidationError, "Anna Keller is on"):
            booking.diver_ids.partner_id = self.anna
        booking.diver_ids.partner_id = self.mia
        self.assertEqual(self.trip.seats_taken, 2)

    @mute_logger("odoo.sql_db")
    def test_index_behind_the_friendly_check(self):
        self._booking(self.anna, self.trip)
        other = self._booking(self.tom, self.trip)
        with self.assertRaisesRegex(Exception, "one_seat"), self.env.cr.savepoint():
            self.env.cr.execute(
                "UPDATE dive_booking_diver SET partner_id = %s WHERE id = %s",
                [self.anna.id, other.diver_ids.id],
            )

    def test_negative_price(self):
        booking = self._booking(self.anna, self.trip)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(Exception, "price_positive"),
        ):
            with self.env.cr.savepoint():
                booking.diver_ids.price_unit = -1
                booking.flush_recordset()
                self.env.flush_all()

    # -- states --------------------------------------------------------

    def test_confirm_twice_takes_one_place(self):
        booking = self._booking(self.anna, self.trip, confirm=True)
        booking.action_confirm()
        self.assertEqual(self.trip.seats_taken, 1)

    def test_cancel_and_back(self):
        booking = self._booking(
            self.anna, self.trip, self.anna + self.tom, confirm=True
        )
        self.assertIs(booking.with_user(self.front).action_cancel(), True)
        self.assertEqual(booking.state, "cancelled")
        self.assertEqual(self.trip.seats_taken, 0)
        self.assertIs(booking.action_cancel(), True)
        with self.assertRaisesRegex(UserError, "set it back to draft"):
            booking.action_confirm()
        booking.action_draft()
        self.assertEqual(set(booking.diver_ids.mapped("state")), {"requested"})
        booking.action_confirm()
        self.assertEqual(self.trip.seats_taken, 2)

    def test_back_to_draft_when_rebooked_elsewhere(self):
        booking = self._booking(self.anna, self.trip, confirm=True)
        booking.action_cancel()
        self._booking(self.anna, self.trip)
        with self.assertRaisesRegex(ValidationError, "already, in booking"):
            booking.action_draft()

    def test_done_booking_is_closed(self):
        booking = self._booking(self.anna, self.trip, confirm=True)
        self.trip.action_done()
        for method, message in (
            ("action_cancel", "has taken place"),
            ("action_confirm", "is closed"),
        ):
            with self.assertRaisesRegex(UserError, message):
                getattr(booking, method)()
        with self.assertRaisesRegex(UserError, "is closed"):
            booking.diver_ids = [Command.create({"partner_id": self.tom.id})]
        with self.assertRaisesRegex(UserError, "stays with its trip"):
            booking.trip_id = self._trip()
        with self.assertRaisesRegex(UserError, "stays on record"):
            booking.diver_ids.partner_id = self.tom

    def test_defaults_of_a_call_are_checked_as_well(self):
        booking = self._booking(self.anna, self.trip, confirm=True)
        seats = self.env["dive.booking.diver"].with_context(
            default_booking_id=booking.id, default_partner_id=self.anna.id
        )
        with self.assertRaisesRegex(ValidationError, "already"):
            seats.create({})
        booking.action_cancel()
        with self.assertRaisesRegex(UserError, "closed"):
            seats.create({"partner_id": self.tom.id})
        other = self.env["res.company"].create({"name": "Other"})
        trip = self._trip(
            company_id=other.id, product_id=self._product(company_id=False).id
        )
        self.env["ir.sequence"].create(
            {
                "name": "Theirs",
                "code": "dive.booking",
                "company_id": other.id,
                "prefix": "THEIRS/",
                "padding": 3,
            }
        )
        made = self.env["dive.booking"].with_context(default_trip_id=trip.id)
        made = made.create({"partner_id": self.anna.id})
        self.assertEqual(made.name, "THEIRS/001", "of the trip's company")

    def test_last_diver_cancelled_cancels_the_booking(self):
        booking = self._booking(
            self.anna, self.trip, self.anna + self.tom, confirm=True
        )
        booking.diver_ids[0].action_cancel()
        self.assertEqual(booking.state, "confirmed")
        self.assertEqual(self.trip.seats_taken, 1)
        booking.diver_ids[1].action_cancel()
        self.assertEqual(booking.state, "cancelled")
        self.assertEqual(self.trip.seats_taken, 0)

    def test_confirmed_booking_keeps_a_diver(self):
        booking = self._booking(self.anna, self.trip, confirm=True)
        with self.assertRaisesRegex(ValidationError, "no diver left"):
            booking.diver_ids = [Command.clear()]

    def test_delete(self):
        booking = self._booking(self.anna, self.trip, confirm=True)
        with self.assertRaisesRegex(UserError, "cancel it instead"):
            booking.with_user(self.manager).unlink()
        booking.action_cancel()
        booking.with_user(self.manager).unlink()
        self.assertFalse(booking.exists())

    def test_numbers_per_company(self):
        other = self.env["res.company"].create({"name": "Other centre"})
        self.env["ir.sequence"].create(
            {
                "name": "Theirs",
                "code": "dive.booking",
                "prefix": "X",
                "company_id": other.id,
            }
        )
        product = self._product(company_id=False)
        trip = self._trip(company_id=other.id, product_id=product.id)
        self.assertTrue(self._booking(self.anna, trip).name.startswith("X"))
        self.assertTrue(self._booking(self.anna, self.trip).name.startswith("B"))

    def test_customer_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other centre"})
        stranger = self._customer("Stranger", company_id=other.id)
        with self.assertRaises(UserError):
            self._booking(stranger, self.trip)

    # -- merge -----------------------------------------------------------

    def test_merge_duplicates_are_cancelled_not_deleted(self):
        twin = self._customer("Anna Keler")
        first = self._booking(self.anna, self.trip, confirm=True)
        second = self._booking(twin, self.trip, twin + self.tom, confirm=True)
        self.assertEqual(self.trip.seats_taken, 3)
        self.env["dive.booking.diver"]._dive_resolve_merge_duplicates(twin, self.anna)
        self.assertEqual(self.trip.seats_taken, 2)
        self.assertEqual(first.diver_ids.state, "booked")
        seat = second.diver_ids.filtered(lambda seat: seat.partner_id == twin)
        self.assertEqual(seat.state, "cancelled")
        self.assertIn("merge", second.message_ids[0].body.lower())
        seat.partner_id = self.anna  # what the merge does next, past the index

    def test_merge_keeps_the_held_place(self):
        twin = self._customer("Anna Keler")
        requested = self._booking(self.anna, self.trip)
        held = self._booking(twin, self.trip, confirm=True)
        self.env["dive.booking.diver"]._dive_resolve_merge_duplicates(twin, self.anna)
        self.assertEqual(held.diver_ids.state, "booked")
        self.assertEqual(requested.diver_ids.state, "cancelled")

    # -- lists -----------------------------------------------------------

    def test_list_query_count(self):
        spec = {
            "name": {},
            "partner_id": {"fields": {"display_name": {}}},
            "trip_id": {"fields": {"display_name": {}}},
            "date_start": {},
            "diver_count": {},
            "amount_total": {},
            "currency_id": {"fields": {}},
            "invoice_state": {},
            "invoice_count": {},
            "payer_status": {},
            "state": {},
        }
        trips = self.env["dive.trip"].create(
            [
                {
                    "type_id": self.trip.type_id.id,
                    "date_start": self.trip.date_start + timedelta(days=number),
                    "product_id": self.trip.product_id.id,
                }
                for number in range(1, 81)
            ]
        )
        bookings = self.env["dive.booking"]
        for number, trip in enumerate(trips):
            payer = self._customer(f"Payer {number}")
            bookings |= self._booking(payer, trip, payer + self.tom, confirm=True)
        counts = []
        for number in (1, 1, 80):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["dive.booking"].with_user(self.front).web_search_read(
                [("id", "in", bookings.ids[:number])], spec
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2], "queries must not grow with rows")
        self.assertLessEqual(counts[2], 14)
