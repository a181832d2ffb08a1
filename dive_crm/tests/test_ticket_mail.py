"""E-mails become tickets: once each, of whom they are, with what they say."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveCommon
from .ticket_common import TicketMixin


@tagged("post_install", "-at_install", "dive_long")
class TestTicketMail(TicketMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpTickets()

    def _answer(self, ticket, body="Found it", user=None, **vals):
        """Answer as the desk does, by e-mail to who follows."""
        return ticket.with_user(user or self.front).message_post(
            body=body,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            **vals,
        )

    def test_of_a_customer(self):
        _id, ticket = self._mail(files=[("mask.pdf", b"%PDF-1.4 x")])
        self.assertEqual(
            (ticket.name, ticket.partner_id, ticket.company_id, ticket.source),
            ("My mask", self.anna, self.company, "email"),
        )
        self.assertEqual((ticket.stage_id, ticket.user_id.id), (self.new, False))
        message = ticket.message_ids.filtered(lambda one: one.message_type == "email")
        self.assertEqual(message.author_id, self.anna)
        self.assertIn("Where is my mask?", message.body)
        self.assertEqual(message.attachment_ids.name, "mask.pdf")
        self.assertIn(self.anna, ticket.message_partner_ids)

    def test_whom_the_settings_name_is_told(self):
        self.company.dive_ticket_user_id = self.front
        self.env = self.env(context=dict(self.env.context, tracking_disable=False))
        _id, ticket = self._mail()
        self.assertEqual(ticket.user_id, self.front)
        self.assertIn(self.front.partner_id, ticket.message_partner_ids)

    def test_of_somebody_unknown(self):
        """No contact is made of a stranger, until the desk answers."""
        partners = self.Partner.search_count([])
        _id, ticket = self._mail(sender='"Nora <b>L</b>" <nora@else.test>')
        self.assertFalse(ticket.partner_id)
        self.assertIn("nora@else.test", ticket.email_from)
        self.assertEqual(self.Partner.search_count([]), partners)
        found = ticket.with_user(self.front)._message_get_suggested_recipients(
            no_create=False
        )
        nora = self.Partner.browse(
            [one["partner_id"] for one in found if one["partner_id"]]
        )
        self.assertEqual(nora.email_normalized, "nora@else.test")
        message = self._answer(ticket, partner_ids=nora.ids)
        self.assertEqual(message.notified_partner_ids, nora)
        self.assertEqual(ticket.partner_id, nora, "Who was answered is the customer")

    def test_which_of_several(self):
        """A dive customer of the company, not a contact or another company's."""
        other = self.env["res.company"].create({"name": "Other"})
        self.Partner.create({"name": "A", "email": "two@reef.test"})
        theirs = self._customer("B", email="two@reef.test", company_id=other.id)
        mine = self._customer("C", email="two@reef.test", company_id=self.company.id)
        _id, ticket = self._mail(sender="Two <TWO@reef.test>")
        self.assertEqual(ticket.partner_id, mine)
        self.assertNotIn(theirs, ticket.message_partner_ids)
        mine.active = False
        _id, ticket = self._mail(sender="two@reef.test")
        self.assertEqual(ticket.partner_id.name, "A")

    def test_passed_on_by_a_colleague(self):
        _id, ticket = self._mail(sender=self.front.email, subject="Fwd: mask")
        self.assertFalse(ticket.partner_id, "A colleague is not the customer")
        self.assertFalse(ticket.user_id)

    def test_of_somebody_with_a_login(self):
        """Whose rights do not matter: also to a company that they do not know."""
        diver = self.portal.partner_id
        other = self.env["res.company"].create(
            {"name": "Other", "alias_domain_id": self.domain.id}
        )
        for address, company in (
            ("questions@ticket.test", self.company),
            (other.dive_ticket_address, other),
        ):
            _id, ticket = self._mail(sender=self.portal.email, to=address)
            self.assertEqual((ticket.partner_id, ticket.company_id), (diver, company))
            said = ticket.message_post(
                body="Found",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            ticket.stage_id = self.solved
            self._mail("No", sender=self.portal.email, In_Reply_To=said.message_id)
            self.assertEqual(ticket.stage_id, self.new)
            self.assertIn("No", ticket.message_ids[0].body)

    def test_two_companies(self):
        other = self.env["res.company"].create(
            {"name": "Other", "alias_domain_id": self.domain.id}
        )
        address = other.dive_ticket_address
        _id, ticket = self._mail(to=address)
        self.assertEqual(ticket.company_id, other)
        _id, tickets = self._mail(to=f"questions@ticket.test, {address}")
        self.assertEqual(tickets.company_id, self.company | other)

    def test_delivered_twice(self):
        message_id, ticket = self._mail()
        self.assertEqual(len(ticket), 1)
        _id, again = self._mail(Message_Id=message_id)
        self.assertFalse(again)

    def test_answers_come_into_it(self):
        """By the reference; the customer's brings a ticket back to where it was."""
        _id, ticket = self._mail()
        ticket.stage_id = self.progress
        for stage in (self.waiting, self.solved):
            said = self._answer(ticket)
            self.assertIn("questions@ticket.test", said.reply_to)
            ticket.stage_id = stage
            _id, new = self._mail("No, the other one", In_Reply_To=said.message_id)
            self.assertFalse(new)
            self.assertEqual(ticket.stage_id, self.progress)
            self.assertIn("the other one", ticket.message_ids[0].body)
        ticket.stage_id = self.waiting
        self._answer(ticket)
        ticket.with_user(self.front).message_post(body="Note")
        self.assertEqual(ticket.stage_id, self.waiting, "Our own words bring nothing")

    def test_an_answer_to_a_note(self):
        """What a colleague answers to a note by e-mail stays a note."""
        _id, ticket = self._mail()
        note = ticket.with_user(self.front).message_post(body="Is it the red one?")
        self.assertTrue(note.subtype_id.internal)
        ticket.stage_id = self.waiting
        self._mail("Yes", sender=self.manager.email, In_Reply_To=note.message_id)
        self.assertTrue(ticket.message_ids[0].subtype_id.internal)
        self.assertEqual(ticket.stage_id, self.waiting)

    def test_machines(self):
        """Holidays make no ticket and open none; a website's form does."""
        away = {"Auto_Submitted": "auto-replied", "subject": "Away"}
        self.assertFalse(self._mail(**away)[1])
        self.assertFalse(self._mail(X_Autoreply="yes")[1])
        _id, ticket = self._mail(Auto_Submitted="auto-generated")
        self.assertEqual(len(ticket), 1)
        said = self._answer(ticket)
        ticket.stage_id = self.solved
        self._mail("I am away", In_Reply_To=said.message_id, **away)
        self.assertEqual(ticket.stage_id, self.solved)
        self.assertIn("I am away", ticket.message_ids[0].body, "Nothing is lost")

    def test_bounce(self):
        """What a mail server says of our own e-mail is no ticket."""
        sender = "MAILER-DAEMON@reef.test"
        self.assertFalse(self._mail(sender=sender, subject="Undelivered")[1])
        _id, ticket = self._mail()
        said = self._answer(ticket)
        ticket.stage_id = self.solved
        self._mail(sender=sender, In_Reply_To=said.message_id)
        self.assertEqual(ticket.stage_id, self.solved)

    def test_loop(self):
        """Odoo's own protection: twenty in two hours are enough of one sender."""
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 3)
        made = [len(self._mail(sender="bot@loop.test")[1]) for _n in range(5)]
        self.assertEqual(made, [1, 1, 1, 0, 0])
        self.assertEqual(len(self._mail()[1]), 1, "Others come through")

    def test_bad_input(self):
        no_subject = self._mail("Hello, I lost my mask on Sunday", subject=None)[1]
        self.assertEqual(no_subject.name, "Hello, I lost my mask on Sunday")
        self.assertEqual(self._mail("", subject="")[1].name, "E-mail without a subject")
        long = self._mail(subject="x" * 5000)[1]
        self.assertEqual(len(long.name), 200)
        huge = self._mail("wort " * 400_000)[1]
        self.assertEqual(len(huge), 1)
        emoji = self._mail("🤿🐠 مرحبا", subject="🤿 أين قناعي؟")[1]
        self.assertEqual(emoji.name, "🤿 أين قناعي؟")
        markup = self._mail(
            "<script>alert(1)</script>", subject="<img src=x onerror=alert(1)>"
        )[1]
        self.assertEqual(markup.name, "<img src=x onerror=alert(1)>")
        self.assertNotIn("<script>", markup.message_ids[0].body)
        for sender in ("", "not an address", "<>", "a" * 3000 + "@x.test"):
            with self.subTest(sender=sender[:20]):
                ticket = self._mail(sender=sender)[1]
                self.assertEqual(len(ticket), 1)
                self.assertFalse(ticket.partner_id)
                ticket.stage_id = self.solved
        raw = b"From: anna@reef.test\nTo: questions@ticket.test\n\n\xff\xfe broken"
        self.assertEqual(len(self._deliver(raw)), 1, "Neither subject nor number")
        nul = "=?utf-8?q?Ma=00sk?="
        raw = f"From: anna@reef.test\nTo: questions@ticket.test\nSubject: {nul}\n\nx\0y"
        self.assertEqual(self._deliver(raw.encode()).name, "Mask")

    def test_forged(self):
        """Who says to be a colleague is a text: nothing is done with their rights."""
        _id, ticket = self._mail(sender=f"Boss <{self.manager.email}>")
        self.assertFalse(ticket.partner_id | ticket.user_id.partner_id)
        # who says to be a customer is answered at the customer's address
        _id, ticket = self._mail(sender="anna@reef.test", Reply_To="evil@x.test")
        message = self._answer(ticket)
        self.assertEqual(message.notified_partner_ids, self.anna)

    def test_no_stage_no_loss(self):
        """An archived first stage: the next one takes them."""
        self.new.active = False
        self.assertEqual(self._mail()[1].stage_id, self.progress)

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def test_own_address(self):
        """An e-mail from our own address to itself goes nowhere in a circle."""
        _id, ticket = self._mail(sender="questions@ticket.test")
        self.assertFalse(ticket.partner_id)
        found = ticket._message_get_default_recipients()[ticket.id]
        self.assertFalse(found["email_to"])
        self.assertFalse(found["partner_ids"])
