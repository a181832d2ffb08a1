"""A letter to one diver: a line is added, and nothing that is typed is run."""

from odoo.tests import Form, tagged

from .common import DiveCommon
from .message_common import MessageMixin
from .test_consent import ConsentMixin


@tagged("post_install", "-at_install", "dive_long")
class TestWriteLetter(ConsentMixin, MessageMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpConsents()
        cls.setUpMessages()
        cls.editors = cls.env.ref("mail.group_mail_template_editor")
        cls.ben = cls._customer("Ben B", email="ben@dive.test", phone="+32470000003")
        cls.zoe = cls._customer("Zoe Z", email="zoe@dive.test")
        cls.booking = cls._booking(cls.ben, cls.trip, confirm=True)
        cls.other = cls._booking(cls.zoe, cls.trip, confirm=True)
        cls.template = cls.env.ref("dive_crm.mail_template_by_hand_booking")
        cls.before = (cls.template.subject, cls.template.body_html)

    def setUp(self):
        super().setUp()
        for user in (self.front, self.instructor):
            self.assertFalse(user.has_group("mail.group_mail_template_editor"))

    def _form(self, records, user=None, template=None):
        """Return the composer as the Actions menu opens it, with a template."""
        composer = self.env["mail.compose.message"].with_user(user or self.front)
        form = Form(
            composer.with_context(
                active_model=records._name,
                active_ids=records.ids,
                active_id=records[:1].id,
                default_composition_mode="mass_mail",
            )
        )
        form.template_id = template or self.template
        return form

    def _sent(self, composer):
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        composer.action_send_mail()
        return self.env["mail.mail"].search([("id", ">", last)], order="id")

    def test_a_line_is_added(self):
        form = self._form(self.booking)
        self.assertTrue(form.can_edit_body)
        self.assertIn("Ben B", form.body)
        self.assertIn(self.trip.name, form.body)
        self.assertNotIn("t-out", form.body)
        self.assertNotIn("{{", form.subject)
        form.body = f"{form.body}<p>Your mask is at the desk.</p>"
        form.subject = f"{form.subject}!"
        mail = self._sent(form.save())
        self.assertEqual(mail.recipient_ids, self.ben)
        self.assertIn("Your mask is at the desk.", mail.body_html)
        self.assertIn("Ben B", mail.body_html)
        self.assertEqual(mail.subject[-1], "!")
        self.assertIn("mask", mail.mail_message_id.body)
        self.assertEqual((self.template.subject, self.template.body_html), self.before)

    def test_what_is_typed_is_text(self):
        """Neither QWeb nor expressions of somebody who may not edit templates."""
        self.env["ir.config_parameter"].set_param("dive.secret", "swordfish")
        get = "object.env['ir.config_parameter'].sudo().get_param('dive.secret')"
        for typed in (
            f'<p>Hi <t t-out="{get}"/></p>',
            f'<p t-out="{get}">Hi</p>',
            f"<p>Hi {{{{ {get} }}}}</p>",
            f'<p><a t-attf-href="https://x.test/{{{{ {get} }}}}">Hi</a></p>',
            '<p>Hi <t t-esc="object.partner_id.phone"/><t t-out="1/0"/></p>',
        ):
            with self.subTest(typed):
                form = self._form(self.booking)
                form.body = f"{form.body}{typed}"
                form.subject = "About {{ object.partner_id.phone }} {{ 7 * 7 }}"
                composer = form.save()
                mail = self._sent(composer)
                self.assertEqual(len(mail), 1)
                for text in (mail.body_html, mail.mail_message_id.body):
                    self.assertIn("Hi", text)
                    self.assertNotIn("swordfish", text)
                    self.assertNotIn(self.ben.phone, text)
                self.assertEqual(
                    mail.subject, "About {{ object.partner_id.phone }} {{ 7 * 7 }}"
                )

    def test_over_the_api(self):
        """Made in one go: what is given is text, what is not given is filled in."""
        values = {
            "composition_mode": "mass_mail",
            "model": "dive.booking",
            "res_ids": repr(self.booking.ids),
            "template_id": self.template.id,
        }
        composer = self.env["mail.compose.message"].with_user(self.front)
        mail = self._sent(composer.create(values))
        self.assertIn("Ben B", mail.body_html)
        mail = self._sent(
            composer.create({**values, "body": "<p><t t-out='object.name'/>Hi</p>"})
        )
        self.assertIn("Hi", mail.body_html)
        self.assertNotIn(self.booking.name, mail.body_html)
        # the template itself is filled in, as Odoo does
        mail = self._sent(composer.create({**values, "body": self.template.body_html}))
        self.assertIn("Ben B", mail.body_html)
        self.assertNotIn("t-out", mail.body_html)

    def test_several_stay_as_odoo_has_them(self):
        form = self._form(self.booking | self.other)
        self.assertFalse(form.can_edit_body)
        self.assertEqual(form.subject, self.template.subject)
        composer = form.save()
        composer.body = "<p>Changed <t t-out='object.name'/></p>"
        mails = self._sent(composer)
        self.assertEqual(len(mails), 2)
        for mail in mails:
            self.assertNotIn("Changed", mail.body_html)

    def test_editors_stay_as_odoo_has_them(self):
        self.front.group_ids |= self.editors
        form = self._form(self.booking)
        self.assertTrue(form.can_edit_body)
        form.body = "<p>No <t t-out='object.name'/></p>"
        self.assertIn(self.booking.name, self._sent(form.save()).body_html)

    def test_what_they_may_not_see(self):
        """Filled in as superuser when sent, so not shown, and not to be changed."""
        template = self.template.copy()
        template.body_html = (
            "<p>Code <t t-out=\"object.env['ir.config_parameter']"
            ".get_param('database.uuid')\"/></p>"
        )
        form = self._form(self.booking, template=template)
        self.assertFalse(form.can_edit_body)
        composer = form.save()
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        self.assertNotIn(uuid, composer.body)
        composer.body = "<p>Mine</p>"
        mail = self._sent(composer)
        self.assertIn("Code", mail.body_html)
        self.assertNotIn("Mine", mail.body_html)

    def test_a_record_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._customer("Foreign", company_id=other.id, email="f@dive.test")
        template = self.env.ref("dive_crm.mail_template_by_hand_customer")
        composer = self.env["mail.compose.message"].with_user(self.front)
        composer = composer.new(
            {
                "composition_mode": "mass_mail",
                "model": "res.partner",
                "res_ids": repr(foreign.ids),
                "template_id": template.id,
            }
        )
        self.assertFalse(composer._dive_letter())
        self.assertNotIn("Foreign", composer.body or "")

    def test_in_the_language_of_the_diver(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.template.with_context(lang="de_DE").body_html = "<p>Guten Tag!</p>"
        self.ben.lang = "de_DE"
        form = self._form(self.booking)
        self.assertIn("Guten Tag!", form.body)
        form.body = f"{form.body}<p>Bis bald</p>"
        self.assertIn("Guten Tag!", self._sent(form.save()).body_html)

    def test_template_is_taken_out_again(self):
        form = self._form(self.booking)
        form.template_id = self.env["mail.template"]
        self.assertFalse(form.body)
        self.assertTrue(form.can_edit_body)

    def test_news_only_with_consent(self):
        template = self.env.ref("dive_crm.mail_template_by_hand_customer")
        form = self._form(self.ben, template=template)
        form.body = f"{form.body}<p>One more</p>"
        composer = form.save()
        self.assertTrue(composer.dive_marketing)
        self.assertFalse(self._sent(composer))
        self.ben._dive_answer(self.news, True, "desk")
        form = self._form(self.ben, template=template)
        form.body = f"{form.body}<p>One more</p>"
        mail = self._sent(form.save())
        self.assertIn("One more", mail.body_html)
        self.assertIn("/dive/consents?", mail.body_html)

    def test_others_of_the_house(self):
        """Who is not of the dive centre writes as Odoo has it."""
        user = self.employee
        template = self.env.ref("dive_crm.mail_template_by_hand_customer")
        form = self._form(self.ben, user=user, template=template)
        self.assertFalse(form.can_edit_body)
