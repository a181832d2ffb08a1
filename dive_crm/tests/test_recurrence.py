"""Trips that come again every week: made ahead, each once, changed, ended."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestRecurrence(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Madrid"
        cls.boat = cls.env["dive.boat"].create({"name": "Nerea", "capacity": 6})
        cls.zodiac = cls.env["dive.boat"].create({"name": "Zodiac", "capacity": 1})
        cls.kind = cls.env["dive.trip.type"].create(
            {
                "name": "Morning dive",
                "duration": 4,
                "product_id": cls._product().id,
            }
        )
        cls.anna, cls.tom = cls._customer("Anna"), cls._customer("Tom")
        cls.guide = cls.Partner.create({"name": "Marco"})

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time("2027-03-15 10:00:00"))  # a Monday

    def _series(self, start=True, **vals):
        series = self.env["dive.trip.recurrence"].create(
            {
                "type_id": self.kind.id,
                "boat_id": self.boat.id,
                "guide_ids": [Command.set(self.guide.ids)],
                "saturday": True,
                "sunday": True,
                "weeks_ahead": 3,
                **vals,
            }
        )
        if start:
            series.action_start()
        return series

    def _days(self, series):
        trips = series.trip_ids.sorted("date_start")
        return [(day.month, day.day) for day in trips.mapped("recurrence_day")]

    def _on(self, series, *day):
        return series.trip_ids.filtered(
            lambda trip: trip.recurrence_day == date(2027, *day)
        )

    def _draft(self, action):
        return self.env["dive.trip.recurrence"].browse(action["res_id"])

    def _run(self):
        with self._no_commit():
            self.env["dive.trip.recurrence"]._cron_generate()
        self.env.invalidate_all()

    def _later(self, moment):
        self.startPatcher(freeze_time(moment))

    def test_made_ahead_once(self):
        desk = self.env["dive.trip.recurrence"].with_user(self.front)
        with Form(desk) as form:
            form.type_id = self.kind
            form.boat_id = self.boat
            form.saturday = form.sunday = True
            form.weeks_ahead = 3
            self.assertEqual((form.name, form.capacity), ("Morning dive", 6))
            self.assertIn("Mar 20 09:00", form.plan_html)
        series = form.record
        self.assertEqual(series.trip_count, 0)
        series.action_start()
        weekends = [(3, 20), (3, 21), (3, 27), (3, 28), (4, 3), (4, 4)]
        self.assertEqual(self._days(series), weekends)
        trip = self._on(series, 3, 28)
        # the night before, the clocks changed
        self.assertEqual(trip.date_start, datetime(2027, 3, 28, 7))
        self.assertEqual(trip.date_end - trip.date_start, timedelta(hours=4))
        self.assertEqual(
            (trip.name, trip.capacity, trip.product_id, trip.boat_id, trip.state),
            ("Morning dive", 6, self.kind.product_id, self.boat, "open"),
        )
        # what is cancelled, archived or deleted is not made again
        self._on(series, 3, 20).action_cancel()
        self._on(series, 3, 21).active = False
        self._on(series, 3, 27).with_user(self.manager).unlink()
        self.assertEqual(series.skip_ids.name, "Deleted by hand")
        self._run()
        self.assertEqual(self._days(series), [(3, 20), *weekends[3:]])
        self._later("2027-03-22 10:00:00")
        self._run()
        self._run()
        self.assertEqual(self._days(series)[-2:], [(4, 10), (4, 11)])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            trip._dive_unlocked().copy(
                {"recurrence_id": series.id, "recurrence_day": trip.recurrence_day}
            )
            self.env.flush_all()

    def test_ends_by_itself(self):
        counted = self._series(end_type="count", count=3)
        dated = self._series(end_type="until", date_until="2027-03-27", time=15)
        self.assertEqual(self._days(counted), [(3, 20), (3, 21), (3, 27)])
        self.assertEqual(self._days(dated), self._days(counted))
        self._later("2027-03-29 10:00:00")
        self._run()
        self.assertEqual({counted.state, dated.state}, {"ended"})
        for vals in (
            {"end_type": "until", "date_until": "2027-03-01"},
            {"end_type": "until"},
            {"capacity": 0},
        ):
            with self.assertRaises(ValidationError):
                self._series(**vals)
        # what somebody types on the way is no error; to save it is
        for name, value in (("time", 25), ("duration", 1e9), ("weeks_ahead", 10**7)):
            form = Form(self._series(start=False))
            form[name] = value
            self.assertFalse(form.plan_html)
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(ValidationError, "between|hours"),
            ):
                form.save()
        with self.assertRaisesRegex(UserError, "on which days"):
            self._series(saturday=False, sunday=False)

    def test_days_without_a_trip(self):
        series = self._series()
        booked = self._on(series, 3, 28)
        self._booking(self.anna, booked, confirm=True)
        self._on(series, 4, 3).message_post(
            body="Fuel is ordered.", message_type="comment"
        )
        self._on(series, 4, 4).note = "Bring biscuits."
        self.assertFalse(
            (self._on(series, 4, 3) + self._on(series, 4, 4))._dive_part_bare()[0]
        )
        holiday = {"date_from": "2027-03-26", "date_to": "2027-03-29", "name": "Easter"}
        with Form(series.with_user(self.front)) as form:
            with form.skip_ids.new() as line:
                line.date_from = holiday["date_from"]
                line.date_to = holiday["date_to"]
                self.assertIn("1 trips are taken out", line.words)
                self.assertIn("Mar 28", line.words)
        kept = [(3, 20), (3, 21), (3, 28), (4, 3), (4, 4)]
        self.assertEqual(self._days(series), kept)
        self.assertEqual(booked.state, "open")
        self.assertIn("they stay until", series.message_ids[0].body)
        with self.assertRaises(ValidationError):
            series.skip_ids.date_to = "2027-03-01"
        series.skip_ids.unlink()
        self.assertIn((3, 27), self._days(series))
        series.with_user(self.front).weeks_ahead = 4
        self.assertEqual(self._days(series)[-1], (4, 11))
        self.boat.active = False
        self.assertIn("Archived", series.plan_html)

    def test_one_changed_by_hand(self):
        series = self._series()
        trip = self._on(series, 3, 20)
        trip.dives = trip.dives
        trip.with_user(self.front).write({"capacity": trip.capacity})
        self.assertFalse(trip.recurrence_exception)
        trip.with_user(self.front).date_start += timedelta(hours=1)
        self.assertTrue(trip.recurrence_exception)
        with self.assertRaisesRegex(UserError, "Change from a day on"):
            series.with_user(self.front).time = 8
        draft = self._draft(series.with_user(self.front).action_change())
        draft.time = 8
        self.assertIn("changed by hand", draft.plan_html)
        draft.action_start()
        self.assertEqual(trip.date_start, datetime(2027, 3, 20, 9))
        self.assertEqual(trip.recurrence_id, draft)
        self.assertEqual(self._on(draft, 3, 21).date_start, datetime(2027, 3, 21, 7))
        trip.with_user(self.front).action_back_to_series()
        self.assertFalse(trip.recurrence_exception)
        self.assertEqual(trip.date_start, datetime(2027, 3, 20, 7))
        action = trip.with_user(self.front).action_open_series()
        self.assertEqual(self._draft(action), draft)
        action = draft.with_user(self.instructor).action_view_trips()
        self.assertIn(trip, self.env["dive.trip"].search(action["domain"]))

    def test_this_and_all_later_ones(self):
        series = self._series(end_type="count", count=7)
        first, sunday = self._on(series, 3, 20), self._on(series, 3, 28)
        saturday, full = self._on(series, 3, 27), self._on(series, 4, 3)
        self._booking(self.anna, sunday, confirm=True)
        self._booking(self.anna, saturday, confirm=True)
        self._booking(self.anna, full, self.anna + self.tom, confirm=True)
        saturday.with_user(self.front).write({"date_start": "2027-03-27 09:00:00"})
        saturday.with_user(self.front).write({"boat_id": self.zodiac.id})
        draft = self._draft(saturday.with_user(self.front).action_change_later())
        self.assertEqual((draft.time, draft.boat_id), (10, self.zodiac))
        # two are past by then, so that five of the seven are left
        self.assertEqual((draft.date_from, draft.count), (date(2027, 3, 27), 5))
        draft.sunday = False
        said = draft.plan_html
        self.assertIn("Mar 28", said.split("Have no such day")[1])
        self.assertIn("(2 divers)", said)
        draft.action_start()
        self.assertEqual(first.recurrence_id, series)
        self.assertEqual(
            (series.state, series.date_until),
            ("running", draft.date_from - timedelta(days=1)),
        )
        # nobody is cancelled without a word: it stays, and is said
        self.assertEqual((sunday.state, sunday.recurrence_id), ("open", series))
        self.assertFalse(self._on(series, 4, 4))
        # the boat is too small for who is booked: said as well
        self.assertEqual((full.boat_id, full.recurrence_id), (self.boat, draft))
        self.assertTrue(full.recurrence_exception)
        self.assertIn("only 1 places", draft.message_ids[0].body)
        self.assertEqual(self._days(draft), [(3, 27), (4, 3)])
        self._run()
        self.assertEqual(self._days(draft), [(3, 27), (4, 3)])
        self.assertEqual(self._days(series), [(3, 20), (3, 21), (3, 28)])
        # a second draft of what has been changed meanwhile
        late = self._draft(series.action_change())
        with self.assertRaisesRegex(UserError, "changed meanwhile"):
            late.action_start()

    def test_end(self):
        series = self._series()
        self._booking(self.anna, self._on(series, 4, 3), confirm=True)
        Wizard = self.env["dive.trip.recurrence.end"].with_user(self.front)
        action = series.with_user(self.front).action_open_end()
        with Form(Wizard.with_context(**action["context"])) as form:
            form.last_day = "2027-03-21"
            self.assertEqual(form.gone_count, 3)
            self.assertIn("(1 divers)", form.kept_text)
        form.record.action_end()
        self.assertEqual(self._days(series), [(3, 20), (3, 21), (4, 3)])
        self.assertEqual(
            (series.state, series.date_until), ("running", date(2027, 3, 21))
        )
        with self.assertRaisesRegex(UserError, "end it before"):
            series.active = False
        self._later("2027-03-22 10:00:00")
        self._run()
        self.assertEqual(series.state, "ended")
        self.assertEqual(len(self._days(series)), 3)
        # it may go on: a new series, from today on
        again = self._draft(series.action_change())
        self.assertEqual(
            (again.end_type, again.date_from), ("never", date(2027, 3, 22))
        )
        again.action_start()
        self.assertIn((3, 28), self._days(again))

    def test_a_trip_to_which_somebody_was_invited_stays(self):
        series = self._series()
        invited, asked = self._on(series, 4, 3), self._on(series, 4, 4)
        self.env["dive.trip.invitation"]._dive_invite(
            invited, {self.anna: (["likes wrecks"], [], self.anna._dive_way())}
        )
        self.env["dive.online.request"].create(
            {
                "trip_id": asked.id,
                "name": "Lea",
                "email": "lea@reef.test",
                "birthdate_date": "1990-01-01",
                "token_hash": "x" * 64,
                "expires_at": "2027-03-16 10:00:00",
            }
        )
        series.action_end(date(2027, 3, 21))
        self.assertEqual(self._days(series), [(3, 20), (3, 21), (4, 3), (4, 4)])

    def test_repeat_a_trip(self):
        trip = self._trip(
            type_id=self.kind.id,
            date_start=datetime(2027, 3, 20, 7, 30),
            guide_ids=[Command.set(self.guide.ids)],
        )
        series = self._draft(trip.with_user(self.front).action_repeat())
        self.assertEqual((series.time, series.duration), (8.5, 5))
        self.assertEqual(series.days_text, "Sat")
        with self.assertRaises(UserError):
            trip.action_repeat()
        series.weeks_ahead = 2
        series.action_start()
        self.assertEqual(self._days(series), [(3, 20), (3, 27)])
        self.assertIn(trip, series.trip_ids)
        other = self._trip(date_start=datetime(2027, 3, 21, 7))
        self._draft(other.action_repeat()).with_user(self.front).unlink()
        self.assertFalse(other.recurrence_day)

    def test_what_cannot_be_made_is_said(self):
        broken, fine = self._series(), self._series(time=15)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        broken.boat_id.sudo().company_id = company
        fine._dive_unlocked().boat_id = False
        self._later("2027-03-22 10:00:00")
        self._run()
        self.assertIn("Nerea", broken.problem)
        self.assertNotIn((4, 10), self._days(broken))
        self.assertIn((4, 10), self._days(fine))
        broken.boat_id.sudo().company_id = False
        self._run()
        self.assertFalse(broken.problem)
        self.assertIn((4, 10), self._days(broken))

    def test_roles(self):
        series = self._series()
        trip = series.trip_ids[0]
        for user in (self.instructor, self.medical):
            theirs = series.with_user(user)
            self.assertTrue(theirs.plan_html)
            for method in (theirs.action_start, theirs.action_change):
                self.assertRaises(AccessError, method)
            self.assertRaises(AccessError, theirs.action_end, "2027-03-20")
            self.assertRaises(AccessError, trip.with_user(user).action_change_later)
            self.assertRaises(AccessError, theirs.write, {"weeks_ahead": 9})
            self.assertRaises(
                AccessError,
                theirs.env["dive.trip.recurrence.skip"].create,
                {"recurrence_id": series.id, "date_from": "2027-03-20"},
            )
        for user in (self.accountant, self.employee, self.portal):
            self.assertRaises(AccessError, series.with_user(user).read, ["name"])
        desk = series.with_user(self.front)
        for vals in ({"state": "ended"}, {"previous_id": series.id}, {"problem": "x"}):
            self.assertRaises(UserError, desk.write, vals)
        for vals in ({"recurrence_id": False}, {"recurrence_exception": True}):
            self.assertRaises(UserError, trip.with_user(self.front).write, vals)
        self.assertRaises(UserError, desk.unlink)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += company
        foreign = self._series(
            start=False, company_id=company.id, boat_id=False, guide_ids=[]
        )
        self.assertRaises(AccessError, foreign.with_user(self.front).read, ["name"])
        self.assertTrue(
            foreign.with_user(self.manager)
            .with_context(allowed_company_ids=company.ids)
            .read(["name"])
        )

    def test_queries_do_not_grow(self):
        def start(weeks):
            week = dict.fromkeys(
                ("monday", "tuesday", "wednesday", "thursday", "friday"), True
            )
            series = self._series(start=False, weeks_ahead=weeks, **week)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            series.action_start()
            self.env.flush_all()
            made = self.env.cr.sql_log_count - before
            before = self.env.cr.sql_log_count
            self.assertTrue(series.plan_html)
            return made, self.env.cr.sql_log_count - before, len(series.trip_ids)

        start(1)
        made, said, few = start(1)
        more, said_more, many = start(12)
        self.assertGreater(many, 10 * few)
        self.assertLessEqual(more, made + 3)
        self.assertLessEqual(said_more, said + 1)

    def test_fields_are_of_trips(self):
        """What a series gives to its trips is there in both."""
        series = self._series(start=False)
        values = series._dive_trip_values(fields.Date.to_date("2027-03-20"))
        self.assertFalse(values.keys() - self.env["dive.trip"]._fields.keys())
