"""Tickets as the front desk works them, in a real browser."""

from odoo.tests import tagged

from .common import DiveHttpCommon
from .ticket_common import TicketMixin


@tagged("post_install", "-at_install", "dive_browser")
class TestTicketTour(TicketMixin, DiveHttpCommon):
    def test_front_desk(self):
        self.setUpTickets()
        # only what is made here is on the board
        self.env.cr.execute("UPDATE dive_ticket SET active = FALSE")
        self.anna.name = "Anna Reef"
        _id, ticket = self._mail()
        self.start_tour(
            "/odoo/dive-tickets", "dive_ticket", login="t_front", timeout=120
        )
        self.env.invalidate_all()
        self.assertEqual((ticket.user_id, ticket.stage_kind), (self.front, "closed"))
        answer = ticket.message_ids.filtered(lambda one: "found it" in one.body)
        self.assertEqual(answer.notified_partner_ids, self.anna)
        written = self.Ticket.search([("name", "=", "Photos of Sunday")])
        self.assertEqual(
            (written.partner_id, written.source, written.stage_id),
            (self.anna, "desk", self.new),
        )
