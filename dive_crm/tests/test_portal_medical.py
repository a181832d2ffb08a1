"""Answering and signing over HTTP: diver, guardian, token, stranger."""

import base64
import os
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests.common import JsonRpcException, tagged
from odoo.tools import mute_logger

from ..tools import keyring
from . import scan_files as files
from .medical_common import ALL_NO, MedicalHttpCommon
from .portal_medical_common import FIRST, PNG, PortalMedicalMixin
from .sealed_common import QUIET

PORTAL = "odoo.addons.dive_crm.controllers.portal_medical"


@tagged("post_install", "-at_install", "dive_long")
class TestPortalMedical(PortalMedicalMixin, MedicalHttpCommon):
    # -- the way through ------------------------------------------------------

    def test_answer_and_sign(self):
        page = self._get("/my/medical").text
        self.assertIn("Answer the questions", page)
        answer = self._post(self._url(), self._no())
        self.assertTrue(answer.headers["Location"].endswith(f"{self._url()}/sign"))
        page = self._get(f"{self._url()}/sign").text
        # the second question is about the age, which the date of birth answers
        self.assertEqual(page.count("No</td>"), 9)
        said = self._sign(self._url())
        self.assertEqual(said["redirect_url"], "/my/medical?said=signed")
        form = self._forms()
        self.assertEqual((form.state, form.outcome), ("submitted", "fit"))
        self.assertEqual(form.signed_by, "Petra Portal")
        self.assertEqual(form.signed_user_id, self.portal)
        self.assertEqual(self.diver._dive_medical_status()[self.diver], "fit")
        page = self._get("/my/medical").text
        self.assertIn("Has anything about your health changed", page)
        self.assertEqual(page.count("Answer the questions"), 1, "the ward's")

    def test_nothing_has_changed(self):
        answer = self._send(f"{self._url()}/unchanged")
        self.assertTrue(answer.headers["Location"].endswith("/my/medical"), "no form")
        with freeze_time(fields.Datetime.now() - timedelta(days=30)):
            form = self._signed(self.diver)
        until = form.valid_until
        page = self._get("/my/medical").text
        token = self._token_of(page)
        self.url_open(f"{self._url()}/unchanged", data={"csrf_token": token})
        form.invalidate_recordset()
        self.assertEqual(form.confirmed_on, self.company._dive_today())
        self.assertEqual(form.valid_until, until)
        self.assertIn("You said today", self._get("/my/medical").text)

    def test_looking_begins_nothing(self):
        for path in ("/my/medical", self._url(), self._token_url()):
            self._get(path)
        self.assertFalse(self._forms())

    def test_half_a_form(self):
        """What was answered stays; the rest is asked for."""
        answer = self._post(self._url(), {"1": "no", "3": "yes"}, 422)
        self.assertIn("Some questions have no answer yet", answer.text)
        self.assertEqual(self._forms()._dive_answers(), {"1": False, "3": True})
        self._get(f"{self._url()}/sign", 303)
        said = self._rpc(
            f"{self._url()}/signature/x", name="Petra Portal", signature=PNG
        )
        self.assertIn("said=changed", said["redirect_url"])
        self.assertEqual(self._forms().state, "draft")
        self.assertEqual(self._forms().state, "draft")
        self.assertIn("Go on", self._get("/my/medical").text)

    def test_what_was_begun_long_ago_is_begun_anew(self):
        self._rpc(f"{self._url()}/answers", answers={"1": "yes"})
        self.assertIn('checked="checked"', self._get(self._url()).text)
        self.env.cr.execute(
            "UPDATE dive_medical_form SET create_date = create_date - interval '31 day'"
            " WHERE id = %s",
            [self._forms().id],
        )
        self.assertNotIn('checked="checked"', self._get(self._url()).text)

    def test_answers_one_by_one(self):
        for code in FIRST:
            kept = self._rpc(f"{self._url()}/answers", answers={code: "no"})
            self.assertEqual(kept, {"kept": 1})
        self.assertEqual(self._forms()._dive_answers(), ALL_NO)
        self.assertEqual(len(self._forms()), 1)

    def test_a_yes_opens_a_box(self):
        self._post(self._url(), self._no(**{"1": "yes"}), 422)
        box = [q for q in self.shipped._dive_rules() if q.box == "A"]
        said = {**self._no(**{"1": "yes"}), **{q.code: "no" for q in box}}
        said[box[0].code] = "yes"
        self._post(self._url(), said)
        self._sign(self._url())
        self.assertEqual(self._forms().outcome, "physician")
        page = self._get("/my/medical").text
        self.assertIn("Physician needed", page)

    # -- bad input --------------------------------------------------------------

    def test_strange_answers(self):
        for answers in ({"99": "no"}, {"1": "maybe"}, {"1": True}, ["1"], "x", None):
            with self.subTest(answers=answers):
                said = self._rpc(f"{self._url()}/answers", answers=answers)
                self.assertIn("error", said)
        self.assertFalse(self._forms().filtered(lambda form: form._dive_answers()))

    def test_strange_signatures(self):
        self._post(self._url(), self._no())
        for name, signature in (
            ("", PNG),
            ("  \0 ", PNG),
            ("Petra", ""),
            ("Petra", None),
            ("Petra", "no base64"),
            ("Petra", "PHN2Zz48L3N2Zz4="),
            ("Petra", "A" * 2_000_000),
            # cut, broken, 900 million pixels, more than the memory holds
            ("Petra", base64.b64encode(base64.b64decode(PNG)[:-14]).decode()),
            ("Petra", base64.b64encode(b"\x89PNG\r\n\x1a\nx").decode()),
            ("Petra", base64.b64encode(files.png_of_size(30_000, 30_000)).decode()),
            ("Petra", base64.b64encode(files.png_of_size(1, 0)).decode()),
            (["Petra"], PNG),
            ("\ud800", PNG),
        ):
            with self.subTest(name=name, signature=str(signature)[:20]):
                self.assertIn("error", self._sign(self._url(), name, signature))
        self._sign(self._url(), "  Пётр \U0001f41f محمد " + "x" * 500)
        form = self._forms()
        self.assertEqual(form.state, "submitted")
        self.assertTrue(form.signed_by.startswith("Пётр \U0001f41f محمد"))
        self.assertEqual(len(form.signed_by), 120)

    def test_signed_twice_in_two_tabs(self):
        self._post(self._url(), self._no())
        other_tab = self._seen(self._url())
        self._sign(self._url())
        self._get(f"{self._url()}/sign", 303)
        said = self._rpc(other_tab, name="Petra Portal", signature=PNG)
        self.assertEqual(said["redirect_url"], "/my/medical")
        self.assertEqual(self._forms().mapped("state"), ["submitted"])

    def test_what_is_signed_is_what_was_shown(self):
        """Answers changed in another tab, or after the diver's signature."""
        self._post(self._url(), self._no())
        stale = self._seen(self._url())
        self._rpc(f"{self._url()}/answers", answers={"3": "yes"})
        said = self._rpc(stale, name="Petra Portal", signature=PNG)
        self.assertIn("said=changed", said["redirect_url"])
        self.assertIn("once more", self._get(said["redirect_url"]).text)
        self.assertEqual(self._forms().state, "draft")
        url = self._url(self.ward)
        self._post(url, self._no())
        first = self._seen(url)
        for _tap in range(2):
            said = self._rpc(first, name="Wanda Ward", signature=PNG)
        form = self._forms(self.ward)
        self.assertEqual((form.state, form.guardian_name), ("draft", False))
        self.assertTrue(said["redirect_url"].endswith("/sign"))
        self.assertIn("Now a parent", self._get(f"{url}/sign").text)
        self._rpc(f"{url}/answers", answers={"3": "no"})
        self.assertTrue(self._forms(self.ward).signature, "nothing was changed")
        self._rpc(f"{url}/answers", answers={"3": "yes"})
        form = self._forms(self.ward)
        self.assertFalse(form.signature or form.signed_by)
        self.assertIn("First", self._get(f"{url}/sign").text)

    def test_version_withdrawn_meanwhile(self):
        """The answers to the old questions are kept; the new ones are asked."""
        self._post(self._url(), self._no())
        new = self.Questionnaire.browse(self.shipped.action_new_version()["res_id"])
        new.action_activate()
        self.env.flush_all()
        self._get(f"{self._url()}/sign", 303)
        # what was answered to the old words is no answer to the new ones
        old = str(self.shipped.id)
        answer = self._send(self._url(), self._no(), version=old)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("questions have changed", answer.text)
        self.assertIn(f'name="version" value="{new.id}"', answer.text)
        url = f"{self._url()}/answers"
        for version in (old, "x", 5, ["1"]):
            said = self._rpc(url, answers={"1": "no"}, version=version)
            self.assertIn("questions have changed", said["error"])
        mine = self._forms().filtered(lambda form: form.questionnaire_id == new)
        self.assertFalse(mine._dive_answers())
        self.assertEqual(self._rpc(url, answers={}, version=str(new.id)), {"kept": 0})
        self._post(self._url(), {"1": "no"}, 422)
        forms = self._forms()
        self.assertEqual(forms.mapped("state"), ["draft", "draft"])
        self.assertEqual(forms.questionnaire_id, self.shipped | new)

    def test_no_questionnaire(self):
        self.shipped.action_withdraw()
        self.env.flush_all()
        self.assertIn("nothing to fill in", self._get(self._url()).text)
        # withdrawn while somebody has the page open
        self.assertIn("nothing to fill in", self._send(self._url(), self._no()).text)
        said = self._rpc(f"{self._url()}/answers", answers={"1": "no"})
        self.assertTrue(said["error"])

    def test_the_key_file_is_missing(self):
        self._rpc(f"{self._url()}/answers", answers={"1": "yes"})
        missing = patch.dict(os.environ, {keyring.VARIABLE: "/nowhere/keys.json"})
        with missing, mute_logger(PORTAL, QUIET):
            for path in (self._url(), f"{self._url()}/sign"):
                page = self._get(path, 503).text
                self.assertIn("is not lost", page)
                self.assertNotIn("dive_keys", page)
            answer = self._send(self._url(), self._no())
            self.assertEqual(answer.status_code, 503)
            self.assertIn("is not lost", answer.text)
            self.assertNotIn("dive_keys", answer.text)
            said = self._rpc(f"{self._url()}/answers", answers={"2": "no"})
            self.assertEqual(said, {"later": True})
        self.assertEqual(self._forms()._dive_answers(), {"1": True})

    def test_birth_date_missing(self):
        self.diver.birthdate_date = False
        answer = self._post(self._url(), {"3": "no"}, 422, birthdate="2999-01-01")
        self.assertIn("date of birth", answer.text)
        self.assertEqual(self._forms()._dive_answers(), {"3": False}, "kept")
        self._post(self._url(), self._no(), 422, birthdate="31.12.1990")
        answer = self._send(self._url(), files={"birthdate": ("x", b"1990-12-31")})
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.diver.birthdate_date)
        box = {q.code: "no" for q in self.shipped._dive_rules() if q.box}
        self._post(self._url(), {**box, **self._no()}, birthdate="1990-12-31")
        self.diver.invalidate_recordset()
        self.assertEqual(self.diver.birthdate_date, date(1990, 12, 31))
        self._post(self._url(), self._no(), birthdate="2001-01-01")
        self.diver.invalidate_recordset()
        self.assertEqual(self.diver.birthdate_date, date(1990, 12, 31))

    # -- minors -------------------------------------------------------------------

    def test_a_guardian_signs_as_well(self):
        url = self._url(self.ward)
        self._post(url, self._no())
        self.assertIn("a parent or guardian", self._get(f"{url}/sign").text)
        said = self._sign(url, "Wanda Ward")
        self.assertTrue(said["redirect_url"].endswith(f"{url}/sign"))
        self.assertEqual(self._forms(self.ward).state, "draft")
        self.assertIn("Now a parent", self._get(f"{url}/sign").text)
        self._sign(url, "Petra Portal")
        form = self._forms(self.ward)
        self.assertEqual(form.state, "submitted")
        self.assertEqual(
            (form.signed_by, form.guardian_name), ("Wanda Ward", "Petra Portal")
        )

    # -- whose --------------------------------------------------------------------

    def test_strangers(self):
        grown = fields.Date.subtract(self.company._dive_today(), years=18)
        adult = self._customer(
            "Once a ward", dive_guardian_id=self.diver.id, birthdate_date=grown
        )
        for diver_id in (self.other.id, adult.id, self.other.id + 10**6, 10**12):
            for end in ("", "/sign"):
                self._get(f"/my/medical/{diver_id}{end}", 404)
            for end in ("/answers", "/signature/x"):
                with self.assertRaises(JsonRpcException):
                    self._rpc(f"/my/medical/{diver_id}{end}", answers={"1": "no"})
        self.assertFalse(self._forms(self.other) | self._forms(adult))
        self.authenticate(None, None)
        answer = self._get(self._url(), 303)
        self.assertIn("/web/login", answer.headers["Location"])
