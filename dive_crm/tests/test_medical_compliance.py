"""Who lacks what before which trip: the table says what the one answer says."""

from datetime import date, datetime, timedelta

from freezegun import freeze_time
from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..reports.dive_medical_compliance import MISSING
from .medical_alert_common import MedicalAlertCommon
from .medical_common import ALL_NO, write_answers

NOW = "2026-11-22 12:00:00"
TODAY = date(2026, 11, 22)
#: days of trips, from a year ago to after all forms have ended
DAYS = (-400, -200, -101, -100, -30, -1, 0, 1, 20, 60, 98, 99, 366, 500)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMedicalCompliance(MedicalAlertCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Table = cls.env["dive.medical.compliance"]

    def _divers_of_all_kinds(self):
        """Make divers of whom every status is said on some day."""
        made = self.Partner.create(
            [
                {"name": f"D{number}", "birthdate_date": "1990-05-10"}
                for number in range(12)
            ]
        )
        (
            _none,
            begun,
            fit,
            short,
            ill,
            said,
            until,
            refused,
            lifted,
            turns,
            two,
            held,
        ) = made
        self.Form.create({"partner_id": begun.id})
        self._quick(fit)
        self._quick(short, 20)
        self._quick(ill, outcome="physician")
        words = {"physician_signed_on": TODAY - timedelta(days=30)}
        self._quick(said, outcome="physician", physician_result="fit", **words)
        self._quick(
            until,
            outcome="physician",
            physician_result="fit_until",
            fit_until=TODAY + timedelta(days=60),
            **words,
        )
        self._quick(refused, physician_result="unfit", **words)
        form = self._quick(lifted, physician_result="unfit", **words)
        self._word(form, "fit")
        turns.birthdate_date = date(1982, 2, 28)  # 45 in 98 days
        self._signed(turns, answers=write_answers(ALL_NO))
        self._quick(two, outcome="physician")._dive_unlocked().write(
            {"state": "closed"}
        )
        self._signed(two)
        self._quick(held, held_status="physician")
        return made

    def test_says_what_the_status_says(self):
        """For each kind of diver and day; and the words of what is missing."""
        divers = self._divers_of_all_kinds()
        self.company.partner_id.tz = "Pacific/Honolulu"  # 10 hours behind
        compared, seen = 0, set()
        for days in DAYS:
            day = TODAY + timedelta(days=days)
            trip = self._on(days, hour=20)  # the next day in Greenwich
            self.assertEqual(trip._dive_day(), day)
            self._seats(trip, divers)
            expected = divers._dive_medical_status(day)
            rows = self.Table.search([("trip_id", "=", trip.id)])
            self.assertEqual(rows.partner_id, divers)
            for row in rows:
                with self.subTest(diver=row.partner_id.name, day=day):
                    self.assertEqual(row.status, expected[row.partner_id])
                    self.assertEqual(row.missing, MISSING[row.status])
                    self.assertEqual(row.missing_count, int(row.status != "fit"))
                    self.assertEqual((row.date, row.days), (day, days))
                until = row.partner_id._dive_medical_rows(day)
                until = until.get(row.partner_id.id, (None, None))[1]
                self.assertEqual(row.valid_until or None, until)
                compared += 1
            seen.update(rows.mapped("status"))
        self.assertEqual(compared, len(DAYS) * len(divers))
        self.assertEqual(seen, set(MISSING), "every status was met")

    def _seats(self, trip, divers, state="booked"):
        """Give divers places, without the checks of a booking on a trip gone by."""
        booking = self._booking(divers[0], trip, divers)
        booking.diver_ids._dive_unlocked().write({"state": state})
        return booking.diver_ids

    def test_only_who_holds_a_place(self):
        trip = self._on(5)
        divers = self.Partner.create([{"name": f"S{n}"} for n in range(8)])
        seats = self._seats(trip, divers)
        states = [key for key, _label in seats._fields["state"].selection]
        for seat, state in zip(seats, states, strict=True):
            seat._dive_unlocked().write({"state": state})
        rows = self.Table.search([("trip_id", "=", trip.id)])
        self.assertEqual(
            rows.mapped("state"), ["offered", "booked", "checked_in", "done", "no_show"]
        )
        row = rows[0]
        self.assertEqual(row.id, seats[states.index("offered")].id)
        self.assertEqual(row.action_open_booking()["res_id"], seats.booking_id.id)
        self.assertEqual(row.action_open_customer()["res_id"], row.partner_id.id)

    def test_grouped_filtered_and_on_the_trip(self):
        bea, cem = self._customer("Bea"), self._customer("Cem")
        self._quick(self.anna, outcome="physician")
        self._quick(bea)
        near, far = self._on(3), self._on(40)
        self._seats(near, self.anna | bea | cem)
        self._seats(far, bea | cem)
        mine = [("trip_id", "in", (near | far).ids)]
        table = self.Table.with_user(self.front)
        groups = table._read_group(
            mine, ["trip_id", "missing"], ["__count", "missing_count:sum"]
        )
        self.assertEqual(
            sorted((trip.id, *rest) for trip, *rest in groups),
            sorted(
                [
                    (near.id, "form", 1, 1),
                    (near.id, "nothing", 1, 0),
                    (near.id, "physician", 1, 1),
                    (far.id, "form", 1, 1),
                    (far.id, "nothing", 1, 0),
                ]
            ),
        )
        week = [("date", ">=", "today"), ("date", "<=", "+7d")]
        self.assertEqual(
            table.search([*mine, *week, ("missing", "!=", "nothing")]).partner_id,
            self.anna | cem,
        )
        self.assertEqual(
            table.search([*mine, ("status", "=", "physician")]).partner_id, self.anna
        )
        for role in ("front", "instructor", "medical", "manager"):
            trip = near.with_user(getattr(self, role))
            self.assertEqual(trip.paper_missing_count, 2)
            action = trip.action_view_papers_missing()
            found = self.Table.with_user(getattr(self, role)).search(action["domain"])
            self.assertEqual(found.partner_id, self.anna | bea | cem)
            arch = etree.fromstring(trip.get_view(view_type="form")["arch"])
            self.assertTrue(arch.xpath("//button[@name='action_view_papers_missing']"))

    def test_roles(self):
        """Those who may know the status, of their company's trips; nobody else."""
        other = self.env["res.company"].create({"name": "Other Reef"})
        rows = self._seats(self._on(3), self.anna).ids
        theirs = self._seats(self._on(3, other), self._customer("Theirs")).ids
        mine = [("id", "in", rows + theirs)]
        for role in ("front", "instructor", "medical", "manager"):
            table = self.Table.with_user(getattr(self, role))
            self.assertEqual(table.search(mine).ids, rows, role)
        for role in ("accountant", "employee", "portal"):
            table = self.Table.with_user(getattr(self, role))
            for ask in (
                lambda table=table: table.search(mine),
                lambda table=table: table.browse(rows).read(["status"]),
                lambda table=table: table._read_group(mine, ["status"]),
            ):
                with self.subTest(role=role), self.assertRaises(AccessError):
                    ask()
            if role != "accountant":
                continue
            trip = self.env["dive.trip"].with_user(self.accountant).search([], limit=1)
            with self.assertRaises(AccessError):
                trip.read(["paper_missing_count"])

    def test_asked_for_eighty_as_for_one(self):
        divers = self.Partner.create([{"name": f"D{n}"} for n in range(80)])
        self._quick(divers[::2], outcome="physician")
        trips = self.env["dive.trip"].concat(*(self._on(n + 1) for n in range(20)))
        self._seats(trips[0], divers)
        spec = {"missing": {}, "valid_until": {}, "partner_id": {"fields": {}}}
        lists, counts = [], []
        for number in (1, 1, 80):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Table.with_user(self.front).web_search_read(
                [("trip_id", "in", trips.ids)], spec, limit=number
            )
            lists.append(self.env.cr.sql_log_count - before)
        for some in (trips[0], trips[0], trips):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.front).mapped("paper_missing_count")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(lists[2], lists[1] + 1, "one more to count them")
        self.assertEqual(counts[1], counts[2], "one query for many trips")

    def test_day_of_the_trip_is_the_company_s(self):
        self.company.partner_id.tz = "Pacific/Tongatapu"
        trip = self._trip(date_start=datetime(2026, 11, 23, 20))  # the 24th there
        self._seats(trip, self.anna)
        row = self.Table.search([("trip_id", "=", trip.id)])
        self.assertEqual((row.date, row.days), (date(2026, 11, 24), 1))
