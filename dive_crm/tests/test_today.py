"""The front desk's day in one answer; and boats and guides that are used twice."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import DiveCommon
from .gear_common import GearMixin


@tagged("post_install", "-at_install", "dive_long")
class TestToday(GearMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Madrid"
        cls.setUpGear()
        cls.kind = cls.env["dive.trip.type"].create({"name": "Wreck"})
        cls.trip = cls._trip(
            type_id=cls.kind.id, date_start=datetime(2027, 3, 15, 12), capacity=8
        )

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time("2027-03-15 10:00:00"))

    def _today(self, day=None, user=None):
        Trip = self.env["dive.trip"].with_user(user or self.front)
        return Trip.with_context(tz="Europe/Madrid").dive_today(day)

    def _card(self, trip=None, **kwargs):
        trip = trip or self.trip
        cards = self._today(**kwargs)["trips"]
        return next((card for card in cards if card["id"] == trip.id), None)

    def _row(self, diver, **kwargs):
        rows = self._card(**kwargs)["rows"]
        return next((row for row in rows if row["name"] == diver.name), None)

    def test_who_comes_and_what_is_missing(self):
        self.tom.dive_size_bcd = "XXL"
        rule = self.env["dive.fitness.rule"].create(
            {"code": "emergency_contact", "severity": "warn", "type_id": self.kind.id}
        )
        booking = self._booking(
            self.anna, self.trip, self.anna + self.tom, confirm=True
        )
        self._booking(self._customer("Zoe"), self.trip)
        card = self._card()
        self.assertEqual((card["from"], card["to"]), ("13:00", "18:00"))
        self.assertEqual((card["coming"], card["here"], card["free"]), (2, 0, 6))
        self.assertTrue(card["unprepared"])
        self.trip.with_user(self.front).action_prepare_gear()
        self.assertFalse(self._card()["unprepared"])
        row = self._row(self.tom)
        self.assertEqual(row["payer"], self.anna.name)
        self.assertEqual(row["light"], "amber")
        self.assertIn("emergency", " ".join(f["text"] for f in row["findings"]).lower())
        self.assertEqual(
            (row["payment"], row["payment_look"]), ("To invoice", "warning")
        )
        self.assertTrue([words for words in row["gear"] if self.bcd.name in words])
        zoe = next(r for r in self._card()["rows"] if r["name"] == "Zoe")
        self.assertEqual((zoe["state"], zoe["may_check_in"]), ("requested", False))
        # what is settled is not printed
        rule.severity = "inform"
        self.anna.dive_emergency_contact_ids = [
            Command.create({"name": "Eva", "phone": "+41446681800"})
        ]
        booking.with_user(self.front).action_create_invoice()
        booking.invoice_ids.action_post()
        self.assertEqual(self._row(self.tom)["payment"], "Invoiced")
        payment = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=booking.invoice_ids.ids
        )
        payment.create({})._create_payments()
        self.assertFalse(self._row(self.tom)["payment"])
        # instructors see who comes, not what is owed
        theirs = self._row(self.tom, user=self.instructor)
        self.assertFalse(theirs["payment"] or theirs["may_check_in"])
        self.assertEqual(theirs["light"], row["light"])

    def test_which_days(self):
        late = self._trip(name="Late", date_start=datetime(2027, 3, 15, 23, 30))
        course = self._trip(
            name="Course",
            date_start=datetime(2027, 3, 14, 8),
            date_end=datetime(2027, 3, 16, 12),
        )
        off = self._trip(name="Off", date_start=datetime(2027, 3, 15, 12))
        off.action_cancel()
        answer = self._today()
        self.assertEqual(answer["day"], "2027-03-15")
        names = [card["name"] for card in answer["trips"]]
        self.assertIn("Course", names)
        self.assertNotIn("Off", names)
        # 00:30 where the centre is
        self.assertNotIn("Late", names)
        self.assertEqual(self._card(late, day="2027-03-16")["from"], "00:30")
        self.assertIn("Sun", self._card(course, day="2027-03-16")["from"])
        self.assertFalse(self._card(course, day="2027-03-17"))
        self.assertEqual(self._today("nonsense")["day"], "2027-03-15")
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                self._today(user=user)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.front.company_ids += company
        with self.assertRaises(AssertionError):
            self.assertFalse(self._card())
        other = self.env["dive.trip"].with_user(self.front)
        other = other.with_context(allowed_company_ids=company.ids)
        self.assertFalse(other.dive_today()["trips"])

    def test_who_was_tapped_on_the_boat_is_here(self):
        """Nobody at the desk has clicked: the roll call has seen them."""
        divers = self.anna + self.tom + self._customer("Zoe")
        seats = self._booking(self.anna, self.trip, divers, confirm=True).diver_ids
        anna, tom, _zoe = (
            seats.filtered(lambda seat, diver=diver: seat.partner_id == diver)
            for diver in divers
        )
        self.trip.guide_ids = self.instructor.partner_id
        self.assertEqual(self._card()["here"], 0)
        steps = iter(range(100))

        def tap(seat, before, after, undo=False):
            action = {
                "key": f"key-{next(steps):05}",
                "type": "tap",
                "seat": seat.id,
                "from": before,
                "to": after,
                "undo": undo,
            }
            answer = self.trip.with_user(self.instructor).roll_call_send([action])
            self.assertFalse(answer["results"][action["key"]])
            card = self._card()
            return card["here"], self._row(seat.partner_id)

        for before, after, words in (
            ("ashore", "out", "In the water"),
            ("out", "in", "Back on board"),
            ("in", "ashore", "Ashore"),
        ):
            here, row = tap(anna, before, after)
            self.assertEqual((here, row["here"], row["state_name"]), (1, True, words))
            self.assertFalse(row["may_check_in"] or row["may_no_show"])
        # a wrong tap, taken back: he has not come yet
        self.assertEqual(tap(tom, "ashore", "out")[0], 2)
        here, row = tap(tom, "out", "ashore", undo=True)
        self.assertEqual((here, row["here"], row["may_check_in"]), (1, False, True))
        self.assertTrue(self._card()["may_check_in"])
        # the desk may click all the same; nobody counts twice
        self.trip.with_user(self.front).action_check_in_all()
        self.assertEqual((self._card()["here"], anna.state), (3, "checked_in"))

    def test_check_in(self):
        booking = self._booking(
            self.anna, self.trip, self.anna + self.tom, confirm=True
        )
        self.assertRaises(
            AccessError, self.trip.with_user(self.instructor).action_check_in_all
        )
        self.env["dive.fitness.rule"].create(
            {"code": "age", "severity": "block", "type_id": self.kind.id}
        )
        # found out after the booking
        self.trip.min_age = 10
        self.anna.birthdate_date = "1990-01-01"
        self.tom.birthdate_date = "2020-01-01"
        note = self.trip.with_user(self.front).action_check_in_all()
        self.assertEqual((note["type"], note["title"]), ("warning", "1 checked in"))
        self.assertIn("From 10 years", note["message"])
        self.assertEqual(self._row(self.anna)["state"], "checked_in")
        self.assertEqual(self._card()["here"], 1)
        tom = self._row(self.tom)
        self.assertEqual((tom["state"], tom["light"]), ("booked", "red"))
        self.assertTrue(tom["findings"][0]["blocks"])
        booking.diver_ids.filtered(lambda seat: seat.partner_id == self.tom).with_user(
            self.front
        ).action_no_show()
        self.assertTrue(self._row(self.tom)["may_undo"])
        with self.assertRaisesRegex(UserError, "reload"):
            self.trip.with_user(self.front).action_check_in_all()
        later = self._trip(date_start=datetime(2027, 3, 18, 8))
        self._booking(self.anna, later, confirm=True)
        self.assertFalse(self._card(later, day="2027-03-18")["may_check_in"])
        with self.assertRaisesRegex(UserError, "day before"):
            later.with_user(self.front).action_check_in_all()

    def test_queries_do_not_grow(self):
        def ask(day, number):
            trips = [
                self._trip(
                    type_id=self.kind.id,
                    date_start=day + timedelta(hours=hour),
                    capacity=50,
                    guide_ids=[Command.set(self.tom.ids)],
                )
                for hour in range(8, 8 + (number > 1) + 1)
            ]
            for trip in trips:
                divers = self.Partner.create(
                    [
                        {"name": f"{day} {n} {trip.id}"}
                        for n in range(number // len(trips))
                    ]
                )
                self._booking(divers[0], trip, divers, confirm=True)
                trip.action_prepare_gear()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            answer = self._today(day.strftime("%Y-%m-%d"))
            count = self.env.cr.sql_log_count - before
            self.assertEqual(sum(len(card["rows"]) for card in answer["trips"]), number)
            return count

        ask(datetime(2027, 4, 1), 1)
        one = ask(datetime(2027, 4, 2), 1)
        self.assertLessEqual(ask(datetime(2027, 4, 3), 80), one + 2)


@tagged("post_install", "-at_install")
class TestOverlap(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        boats = cls.env["dive.boat"]
        cls.boat = boats.create({"name": "Nerea", "company_id": False})
        cls.zodiac = boats.create({"name": "Zodiac"})
        cls.marco = cls.Partner.create({"name": "Marco"})
        cls.sofia = cls.Partner.create({"name": "Sofia"})
        cls.kind = cls.env["dive.trip.type"].create({"name": "Reef"})
        cls.morning = cls._at(7, name="Morning", boat_id=cls.boat.id)

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time("2027-03-15 10:00:00"))

    @classmethod
    def _at(cls, hour, **vals):
        start = datetime(2027, 3, 20, hour)
        return cls._trip(
            type_id=cls.kind.id,
            date_start=start,
            date_end=start + timedelta(hours=4),
            **vals,
        )

    def test_said_and_not_forbidden(self):
        after = self._at(11, name="After", boat_id=self.boat.id)
        self.assertFalse(self.morning.overlap_text or after.has_overlap)
        second = self._at(
            9, name="Second", boat_id=self.boat.id, guide_ids=[(6, 0, self.marco.ids)]
        )
        self.env.invalidate_all()
        self.assertIn("Second", self.morning.overlap_text)
        self.assertEqual(len(second.overlap_text.splitlines()), 2)
        self.assertIn("the boat Nerea: also on", second.overlap_text)
        # while somebody types, before it is saved
        with Form(second.with_user(self.front)) as form:
            form.boat_id = self.zodiac
            self.assertFalse(form.overlap_text)
            form.boat_id = self.boat
            self.assertIn("Morning", form.overlap_text)
            form.boat_id = self.zodiac
        after.guide_ids = self.marco + self.sofia
        self.assertRegex(
            second.overlap_text, r"^Marco: also on “Sat, Mar 20 .* · After”.$"
        )
        Trip = self.env["dive.trip"].with_user(self.front)
        twice = Trip.search([("has_overlap", "=", True)])
        self.assertEqual(twice & (self.morning + after + second), after + second)
        self.assertIn(self.morning, Trip.search([("has_overlap", "=", False)]))
        after.action_cancel()
        self.env.invalidate_all()
        self.assertFalse(second.has_overlap)

    def test_screens_of_planning(self):
        """Each has the view that it is for; columns stand as the states follow."""
        desk = self.env["dive.trip"].with_user(self.front)
        for name, view, words in (
            ("boat", "calendar", 'color="boat_id"'),
            ("guide", "calendar", 'color="guide_ids"'),
            ("guide", "kanban", 'default_group_by="guide_ids"'),
            ("state", "kanban", 'default_group_by="state"'),
        ):
            action = self.env.ref(f"dive_crm.action_dive_trip_{name}")
            views = desk.get_views([(v or None, kind) for v, kind in action.views])
            self.assertIn(words, views["views"][view]["arch"])
        desk = desk.with_context(read_group_expand=True)
        groups = desk.web_read_group([], ["state"], ["__count"])["groups"]
        self.assertEqual(
            [group["state"] for group in groups], ["draft", "open", "done", "cancelled"]
        )

    def test_another_company_is_not_named(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        product = self._product()
        self._at(
            8,
            name="Secret",
            boat_id=self.boat.id,
            company_id=company.id,
            product_id=product.id,
        )
        text = self.morning.with_user(self.front).overlap_text
        self.assertEqual(text, "the boat Nerea: also on a trip of another company.")

    def test_a_series_says_it_before_it_starts(self):
        series = self.env["dive.trip.recurrence"].create(
            {
                "type_id": self.kind.id,
                "boat_id": self.boat.id,
                "saturday": True,
                "time": 8,
                "duration": 2,
            }
        )
        self.assertIn("Morning", series.plan_html)
        series.action_start()
        self.assertIn("Morning", series.plan_html)
        series.boat_id.name = "Nerea II"
        self.morning.boat_id = self.zodiac
        self.env.invalidate_all()
        self.assertNotIn("Morning", series.plan_html)

    def test_queries_do_not_grow(self):
        def look(number):
            starts = [
                datetime(2027, 5, 1, 8) + timedelta(days=n // 2) for n in range(number)
            ]
            trips = self.env["dive.trip"].create(
                [
                    {
                        "type_id": self.kind.id,
                        "date_start": start,
                        "date_end": start + timedelta(hours=4),
                        "boat_id": self.boat.id,
                        "guide_ids": [Command.set(self.marco.ids)],
                    }
                    for start in starts
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(all(trips.mapped("has_overlap")))
            count = self.env.cr.sql_log_count - before
            trips.unlink()
            return count

        look(2)
        few = look(2)
        self.assertLessEqual(look(80), few + 1)
