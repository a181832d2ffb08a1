"""The papers for a physician, and what the dive centre does about them."""

import os
import time
from ast import literal_eval
from datetime import date, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tests.common import get_db_name
from odoo.tools import config, mute_logger

from ..tools.ticket import with_ticket
from . import scan_files as files
from .medical_common import SIGNATURE
from .medical_paper_common import PaperCommon
from .test_sealed_leaks import CONTROL, spellings

MARKER = "SECRET-QUESTION-5561"
PAGE = b"VISIBLE-PAGE-9913"
#: Where something could be written down in clear.
TABLES = (
    "mail_mail",
    "mail_message",
    "mail_activity",
    "mail_notification",
    "mail_tracking_value",
    "ir_attachment",
    "dive_medical_form",
    "dive_medical_form_entry",
    "dive_physician_link",
    "dive_sealed_file",
    "dive_access_log",
)


@tagged("post_install", "-at_install", "dive_long")
class TestPhysician(PaperCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.name = "Blue Reef"
        cls.company.email = "desk@dive.test"
        cls.anna.email = "anna@keller.test"
        cls.form = cls._signed(yes=["3"])
        cls.env.flush_all()

    def _mails(self):
        return self.env["mail.mail"].search([("subject", "ilike", "Papers for your")])

    # -- the papers ---------------------------------------------------------------

    def test_what_the_papers_say(self):
        url = "https://dive.test/dive/physician/TOKEN"
        with self._looks() as looks:
            self._as("medical")._dive_packet(url)
        self.assertIn("print", [look.action for look in looks if look.allowed])
        [page] = self.printed
        first, second = page.split("The physician's page")
        question = self.shipped.question_ids.filtered(lambda one: one.code == "3")
        other = self.shipped.question_ids.filtered(lambda one: one.code == "4")
        self.assertIn(question.text, first)
        self.assertNotIn(other.text, first)
        # the page that comes back has no answer on it
        self.assertNotIn(question.text, second)
        for words in ("Anna Keller", url, "No diagnoses", "fit to dive until"):
            self.assertIn(words, second)
        self.assertIn("data:image/png;base64", second)

    def test_who_opens_the_papers(self):
        for role in ("front", "instructor", "accountant", "employee", "portal"):
            with (
                self.subTest(role=role),
                mute_logger("odoo.addons.base.models.ir_rule"),
                self._looks() as looks,
            ):
                self._refused(self._as(role).action_open_packet)
                self._refused(self._as(role)._dive_packet_ask)
            self.assertFalse([look for look in looks if look.allowed], role)
            self.assertTrue(looks, role)
        action = self._as("medical").action_open_packet()
        self.assertIn(str(self.form.id), action["url"])
        asked = self._as("manager").action_open_packet()
        self.assertEqual(asked["res_model"], "dive.access.reason.wizard")
        fit = self._signed(self._customer("Fit", birthdate_date=date(1990, 1, 1)))
        with self.assertRaisesRegex(UserError, "No physician is needed"):
            self._as("medical", fit).action_open_packet()

    # -- sending them ---------------------------------------------------------------

    def test_send(self):
        form = self._as("front")
        form.action_send_papers()
        form.action_send_papers()
        self.assertFalse(self._mails(), "not while somebody waits")
        self.assertEqual(form.papers_state, "due")
        self.assertEqual(self._send_papers(), 1)
        self.assertEqual(self._send_papers(), 0)
        self.assertEqual(form.papers_state, "sent")
        self.assertEqual(form.papers_sent_on, self.company._dive_today())
        mail = self._mails()
        self.assertEqual(mail.recipient_ids, self.anna)
        self.assertEqual(mail.email_from, self.company.email_formatted)
        token = mail.body_html.split("/dive/physician/")[1].split('"')[0]
        self.assertEqual(
            self.env["dive.physician.link"]._dive_of(token).form_id, self.form
        )
        # who has pressed the button cannot read where it leads, nor when she was born
        messages = self.env["mail.message"].with_user(self.front)
        self.assertFalse(messages.search([("id", "=", mail.mail_message_id.id)]))
        text = (mail.body_html + mail.subject).lower()
        for word in ("physician'", "medical", "health", "1990", "05/10", "doctor"):
            self.assertNotIn(word, text.replace("/dive/physician/", ""))
        # one that did not arrive shows
        self.assertFalse(form.papers_failed)
        mail.state = "exception"
        form.invalidate_recordset()
        self.assertTrue(form.papers_failed)

    def test_send_to_whom(self):
        today = self.company._dive_today()
        ward = self._customer(
            "Wanda",
            birthdate_date=fields.Date.subtract(today, years=12),
            dive_guardian_id=self.anna.id,
        )
        form = self._signed(
            ward,
            yes=["3"],
            guardian_name="Anna",
            guardian_signature=SIGNATURE,
        )
        ward.with_user(self.front).action_dive_send_papers()
        self._send_papers()
        self.assertEqual(self._mails().recipient_ids, self.anna)
        self.assertIn("Wanda", self._mails().body_html)
        self.anna.email = False
        with self.assertRaisesRegex(UserError, "no e-mail address"):
            self._as("front", form).action_send_papers()
        self._refused(self._as("instructor").action_send_papers)
        nobody = self._customer("Nobody")
        with self.assertRaisesRegex(UserError, "no signed form"):
            nobody.with_user(self.front).action_dive_send_papers()

    def test_send_fails(self):
        self._as("front").action_send_papers()
        self.env.ref("dive_crm.mail_template_medical_papers").unlink()
        with mute_logger("odoo.addons.dive_crm.models.dive_medical_form_cron"):
            self._send_papers()
        self.assertEqual(self.form.papers_state, "failed")
        self.assertTrue(self.form.papers_failed)

    # -- the page ---------------------------------------------------------------------

    def test_a_page_arrives_and_is_decided(self):
        form = self.form.with_user(self.portal)
        for content, words in (
            (b"", "empty"),
            (b"%PDF-" + b"x" * (20 * 1024 * 1024), "20.0 MB"),
            (b"<html>VISIBLE</html>", "HTML"),
            (files.pdf()[:300], "damaged"),
            (b"\0" * 100, "not a JPEG"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                form._dive_take_page(content)
            self.assertFalse(self.form.physician_page_on)
        self.assertTrue(form._dive_take_page(files.pdf(text=PAGE)))
        self.assertFalse(form._dive_take_page(files.pdf(text=b"another")))
        activity = self.form.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertTrue(activity.user_id.has_group("dive_crm.group_medical"))
        self.assertIn(self.company, activity.user_id.company_ids)
        self.assertIn(PAGE, self._as("medical")._dive_sealed_open("physician"))
        self._refused(lambda: self._as("front")._dive_sealed_open("physician"))
        self.assertTrue(self._as("front").physician_page_on)
        with self.assertRaisesRegex(UserError, "medical officer looks at it"):
            self._as("front").action_send_papers()
        # a page that cannot be used: the medical officer asks for another one
        self._as("medical").action_send_papers()
        self.assertTrue(form._dive_take_page(files.pdf(text=b"BETTER")))
        self.assertEqual(len(self.form.activity_ids), 1)
        word = self.env["dive.medical.word"].with_user(self.medical)
        word = word.create(
            {
                "form_id": self.form.id,
                "result": "fit",
                "date": self.company._dive_today(),
            }
        )
        self.assertTrue(word.page_on)
        file = self.form._dive_sealed_file("physician")
        self.assertEqual(word.action_open_page()["url"], f"/dive/file/{file.id}")
        word.action_note()
        self.form.invalidate_recordset()
        self.assertFalse(self.form.activity_ids)
        self.assertEqual(self.form._dive_sealed_file("physician"), file)
        self.assertFalse(form._dive_take_page(files.pdf()))
        with self.assertRaisesRegex(UserError, "No physician is needed"):
            self._as("medical").action_send_papers()

    def test_to_decide(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_medical_decide"
        )
        domain = literal_eval(action["domain"])
        forms = self.Form.with_user(self.medical)
        begun = fields.Datetime.now()
        late, early, none = (
            self._signed(
                self._customer(name, birthdate_date=date(1990, 1, 1)), yes=["3"]
            )
            for name in ("Late", "Early", "None")
        )
        self._signed(self._customer("Fit", birthdate_date=date(1990, 1, 1)))
        late._dive_unlocked().physician_page_on = begun
        early._dive_unlocked().physician_page_on = begun - timedelta(days=1)
        order = "physician_page_on, signed_on desc, id desc"
        found = forms.search(domain, order=order) & (late | early | none | self.form)
        self.assertEqual(found, early | late | none | self.form)

    def test_queries_of_the_list(self):
        divers = self.Partner.create(
            [
                {"name": f"D{n}", "dive_customer": True, "birthdate_date": "1990-01-01"}
                for n in range(80)
            ]
        )
        now = fields.Datetime.now()
        self.Form._dive_unlocked().create(
            [
                {
                    "partner_id": diver.id,
                    "state": "submitted",
                    "answered_outcome": "physician",
                    "signed_on": now.date(),
                    "signed_at": now,
                    "physician_page_on": now,
                    "papers_state": "sent",
                }
                for diver in divers
            ]
        )
        names = (
            "partner_id",
            "signed_on",
            "papers_sent_on",
            "papers_failed",
            "papers_state",
            "physician_page_on",
        )
        spec = {name: {} for name in names} | {"activity_ids": {"fields": {}}}
        domain = [
            ("state", "=", "submitted"),
            ("partner_id.dive_medical_status", "=", "physician"),
        ]

        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            forms = self.Form.with_user(self.medical)
            found = forms.web_search_read(domain, spec, limit=limit)
            self.assertEqual(len(found["records"]), limit)
            return self.env.cr.sql_log_count - before

        count(1)
        one, eighty = count(1), count(80)
        # and one that counts all of them
        self.assertLessEqual(eighty, one + 1)

    # -- leaks ----------------------------------------------------------------

    def test_nothing_readable(self):
        started = time.time() - 1
        own = self._own_questionnaire(name="Own", code="OWN")
        own.question_ids[0].text = f"{MARKER}?"
        own.action_activate()
        diver = self._customer(
            "Lea", birthdate_date=date(1990, 1, 1), email="lea@dive.test"
        )
        form = self.Form.create(
            {
                "partner_id": diver.id,
                "questionnaire_id": own.id,
                "signed_by": "Lea",
                "signature": SIGNATURE,
            }
        )
        with_ticket(form).answers = '{"1": true, "2": false}'
        form.action_submit()
        diver.message_post(body=CONTROL.decode())
        self.env["ir.attachment"].create(
            {"name": "control", "raw": CONTROL + os.urandom(8).hex().encode()}
        )
        visible = files.pdf(text=MARKER.encode())

        def printing(reports, args, folder):
            with open(args[-1], "wb") as file:
                file.write(visible)

        reports = self.registry["ir.actions.report"]
        with patch.object(reports, "_dive_call_wkhtmltopdf", printing):
            self._make_papers()
            self._as("front", form).action_send_papers()
            self._send_papers()
            with self._looks():
                self._as("medical", form)._dive_packet("http://dive.test/x")
        form._dive_take_page(visible)
        self._as("medical", form).action_physician_word(
            "fit", self.company._dive_today()
        )
        # it is there, for who may read it
        self.assertIn(MARKER, self._as("medical", form).signed_text)
        for slot in ("signed", "physician"):
            opened = self._as("medical", form)._dive_sealed_open(slot)
            self.assertIn(MARKER.encode(), opened)
        self.env.flush_all()
        rows = []
        for table in TABLES:
            self.env.cr.execute(f"SELECT t::text FROM {table} t")
            rows += [row[0].encode() for row in self.env.cr.fetchall()]
        self._assert_only_control("the tables", b"\n".join(rows))
        contents = []
        for folder, _folders, names in os.walk(config.filestore(get_db_name())):
            for path in (os.path.join(folder, name) for name in names):
                if os.path.getmtime(path) > started:
                    with open(path, "rb") as file:
                        contents.append(file.read())
        self._assert_only_control("the file store", b"\n".join(contents))

    def _assert_only_control(self, where, content):
        # in words of its own: assertIn would show all of it
        self.assertTrue(
            any(text in content for text in spellings(CONTROL)),
            f"the search finds nothing in {where}",
        )
        for text in spellings(MARKER.encode()):
            self.assertFalse(text in content, f"readable in {where}: {text}")
