"""E-mail and SMS from the record: whom they reach, and who is left out."""

from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from odoo.addons.base.models.ir_qweb import IrQweb
from odoo.addons.sms.tests.common import SMSCase

from ..wizards import dive_composer_mixin
from .common import DiveCommon
from .message_common import MessageMixin
from .smtp_sink import SinkMixin, SmtpSink
from .test_consent import ConsentMixin


@tagged("post_install", "-at_install", "dive_long")
class TestWriteByHand(ConsentMixin, MessageMixin, SinkMixin, SMSCase, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpConsents()
        cls.setUpMessages()
        cls.setUpSink()
        cls.guardian = cls._customer(
            "Greta Guard", email="greta@dive.test", phone="+32470000001"
        )
        cls.child = cls._customer(
            "Kim Kid",
            birthdate_date=fields.Date.today(),
            dive_guardian_id=cls.guardian.id,
            phone="+32470000002",
        )
        cls.ben = cls._customer("Ben B", email="ben@dive.test", phone="+32470000003")
        cls.mute = cls._customer("Mo Mute")
        cls.people = cls.guardian | cls.child | cls.ben | cls.mute

    def _compose(self, records, user=None, **vals):
        """Return a composer as the Actions menu opens it."""
        composer = self.env["mail.compose.message"].with_user(user or self.front)
        form = Form(
            composer.with_context(
                active_model=records._name,
                active_ids=records.ids,
                active_id=records[:1].id,
                default_composition_mode="mass_mail",
            )
        )
        for name, value in {"subject": "Hello", **vals}.items():
            setattr(form, name, value)
        return form.save()

    def _sent(self, composer):
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        self.said = composer.action_send_mail().get("params", {}).get("message")
        return self.env["mail.mail"].search([("id", ">", last)], order="id")

    def _text(self, records, user=None, **vals):
        composer = self.env["sms.composer"].with_user(user or self.front)
        return composer.with_context(
            active_model=records._name,
            default_composition_mode="mass",
            default_mass_keep_log=True,
            default_res_ids=repr(records.ids),
        ).create({"body": "Hello", **vals})

    # ------------------------------------------------------------------
    # Whom it reaches
    # ------------------------------------------------------------------

    def test_minors(self):
        mails = self._sent(self._compose(self.child | self.ben, body="<p>Hi</p>"))
        self.assertEqual(mails.recipient_ids, self.guardian | self.ben)
        orphan = self._customer(
            "Ona", birthdate_date=fields.Date.today(), email="ona@dive.test"
        )
        composer = self._compose(orphan)
        self.assertIn("without a guardian", composer.dive_left_out)
        self.assertFalse(self._sent(composer).recipient_ids & orphan)

    def test_sent_by_the_queue(self):
        """Few as they are: a request that is run again, or killed, doubles nothing."""
        runs = self.env["ir.cron.trigger"].search_count([])
        with patch.object(type(self.env["mail.mail"]), "send") as send:
            mails = self._sent(
                self._compose(self.ben | self.guardian, body="<p>Hi</p>")
            )
        send.assert_not_called()
        self.assertIn("On their way: 2.", self.said)
        self.assertEqual(mails.mapped("state"), ["outgoing"] * 2)
        self.assertGreater(self.env["ir.cron.trigger"].search_count([]), runs)

    def test_service_always_goes(self):
        """Also to those who want no mailings: it is about what they have booked."""
        self.env["mail.blacklist"]._add("ben@dive.test")
        booking = self._booking(self.ben, self.trip, confirm=True)
        template = self.env.ref("dive_crm.mail_template_by_hand_booking")
        mail = self._sent(self._compose(booking, template_id=template))
        self.assertEqual((mail.state, mail.recipient_ids), ("outgoing", self.ben))
        self.assertIn(self.trip.name, mail.body_html)
        self.assertNotIn("List-Unsubscribe", mail.headers)
        self.assertIn(mail.mail_message_id, booking.message_ids)

    def test_who_is_no_customer_keeps_off_our_ways(self):
        """What other apps write to their contacts stays as Odoo has it."""
        lead = self.env["res.partner"].create(
            {"name": "A Lead", "email": "lead@shop.test"}
        )
        self.env["mail.blacklist"]._add("lead@shop.test")
        self.env["mail.blacklist"]._add("ben@dive.test")
        both = lead | self.ben
        mails = self._sent(self._compose(both, body="<p>Hi</p>"))
        sent = mails.filtered(lambda mail: mail.state == "outgoing")
        self.assertEqual(sent.recipient_ids, self.ben)
        mails = self._sent(self._compose(both, user=self.employee, body="<p>Hi</p>"))
        self.assertFalse(mails.filtered(lambda mail: mail.state == "outgoing"))

    def test_news_as_mail_programs_get_them(self):
        self.ben._dive_answer(self.news, True, "desk")
        template = self.env.ref("dive_crm.mail_template_by_hand_customer")
        mails = self._sent(self._compose(self.ben, template_id=template))
        with SmtpSink() as sink:
            self._deliver(mails, sink)
        ((_sender, recipients, message),) = sink.messages
        self.assertEqual(recipients, ["ben@dive.test"])
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        link = message["List-Unsubscribe"].strip("<>")
        self.assertTrue(
            link.startswith(f"{self.ben.get_base_url()}/dive/consents/stop?")
        )
        text = message.get_body(("html",)).get_content()
        self.assertIn("/dive/consents?c=email&amp;a=ben%40dive.test", text)

    def test_news_only_to_those_who_have_agreed(self):
        template = self.env.ref("dive_crm.mail_template_by_hand_customer")
        composer = self._compose(self.people, template_id=template)
        self.assertTrue(composer.dive_marketing)
        said = composer.dive_left_out
        self.assertIn("4 of 4 are left out", said)
        self.assertIn("3 who have not agreed", said)
        self.assertIn("1 without e-mail address: Mo Mute", said)
        self.assertFalse(self._sent(composer))
        self.assertIn("Nobody was written to", self.said)
        self.guardian._dive_answer(self.news, True, "desk")
        self.ben._dive_answer(self.texts, True, "desk")
        composer = self._compose(self.people, template_id=template)
        self.assertIn("2 of 4 are left out", composer.dive_left_out)
        mails = self._sent(composer)
        self.assertEqual(len(mails), 2, "For herself, and for the child")
        self.assertEqual(mails.recipient_ids, self.guardian)
        for mail in mails:
            self.assertIn("List-Unsubscribe=One-Click", mail.headers)
            self.assertIn("/dive/consents?c=email", mail.body_html)
            # what staff read in the chatter does not open the diver's answers
            self.assertNotIn("/dive/consents", mail.body)
        # ticked by hand, and taken off by hand
        composer = self._compose(self.ben, body="<p>Hi</p>", dive_marketing=True)
        self.assertFalse(self._sent(composer))
        composer = self._compose(self.ben, template_id=template, dive_marketing=False)
        self.assertEqual(self._sent(composer).recipient_ids, self.ben)

    def test_news_in_the_chatter(self):
        """Whoever is chosen by hand has to have agreed as well."""
        template = self.env.ref("dive_crm.mail_template_by_hand_customer")
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.front)
            .create(
                {
                    "composition_mode": "comment",
                    "model": "res.partner",
                    "res_ids": repr(self.ben.ids),
                    "template_id": template.id,
                    "partner_ids": [(6, 0, self.ben.ids)],
                }
            )
        )
        with self.assertRaisesRegex(UserError, "Not agreed to news and offers: Ben B"):
            composer.action_send_mail()
        self.ben._dive_answer(self.news, True, "desk")
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        composer.action_send_mail()
        mail = self.env["mail.mail"].search([("id", ">", last)])
        self.assertEqual(mail.recipient_ids, self.ben)
        self.assertIn("/dive/consents/stop?", mail.headers)
        self.assertIn("/dive/consents?c=email", mail.body_html)
        # what is kept for staff has not the reader's link
        self.assertNotIn("/dive/consents", mail.mail_message_id.body)
        self.assertIn(mail.mail_message_id, self.ben.message_ids)
        composer.partner_ids = self.guardian
        self.guardian._dive_answer(self.news, True, "desk")
        with self.assertRaisesRegex(UserError, "go to Ben B from here"):
            composer.action_send_mail()

    def test_all_templates(self):
        """Each fills in for whoever works with the record."""
        booking = self._booking(self.ben, self.trip, confirm=True)
        for key, record in (
            ("customer", self.ben),
            ("booking", booking),
            ("trip", booking.diver_ids),
        ):
            for kind in ("mail", "sms"):
                template = self.env.ref(f"dive_crm.{kind}_template_by_hand_{key}")
                field = "body_html" if kind == "mail" else "body"
                template = template.with_user(self.front)
                text = template._render_field(field, record.ids)[record.id]
                self.assertNotIn("{{", text)
                self.assertNotIn("False", text)
        self.assertIn(self.trip.name, text)

    # ------------------------------------------------------------------
    # All of a trip
    # ------------------------------------------------------------------

    def test_all_of_a_trip(self):
        booking = self._booking(self.guardian, self.trip, self.child, confirm=True)
        self._booking(self.ben, self.trip, confirm=True)
        action = self.trip.with_user(self.instructor).action_dive_write_email()
        composer = self.env["mail.compose.message"].with_user(self.instructor)
        form = Form(composer.with_context(**action["context"]))
        form.template_id = self.env.ref("dive_crm.mail_template_by_hand_trip")
        composer = form.save()
        mails = self._sent(composer)
        self.assertEqual(mails.recipient_ids, self.guardian | self.ben)
        mine = mails.filtered(lambda mail: mail.recipient_ids == self.guardian)
        self.assertEqual((mine.model, mine.res_id), ("dive.booking", booking.id))
        self.assertIn("Kim Kid", mine.body_html)
        self.assertIn(mine.mail_message_id, booking.message_ids)
        empty = self._trip()
        with self.assertRaisesRegex(UserError, "Nobody is booked"):
            empty.action_dive_write_email()

    # ------------------------------------------------------------------
    # SMS
    # ------------------------------------------------------------------

    def test_sms(self):
        today = fields.Date.today()
        orphan = self._customer("Ona", birthdate_date=today, phone="+32470000004")
        composer = self._text(self.people | orphan)
        self.assertIn("1 without phone: Mo Mute", composer.dive_left_out)
        self.assertIn("without a guardian: Ona", composer.dive_left_out)
        with self.mockSMSGateway():
            composer.action_send_sms()
        texts = self.env["sms.sms"].search([("body", "=", "Hello")])
        reached = texts.filtered(lambda text: text.state == "outgoing")
        self.assertEqual(
            set(reached.mapped("number")), {"+32470000001", "+32470000003"}
        )

    def test_sms_news(self):
        self.ben._dive_answer(self.texts, True, "desk")
        composer = self._text(self.people, dive_marketing=True)
        self.assertIn("2 who have not agreed", composer.dive_left_out)
        with self.mockSMSGateway():
            composer.action_send_sms()
        text = self.env["sms.sms"].search([("partner_id", "in", self.people.ids)])
        self.assertEqual(text.partner_id, self.ben)
        self.assertIn("/dive/consents?c=sms&a=%2B32470000003", text.body)

    def test_sms_that_is_no_news_goes_to_all(self):
        """Also twice to one number, and to one that wants no mailings."""
        twin = self._customer("Tia Twin", phone="+32470000003")
        self.env["phone.blacklist"]._add(["+32470000003"])
        people = self.ben | twin
        composer = self._text(people, body="About {{ object.name }}")
        self.assertFalse(composer.dive_left_out)
        with self.mockSMSGateway():
            composer.action_send_sms()
        texts = self.env["sms.sms"].search([("number", "=", "+32470000003")])
        self.assertEqual(
            sorted(texts.mapped(lambda text: (text.body, text.state))),
            [(f"About {one.name}", "outgoing") for one in people.sorted("name")],
        )
        # the same words but once
        with self.mockSMSGateway():
            self._text(people, body="See you").action_send_sms()
        texts = self.env["sms.sms"].search([("body", "=", "See you")])
        self.assertEqual(sorted(texts.mapped("state")), ["canceled", "outgoing"])
        # news go to nobody there, and it is said
        self.ben._dive_answer(self.texts, True, "desk")
        composer = self._text(self.ben, dive_marketing=True)
        self.assertIn("1 whose number wants no such", composer.dive_left_out)
        # other apps' contacts keep to the list
        people.dive_customer = False
        with self.mockSMSGateway():
            self._text(people, body="Hi {{ object.name }}").action_send_sms()
        texts = self.env["sms.sms"].search([("body", "like", "Hi %")])
        self.assertEqual(set(texts.mapped("state")), {"canceled"})

    def test_too_many(self):
        self.patch(dive_composer_mixin, "MOST", 3)
        for composer in (self._compose(self.people), self._text(self.people)):
            with self.assertRaisesRegex(UserError, "4 at once are too many: at most 3"):
                if composer._name == "sms.composer":
                    composer.action_send_sms()
                else:
                    composer.action_send_mail()

    def test_a_template_takes_no_tick_away(self):
        """A list that is written to as news stays so, whatever words are chosen."""
        service = self.env["sms.template"].create(
            {
                "name": "Note",
                "body": "Hello",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        news = service.copy({"dive_marketing": True})
        composer = self._text(self.ben, dive_marketing=True)
        composer.template_id = service
        self.assertTrue(composer.dive_marketing)
        composer.dive_marketing = False
        self.assertFalse(composer.dive_marketing)
        composer.template_id = news
        self.assertTrue(composer.dive_marketing)
        letter = Form(
            self.env["mail.compose.message"]
            .with_user(self.front)
            .with_context(
                default_composition_mode="mass_mail",
                default_model="res.partner",
                default_res_ids=self.people.ids,
                default_dive_marketing=True,
            )
        )
        letter.template_id = self.env["mail.template"].create(
            {"name": "N", "model_id": service.model_id.id, "subject": "N"}
        )
        self.assertTrue(letter.dive_marketing)

    def test_sms_to_one(self):
        composer = (
            self.env["sms.composer"]
            .with_user(self.front)
            .create(
                {
                    "composition_mode": "comment",
                    "res_model": "res.partner",
                    "res_id": self.child.id,
                    "body": "Hello",
                    "dive_marketing": True,
                }
            )
        )
        self.assertEqual(composer.recipient_single_number, "+32470000001")
        with self.assertRaisesRegex(UserError, "offers: Greta Guard"):
            composer.action_send_sms()

    def test_compiled_once(self):
        """Not for each of thousands: that is most of the time it takes."""
        compiled = []
        honest = IrQweb._generate_code_uncached

        def counted(qweb, template):
            compiled.append(template)
            return honest(qweb, template)

        template = self.env.ref("dive_crm.mail_template_by_hand_customer")
        counts = []
        for people in (self.ben, self.ben | self.guardian | self.child):
            composer = self._compose(people, template_id=template, dive_marketing=False)
            compiled.clear()
            with patch.object(IrQweb, "_generate_code_uncached", counted):
                self.assertEqual(len(self._sent(composer)), len(people))
            counts.append(len(compiled))
        self.assertEqual(*counts)

    def test_queries_do_not_grow(self):
        many = self.env["res.partner"].create(
            [
                {
                    "name": f"Diver {n}",
                    "dive_customer": True,
                    "email": f"d{n}@dive.test",
                }
                for n in range(80)
            ]
        )

        def counted(some):
            composer = self._compose(some, dive_marketing=True)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            composer.dive_left_out  # noqa: B018
            return self.env.cr.sql_log_count - start

        counted(many[:1])
        self.assertEqual(counted(many[:1]), counted(many))
