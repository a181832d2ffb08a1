"""Low feedback opens one ticket; a closed ticket asks once how satisfied they are."""

import json

from psycopg2.errors import UniqueViolation

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveHttpCommon
from .ticket_common import TicketMixin

ACTIVITY = "dive_crm.mail_activity_type_ticket"


@tagged("post_install", "-at_install", "dive_long")
class TestTicketFeedback(TicketMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpTickets()
        cls.trip = cls._trip(name="Reggio")
        cls.booking = cls._booking(cls.anna, cls.trip, confirm=True)

    def _asked(self, partner=None):
        """Make feedback that somebody is asked for, and return it."""
        feedback = self.env["dive.feedback"].create(
            {
                "trip_id": self.trip.id,
                "booking_id": self.booking.id,
                "partner_id": (partner or self.anna).id,
            }
        )
        self._rating(feedback, feedback.partner_id)
        return feedback

    def _rating(self, record, partner):
        return self.env["rating.rating"].create(
            {
                "partner_id": partner.id,
                "res_model_id": self.env["ir.model"]._get_id(record._name),
                "res_id": record.id,
            }
        )

    def _answer(self, record, rate, words="", status=200):
        """Answer as somebody without a login does, on Odoo's page."""
        # sudo: ratings are nobody's to read; what is sent has the token
        token = record.sudo().rating_ids[:1].access_token
        page = self.url_open(f"/rate/{token}/{rate}")
        answer = self.url_open(
            f"/rate/{token}/submit_feedback",
            data={
                "rate": rate,
                "feedback": words,
                "csrf_token": self._token_of(page.text),
            },
        )
        self.assertEqual(answer.status_code, status)
        self.env.invalidate_all()

    def _tickets(self, feedback):
        return self.Ticket.search([("feedback_id", "=", feedback.id)])

    def test_unhappy(self):
        """A ticket with all that is known, and something to do for each manager."""
        before = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        feedback = self._asked()
        self._answer(feedback, 1, "Cold, and <b>late</b>\n🥶")
        ticket = self._tickets(feedback)
        self.assertEqual(
            (ticket.partner_id, ticket.booking_id, ticket.trip_id, ticket.company_id),
            (self.anna, self.booking, self.trip, self.company),
        )
        self.assertEqual(
            (ticket.kind, ticket.source, ticket.priority, ticket.stage_id),
            ("complaint", "feedback", "1", self.new),
        )
        self.assertIn("Reggio", ticket.name)
        self.assertIn("Cold, and <b>late</b>\n🥶", ticket.description)
        managers = self.company._dive_managers()
        self.assertIn(self.manager, managers)
        self.assertEqual(ticket.activity_ids.user_id, managers)
        told = dict(self._sent(before))
        self.assertIn(self.manager.email, str(told))
        self.assertEqual(feedback.with_user(self.front).ticket_id, ticket)
        # to whomever it is assigned: it is being looked after
        ticket.with_user(self.manager).stage_id = self.solved
        self.assertFalse(ticket.activity_ids)

    def test_whom_the_settings_name(self):
        self.company.dive_ticket_user_id = self.front
        feedback = self._asked()
        self._answer(feedback, 1)
        ticket = self._tickets(feedback)
        self.assertEqual(ticket.user_id, self.front)
        told = ticket.activity_ids.user_id
        self.assertEqual(told, self.front | self.company._dive_managers())
        self.assertIn(self.manager, told)

    def test_another_mind(self):
        """No second ticket; new words come into the first, and open it again."""
        feedback = self._asked()
        self._answer(feedback, 5, "Great")
        self.assertFalse(self._tickets(feedback))
        self._answer(feedback, 1, "No: cold")
        ticket = self._tickets(feedback)
        self.assertEqual(len(ticket), 1)
        number = len(ticket.message_ids)
        self._answer(feedback, 1, "No: cold")
        self.assertEqual(len(ticket.message_ids), number, "The same once more")
        ticket.stage_id = self.solved
        self._answer(feedback, 1, "And late")
        self.assertEqual(self._tickets(feedback), ticket)
        said = ticket.message_ids.filtered(lambda one: "And late" in one.body)
        self.assertEqual(said.author_id, self.anna)
        self.assertEqual(ticket.stage_id, self.new)
        ticket.stage_id = self.solved
        self._answer(feedback, 5, "Thanks for the call!")
        self.assertIn("Thanks for the call!", ticket.message_ids[0].body)
        self.assertEqual(ticket.stage_id, self.solved, "Happy now")
        ticket.active = False
        self._answer(feedback, 1, "Again")
        everything = self.Ticket.with_context(active_test=False)
        found = everything.search([("feedback_id", "=", feedback.id)])
        self.assertEqual(found, ticket, "Put away is not forgotten")

    def test_threshold(self):
        for limit, made in (("0", [0, 0, 0]), ("1", [1, 0, 0]), ("3", [1, 1, 0])):
            self.company.dive_ticket_feedback = limit
            for rate, number in zip((1, 3, 5), made, strict=True):
                with self.subTest(limit=limit, rate=rate):
                    feedback = self._asked()
                    self._answer(feedback, rate)
                    self.assertEqual(len(self._tickets(feedback)), number)

    def test_of_nobody(self):
        """A customer who is erased, a booking that is gone: the ticket is made."""
        feedback = self._asked()
        feedback.write({"partner_id": False, "booking_id": False})
        self._answer(feedback, 1, "Cold")
        self.assertEqual(len(self._tickets(feedback)), 1)

    def test_one_of_each(self):
        feedback = self._asked()
        self._answer(feedback, 1)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            self._ticket()._dive_unlocked().feedback_id = feedback
            self.env.flush_all()

    # ------------------------------------------------------------------
    # How satisfied with the answer
    # ------------------------------------------------------------------

    def test_rating(self):
        """Asked once when closed, by e-mail; the answer stands on the ticket."""
        ticket = self._ticket(self.anna, user_id=self.front.id)
        before = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        ticket.with_user(self.front).stage_id = self.solved
        (told,) = self._sent(before)
        self.assertEqual(told, (self.anna.email, "Blue Reef: did we help you?"))
        mail = self.env["mail.mail"].search([("id", ">", before)])
        # sudo: as in _answer
        token = ticket.sudo().rating_ids.access_token
        for rate in (1, 3, 5):
            self.assertIn(f"/rate/{token}/{rate}", mail.body_html)
        self.assertIn(ticket.number, mail.body_html)
        self._answer(ticket, 5, "Quick & kind")
        self.assertEqual(
            (ticket.mood, ticket.words, ticket.stage_id),
            ("5", "Quick & kind", self.solved),
        )
        ticket.stage_id = self.new
        ticket.stage_id = self.solved
        self.assertEqual(len(self._sent(before)), 1, "Once")
        self._answer(ticket, 1, "Broke again")
        self.assertEqual((ticket.mood, ticket.words), ("1", "Broke again"))

    def test_rating_is_not_asked(self):
        stranger = self._ticket(email_from="Nora <nora@else.test>")
        quiet = self._ticket(self._customer("No address"))
        away = self._ticket(self.anna)
        before = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        away.active = False
        (quiet | away).stage_id = self.solved
        self.assertFalse(self._sent(before))
        stranger.stage_id = self.solved
        ((address, _subject),) = self._sent(before)
        self.assertIn("nora@else.test", address)
        self._answer(stranger, 3)
        self.assertEqual(stranger.mood, "3")
        self.company.dive_ticket_rating = False
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id
        self._ticket(self.anna, user_id=self.front.id).stage_id = self.solved
        self.assertFalse(self._sent(last))

    def test_rating_of_a_minor(self):
        """The guardian is asked, in the guardian's language."""
        self.env["res.lang"]._activate_lang("de_DE")
        template = self.env.ref("dive_crm.mail_template_ticket_rating")
        template.with_context(lang="de_DE").subject = "Konnten wir Ihnen helfen?"
        self.anna.lang = "de_DE"
        before = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        self._ticket(self.mia, user_id=self.front.id).stage_id = self.solved
        (told,) = self._sent(before)
        self.assertEqual(told, (self.anna.email, "Konnten wir Ihnen helfen?"))

    def test_staff_give_no_answers(self):
        ticket = self._ticket(self.anna)
        ticket.stage_id = self.solved
        # sudo: as in _answer
        rating = ticket.sudo().rating_ids
        forged = self._rating(ticket, self.anna)
        for user in (self.employee, self.front, self.manager):
            with self.assertRaises(AccessError):
                ticket.with_user(user).rating_apply(5, rating=forged)
            with self.assertRaises(AccessError):
                rating.with_user(user).rating = 5
        other = self._rating(self._ticket(self.tom), self.tom)
        with self.assertRaises(AccessError):
            # sudo: as the page of the link calls it, with another one's rating
            ticket.sudo().rating_apply(5, rating=other)
        ratings = self.env["rating.rating"].with_user(self.employee)
        self.assertFalse(ratings.search([("res_model", "=", "dive.ticket")]))

    def test_averages(self):
        """Satisfaction of customer, trip and guide, by guide in one list, too."""
        self.trip.guide_ids = [Command.set(self.instructor.partner_id.ids)]
        for partner, rate in ((self.anna, 5), (self.tom, 1)):
            self._answer(self._asked(partner), rate)
        trip = self.trip.with_user(self.front)
        guide = self.instructor.partner_id.with_user(self.front)
        anna = self.anna.with_user(self.front)
        self.assertEqual(trip.feedback_text, "3.0 (2)")
        self.assertEqual(guide.dive_feedback_got, "3.0 (2)")
        self.assertEqual(anna.dive_feedback_given, "5.0 (1)")
        rows = (
            self.env["dive.feedback"]
            .with_user(self.front)
            ._read_group(
                [("trip_id", "=", self.trip.id)],
                ["guide_ids"],
                ["value:avg", "__count"],
            )
        )
        self.assertEqual(rows, [(guide, 3.0, 2)])

    def test_rating_with_a_broken_template(self):
        """The ticket can be closed all the same; somebody reads that nobody asked."""
        template = self.env.ref("dive_crm.mail_template_ticket_rating")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_template SET body_html = %s WHERE id = %s",
            [json.dumps({"en_US": '<t t-set="a" t-value="1 / 0"/>'}), template.id],
        )
        self.env.invalidate_all()
        ticket = self._ticket(self.anna).with_user(self.front)
        with mute_logger(
            "odoo.addons.mail.models.mail_render_mixin",
            "odoo.addons.dive_crm.models.dive_ticket_rating",
        ):
            ticket.stage_id = self.solved
        self.assertEqual(ticket.stage_kind, "closed")
        self.assertFalse(ticket.rating_asked_on)
        self.assertIn(f"“{template.name}”", ticket.message_ids[0].body)
