"""A course closed by mistake: results and cards are taken back."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DiveCommon
from .course_common import CourseMixin


@tagged("post_install", "-at_install", "dive_long")
class TestCourseTakeBack(CourseMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCourse()

    def test_take_back(self):
        trip = self._course()
        self._screen(trip, self.front).action_close()
        self.assertTrue(trip.course_can_take_back)
        trip.with_user(self.front).action_take_back_course()
        self.assertFalse(any(trip.seat_ids.mapped("course_result")))
        self.assertFalse(self._cards(trip))
        self.assertEqual(trip.state, "done", "reopened by its own button")
        self.assertFalse(trip.course_can_take_back)
        self.assertTrue(trip.course_can_close)
        self._screen(trip, self.front).action_close()
        self.assertEqual(len(self._cards(trip)), 2)
        with self.assertRaisesRegex(UserError, "no result"):
            self._seat(
                self._course(divers=self.ann), self.ann
            ).action_take_back_result()

    def test_take_back_one(self):
        trip = self._course()
        self._screen(trip).action_close()
        self._seat(trip, self.ann).with_user(self.front).action_take_back_result()
        self.assertEqual(self._cards(trip).partner_id, self.ben)
        self.assertFalse(self._seat(trip, self.ann).course_result)
        self.assertEqual(self._seat(trip, self.ben).course_result, "passed")

    def test_take_back_keeps_what_has_a_history(self):
        trip = self._course()
        self._screen(trip).action_close()
        card = self._cards(trip).filtered(lambda card: card.partner_id == self.ann)
        card.check_ids.create(
            {"certification_id": card.id, "method": "website", "result": "inconclusive"}
        )
        trip.action_take_back_course()
        self.assertEqual(self._cards(trip), card)
        self.assertFalse(card.active)
        self.assertIn("took its result back", card.message_ids[0].body)
        # and the next closing issues a new one
        self._screen(trip).action_close()
        self.assertEqual(len(self._cards(trip)), 3)
        with self.assertRaisesRegex(UserError, "issued a card"):
            card.active = True

    def test_take_back_keeps_what_somebody_was_told_about(self):
        self.course_type.level_id = self.first_aid
        trip = self._course()
        self._screen(trip).action_close()
        card = self._cards(trip)[0]
        self.env["dive.certification.alert"].sudo().create(
            {
                "certification_id": card.id,
                "expiry_date": card.expiry_date,
                "days": 60,
            }
        )
        trip.with_user(self.front).action_take_back_course()
        self.assertEqual(self._cards(trip), card)
        self.assertFalse(card.active)

    def test_take_back_keeps_what_was_edited(self):
        trip = self._course()
        self._screen(trip).action_close()
        cards = self._cards(trip)
        cards.flush_recordset()
        later = self.env.cr.now() + timedelta(seconds=5)
        with patch.object(type(self.env.cr), "now", return_value=later):
            cards[0].number = "4711"
            cards.flush_recordset()
        trip.action_take_back_course()
        self.assertEqual(self._cards(trip), cards[0])
        self.assertFalse(cards[0].active)

    def test_take_back_keeps_what_people_put_on_a_card(self):
        divers = [self._customer(name) for name in ("Call", "Done", "Note", "Mail")]
        scan, bare = self._customer("Scan"), self._customer("Bare")
        trip = self._course(self.Partner.concat(*divers, scan, bare), capacity=6)
        self._screen(trip).action_close()
        cards = {card.partner_id.name: card for card in self._cards(trip)}
        todo = "mail.mail_activity_data_todo"
        cards["Call"].activity_schedule(todo, user_id=self.front.id)
        cards["Done"].activity_schedule(todo, user_id=self.front.id)
        cards["Done"].activity_ids.action_feedback(feedback="The number came")
        cards["Note"].with_user(self.front).message_post(
            body="Lost her card", message_type="comment"
        )
        cards["Mail"].message_post(body="Where is it?", message_type="email")
        self.env["ir.attachment"].create(
            {
                "name": "letter.txt",
                "raw": b"x",
                "res_model": "dive.certification",
                "res_id": cards["Scan"].id,
            }
        )
        trip.with_user(self.front).action_take_back_course()
        kept = self._cards(trip)
        self.assertEqual(
            set(kept.partner_id.mapped("name")),
            {"Call", "Done", "Note", "Mail", "Scan"},
        )
        self.assertFalse(any(kept.mapped("active")))
        self.assertIn("Lost her card", str(cards["Note"].message_ids.mapped("body")))
        self.assertTrue(cards["Call"].activity_ids)

    def test_a_reopened_course_keeps_its_results(self):
        trip = self._course()
        self._screen(trip).action_close()
        trip.action_open()
        self.assertEqual(len(self._cards(trip)), 2)
        seat = self._seat(trip, self.ann)
        for refused in (
            seat.action_no_show,
            seat.action_cancel,
            seat.booking_id.action_cancel,
            trip.action_cancel,
            seat.unlink,
            lambda: seat.write({"partner_id": self._customer("Eve").id}),
        ):
            with self.assertRaisesRegex(UserError, "take that back first"):
                refused()
        trip.action_take_back_course()
        seat.action_cancel()
        self.assertEqual(seat.state, "cancelled")
