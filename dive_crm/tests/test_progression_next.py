"""What a diver may begin next, and what is still missing for it."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import tagged

from .common import DiveCommon
from .course_common import CourseMixin


@tagged("post_install", "-at_install")
class TestProgressionNext(CourseMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCourse()
        # only the courses that a test offers
        types = cls.env["dive.trip.type"].search([("level_id", "!=", False)])
        (types - cls.course_type).level_id = False
        cls.diver = cls._customer("Dee")

    def _next(self, diver=None):
        self.env.invalidate_all()
        items = (diver or self.diver)._dive_progression()["next"]
        return {item["name"]: item for item in items}

    def test_table_of_what_is_lacking(self):
        """cards held, logged dives, age → what is next, and what lacks for it."""
        first, second = self.first, self.second
        third, aid = self.third, self.first_aid
        for cards, dives, age, expected in (
            # without a card: the courses of this centre
            ([], 0, 30, {"First": []}),
            ([], 0, 9, {"First": ["age (from 10, in 12 months)"]}),
            ([], 0, 6, {}),  # four years are no plan
            ([first], 0, 30, {"Second": [], "Third": ["Second", "First Aid"]}),
            (
                [first],
                0,
                11,
                {
                    "Second": ["age (from 12, in 12 months)"],
                    "Third": ["Second", "First Aid"],
                },
            ),
            (
                [first, second],
                28,
                30,
                {
                    "Third": ["First Aid"],
                    "Guide": ["12 dives", "Third", "First Aid"],
                },
            ),
            (
                [first, second, aid],
                28,
                30,
                {"Third": [], "Guide": ["12 dives", "Third"]},
            ),
            (
                [second, aid],
                39,
                16,
                {
                    "Third": [],
                    "Guide": ["1 dive", "Third", "age (from 18, in 2 years)"],
                },
            ),
            # a card of the third stands for what came before, but not for first aid
            ([third], 40, 30, {"Guide": [], "Teacher": ["Guide"]}),
            ([self.guide_level], 100, 30, {"Teacher": []}),
            ([self.teacher_level], 100, 30, {}),
        ):
            names = [level.name for level in cards]
            with self.subTest(cards=names, dives=dives, age=age):
                diver = self._customer(
                    "Case",
                    dive_logged_dives=dives,
                    birthdate_date=self.today - relativedelta(years=age),
                )
                for level in cards:
                    self._card(diver, level)
                found = self._next(diver)
                self.assertEqual(
                    {name: item["lacks"] for name, item in found.items()}, expected
                )

    def test_words(self):
        self._card(self.diver, self.second)
        self._card(self.diver, self.first_aid)
        self.diver.dive_logged_dives = 28
        found = self._next()
        self.assertEqual(found["Guide"]["text"], "You lack: 12 dives, Third")
        self.assertFalse(found["Guide"]["ready"])
        self.assertEqual(found["Third"]["text"], "You may begin.")
        self.assertTrue(found["Third"]["ready"])
        self.assertEqual(list(found), ["Third", "Guide"], "what one may begin first")

    def test_lapsed_first_aid_lacks_again(self):
        self._card(self.diver, self.second)
        card = self._card(self.diver, self.first_aid, issue_date=self.today)
        self.assertEqual(self._next()["Third"]["lacks"], [])
        card.issue_date = self.today - timedelta(days=900)
        self.assertEqual(self._next()["Third"]["lacks"], ["First Aid"])

    def test_rejected_cards_count_for_nothing(self):
        card = self._card(self.diver, self.second)
        self.env["dive.certification.check"].create(
            {
                "certification_id": card.id,
                "method": "website",
                "result": "rejected",
                "reason": "unknown there",
            }
        )
        self.assertEqual(list(self._next()), ["First"])
        self.assertEqual(self.diver._dive_progression()["held"], [])

    def test_a_lapsed_guide_does_not_begin_anew(self):
        self.guide_level.renewal_months = 12
        self._card(
            self.diver, self.guide_level, issue_date=self.today - timedelta(days=900)
        )
        progression = self.diver._dive_progression()
        self.assertEqual(progression["held"][0]["state"], "expired")
        self.assertEqual(
            {item["name"]: item["lacks"] for item in progression["next"]},
            {},
            "nothing below what was held; Teacher lacks it and more",
        )
        self.assertIn("ago", progression["renewals"][0]["text"])

    def test_other_agency_s_card_counts(self):
        other = self.env["dive.agency"].create({"name": "Wave", "code": "WAVE"})
        iso = {"iso_level": "24801-2"}
        self.first.write(iso)
        wave = self._level("W1", 20, "beginner", agency_id=other.id, **iso)
        self._card(self.diver, wave)
        specialty = self._level("Deep", 25, "specialty", self.first)
        self.course_type.copy({"name": "Deep", "level_id": specialty.id})
        found = self._next()
        self.assertNotIn("First", found, "held by what counts as it")
        self.assertEqual(found["Deep"]["lacks"], [])

    def test_offered_specialties_and_technical_agencies(self):
        wreck = self._level("Wreck", 35, "specialty", self.first)
        self._card(self.diver, self.first)
        self.assertNotIn("Wreck", self._next(), "no flood of specialties")
        self.agency.kind = "technical"
        self.assertIn("Wreck", self._next(), "its levels are the way there")
        self.agency.kind = "scuba"
        course = self.course_type.copy({"name": "Wreck days", "level_id": wreck.id})
        self.assertEqual(self._next()["Wreck"]["course"], "Wreck days")
        course.active = False
        self.assertNotIn("Wreck", self._next())

    def test_next_trip_of_a_course(self):
        now = fields.Datetime.now()
        full = self._course(
            date_start=now + timedelta(days=2),
            date_end=now + timedelta(days=4),
            capacity=1,
            divers=self.ann,
        )
        item = self._next()["First"]
        self.assertEqual((item["trip_id"], item["when"][-4:]), (full.id, "full"))
        free = self._course(
            date_start=now + timedelta(days=9),
            date_end=now + timedelta(days=11),
            divers=[],
        )
        item = self._next()["First"]
        self.assertEqual((item["trip_id"], item["when"][-6:]), (free.id, "4 free"))
        free.action_cancel()
        self.assertEqual(self._next()["First"]["trip_id"], full.id)

    def test_other_company_s_courses_are_not_offered(self):
        company = self.env["res.company"].create({"name": "Other reef"})
        self.course_type.company_id = company
        self.assertEqual(self._next(), {})

    def test_a_level_whose_prerequisites_are_unknown_is_far(self):
        self._level("Master", 90, "professional")
        self._card(self.diver, self.first)
        self.assertNotIn("Master", self._next())
