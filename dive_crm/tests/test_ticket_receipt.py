"""Who asks is told that it has arrived: once, and never in a circle."""

from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.dive_ticket_receipt import MOST, RECEIVED
from .common import DiveCommon
from .ticket_common import TicketMixin


@tagged("post_install", "-at_install", "dive_long")
class TestTicketReceipt(TicketMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpTickets()
        cls.plan = cls.company._dive_plans_of(RECEIVED)
        cls.plan.active = True
        # managers are told otherwise: see test_ticket_tell
        cls.company.dive_ticket_user_id = cls.front

    def _receipts(self, ticket):
        found = ticket.message_ids.filtered(lambda m: m.message_type == "auto_comment")
        return self.env["mail.mail"].search([("mail_message_id", "in", found.ids)])

    def _to(self, mails):
        return [
            mail.email_to or ", ".join(mail.recipient_ids.mapped("email"))
            for mail in mails
        ]

    def test_by_email(self):
        message_id, ticket = self._mail(subject="Buy pills at http://x.test")
        mail = self._receipts(ticket)
        self.assertEqual(self._to(mail), ["anna@reef.test"])
        self.assertIn(ticket.number, mail.subject)
        self.assertIn(ticket.number, mail.body_html)
        self.assertIn("Dear Anna", mail.body_html)
        # an address can be forged: nothing goes there that somebody typed
        self.assertNotIn("pills", mail.subject + mail.body_html)
        self.assertNotIn("access_token", mail.body_html)
        self.assertIn("auto-replied", mail.headers)
        self.assertIn("X-Auto-Response-Suppress", mail.headers)
        self.assertIn("desk@dive.test", mail.email_from)
        # thread: the answer to it comes into the ticket, as a customer's word
        self.assertIn("questions@ticket.test", mail.reply_to)
        self.assertIn(message_id, mail.references or "")
        ticket.stage_id = self.solved
        _id, new = self._mail("One more thing", In_Reply_To=mail.message_id)
        self.assertFalse(new)
        self.assertEqual(ticket.stage_kind, "open")
        said = ticket.message_ids[0]
        self.assertIn("One more thing", said.body)
        self.assertFalse(said.is_internal or said.subtype_id.internal)
        self.assertEqual(len(self._receipts(ticket)), 1, "once")

    def test_of_somebody_unknown(self):
        _id, ticket = self._mail(sender="Nora L <nora@else.test>")
        mail = self._receipts(ticket)
        self.assertEqual(self._to(mail), ["nora@else.test"])
        self.assertFalse(ticket.partner_id)
        self.assertIn("Hello", mail.body_html)
        self.assertNotIn("Nora", mail.body_html)
        self.assertIn("questions@ticket.test", mail.reply_to)

    def test_from_the_portal(self):
        tickets = self.Ticket.with_user(self.portal)
        diver = self.portal.partner_id
        diver.dive_customer = True
        for _twice in range(2):
            ticket = tickets._dive_take_question(diver, "Fins", "Which?", "key-12345")
        mail = self._receipts(ticket)
        self.assertEqual(self._to(mail), [diver.email])
        self.assertIn(f"/my/tickets/{ticket.id}", mail.body_html)
        self.assertEqual(ticket.stage_kind, "open")
        self.assertEqual(
            (ticket.receipt_plan_id, ticket.receipt_address), (self.plan, diver.email)
        )

    def test_of_a_minor(self):
        """The guardian has written, and is told."""
        self.mia.email = "mia@reef.test"
        _id, ticket = self._mail(sender="mia@reef.test")
        self.assertEqual(self._to(self._receipts(ticket)), ["anna@reef.test"])

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("de_DE")
        template = self.env.ref("dive_crm.mail_template_ticket_received")
        template.with_context(lang="de_DE").subject = "Nummer {{ object.number }}"
        self.anna.lang = "de_DE"
        mail = self._receipts(self._mail()[1])
        self.assertIn("Nummer", mail.subject)
        # of a stranger nothing is known: as the dive centre speaks
        self.company.partner_id.lang = "de_DE"
        mail = self._receipts(self._mail(sender="nora@else.test")[1])
        self.assertIn("Nummer", mail.subject)

    def test_not_of_the_desk_nor_of_feedback(self):
        for source in ("desk", "feedback"):
            ticket = self.Ticket._dive_unlocked().create(
                {"name": "X", "partner_id": self.anna.id, "source": source}
            )
            self.assertFalse(self._receipts(ticket), source)
            # what is written to it later is no first message
            self._mail("Hm", In_Reply_To=self._said(ticket).message_id)
            self.assertFalse(self._receipts(ticket), source)

    def _said(self, ticket):
        return ticket.with_user(self.front).message_post(
            body="Yes?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )

    def test_switched_off(self):
        self.plan.active = False
        _id, ticket = self._mail()
        self.assertFalse(self._receipts(ticket))
        # switched on later: what has come before is not made up for
        self.plan.active = True
        self._mail("And?", In_Reply_To=self._said(ticket).message_id)
        self.assertFalse(self._receipts(ticket))

    # ------------------------------------------------------------------
    # Circles
    # ------------------------------------------------------------------

    def test_machines(self):
        """Forms, lists and robots make tickets; nobody reads an answer there."""
        for headers in (
            {"Auto_Submitted": "auto-generated"},
            {"Precedence": "bulk"},
            {"Precedence": "List"},
            {"List_Id": "<news.x.test>"},
            {"List_Unsubscribe": "<https://x.test>"},
            {"X_Auto_Response_Suppress": "All"},
            {"Return_Path": "<>"},
            {"sender": "No Reply <no-reply@x.test>"},
            {"sender": "noreply@x.test"},
            {"sender": "donotreply+77@x.test"},
            {"sender": "Postmaster@x.test"},
        ):
            with self.subTest(headers):
                _id, ticket = self._mail(**headers)
                self.assertEqual(len(ticket), 1)
                self.assertFalse(self._receipts(ticket))
        _id, ticket = self._mail(Auto_Submitted="no", Return_Path="<anna@reef.test>")
        self.assertTrue(self._receipts(ticket), "said by a person's program")

    def test_no_ticket_no_receipt(self):
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id
        for headers in (
            {"sender": "MAILER-DAEMON@reef.test"},
            {"Auto_Submitted": "auto-replied"},
            {"X_Autoreply": "yes"},
        ):
            self._mail(**headers)
        self.assertFalse(self._sent(last))

    def test_an_answer_of_a_machine_to_it(self):
        _id, ticket = self._mail()
        mail = self._receipts(ticket)
        self._mail("Away", In_Reply_To=mail.message_id, Auto_Submitted="auto-replied")
        self._mail("We have your mail", In_Reply_To=mail.message_id)
        self.assertEqual(len(self._receipts(ticket)), 1)

    def test_one_who_answers_each_time(self):
        """Another robot that says nothing of itself, with a new thread each time."""
        made = [self._mail(sender="bot@loop.test")[1] for _n in range(MOST + 3)]
        told = [len(self._receipts(ticket)) for ticket in made]
        self.assertEqual(told, [1] * MOST + [0] * 3)
        self.assertTrue(self._receipts(self._mail()[1]), "others are told")

    def test_own_addresses(self):
        for sender in (
            "questions@ticket.test",
            self.domain.catchall_email or "catchall@ticket.test",
            self.front.email,
            self.manager.email,
            "desk@dive.test",
        ):
            with self.subTest(sender), mute_logger("odoo.addons.mail"):
                for ticket in self._mail(sender=sender)[1]:
                    self.assertFalse(self._receipts(ticket))

    def test_no_address(self):
        for sender in ("", "not an address", "<>", "a" * 3000 + "@x.test"):
            with self.subTest(sender[:20]):
                _id, ticket = self._mail(sender=sender)
                self.assertEqual(len(ticket), 1)
                self.assertFalse(self._receipts(ticket))

    # ------------------------------------------------------------------
    # The plan
    # ------------------------------------------------------------------

    def test_broken_template(self):
        """The question is not lost, and the list says that nobody was told."""
        template = self.env.ref("dive_crm.mail_template_ticket_received").copy()
        self.env.cr.execute(
            "UPDATE mail_template SET subject = %s WHERE id = %s",
            ['{"en_US": "{{ object.nothing }}"}', template.id],
        )
        template.invalidate_recordset()
        self.plan.mail_template_id = template
        failed = self.plan.failed
        with self.assertLogs("odoo.addons.dive_crm", "WARNING"):
            _id, ticket = self._mail()
        self.assertEqual((len(ticket), ticket.partner_id), (1, self.anna))
        self.assertFalse(self._receipts(ticket))
        self.env.invalidate_all()
        self.assertEqual(self.plan.failed, failed + 1)
        row = self.env["dive.message.log"].search(
            [("plan_id", "=", self.plan.id)], limit=1
        )
        self.assertEqual((row.state, row.about), ("failed", "ticket"))
        self.assertIn("template", row.error)

    def test_own_words(self):
        template = self.env.ref("dive_crm.mail_template_ticket_received").copy()
        template.subject = "Got it"
        self.plan.mail_template_id = template
        self.assertEqual(self._receipts(self._mail()[1]).subject, "Got it")

    def test_in_the_list_of_messages(self):
        sent = self.plan.sent
        _id, ticket = self._mail()
        self.env.invalidate_all()
        self.assertEqual(self.plan.sent, sent + 1)
        row = self.env["dive.message.log"].search(
            [("plan_id", "=", self.plan.id)], limit=1
        )
        self.assertEqual(
            (row.state, row.recipient_id, row.address, row.company_id),
            ("queued", self.anna, "anna@reef.test", self.company),
        )
        self.assertEqual(row.with_user(self.front).action_open()["res_id"], ticket.id)
        preview = self.plan.with_user(self.manager).action_preview()
        shown = self.env["dive.message.preview"].browse(preview["res_id"])
        self.assertIn(ticket.number, shown.body)

    def test_by_email_alone(self):
        for channel in ("sms", "preferred"):
            with self.assertRaisesRegex(ValidationError, "e-mail"):
                self.plan.channel = channel
        self.assertEqual(self.plan.who, "sender")

    def test_companies(self):
        other = self.env["res.company"].create(
            {"name": "Other", "alias_domain_id": self.domain.id}
        )
        self.assertTrue(other._dive_plans_of(RECEIVED).active)
        _id, ticket = self._mail(to=other.dive_ticket_address)
        self.assertEqual(ticket.receipt_plan_id, other._dive_plans_of(RECEIVED))
        self.assertIn("Other", self._receipts(ticket).body_html)
