"""Courses: the level they lead to, and how they are closed."""

from datetime import date, timedelta

from freezegun import freeze_time
from psycopg2.errors import UniqueViolation

from odoo import Command, fields
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DiveCommon
from .course_common import CourseMixin


@tagged("post_install", "-at_install")
class TestCourse(CourseMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCourse()

    # ------------------------------------------------------------------
    # The level of a kind of trip
    # ------------------------------------------------------------------

    def test_only_courses_lead_to_a_level(self):
        with self.assertRaisesRegex(ValidationError, "not a course"):
            self.course_type.kind = "dive"
        with Form(self.course_type) as form:
            form.kind = "dive"
        self.assertFalse(self.course_type.level_id)

    def test_archived_levels_are_not_offered(self):
        other = self.course_type.copy({"level_id": False})
        field = other._fields["level_id"]
        offered = self.env["dive.certification.level"].search(field.domain)
        self.assertIn(self.second, offered)
        self.agency.action_archive()
        offered = self.env["dive.certification.level"].search(field.domain)
        self.assertNotIn(self.second, offered)
        with self.assertRaisesRegex(ValidationError, "archived"):
            other.level_id = self.second

    def test_a_level_in_use_is_not_deleted(self):
        lonely = self._level("Lonely", 25, "specialty")
        self.course_type.copy({"level_id": lonely.id})
        with self.assertRaisesRegex(RedirectWarning, "Kind of trip"):
            lonely.unlink()

    # ------------------------------------------------------------------
    # The screen
    # ------------------------------------------------------------------

    def test_presets(self):
        trip = self._course()
        screen = self._screen(trip, self.front)
        self.assertEqual(screen.instructor_id, self.teacher, "not the guide before her")
        self.assertEqual(screen.instructor_number, "T7")
        self.assertEqual(screen.date, trip._dive_last_day())
        self.assertEqual(screen.line_ids.partner_id, self.ann | self.ben)
        self.assertEqual(set(screen.line_ids.mapped("result")), {"passed"})
        self.assertEqual(screen.line_ids.instructor_id, self.teacher)
        self.assertEqual(set(screen.line_ids.mapped("date")), {screen.date})
        self.assertEqual(screen.card_count, 2)

    def test_presets_without_an_instructor(self):
        trip = self._course(guide_ids=[Command.set(self.guide.ids)])
        screen = self._screen(trip)
        self.assertEqual(screen.instructor_id, self.guide)
        self.assertEqual(screen.instructor_number, "G1")
        trip = self._course(divers=self.ann, guide_ids=[Command.clear()])
        self.assertFalse(self._screen(trip).instructor_id)

    def test_a_lapsed_teacher_is_none(self):
        card = self.env["dive.certification"].search(
            [("partner_id", "=", self.teacher.id)]
        )
        card.expiry_date = self.today - timedelta(days=30)
        screen = self._screen(self._course())
        self.assertEqual(screen.instructor_id, self.guide)

    def test_date_is_the_company_s_and_never_in_the_future(self):
        with freeze_time("2026-03-10 12:00:00"):
            trip = self._course(date_end=fields.Datetime.to_datetime("2026-03-12"))
            self.assertEqual(str(self._screen(trip).date), "2026-03-10")
        for zone, day in (("Pacific/Tongatapu", "13"), ("Pacific/Honolulu", "12")):
            # 2026-03-12 12:00 UTC is the next day in Tonga already
            self.company.partner_id.tz = zone
            with self.subTest(zone=zone), freeze_time("2026-03-14 12:00:00"):
                trip = self._course(
                    divers=self.ann,
                    date_start=fields.Datetime.to_datetime("2026-03-11 12:00:00"),
                    date_end=fields.Datetime.to_datetime("2026-03-12 12:00:00"),
                )
                self.assertEqual(str(self._screen(trip).date), f"2026-03-{day}")

    def test_one_change_changes_all_rows(self):
        screen = self._screen(self._course())
        with Form(screen) as form:
            form.instructor_id = self.guide
            self.assertEqual(form.instructor_number, "G1")
        self.assertEqual(screen.line_ids.instructor_id, self.guide)
        self.assertEqual(set(screen.line_ids.mapped("instructor_number")), {"G1"})

    def test_who_has_a_row(self):
        carl, dora = self._customer("Carl"), self._customer("Dora")
        trip = self._course(divers=self.ann | self.ben | carl)
        self._booking(dora, trip)  # only requested
        self._seat(trip, self.ben).action_no_show()
        self._seat(trip, carl).action_check_in()
        screen = self._screen(trip)
        self.assertEqual(screen.line_ids.partner_id, self.ann | carl)

    def test_notices(self):
        kid = self._customer("Kid", birthdate_date=self.today - timedelta(days=365 * 9))
        holder = self._customer("Holder")
        self._card(holder, self.first, number="H1")
        higher = self._customer("Higher")
        self._card(higher, self.second)
        trip = self._course(divers=self.ann | kid | holder | higher)
        lines = self._screen(trip, self.front).line_ids
        notices = {line.partner_id: line.notice for line in lines}
        self.assertFalse(notices[self.ann])
        self.assertIn("is for 10 and older", notices[kid])
        self.assertIn("has a card of this level already", notices[holder])
        self.assertIn("counts as this level already", notices[higher])

    def test_notices_of_what_is_missing(self):
        self.course_type.level_id = self.guide_level
        self.ann.dive_logged_dives = 30
        self.ben.dive_logged_dives = 36
        self._card(self.ben, self.third)
        lines = self._screen(self._course()).line_ids
        notices = {line.partner_id: line.notice for line in lines}
        self.assertIn("Missing before this level: Reef · Third", notices[self.ann])
        self.assertIn("has 34 dives with this course, 40", notices[self.ann])
        self.assertFalse(notices[self.ben], "36 and the 4 of this course are 40")
        for dives, needed, words in (
            (0, 1, "Ann has no dive with this course, 1 is needed."),
            (1, 2, "Ann has 1 dive with this course, 2 are needed."),
            (0, 2, "Ann has 0 dives with this course, 2 are needed."),
        ):
            self.assertEqual(lines[0]._dive_dives_text(dives, needed), words)
        lines.result = "continue"
        self.assertFalse(lines[0].notice, "nothing is issued, nothing to consider")

    # ------------------------------------------------------------------
    # Closing
    # ------------------------------------------------------------------

    def test_close(self):
        trip = self._course()
        with Form(self._screen(trip, self.front)) as form:
            with form.line_ids.edit(0) as line:
                line.number = "N 12"
            with form.line_ids.edit(1) as line:
                line.result = "continue"
        said = form.record.action_close()["params"]["message"]
        self.assertEqual(said, "Course closed: 1 card issued, 1 to be continued.")
        self.assertEqual(trip.state, "done")
        self.assertEqual(self._seat(trip, self.ann).course_result, "passed")
        self.assertEqual(self._seat(trip, self.ben).course_result, "continue")
        self.assertEqual(self.ann.dive_logged_dives, 4)
        card = self._cards(trip)
        self.assertRecordValues(
            card,
            [
                {
                    "partner_id": self.ann.id,
                    "level_id": self.first.id,
                    "number": "N 12",
                    "issue_date": trip._dive_last_day(),
                    "instructor_id": self.teacher.id,
                    "instructor_name": "Zoe Teacher",
                    "instructor_number": "T7",
                    "booking_diver_id": self._seat(trip, self.ann).id,
                    "verification": "verified",
                }
            ],
        )
        self.assertRecordValues(
            card.check_ids,
            [{"method": "issued", "result": "verified", "user_id": self.front.id}],
        )
        self.assertEqual(self.ann.dive_level_id, self.first)
        # on the first day of the course there was none, and none has expired
        self.assertEqual(self._seat(trip, self.ann).card_state, "none")

    def test_today_is_that_of_the_course_s_company(self):
        """It is tomorrow already where the course is, seen from where the user is."""
        apia = self.env["res.company"].create({"name": "Apia reef"})
        apia.partner_id.tz = "Pacific/Apia"
        self.company.partner_id.tz = "Pacific/Honolulu"
        self.front.company_ids = [Command.link(apia.id)]
        both = {"allowed_company_ids": [self.company.id, apia.id]}
        end = fields.Datetime.to_datetime("2026-03-12 11:30:00")
        with freeze_time("2026-03-12 12:00:00"):
            trip = self._course(
                company_id=apia.id,
                date_start=end - timedelta(days=1),
                date_end=end,
                product_id=self._product().id,
            )
            trip = trip.with_user(self.front).with_context(**both)
            self._screen(trip).action_close()
        self.assertEqual(
            set(self._cards(trip).mapped("issue_date")), {date(2026, 3, 13)}
        )

    def test_the_number_follows_later(self):
        trip = self._course()
        self._screen(trip).action_close()
        card = self._cards(trip)[0]
        card.number = "12345"
        self.assertEqual(card.verification, "verified")
        card.issue_date = self.today
        self.assertEqual(card.verification, "unverified")

    def test_without_a_level_nothing_is_issued(self):
        self.course_type.level_id = False
        trip = self._course()
        self._screen(trip).action_close()
        self.assertFalse(self._cards(trip))
        self.assertEqual(set(trip.seat_ids.mapped("course_result")), {"passed"})
        self.assertEqual(trip.state, "done")

    def test_a_done_course_logs_no_second_time(self):
        trip = self._course()
        trip.action_done()
        self._screen(trip).action_close()
        self.assertEqual(len(self._cards(trip)), 2)
        self.assertEqual(self.ann.dive_logged_dives, 4)

    def test_only_the_rest_is_closed_later(self):
        trip = self._course()
        self._seat(trip, self.ben).action_no_show()
        self._screen(trip).action_close()
        with self.assertRaisesRegex(UserError, "Nobody"):
            trip.action_close_course()
        self._seat(trip, self.ben).action_undo()
        screen = self._screen(trip)
        self.assertEqual(screen.line_ids.partner_id, self.ben)
        screen.action_close()
        self.assertEqual(len(self._cards(trip)), 2)

    def test_a_second_screen_issues_nothing(self):
        trip = self._course()
        one, two = self._screen(trip), self._screen(trip)
        one.action_close()
        with self.assertRaisesRegex(UserError, "There is a result already"):
            two.action_close()
        self.assertEqual(len(self._cards(trip)), 2)

    def test_the_index_is_the_last_guard(self):
        trip = self._course(divers=self.ann)
        self._screen(trip).action_close()
        card = self._cards(trip)
        values = {
            "partner_id": self.ann.id,
            "level_id": self.first.id,
            "booking_diver_id": card.booking_diver_id.id,
        }
        with (
            self.assertRaises(UniqueViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            card._dive_unlocked().create(values)

    def test_what_cannot_be_closed(self):
        dive = self._course(type_id=self.env["dive.trip.type"].create({"name": "x"}).id)
        with self.assertRaisesRegex(UserError, "not a course"):
            dive.action_close_course()
        soon = self._course(
            divers=self.ann,
            date_start=fields.Datetime.now() + timedelta(days=1),
            date_end=fields.Datetime.now() + timedelta(days=2),
        )
        self.assertFalse(soon.course_can_close)
        with self.assertRaisesRegex(UserError, "not begun"):
            soon.action_close_course()
        cancelled = self._course(divers=self.ben)
        cancelled.action_cancel()
        with self.assertRaisesRegex(UserError, "cancelled"):
            cancelled.action_close_course()

    def test_wrong_dates(self):
        trip = self._course()
        for days in (1, -20):
            screen = self._screen(trip)
            screen.date = self.today + timedelta(days=days)
            with (
                self.subTest(days=days),
                self.assertRaisesRegex(ValidationError, "Correct the date"),
            ):
                screen.action_close()

    def test_impossible_card_rolls_all_back(self):
        trip = self._course()
        self._card(self.ben, self.first, number="B1")
        screen = self._screen(trip)
        screen.line_ids.filtered(lambda row: row.partner_id == self.ben).number = "B1"
        with (
            self.assertRaisesRegex(ValidationError, "this card already"),
            self.env.cr.savepoint(),
        ):
            screen.action_close()
        self.env.invalidate_all()
        self.assertFalse(any(trip.seat_ids.mapped("course_result")))
        self.assertEqual(trip.state, "open")

    def test_divers_of_another_course_are_refused(self):
        trip, other = self._course(), self._course(divers=self.ann)
        screen = self._screen(trip)
        screen.line_ids[0].seat_id = other.seat_ids
        with self.assertRaisesRegex(UserError, "not on this course"):
            screen.action_close()

    def test_results_and_links_are_moved_by_methods_only(self):
        trip = self._course()
        seat = self._seat(trip, self.ann).with_user(self.front)
        with self.assertRaisesRegex(UserError, "cannot be set directly"):
            seat.course_result = "passed"
        values = {"partner_id": self.ann.id, "level_id": self.first.id}
        cards = self.env["dive.certification"].with_user(self.front)
        with self.assertRaisesRegex(UserError, "cannot be set directly"):
            cards.create({**values, "booking_diver_id": seat.id})
        card = cards.with_context(default_trip_id=trip.id).create(values)
        self.assertFalse(card.trip_id)
        with self.assertRaisesRegex(UserError, "cannot be set directly"):
            card.trip_id = trip
        checks = self.env["dive.certification.check"].with_user(self.front)
        with self.assertRaisesRegex(UserError, "by itself"):
            checks.create(
                {"certification_id": card.id, "method": "issued", "result": "verified"}
            )
