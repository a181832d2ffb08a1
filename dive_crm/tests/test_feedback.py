"""How a trip was: asked once, answered by Odoo's page, read by whom it concerns."""

from lxml import html

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DiveHttpCommon
from .message_common import HOUR, MessageMixin


@tagged("post_install", "-at_install", "dive_long")
class TestFeedback(MessageMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()

    def _over(self, *payers, guides=()):
        """Have a trip end, with these on board; ask them."""
        trip = self._trip(
            type_id=self.kind.id, date_start=self.start, name="Reggio", capacity=9
        )
        trip.guide_ids = [Command.set([user.partner_id.id for user in guides])]
        for payer, divers in payers:
            self._booking(payer, trip, divers, confirm=True)
        with self._at(trip.date_end + HOUR):
            trip.action_done()
        return trip, self._run(trip.date_end + 5 * HOUR)

    def _answer(self, notice, rate, words):
        """Answer as somebody without a login does, on Odoo's page."""
        token = notice.feedback_id._dive_rating_token()
        page = self.url_open(f"/rate/{token}/{rate}")
        self.assertEqual(page.status_code, 200)
        self.url_open(
            f"/rate/{token}/submit_feedback",
            data={
                "rate": rate,
                "feedback": words,
                "csrf_token": self._token_of(page.text),
            },
        )
        self.env.invalidate_all()
        return notice.feedback_id

    def test_asked_and_answered(self):
        stayed = self._customer("Stay", email="stay@reef.test")
        self.env["mail.blacklist"]._add("tom@reef.test")
        trip, told = self._over(
            (self.anna, self.anna | self.mia),
            (self.tom, None),
            (stayed, None),
            guides=(self.instructor,),
        )
        # one to the mother of two; nobody who wants none is asked, or called
        asked = told.filtered("feedback_id")
        self.assertEqual(
            self._told(asked),
            [("feedback", "Anna", "Anna, Mia"), ("feedback", "Stay", "Stay")],
        )
        quiet = told - asked
        self.assertEqual((quiet.reason, quiet.activity_id.id), ("opted_out", False))
        self.assertFalse(self._run(trip.date_end + 6 * HOUR), "Once")
        self.assertFalse(asked.feedback_id[0].rated_on, "Opening a link is no answer")
        feedback = self._answer(asked[0], 5, "Groupers everywhere!")
        self.assertEqual((feedback.mood, feedback.words), ("5", "Groupers everywhere!"))
        self._answer(asked[1], 1, "")
        self.assertEqual(trip.with_user(self.front).feedback_text, "3.0 (2)")
        guide = self.instructor.partner_id.with_user(self.front)
        self.assertEqual(
            (guide.dive_feedback_got, guide.dive_feedback_given), ("3.0 (2)", False)
        )
        anna = self.anna.with_user(self.front)
        self.assertEqual(
            (anna.dive_feedback_got, anna.dive_feedback_given), (False, "5.0 (1)")
        )
        # another mind: the last word counts, nothing is counted twice
        self._answer(asked[1], 3, "Well…")
        self.assertEqual(trip.with_user(self.front).feedback_text, "4.0 (2)")

    def test_by_sms(self):
        """The same page by a short link, with nothing chosen before; once, too."""
        self.anna.write({"dive_channel": "sms", "phone": "+32 470 12 34 56"})
        trip, asked = self._over((self.anna, None), (self.tom, None))
        text = asked.filtered(lambda notice: notice.channel == "sms")
        token = text.feedback_id._dive_rating_token()
        path = f"/dive/r/{token}"
        body = self.env["sms.sms"].search([], order="id desc", limit=1).body
        self.assertIn(f"{trip.get_base_url()}{path}", body)
        self.assertLessEqual(len(path), 24)
        self.assertNotIn("{{", body)
        # whoever reads the customer's page does not answer for them
        self.assertNotIn(token, "".join(text.booking_id.message_ids.mapped("body")))
        page = self._get(path).text
        choices = html.fromstring(page).xpath("//input[@name='rate']")
        self.assertEqual([one.get("value") for one in choices], ["5", "3", "1"])
        for one in choices:
            self.assertIsNone(one.get("checked"))
            self.assertIsNotNone(one.get("required"))
        self.env.invalidate_all()
        self.assertFalse(text.feedback_id.rated_on, "Opening a link is no answer")
        sent = {"csrf_token": self._token_of(page), "feedback": "Great"}
        for nothing in ({}, {"rate": ""}, {"rate": "4"}, {"rate": "x"}):
            answer = self.url_open(
                f"/rate/{token}/submit_feedback",
                data={**sent, **nothing},
                allow_redirects=False,
            )
            self.assertEqual(answer.status_code, 303)
            self.assertTrue(answer.headers["Location"].endswith(path))
        self.env.invalidate_all()
        self.assertFalse(text.feedback_id.rated_on)
        self.url_open(f"/rate/{token}/submit_feedback", data={**sent, "rate": "3"})
        self.env.invalidate_all()
        self.assertEqual(
            (text.feedback_id.mood, text.feedback_id.words), ("3", "Great")
        )
        for wrong in (f"{token}x", token[:-1], "x", "x" * 40, "%F0%9F%90%A0" * 9):
            self._get(f"/dive/r/{wrong}", 404)
        # who is logged in as somebody else does not answer
        self.authenticate("t_portal", "t_portal")
        self.assertNotIn("submit_feedback", self._get(path).text)

    def test_who_reads_it(self):
        mine, (asked,) = self._over((self.anna, None), guides=(self.instructor,))
        theirs, (other,) = self._over((self.tom, None), guides=(self.manager,))
        feedback = asked.feedback_id
        for one, points in ((asked, 5), (other, 3)):
            feedback_of = one.feedback_id.sudo()
            feedback_of.rating_apply(
                points, rating=feedback_of.rating_ids, feedback="W"
            )
        found = {
            user: user.env["dive.feedback"]
            .with_user(user)
            .search([("trip_id", "in", (mine | theirs).ids)])
            for user in (self.front, self.manager, self.instructor)
        }
        both = asked.feedback_id | other.feedback_id
        self.assertEqual(found[self.front], both)
        self.assertEqual(found[self.manager], both)
        self.assertEqual(found[self.instructor], feedback, "Of trips they guide")
        self.assertEqual(mine.with_user(self.instructor).feedback_text, "5.0 (1)")
        self.assertFalse(theirs.with_user(self.instructor).feedback_text)
        for user in (self.medical, self.employee, self.portal, self.accountant):
            with self.assertRaises(AccessError):
                feedback.with_user(user).read(["words"])
        # Odoo would let each employee read and rewrite ratings
        ratings = self.env["rating.rating"].with_user(self.employee)
        self.assertFalse(ratings.search([("res_model", "=", "dive.feedback")]))
        with self.assertRaises(AccessError):
            feedback.rating_ids.with_user(self.front).rating = 5
        for user in (self.front, self.manager, self.instructor):
            with self.assertRaises(AccessError):
                feedback.with_user(user).words = "Wonderful"
        # what any employee may do with ratings of Odoo's is no way in either
        for user in (self.employee, self.instructor, self.front, self.manager):
            forged = self.env["rating.rating"].create(
                {
                    "res_model_id": self.env["ir.model"]._get_id("dive.feedback"),
                    "res_id": feedback.id,
                    "rating": 1,
                }
            )
            with self.assertRaises(AccessError):
                feedback.with_user(user).rating_apply(5, rating=forged, feedback="F")
        with self.assertRaises(AccessError):
            feedback.sudo().rating_apply(1, rating=other.feedback_id.rating_ids)
        self.assertEqual((feedback.value, feedback.words), (5, "W"))
        company = self.env["res.company"].create({"name": "Other"})
        self.front.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        self.assertFalse(
            self.env["dive.feedback"].with_user(self.front).search_count([])
        )

    def test_queries_do_not_grow(self):
        def make(number):
            trips = self.env["dive.trip"]
            for _n in range(number):
                trips |= self._trip(type_id=self.kind.id)
            self.env["dive.feedback"].create(
                [
                    {
                        "trip_id": trip.id,
                        "partner_id": self.tom.id,
                        "value": 5,
                        "rated_on": fields.Datetime.now(),
                    }
                    for trip in trips
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            trips = trips.with_user(self.front)
            before = self.env.cr.sql_log_count
            trips.mapped("feedback_text")
            self.env["dive.feedback"].with_user(self.front).search_read(
                [("trip_id", "in", trips.ids)], ["trip_id", "mood", "guide_ids"]
            )
            return self.env.cr.sql_log_count - before

        make(1)
        one, many = make(1), make(80)
        self.assertLessEqual(many, one + 1)
