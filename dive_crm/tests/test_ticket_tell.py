"""A ticket of nobody is seen: who is told of it, and where it is counted."""

from odoo.tests import tagged
from odoo.tests.common import new_test_user

from .common import DiveCommon
from .ticket_common import TicketMixin


@tagged("post_install", "-at_install", "dive_long")
class TestTicketTell(TicketMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpTickets()
        cls.company.write({"dive_ticket_user_id": False, "dive_ticket_tell_ids": False})

    def _told(self, ticket):
        """Return who was told of a ticket."""
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "dive.ticket"),
                ("res_id", "=", ticket.id),
                ("message_type", "=", "user_notification"),
            ]
        )
        return messages.notified_partner_ids

    def test_managers(self):
        """Nobody is named: those who run the dive centre of this company."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        other = new_test_user(
            self.env,
            login="t_manager_b",
            groups="dive_crm.group_manager",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        _id, ticket = self._mail()
        told = self._told(ticket)
        self.assertIn(self.manager.partner_id, told)
        self.assertNotIn(other.partner_id, told)
        self.assertNotIn(self.front.partner_id, told)
        self.assertNotIn(self.anna, told)
        message = ticket.message_ids | self.env["mail.message"].search(
            [("res_id", "=", ticket.id), ("message_type", "=", "user_notification")]
        )
        self.assertTrue(any("Anna" in (one.body or "") for one in message))

    def test_whom_the_settings_name(self):
        self.company.dive_ticket_tell_ids = self.front | self.instructor
        self.assertEqual(
            self._told(self._mail()[1]),
            self.front.partner_id | self.instructor.partner_id,
        )
        # who works here no more is not told; then it is the managers again
        (self.front | self.instructor).active = False
        self.assertIn(self.manager.partner_id, self._told(self._mail()[1]))

    def test_whoever_writes_it_down_knows(self):
        self.company.dive_ticket_tell_ids = self.front | self.instructor
        ticket = self.Ticket.with_user(self.front).create({"name": "Fins"})
        self.assertEqual(self._told(ticket), self.instructor.partner_id)

    def test_not_of_what_somebody_has(self):
        self.assertFalse(self._told(self._ticket(self.anna, user_id=self.front.id)))
        self.company.dive_ticket_user_id = self.front
        self.assertFalse(self._told(self._mail()[1]))

    def test_not_twice_of_feedback(self):
        """Managers have something to do about it already."""
        ticket = self.Ticket._dive_unlocked().create(
            {"name": "X", "source": "feedback"}
        )
        self.assertFalse(self._told(ticket))

    def test_not_of_each_line_of_a_file(self):
        tickets = self.Ticket.create([{"name": "A"}, {"name": "B"}])
        self.assertFalse(self._told(tickets[0]) | self._told(tickets[1]))

    def test_in_the_language_of_each(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.manager.lang = "de_DE"
        self.company.dive_ticket_tell_ids = self.front | self.manager
        self.assertEqual(
            self._told(self._mail()[1]),
            self.front.partner_id | self.manager.partner_id,
        )

    def test_counted_on_the_screen_of_the_day(self):
        trips = self.env["dive.trip"].with_user(self.front)
        before = trips.dive_today()["tickets"]
        _id, ticket = self._mail()
        self.assertEqual(trips.dive_today()["tickets"], before + 1)
        ticket.user_id = self.front
        self.assertEqual(trips.dive_today()["tickets"], before)
        ticket.user_id = False
        ticket.stage_id = self.solved
        self.assertEqual(trips.dive_today()["tickets"], before)
        other = self.env["res.company"].create({"name": "Other"})
        self._ticket(company_id=other.id)
        self.assertEqual(trips.dive_today()["tickets"], before)
