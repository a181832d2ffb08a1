"""What a diver holds, has begun and has done: the ladder and the timeline."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import DiveCommon
from .course_common import CourseMixin


@tagged("post_install", "-at_install", "dive_long")
class TestProgression(CourseMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCourse()

    def test_ladder(self):
        specialty = self._level("Night", 25, "specialty", self.first)
        for level in (self.first, specialty, self.third):
            self._card(self.ann, level, issue_date="2020-05-01")
        self._card(self.ann, self.first, number="newer", issue_date="2024-05-01")
        progression = self.ann._dive_progression()
        self.assertEqual(
            [card["name"] for card in progression["held"]], ["Third", "First"]
        )
        self.assertEqual(progression["held"][1]["number"], "newer")
        self.assertEqual([c["name"] for c in progression["specialties"]], ["Night"])
        self.assertEqual(progression["held"][0]["verification_label"], "Not checked")

    def test_begun_and_passed(self):
        trip = self._course()
        screen = self._screen(trip)
        screen.line_ids.filtered(
            lambda row: row.partner_id == self.ben
        ).result = "continue"
        screen.action_close()
        self.env.invalidate_all()
        ann, ben = self.ann._dive_progression(), self.ben._dive_progression()
        self.assertEqual(ann["begun"], [])
        self.assertEqual([item["name"] for item in ben["begun"]], ["First"])
        going = [item["text"] for item in ben["next"] if item["name"] == "First"]
        self.assertEqual(going, ["You have begun: go on."])
        kinds = [(entry["kind"], entry["title"]) for entry in ann["timeline"]]
        self.assertIn(("card", "First"), kinds)
        self.assertNotIn("course", dict(kinds), "the card says it")
        self.assertIn("First course", ann["timeline"][0]["detail"])
        self.assertIn(
            ("course", "First course"),
            [(entry["kind"], entry["title"]) for entry in ben["timeline"]],
        )
        # a later course of the same kind takes it up, and ends it
        later = self._course(
            divers=self.ben,
            date_start=fields.Datetime.now() - timedelta(hours=5),
            date_end=fields.Datetime.now() - timedelta(hours=1),
        )
        [begun] = self.ben._dive_progression()["begun"]
        self.assertEqual(begun["trip_id"], later.id)
        self.assertIn("Goes on:", begun["text"])
        self._screen(later).action_close()
        self.env.invalidate_all()
        self.assertEqual(self.ben._dive_progression()["begun"], [])

    def test_a_course_without_a_level_may_go_on(self):
        """As the kind “Diver course” is shipped: each centre says where it leads."""
        self.course_type.level_id = False
        trip = self._course(divers=self.ben, course_level_id=False)
        screen = self._screen(trip)
        screen.line_ids.result = "continue"
        screen.action_close()
        self.env.invalidate_all()
        progression = self.ben.with_user(self.front).dive_progression
        self.assertEqual(
            [item["name"] for item in progression["begun"]], ["First course"]
        )

    def test_an_instructor_of_another_company_is_named(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        teacher = self.Partner.create({"name": "Eve", "company_id": other.id})
        self._card(
            self.ann, self.first, issue_date="2020-05-01", instructor_id=teacher.id
        )
        self.env.invalidate_all()
        [entry] = self.ann.with_user(self.front).dive_progression["timeline"]
        self.assertIn("Eve", entry["detail"])

    def test_a_course_that_waits_to_be_closed_is_begun(self):
        self._course(divers=self.ben)
        coming = fields.Datetime.now() + timedelta(days=3)
        self._course(
            divers=self.ann, date_start=coming, date_end=coming + timedelta(hours=8)
        )
        names = [item["name"] for item in self.ben._dive_progression()["begun"]]
        self.assertEqual(names, ["First"])
        self.assertEqual(self.ann._dive_progression()["begun"], [], "not yet")

    def test_a_level_reached_elsewhere_is_begun_no_more(self):
        trip = self._course(divers=self.ben)
        screen = self._screen(trip)
        screen.line_ids.result = "continue"
        screen.action_close()
        self._card(self.ben, self.first)
        self.env.invalidate_all()
        self.assertEqual(self.ben._dive_progression()["begun"], [])

    def test_timeline(self):
        self._card(self.ann, self.first, issue_date="2020-05-01", number="77")
        for days, depth in ((9, 12.0), (6, 31.5), (3, 20.0)):
            start = fields.Datetime.now() - timedelta(days=days)
            trip = self._trip(name=f"Trip {days}", date_start=start)
            self._booking(self.ann, trip)._confirm_one(late=True)
            self.env.invalidate_all()
            trip.seat_ids.max_depth_m = depth
            trip.action_done()
        timeline = self.ann._dive_progression()["timeline"]
        self.assertEqual(
            [(entry["kind"], entry["title"], entry["detail"]) for entry in timeline],
            [
                ("deepest", "Deepest dive with us: 31.5 m", "Trip 6"),
                ("first", "First time with us", "Trip 9"),
                ("card", "First", "Reef · number 77"),
            ],
        )

    def test_renewals(self):
        for days, words in (
            (-400, "13 months ago"),
            (-60, ", 1 month ago"),
            (-1, "1 day ago"),
            (0, "Ends today."),
            (20, "in 20 days"),
        ):
            diver = self._customer("Renewal")
            self._card(
                diver, self.first_aid, expiry_date=self.today + timedelta(days=days)
            )
            with self.subTest(days=days):
                [renewal] = diver._dive_progression()["renewals"]
                self.assertIn(words, renewal["text"])

    def test_days_from_today_as_the_language_has_them(self):
        """Another case after "in" than after "ago"; no months of a day that is near."""
        self.env["res.lang"]._activate_lang("de_DE")
        for days, english, german in (
            (1, "in 1 day", "in 1 Tag"),
            (59, "in 59 days", "in 59 Tagen"),
            (60, "in 2 months", "in 2 Monaten"),
            (61, "in 3 months", "in 3 Monaten"),
            (-61, "2 months ago", "vor 2 Monaten"),
            (-729, "23 months ago", "vor 23 Monaten"),
            (-730, "2 years ago", "vor 2 Jahren"),
            (5000, "in 13 years", "in 13 Jahren"),
        ):
            for lang, words in (("en_US", english), ("de_DE", german)):
                diver = self.ann.with_context(lang=lang)
                self.assertEqual(diver._dive_from_today(days), words)

    def test_dates_keep_to_themselves_from_right_to_left(self):
        self.env["res.lang"]._activate_lang("ar_001")
        date = fields.Date.to_date("2026-12-17")
        for lang, isolated in (("en_US", False), ("ar_001", True)):
            text = self.ann.with_context(lang=lang)._dive_date(date)
            self.assertEqual(text.startswith("\u2068"), isolated, lang)
            self.assertEqual(text.endswith("\u2069"), isolated, lang)

    def test_nothing_yet(self):
        self.assertEqual(
            {
                name: value
                for name, value in self.ann._dive_progression().items()
                if name != "next"
            },
            {
                "held": [],
                "specialties": [],
                "renewals": [],
                "begun": [],
                "timeline": [],
            },
        )
        company = self.Partner.create({"name": "Club", "is_company": True})
        self.assertFalse(company.dive_progression)

    def test_who_reads_it(self):
        self._card(self.ann, self.first)
        for user in (self.front, self.instructor, self.medical, self.manager):
            progression = self.ann.with_user(user).dive_progression
            with self.subTest(user=user.login):
                self.assertEqual(progression["held"][0]["name"], "First")
        for user in (self.employee, self.accountant):
            with self.subTest(user=user.login):
                self.assertNotIn(
                    "dive_progression", self.Partner.with_user(user).fields_get()
                )

    def test_queries_do_not_grow(self):
        def queries(diver):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            diver.with_user(self.front).dive_progression  # noqa: B018
            return self.env.cr.sql_log_count - before

        def fill(diver, number):
            agency = self.env["dive.agency"].create(
                {"name": f"Q{number}", "code": f"Q{number}"}
            )
            for index in range(number):
                level = self._level(
                    f"Q{number}-{index}",
                    20 + index,
                    "specialty" if index % 3 else "advanced",
                    agency_id=agency.id,
                    renewal_months=24,
                )
                self._card(diver, level, issue_date=self.today)
            for index in range(number // 4 or 1):
                start = fields.Datetime.now() - timedelta(days=30 + index)
                self._course(
                    divers=diver,
                    date_start=start,
                    date_end=start + timedelta(hours=5),
                    guide_ids=[Command.clear()],
                ).action_done()

        fill(self.ann, 1)
        fill(self.ben, 40)
        queries(self.ann)  # what is kept for all
        few, many = queries(self.ann), queries(self.ben)
        self.assertLessEqual(many, few, "not with the cards")
        self.assertLessEqual(few, 30)
