"""What speaks against coming along, at the desk: shown, refused, taken anyway."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from .common import DiveCommon
from .fitness_common import FitnessMixin


class TestFitnessDesk(FitnessMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpFitness()

    def test_shown_before_saving(self):
        self.trip.min_age = 99
        form = Form(self.env["dive.booking"].with_user(self.front))
        form.trip_id = self.trip
        form.partner_id = self.anna
        self.assertIn("From 99 years on", form.fitness_html)
        self.assertIn(f"/odoo/res.partner/{self.anna.id}", form.fitness_html)

    def test_names_are_shown_as_they_are_written(self):
        self.trip.min_age = 99
        self.anna.name = "<b>Ann</b> & Co"
        seat = self._booking(self.anna, self.trip).diver_ids
        html = seat.with_user(self.front).fitness_html
        self.assertIn("&lt;b&gt;Ann&lt;/b&gt; &amp; Co", html)
        self.assertNotIn("<b>Ann", html)
        self.assertTrue(seat.fitness_text)

    def test_red_takes_no_place(self):
        self.trip.min_age = 99
        booking = self._booking(self.anna, self.trip).with_user(self.front)
        with self.assertRaises(UserError) as caught:
            booking.action_confirm()
        self.assertIn("Anna Keller: From 99 years on", str(caught.exception))
        self.assertEqual(booking.state, "draft")
        self.assertEqual(self.trip.seats_taken, 0)

    def test_less_than_the_kind_asks_for_is_for_managers(self):
        """Else the desk would need no manager to take anybody along anyway."""
        asked = {
            "min_level_id": self.advanced.id,
            "depth_m": 30,
            "gas": "nitrox",
            "autonomous": True,
            "min_age": 16,
            "min_dives": 20,
            "refresher_months": 12,
        }
        kind = self.env["dive.trip.type"].create({"name": "Wreck", **asked})
        trip = self._trip(type_id=kind.id).with_user(self.front)
        for vals in (
            {"min_level_id": self.open.id},
            {"min_level_id": False},
            {"depth_m": 18},
            {"gas": False},
            {"autonomous": False},
            {"min_age": 15},
            {"min_dives": 0},
            {"refresher_months": 0},
            {"refresher_months": 24},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaises(AccessError),
                self.env.cr.savepoint(),
            ):
                trip.write(vals)
            trip.with_user(self.manager).write(vals)
            trip.with_user(self.manager).write(asked)
        trip.write({"depth_m": 40, "gas": "trimix", "refresher_months": 6})
        with self.assertRaises(AccessError):
            trip.create(
                {"type_id": kind.id, "date_start": trip.date_start, "min_age": 10}
            )
        self.assertLessEqual(asked.keys(), trip._track_get_fields())

    def test_another_trip_or_diver_is_asked_about_again(self):
        """Moving a booking, moving a diver, putting another diver in the place."""
        booking = self._booking(self.anna, self.trip, confirm=True)
        seat = booking.diver_ids
        seat.action_guardian_agrees()
        strict = self._trip(date_start=self.trip.date_end, min_age=99)
        with self.assertRaises(UserError):
            booking.trip_id = strict
        with self.assertRaises(UserError):
            seat.action_move(strict.id)
        child = self._customer("Cleo", birthdate_date="2015-01-01")
        self.trip.min_age = 18
        with self.assertRaises(UserError):
            seat.partner_id = child
        self.assertTrue(seat.guardian_consent)
        booking.trip_id = self._trip(date_start=strict.date_end)
        self.assertFalse(seat.guardian_consent)

    def test_what_has_been_is_not_forbidden(self):
        self.trip.write(
            {
                "min_age": 99,
                "date_start": fields.Datetime.now() - timedelta(days=2),
                "date_end": fields.Datetime.now() - timedelta(days=1),
            }
        )
        self._booking(self.anna, self.trip)._confirm_one(late=True)
        self.assertEqual(self.trip.seats_taken, 1)

    def _take(self, seat, user, reason="Checked dive with me yesterday"):
        action = seat.with_user(user).action_take_anyway()
        wizard = Form(
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
        )
        wizard.reason = reason
        wizard.save().action_take()

    def test_manager_takes_anyway(self):
        """For what speaks against it now; anything new is asked about again."""
        self.trip.min_age = 99
        booking = self._booking(self.anna, self.trip)
        with self.assertRaises(AccessError):
            self._take(booking.diver_ids, self.front)
        with self.assertRaisesRegex(UserError, "in a few words"):
            self._take(booking.diver_ids, self.manager, "ok")
        self._take(booking.diver_ids, self.manager)
        seat = booking.diver_ids
        self.assertEqual(seat.fitness, "amber")
        self.assertIn("Checked dive with me yesterday", seat.fitness_text)
        note = booking.message_ids[:1].body
        self.assertIn("From 99 years on; will be", note)
        self.assertIn("Checked dive with me yesterday", note)
        with self.assertRaisesRegex(UserError, "any more"):
            self._take(seat, self.manager)
        booking.with_user(self.front).action_confirm()
        self.assertEqual(seat.state, "booked")
        other = self._trip(date_start=self.trip.date_end, min_age=99)
        with self.assertRaises(UserError):
            self._booking(self.anna, other, confirm=True)
        self.trip.min_level_id = self.advanced
        self.assertEqual(seat.fitness, "red", "something new")

    def test_override_is_not_forged(self):
        self.trip.min_age = 99
        seat = self._booking(self.anna, self.trip).diver_ids
        row = {
            "date": fields.Datetime.now(),
            "user_id": self.env.uid,
            "user_name": "x",
            "trip_id": self.trip.id,
            "partner_id": self.anna.id,
            "code": "age",
            "reason": "forged",
        }
        overrides = self.env["dive.fitness.override"]
        for user in (self.front, self.manager):
            with self.assertRaises(UserError):
                overrides.with_user(user).create(row)
            with self.assertRaises(UserError):
                overrides.with_user(user)._dive_adding().create(row)
        self.assertEqual(seat.fitness, "red")

    def test_roles(self):
        rule = self._rule("level")
        rule.with_user(self.manager).severity = "warn"
        for user in (self.front, self.instructor):
            self.assertEqual(rule.with_user(user).severity, "warn")
            with self.assertRaises(AccessError):
                rule.with_user(user).severity = "off"
            with self.assertRaises(AccessError):
                self.env["dive.fitness.override"].with_user(user).search([])
