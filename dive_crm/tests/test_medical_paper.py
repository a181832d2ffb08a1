"""What was signed is kept as it was signed: as a text, and as a paper."""

import fcntl
import io
import json
import os
import re
import stat
import tempfile
from datetime import date
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import BaseCase, tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from ..models import dive_medical_form_cron
from ..models.dive_medical_form_paper import SIGNED_REPORT
from ..tools.private_folder import private_folder
from ..tools.ticket import with_ticket
from . import scan_files as files
from .medical_common import BOX_B_NO, SIGNATURE
from .medical_paper_common import PRINTED, PaperCommon

CRON_LOG = dive_medical_form_cron.__name__


def text_of(pdf):
    """Return the text of each page, with blanks made even."""
    pages = PdfFileReader(io.BytesIO(pdf)).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


@tagged("post_install", "-at_install", "dive_long")
class TestMedicalPaper(PaperCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.name = "Blue Reef"
        cls.form = cls._signed(yes=["3"])
        cls.env.flush_all()

    # -- the text -------------------------------------------------------------

    def test_kept_word_for_word(self):
        words = json.loads(self._as("medical").signed_text)
        question = self.shipped.question_ids.filtered(lambda one: one.code == "3")
        [row] = [row for row in words["questions"] if row["code"] == "3"]
        self.assertEqual(row["text"], question.text)
        self.assertEqual((row["answer"], row["by_age"]), (True, False))
        # the second question is about the age, which the date of birth answers
        [aged] = [row for row in words["questions"] if row["code"] == "2"]
        self.assertEqual((aged["answer"], aged["by_age"]), (False, True))
        self.assertEqual(
            [row["code"] for row in words["questions"]],
            [str(number) for number in range(1, 11)],
            "what was not asked is not there",
        )
        before = (self.shipped.name, self.shipped.intro, self.shipped.declaration)
        self.assertEqual(
            (words["questionnaire"], words["intro"], words["declaration"]), before
        )
        self.assertEqual((words["version"], words["lang"]), (1, "en_US"))
        self.assertEqual(words["signed_on"], str(self.form.signed_on))
        # what becomes of the questionnaire and the diver later changes nothing
        self.shipped.name = "Renamed"
        self.anna.name = "Anna Married"
        self.env.flush_all()
        self.env.cr.execute(
            'UPDATE dive_medical_question SET text = \'{"en_US": "Reworded"}\''
            " WHERE questionnaire_id = %s",
            [self.shipped.id],
        )
        self.env.invalidate_all()
        self._make_papers()
        [page] = self.printed
        plain = re.sub(r"\s+", " ", page)
        said = (before[0], "Anna Keller", "version 1", row["text"], before[2])
        for words in said:
            self.assertIn(re.sub(r"\s+", " ", words.strip()), plain)
        self.assertIn(SIGNATURE.decode()[:60], page)
        self.assertIn("(by date of birth)", plain)
        for later in ("Renamed", "Married", "Reworded"):
            self.assertNotIn(later, page)

    def test_guardian_and_strange_names(self):
        today = self.company._dive_today()
        ward = self._customer(
            "Пётр \U0001f41f محمد <b>",
            birthdate_date=fields.Date.subtract(today, years=12),
        )
        self._signed(
            ward,
            answers=json.dumps(
                {str(n): False for n in range(1, 11)} | BOX_B_NO | {"3": True}
            ),
            guardian_name="Gerda Guardian",
            guardian_signature=SIGNATURE,
        )
        self._make_papers()
        page = self.printed[-1]
        self.assertIn("Gerda Guardian", page)
        self.assertEqual(page.count("data:image/png;base64"), 2)
        self.assertIn("Пётр \U0001f41f محمد &lt;b&gt;", page)

    def test_kept_in_the_language_that_was_read(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        own = self._own_questionnaire(name="Own", code="OWN")
        own.question_ids[0].with_context(lang="fr_FR").text = "Malade ?"
        own.with_context(lang="fr_FR").declaration = "Je déclare"
        own.action_activate()
        form = self._draft(questionnaire_id=own.id, answers='{"1": false, "2": false}')
        form.with_context(lang="fr_FR").action_submit()
        words = form._dive_signed_paper()
        self.assertEqual((words["lang"], words["declaration"]), ("fr_FR", "Je déclare"))
        self.assertEqual(words["questions"][0]["text"], "Malade ?")

    def test_the_screen_still_takes_a_signature(self):
        """A form with sealed files asks for sizes only; drawings come through whole."""
        form = self.Form.with_user(self.front).create({"partner_id": self.anna.id})
        drawn = {"signed_by": "Anna", "signature": SIGNATURE}
        [saved] = form.with_context(bin_size=True).web_save(
            drawn, {"signature": {}, "signed_by": {}}
        )
        self.assertEqual(saved["signed_by"], "Anna")
        self.assertEqual(form.sudo().signature, SIGNATURE)

    # -- the paper --------------------------------------------------------------

    def test_made_once_and_encrypted(self):
        self.assertEqual(self.form.paper_state, "due")
        self.assertFalse(self.printed, "not while somebody waits")
        self.assertEqual(self._make_papers(), 1)
        self.assertEqual(self.form.paper_state, "made")
        file = self.form._dive_sealed_file("signed")
        self.assertIn(PRINTED, with_ticket(self.form)._dive_sealed_open("signed"))
        stored = self.env["ir.attachment"].search(
            [("res_model", "=", file._name), ("res_field", "!=", False)]
        )
        self.assertTrue(stored)
        self.assertFalse([one for one in stored if PRINTED in (one.raw or b"")])
        self.assertEqual(self._make_papers(), 0)
        # the run was killed after the file was kept, or the mark is lost otherwise
        self.form._dive_unlocked().paper_state = "due"
        self._make_papers()
        self.assertEqual(self.form._dive_sealed_file("signed"), file)
        self.assertEqual(len(self.printed), 1)

    def test_one_that_fails_stops_no_other(self):
        other = self._signed(self._customer("Bo", birthdate_date=date(1980, 1, 1)))
        broken = self.form
        honest = self.registry["ir.actions.report"]._dive_private_pdf

        def fail(reports, name, records, **data):
            if records == broken:
                raise ValueError("ANSWER-IN-A-MESSAGE")
            return honest(reports, name, records, **data)

        reports = self.registry["ir.actions.report"]
        with patch.object(reports, "_dive_private_pdf", fail):
            for _run in range(5):
                with self.assertLogs(CRON_LOG, "ERROR") as logs:
                    self._make_papers()
                self.assertNotIn("ANSWER", "".join(logs.output))
            self.assertEqual(other.paper_state, "made")
            self.assertEqual((broken.paper_state, broken.paper_tries), ("failed", 5))
            self.assertEqual(self._make_papers(), 0)
        # whoever wants to see it has it tried again
        said = self._as("medical").action_open_signed()["params"]["message"]
        self.assertIn("try again in a minute", said)
        self._make_papers()
        self.assertEqual(broken.paper_state, "made")

    def _statements(self, run, due):
        """Run a scheduled action for so many; return how many statements it took."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(run(), due)
        return self.env.cr.sql_log_count - before

    def test_the_last_costs_what_the_first_does(self):
        """Each is a transaction of its own, so that 80 cost 80 times as much as one."""

        def costs(count):
            divers = self.Partner.create(
                [{"name": "D", "email": f"d{n}@x.test"} for n in range(count)]
            )
            forms = self.Form.create([{"partner_id": diver.id} for diver in divers])
            today = self.company._dive_today()
            forms._dive_unlocked().write(
                {
                    "state": "submitted",
                    "signed_at": fields.Datetime.now(),
                    "signed_on": today,
                    "valid_until": today,
                    "answered_outcome": "physician",
                    "paper_state": "due",
                    "papers_state": "due",
                }
            )
            runs = self._make_papers, self._send_papers
            return [self._statements(run, count) for run in runs]

        self._make_papers()
        self._signed(self._customer("Bo", birthdate_date=date(1980, 1, 1)))
        self.assertLessEqual(self._statements(self._make_papers, 1), 34)
        reports = self.registry["ir.actions.report"]
        # what is printed is counted above
        with patch.object(
            reports, "_dive_private_pdf", lambda *args, **data: files.pdf()
        ):
            costs(1)  # what is read once per process
            for one, eighty in zip(costs(1), costs(80), strict=True):
                # Two are for finding out which are due. Now and then Odoo reads again
                # what it keeps for all: that is not one more for each.
                self.assertAlmostEqual(eighty - 2, 80 * (one - 2), delta=4)

    # -- who opens it ---------------------------------------------------------------

    def test_who_opens_it(self):
        said = self._as("medical").action_open_signed()["params"]["message"]
        self.assertIn("try again in a minute", said)
        self._make_papers()
        for role in ("front", "instructor", "accountant", "employee", "portal"):
            form = self._as(role)
            with (
                self.subTest(role=role),
                mute_logger("odoo.addons.base.models.ir_rule"),
            ):
                self._refused(form.action_open_signed)
                self._refused(lambda form=form: form._dive_sealed_open("signed"))
                self._refused(lambda form=form: form.sudo()._dive_sealed_open("signed"))
        root = self.form.with_user(self.env.ref("base.user_root"))
        self._refused(lambda: root._dive_sealed_open("signed"))
        file = self.form._dive_sealed_file("signed")
        with self._looks() as looks:
            action = self._as("medical").action_open_signed()
            self.assertEqual(action["url"], f"/dive/file/{file.id}")
            self.assertIn(PRINTED, self._as("medical")._dive_sealed_open("signed"))
        self.assertEqual(
            [(look.user_id, look.action, look.allowed) for look in looks],
            [(self.medical.id, "read", True)],
        )
        self.assertEqual(looks[0].field_names, "signed")
        self.assertEqual(looks[0].partner_ids, str(self.anna.id))
        # a manager gives a reason first, which the log repeats
        manager = self._as("manager")
        asked = manager.action_open_signed()
        self.assertEqual(asked["res_model"], "dive.access.reason.wizard")
        self._refused(lambda: manager._dive_sealed_open("signed"))
        manager.partner_id._dive_give_reason("An accident on the boat")
        with self._looks() as looks:
            self.assertIn(PRINTED, manager._dive_sealed_open("signed"))
        self.assertEqual(looks[0].reason, "An accident on the boat")
        self.assertEqual(manager.action_open_signed()["url"], action["url"])

    def test_nobody_replaces_it(self):
        self._make_papers()
        form = self._as("medical")
        with self.assertRaises(UserError):
            form.signed_text = "{}"
        with self.assertRaises(UserError):
            form.create({"partner_id": self.anna.id, "signed_text": "{}"})
        for value in (SIGNATURE, False):
            for name in ("signed_file", "physician_file"):
                with self.subTest(name=name, value=bool(value)):
                    self._refused(
                        lambda name=name, value=value: form.write({name: value})
                    )
                    with self.assertRaises(UserError):
                        form.write({"signed_file_id": value and 1})
        for name in ("paper_state", "physician_page_on", "papers_state"):
            with self.assertRaises(UserError):
                form.write({name: False if name == "paper_state" else "due"})
        self.assertFalse(self.form.copy().paper_state)

    def test_no_other_way_to_the_text(self):
        """Neither the report as such, nor a mail, nor an export gives it."""
        reports = self.env["ir.actions.report"].with_user(self.medical)
        for name in (SIGNED_REPORT, "dive_crm.report_dive_medical_packet"):
            with self.subTest(report=name):
                self._refused(
                    lambda name=name: reports._render_qweb_html(name, self.form.ids)
                )
        self._make_papers()
        form = self._as("medical").with_context(dive_secrets_closed=True)
        self._refused(lambda: form._dive_sealed_open("signed"))
        self.assertFalse(form.signed_file)
        self.medical.group_ids |= self.env.ref("base.group_allow_export")
        rows = self._as("medical").export_data(["signed_text", "signed_file"])["datas"]
        self.assertEqual(rows, [["", ""]])

    # -- real ones --------------------------------------------------------------------

    def test_with_wkhtmltopdf(self):
        report = self.registry["ir.actions.report"]
        stand_in = report._dive_call_wkhtmltopdf
        folders = []

        def call(reports, args, folder):
            folders.append(stat.S_IMODE(os.stat(folder).st_mode))
            folders.append(folder)
            return honest(reports, args, folder)

        from ..reports.ir_actions_report_private import IrActionsReport

        honest = IrActionsReport._dive_call_wkhtmltopdf
        self.assertIsNot(stand_in, honest)
        form = with_ticket(self.form)
        reports = form.env["ir.actions.report"]
        with (
            patch.object(report, "_dive_call_wkhtmltopdf", call),
            patch.object(report, "_dive_qt_is_patched", lambda self: False),
        ):
            pages = text_of(reports._dive_private_pdf(SIGNED_REPORT, form))
            packet = text_of(
                reports._dive_private_pdf(
                    "dive_crm.report_dive_medical_packet",
                    form,
                    return_url="http://dive.test/x",
                )
            )
        self.assertLessEqual(len(pages), 2)
        self.assertIn("Anna Keller", pages[0])
        self.assertIn("Blue Reef", pages[0])
        self.assertEqual(len(packet), 2)
        self.assertIn("Answered with yes", packet[0])
        self.assertIn("fit to dive until", packet[1])
        self.assertEqual(folders[0], 0o700)
        self.assertFalse(os.path.exists(folders[1]))


class TestPrivateFolder(BaseCase):
    def test_private_folder(self):
        place = tempfile.mkdtemp()
        with private_folder(place) as first:
            self.assertEqual(stat.S_IMODE(os.stat(first).st_mode), 0o700)
            parent = os.path.dirname(first)
            self.assertEqual(stat.S_IMODE(os.stat(parent).st_mode), 0o700)
            with open(os.path.join(first, "page.html"), "w") as file:
                file.write("x")
            # what is in use stays
            with private_folder(place) as second:
                self.assertNotEqual(first, second)
                self.assertTrue(os.path.exists(first))
        self.assertFalse(os.path.exists(first))
        # what somebody who was killed has left goes
        left = os.path.join(parent, "left")
        os.mkdir(left)
        lock = os.open(parent, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_SH)
        with private_folder(place):
            self.assertTrue(os.path.exists(left))
        os.close(lock)
        with private_folder(place):
            self.assertFalse(os.path.exists(left))
        # a name that somebody sits on is not trusted
        os.rmdir(parent)
        os.symlink(place, parent)
        with private_folder(place) as other:
            self.assertNotEqual(os.path.dirname(other), parent)
            self.assertEqual(
                stat.S_IMODE(os.stat(os.path.dirname(other)).st_mode), 0o700
            )
