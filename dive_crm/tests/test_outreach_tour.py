"""Messages as desk, manager and diver come across them, in a real browser."""

from odoo.tests import tagged

from .certification_alert_common import AlertMixin
from .common import DiveHttpCommon
from .ticket_common import TicketMixin


@tagged("post_install", "-at_install", "dive_browser")
class TestOutreachTour(TicketMixin, AlertMixin, DiveHttpCommon):
    def test_desk(self):
        diver = self._customer("Tour Diver", email="diver@reef.test")
        booking = self._booking(diver, self._trip(), confirm=True)
        self.start_tour(
            f"/odoo/dive-bookings/{booking.id}",
            "dive_outreach_desk",
            login="t_front",
            timeout=120,
        )
        message = booking.message_ids.filtered(lambda one: "dark" in one.body)
        mail = self.env["mail.mail"].search([("mail_message_id", "=", message.id)])
        self.assertEqual(
            (mail.subject, mail.recipient_ids, mail.state),
            ("Bring a torch", diver, "outgoing"),
        )
        caller = self.env["res.partner"].search([("name", "=", "Nora New")])
        self.assertEqual(caller.phone_sanitized, "+34611223399")
        self.assertTrue(caller.dive_customer)

    def test_manager(self):
        self.setUpAlerts()
        plans = self.main._dive_plans_of("certification_ends")
        plans[1:].unlink()
        self._ending(100)
        self.start_tour(
            "/odoo/dive-messages",
            "dive_outreach_manager",
            login="t_manager",
            timeout=120,
        )
        self.assertEqual(plans[0].interval, 45)
        mail = self.env["mail.mail"].search([], order="id desc", limit=1)
        self.assertEqual(mail.email_to, self.manager.email_normalized)
        self.assertTrue(mail.subject.startswith("Test: "))

    def test_diver(self):
        self.setUpTickets()
        diver = self.portal.partner_id
        diver.dive_customer = True
        ticket = self._ticket(diver)
        ticket.with_user(self.front).stage_id = self.solved
        # sudo: ratings are nobody's to read; what was sent has the token
        token = ticket.sudo().rating_ids.access_token
        self.start_tour(
            f"/rate/{token}/5", "dive_outreach_diver", login="t_portal", timeout=120
        )
        self.env.invalidate_all()
        self.assertEqual((ticket.mood, ticket.words), ("5", "Quick and kind"))
