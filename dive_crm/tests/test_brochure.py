"""Brochures: asked for with one click, printed in a batch, sent once, reported."""

import base64
from datetime import date, timedelta

import polib

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from .common import DiveCommon, RaceCase

ADDRESS = {"street": "Harbour 1", "city": "Estartit", "zip": "17258"}


@tagged("post_install", "-at_install", "dive_long")
class TestBrochure(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Request = cls.env["dive.brochure.request"]
        cls.Request.search([])._dive_set("cancelled")
        cls.brochure = cls.env.ref("dive_crm.brochure_general")
        (cls.env["dive.brochure"].search([]) - cls.brochure).active = False
        cls.anna = cls._customer("Anna", email="anna@reef.test", **ADDRESS)
        cls.tom = cls._customer("Tom", email="tom@reef.test")
        cls.nobody = cls._customer("Nobody")

    def _ask(self, partner, **vals):
        partner.with_user(self.front).action_dive_brochure()
        request = self.Request.search([("partner_id", "=", partner.id)], limit=1)
        if vals:
            request.write(vals)
        return request.with_user(self.front)

    def test_many_at_once(self):
        """From the list; who has it coming already gets it once."""
        waiting = self._ask(self.tom)
        stranger = self.env["res.partner"].create({"name": "A Lead"})
        people = (self.anna | self.tom | self.nobody | stranger).with_user(self.front)
        action = people.action_dive_brochures()
        dialogs = self.env[action["res_model"]].with_user(self.front)
        dialog = Form(dialogs.browse(action["res_id"]))
        self.assertEqual(dialog.brochure_id, self.brochure)
        self.assertIn("for 2 of 3", dialog.words)
        self.assertIn("already: 1", dialog.words)
        said = dialog.save().action_note()["params"]["message"]
        self.assertIn("now: 2", said)
        self.assertIn("missing for 1", said)
        found = self.Request.search(
            [("partner_id", "in", people.ids), ("state", "=", "to_send")]
        )
        self.assertEqual(found.partner_id, self.anna | self.tom | self.nobody)
        self.assertIn(waiting.id, found.ids)
        dialogs.browse(action["res_id"]).action_note()
        self.assertEqual(self.Request.search_count([("id", "in", found.ids)]), 3)
        with self.assertRaisesRegex(UserError, "Select the customers"):
            stranger.with_user(self.front).action_dive_brochures()
        # a dialog is whose it is
        with self.assertRaises(AccessError):
            dialogs.with_user(self.manager).browse(action["res_id"]).action_note()
        with self.assertRaises(AccessError):
            people.with_user(self.instructor).action_dive_brochures()

    def test_many_ask_as_often_as_one(self):
        def queries(number):
            people = self.Partner.create(
                [
                    {"name": f"B{number}.{index}", "dive_customer": True, **ADDRESS}
                    for index in range(number)
                ]
            ).with_user(self.front)
            dialog = self.env["dive.brochure.ask"].with_user(self.front)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            action = people.action_dive_brochures()
            dialog = dialog.browse(action["res_id"])
            self.assertIn(f"for {number} of {number}", dialog.words)
            dialog.action_note()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(1), queries(80))

    def _send(self, requests):
        action = requests.action_send()
        return (
            self.env[action["res_model"]].with_user(self.front).browse(action["res_id"])
        )

    def _mails(self, request):
        return self.env["mail.mail"].search(
            [("model", "=", request._name), ("res_id", "in", request.ids)]
        )

    def test_one_click(self):
        request = self._ask(self.anna)
        self.assertEqual(
            (request.state, request.brochure_id, request.way, request.asked_by),
            ("to_send", self.brochure, "post", self.front),
        )
        self.assertEqual(request.asked_on, self.company._dive_today())
        action = self.anna.with_user(self.front).action_dive_brochure()
        self.assertIn("already", action["params"]["message"])
        self.assertEqual(
            self.Request.search_count([("partner_id", "=", self.anna.id)]), 1
        )

    def test_how_it_is_sent(self):
        self.assertEqual(self._ask(self.tom).way, "email")
        action = self.nobody.with_user(self.front).action_dive_brochure()
        self.assertIn("No postal address", action["params"]["message"])
        self.anna.dive_channel = "email"
        self.assertEqual(self._ask(self.anna).way, "email")

    def test_of_several_one_is_chosen(self):
        other = self.brochure.copy({"name": "Courses"})
        action = self.anna.with_user(self.front).action_dive_brochure()
        self.assertEqual(action["target"], "new")
        context = dict(action["context"])
        form = Form(
            self.Request.with_user(self.front).with_context(**context),
            "dive_crm.view_dive_brochure_request_ask",
        )
        form.brochure_id = other
        request = form.save()
        self.assertEqual((request.partner_id, request.brochure_id), (self.anna, other))
        self.assertIn("on the list", request.action_noted()["params"]["message"])

    def test_no_brochure_at_all(self):
        self.brochure.active = False
        with self.assertRaisesRegex(UserError, "no brochure yet"):
            self._ask(self.anna)

    def test_what_is_missing_is_said_and_listed(self):
        kid = self._customer("Kid", birthdate_date=date(2020, 1, 1), **ADDRESS)
        requests = (
            self._ask(self.anna)
            | self._ask(self.tom)
            | self._ask(self.nobody)
            | self._ask(kid)
        )
        dialog = self._send(requests)
        self.assertEqual(
            dialog.words.split("\n"),
            [
                "Letters to print: 1.",
                "E-mails to send: 1.",
                "No postal address, left out: Nobody.",
                "A minor without a guardian, left out: Kid.",
            ],
        )
        lacking = requests.search([("missing", "!=", False), ("state", "=", "to_send")])
        self.assertEqual(lacking.partner_id, self.nobody | kid)
        found = self.Request.search(dialog.action_incomplete()["domain"])
        self.assertEqual(found.partner_id, self.nobody | kid)
        kid.dive_guardian_id = self.anna
        self.env.invalidate_all()
        self.assertEqual(requests[3].recipient_id, self.anna)
        self.assertFalse(requests[3].missing)

    def test_letters_are_marked_once(self):
        request = self._ask(self.anna, asked_on=date.today() - timedelta(days=3))
        dialog = self._send(request)
        self.assertEqual(
            dialog.action_print()["report_name"], "dive_crm.report_dive_brochure"
        )
        self.assertEqual(request.state, "to_send", "printing is not sending")
        dialog.action_mark()
        self.assertEqual((request.state, request.sent_by), ("sent", self.front))
        self.assertEqual(request.sent_on, self.company._dive_today())
        self.assertEqual(request.days, (request.sent_on - request.asked_on).days)
        action = dialog.with_user(self.front).action_mark()
        self.assertIn(": 0.", action["params"]["message"])
        with self.assertRaisesRegex(UserError, "no letter"):
            dialog.action_print()
        with self.assertRaisesRegex(UserError, "Nothing waits"):
            self._send(request)
        # asked for again, later
        self.assertNotEqual(self._ask(self.anna), request)

    def test_emails_go_once_with_the_pdf(self):
        self.brochure.write(
            {"pdf": base64.b64encode(b"%PDF-1.4 brochure"), "pdf_name": "Trips.pdf"}
        )
        request = self._ask(self.tom)
        dialog = self._send(request)
        dialog.action_mail()
        mail = self._mails(request)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.tom)
        self.assertIn("Dear Tom", mail.body_html)
        self.assertEqual(mail.attachment_ids.name, "Trips.pdf")
        dialog.action_mail()
        self.assertEqual(len(self._mails(request)), 1)
        self.assertEqual(request.state, "sent")
        mail.write({"state": "exception", "failure_reason": "Mailbox full"})
        self.env.flush_all()
        request.invalidate_recordset()
        self.assertEqual(request.trouble, "Mailbox full")
        row = self.env["dive.contact.log"].search([("partner_id", "=", self.tom.id)])
        self.assertEqual(row.kind, "email_out")

    def test_the_letter(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.company.country_id = self.env.ref("base.es")
        template = self.brochure.mail_template_id
        template.with_context(lang="de_DE").subject = "Ihr Prospekt"
        self.anna.write({"lang": "de_DE", "name": "Anna <b>Ω</b>"})
        requests = self._ask(self.anna) | self._ask(self.tom, way="post")
        report = self.env["ir.actions.report"].with_user(self.front)
        html = report._render_qweb_html("dive_crm.report_dive_brochure", requests.ids)[
            0
        ].decode()
        self.assertEqual(html.count('class="page o_dive_letter"'), 2)
        self.assertIn("Ihr Prospekt", html)
        self.assertIn("Harbour 1", html)
        self.assertNotIn("<b>Ω</b>", html)
        self.assertIn("left: 25mm; top: 40mm", html)
        self.company.country_id = self.env.ref("base.us")
        self.assertEqual(self.company._dive_envelope(), "us")
        for user in (self.instructor, self.portal):
            with self.assertRaises(AccessError):
                self.env["ir.actions.report"].with_user(user)._render_qweb_html(
                    "dive_crm.report_dive_brochure", requests.ids
                )

    def test_the_letter_in_four_languages(self):
        """As in the files of translations, by the diver's language."""
        template = self.brochure.mail_template_id
        for code in ("de_DE", "es_ES", "fr_FR", "it_IT"):
            self.env["res.lang"]._activate_lang(code)
            for entry in polib.pofile(file_path(f"dive_crm/i18n/{code[:2]}.po")):
                for place, _line in entry.occurrences:
                    model, _dot, record = place.rpartition(":")
                    if record == "dive_crm.mail_template_brochure":
                        name = model.rpartition(",")[2]
                        template.with_context(lang=code)[name] = entry.msgstr
            diver = self._customer(code, lang=code, **ADDRESS)
            # sudo: as whoever renders the letter
            (letter,) = self._ask(diver).sudo()._dive_letters()
            self.assertIn(code, letter["body"])
            self.assertNotIn("thank you", letter["body"])
            self.assertNotIn("brochure from", letter["subject"])

    def test_merged_and_deleted(self):
        first = self._ask(self.anna)
        second = self._ask(self.tom)
        self._merge_partners(self.tom, self.anna)
        self.assertEqual((first | second).partner_id, self.tom)
        self.assertEqual(
            sorted((first | second).mapped("state")), ["cancelled", "to_send"]
        )
        request = self._ask(self.nobody)
        self.nobody.with_user(self.manager).unlink()
        self.assertFalse(request.exists())

    def test_taken_back(self):
        request = self._ask(self.anna)
        request.action_cancel()
        self.assertEqual(request.state, "cancelled")
        self._ask(self.anna)

    def test_states_are_not_written(self):
        request = self._ask(self.anna)
        for vals in ({"state": "sent"}, {"sent_on": date.today()}):
            with self.assertRaises(UserError):
                request.write(vals)

    def test_roles_and_companies(self):
        request = self._ask(self.anna)
        for user in (self.instructor, self.medical, self.accountant, self.portal):
            with self.assertRaises(AccessError):
                self.tom.with_user(user).action_dive_brochure()
            with self.assertRaises(AccessError):
                request.with_user(user).action_send()
            with self.assertRaises(AccessError):
                request.with_user(user).read(["state"])
        with self.assertRaises(AccessError):
            self.brochure.with_user(self.front).name = "Mine"
        self.brochure.with_user(self.manager).name = "Ours"
        other = self.env["res.company"].create({"name": "Other Reef"})
        theirs = self.Request.with_company(other).create({"partner_id": self.tom.id})
        with (
            mute_logger("odoo.addons.base.models.ir_rule"),
            self.assertRaises(AccessError),
        ):
            theirs.with_user(self.front).action_cancel()
        dialog = self._send(self.Request.with_user(self.front))
        self.assertEqual(dialog.request_ids, request)

    def test_report(self):
        self._ask(self.anna, asked_on=date.today() - timedelta(days=4))
        self._ask(self.tom)
        self._send(self.Request.with_user(self.front)).action_mark()
        groups = self.Request.with_user(self.front)._read_group(
            [("partner_id", "in", (self.anna | self.tom).ids)],
            ["state"],
            ["days:avg", "__count"],
        )
        days = (self.company._dive_today() - date.today()).days + 4
        self.assertEqual(groups, [("sent", days, 1), ("to_send", False, 1)])

    def test_queries_do_not_grow(self):
        people = self.Partner.create(
            [{"name": f"P{i}", "dive_customer": True, **ADDRESS} for i in range(80)]
        )
        requests = self.Request.create([{"partner_id": one.id} for one in people])
        names = ["partner_id", "way", "missing", "trouble", "state", "days"]

        def queries(work, some):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            work(some.with_user(self.front))
            return self.env.cr.sql_log_count - before

        def read(some):
            some.read(names)

        def mark(some):
            self._send(some).action_mark()

        queries(read, requests[:1])
        self.assertEqual(queries(read, requests[:1]), queries(read, requests))
        queries(mark, requests[:1])
        self.assertEqual(queries(mark, requests[1:2]), queries(mark, requests[2:]))


@tagged("post_install", "-at_install", "dive_long")
class TestBrochureRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            partner = env["res.partner"].create(
                {"name": "Race", "dive_customer": True, "email": "race@reef.test"}
            )
            self.partner_id = partner.id
            self.request_id = (
                env["dive.brochure.request"].create({"partner_id": partner.id}).id
            )
        self.addCleanup(self._clean)

    def _clean(self):
        with self._env() as env:
            self._mails(env).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _mails(self, env):
        return env["mail.mail"].search(
            [("model", "=", "dive.brochure.request"), ("res_id", "=", self.request_id)]
        )

    def test_two_send_at_once(self):
        def send(env):
            env["dive.brochure.request"].browse(self.request_id)._dive_send_mails()

        self.assertEqual(self._race([send] * 4), [True] * 4)
        with self._env() as env:
            self.assertEqual(len(self._mails(env)), 1)
