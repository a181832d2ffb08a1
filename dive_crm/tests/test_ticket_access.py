"""Who reads, writes and sets up tickets; notes never reach the portal."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DiveCommon
from .portal_common import PortalMixin
from .ticket_common import TicketMixin


@tagged("post_install", "-at_install", "dive_long")
class TestTicketAccess(TicketMixin, PortalMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPortal()
        cls.setUpTickets()
        cls.ward = cls._ward(cls.diver, birthdate_date="2015-01-01")
        cls.mine = cls._ticket(cls.diver)
        cls.wards = cls._ticket(cls.ward)
        cls.theirs = cls._ticket(cls.other)
        cls.all = cls.mine | cls.wards | cls.theirs

    def _found(self, user):
        return self.Ticket.with_user(user).search([("id", "in", self.all.ids)])

    def _refused(self, user, do):
        with self.assertRaises(AccessError, msg=user.login):
            do(self.mine.with_user(user))

    def test_front_desk(self):
        self.assertEqual(self._found(self.front), self.all)
        mine = self.mine.with_user(self.front)
        mine.stage_id = self.progress
        mine.action_assign_to_me()
        self.assertEqual(self.mine.user_id, self.front)
        self.Ticket.with_user(self.front).create({"name": "New"})
        self._refused(self.front, lambda one: one.unlink())
        self._refused(self.front, lambda one: self.new.with_user(self.front).unlink())

    def test_instructor_and_medical_officer(self):
        """What they have, follow or wrote: a complaint may be about them."""
        trip = self._trip()
        trip.guide_ids = [Command.link(self.instructor.partner_id.id)]
        self.mine.trip_id = trip
        for user in (self.instructor, self.medical):
            self.assertFalse(self._found(user))
            self._refused(user, lambda one: one.name)
            self.mine.user_id = user
            self.assertEqual(self._found(user), self.mine)
            self.mine.with_user(user).stage_id = self.progress
            self.mine.user_id = False
            self.mine.message_unsubscribe(user.partner_id.ids)
            self.theirs.message_subscribe(user.partner_id.ids)
            self.assertEqual(self._found(user), self.theirs)
            self._refused(user, lambda one: one.write({"name": "X"}))
        written = self.Ticket.with_user(self.instructor).create({"name": "Heard"})
        self.assertEqual(written.name, "Heard")
        with self.assertRaises(AccessError):
            self.Ticket.with_user(self.medical).create({"name": "X"})

    def test_manager(self):
        self.assertEqual(self._found(self.manager), self.all)
        stages = self.env["dive.ticket.stage"].with_user(self.manager)
        stage = stages.create({"name": "With the boat yard"})
        stage.unlink()
        self.mine.with_user(self.manager).unlink()

    def test_nobody_else(self):
        for user in (self.employee, self.accountant):
            self._refused(user, lambda one: one.name)
            with self.assertRaises(AccessError):
                self.Ticket.with_user(user).create({"name": "X"})

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        for user in (self.front, self.manager):
            user.write(
                {"company_ids": [Command.set(company.ids)], "company_id": company.id}
            )
            self.assertFalse(self._found(user))
            self._refused(user, lambda one: one.name)
        with self.assertRaises(UserError):
            self._ticket(self._customer("X", company_id=company.id))

    def test_portal(self):
        self.assertEqual(self._found(self.portal), self.mine | self.wards)
        self._refused(self.portal, lambda one: one.write({"name": "X"}))
        self._refused(self.portal, lambda one: one.unlink())
        with self.assertRaises(AccessError):
            self.theirs.with_user(self.portal).read(["name"])
        with self.assertRaises(AccessError):
            self.Ticket.with_user(self.portal).create({"name": "X"})
        self.ward.birthdate_date = "2000-01-01"
        self.assertEqual(self._found(self.portal), self.mine, "A grown-up")

    def test_portal_reads_what_its_page_shows(self):
        self.mine.write({"user_id": self.manager.id, "email_from": "x@y.test"})
        mine = self.mine.with_user(self.portal)
        self.assertEqual(mine.read(["name", "stage_kind"])[0]["stage_kind"], "open")
        for name in (
            "user_id",
            "deadline",
            "email_from",
            "access_token",
            "feedback_id",
            "activity_ids",
            "message_follower_ids",
            "online_key",
            "words",
            "rating_ids",
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                mine.read([name])
        with self.assertRaises(AccessError):
            mine.search([("user_id.login", "=", "t_manager")])

    def test_notes_stay_inside(self):
        note = self.mine.with_user(self.front).message_post(
            body="Between us",
            attachments=[("secret.txt", b"secret")],
        )
        said = self.mine.with_user(self.front).message_post(
            body="Dear Petra",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        messages = self.env["mail.message"].with_user(self.portal)
        of_mine = [("model", "=", "dive.ticket"), ("res_id", "=", self.mine.id)]
        self.assertIn(said, messages.search(of_mine))
        self.assertNotIn(note, messages.search(of_mine))
        answered = self.mine.message_post(
            body="By e-mail",
            message_type="email",
            subtype_xmlid="mail.mt_note",
            author_id=self.manager.partner_id.id,
        )
        self.env.invalidate_all()
        for record in (note, answered, note.attachment_ids):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.portal).read(["create_date"])
        self.assertNotIn(self.diver, note.notified_partner_ids)
        self.assertIn(self.diver, said.notified_partner_ids)

    def test_set_by_hand(self):
        """What the customer says, and what methods note, nobody writes."""
        for name, value in (
            ("mood", "5"),
            ("words", "Wonderful"),
            ("rated_on", "2026-01-01 10:00:00"),
            ("rating_asked_on", "2026-01-01 10:00:00"),
            ("online_key", "x"),
            ("number", "T1"),
        ):
            with self.subTest(name=name), self.assertRaises(UserError):
                self.mine.with_user(self.manager).write({name: value})
