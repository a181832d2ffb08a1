"""The papers and the page over HTTP: with a login, with an address, with neither."""

import os
import re
from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tests.common import new_test_user
from odoo.tools import mute_logger

from ..controllers import portal_physician
from ..models import (
    dive_medical_form_paper,
    dive_medical_form_physician,
    dive_physician_link,
)
from ..tools import keyring
from ..tools.rate import RateLimit
from . import scan_files as files
from .common import DiveMixin, RaceCase
from .medical_common import SIGNATURE
from .medical_paper_common import PRINTED, PaperMixin
from .sealed_common import QUIET
from .test_medical_race import WRITERS

PAGE = files.pdf(text=b"SIGNED-PAGE-7718")
BORN = "1990-05-10"


@tagged("post_install", "-at_install")
class TestPhysicianLink(PaperMixin, DiveMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()
        cls.setUpMedical()
        cls.diver = cls.portal.partner_id
        cls.diver.write(
            {
                "dive_customer": True,
                "name": "Petra Portal",
                "birthdate_date": date(1990, 5, 10),
            }
        )
        other = new_test_user(
            cls.env,
            login="t_portal_b",
            password="t_portal_b",
            groups="base.group_portal",
            name="Otto Other",
            email="t_portal_b@dive.test",
        )
        other.partner_id.write(
            {"dive_customer": True, "birthdate_date": date(1980, 1, 2)}
        )
        cls.other = other.partner_id
        cls.form = cls._signed(cls.diver, yes=["3"])
        cls.env.flush_all()

    def setUp(self):
        super().setUp()
        free = patch.object(portal_physician, "PRINTS", RateLimit(1000, 60))
        free.start()
        self.addCleanup(free.stop)

    # -- short ways ---------------------------------------------------------------

    def _url(self, form=None):
        url = self.env["dive.physician.link"]._dive_issue(form or self.form)
        self.env.flush_all()
        return url[url.index("/dive/") :]

    @contextmanager
    def _noted(self):
        """Collect what the access log is told; Odoo's tests never come to a commit."""
        notes = []

        def note(records, fields, action, allowed=True, reason="", partners=None):
            notes.append((action, allowed, records.ids, list(fields)))

        with (
            patch.object(dive_medical_form_paper, "note_access", note),
            patch.object(dive_medical_form_physician, "note_access", note),
            patch.object(dive_physician_link, "note_access", note),
        ):
            yield notes

    def _get(self, path, status=200):
        answer = self.url_open(path, allow_redirects=False)
        self.assertEqual(answer.status_code, status, path)
        return answer

    def _token(self, path):
        page = self._get(path).text
        return re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    def _post(self, path, status, data=None, content=None, csrf=None):
        files_ = {"page": ("x.pdf", content, "text/plain")} if content else None
        answer = self.url_open(
            path,
            data={"csrf_token": csrf or self._csrf, **(data or {})},
            files=files_,
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status, answer.text[-1500:])
        return answer

    def _enter(self, url, born=BORN, status=303):
        self._csrf = self._token(url)
        return self._post(url, status, {"birthdate": born})

    # -- with an address --------------------------------------------------------------

    def test_there_and_back(self):
        self.authenticate(None, None)
        url, unused = self._url(), self._url()
        answer = self._get(url)
        self.assertNotIn("Petra", answer.text, "the name is not for everybody either")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
        # nothing without the date of birth
        self._csrf = self._token(url)
        self._get(f"{url}/packet", 303)
        self._post(f"{url}/page", 303, content=PAGE)
        self.assertFalse(self.printed or self._arrived())
        self._enter(url)
        self.assertIn("Send the page", self._get(url).text)
        # for this address alone
        self.assertNotIn("Send the page", self._get(unused).text)
        self.assertEqual(self._get(url).headers["X-Frame-Options"], "SAMEORIGIN")
        with self._noted() as notes:
            answer = self._get(f"{url}/packet")
        self.assertIn(PRINTED, answer.content)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn(url, self.printed[0], "the page comes back to this address")
        self.assertIn(("print", True, self.form.ids, ["packet"]), notes)
        # what is no page is told, and the address still works
        for content, words in (
            (b"<html><script>alert(1)</script></html>", "HTML"),
            (b"%PDF-1.7" + b"x" * (20 * 1024 * 1024), "10 MB"),
            (PAGE[:200], "damaged"),
            (None, "empty"),
        ):
            with self.subTest(words=words):
                answer = self._post(f"{url}/page", 422, content=content)
                self.assertIn(words, answer.text)
                self.assertFalse(self._arrived())
        answer = self._post(f"{url}/page", 303, content=PAGE)
        self.assertTrue(answer.headers["Location"].endswith("/dive/physician/thanks"))
        self.assertIn("Thank you", self._get("/dive/physician/thanks").text)
        self.assertTrue(self._arrived())
        self.assertEqual(len(self.form.activity_ids), 1)
        # used up, and so are the others of this form
        for gone in (url, unused, f"{url}/packet"):
            self._get(gone, 404)
        # a second tap has the last word on the screen
        answer = self._post(f"{url}/page", 303, content=PAGE)
        self.assertTrue(answer.headers["Location"].endswith("/dive/physician/thanks"))
        self._post(f"{unused}/page", 404, content=PAGE)
        self.assertEqual(len(self.form.activity_ids), 1)

    def _arrived(self):
        self.form.invalidate_recordset()
        return self.form.physician_page_on

    def test_all_wrong_addresses_answer_the_same(self):
        self.authenticate(None, None)
        url, used, lapsed, closed = (self._url() for _number in range(4))
        links = self.env["dive.physician.link"]
        links._dive_of(used[-43:]).used_at = fields.Datetime.now()
        fit = self._signed(self._customer("Fit", birthdate_date=date(1990, 1, 1)))
        decided = self._url(fit)
        # five wrong dates of birth, of which the last one closes it
        self._csrf = self._token(closed)
        answer = self.url_open(
            closed,
            data={"csrf_token": self._csrf},
            files={"birthdate": ("x", BORN.encode())},
        )
        self.assertEqual(answer.status_code, 422)
        for number, born in enumerate(("1990-05-11", "", "x", "é\0"), 1):
            last = self._post(closed, 422 if number < 4 else 404, {"birthdate": born})
        self._post(closed, 404, {"birthdate": BORN})
        answers = {last.content}
        start = "/dive/physician/"
        for path in (
            closed,
            used,
            decided,
            url[:-1],
            f"{url}A",
            f"{start}{'A' * 43}",
            f"{start}x",
            f"{start}{'é' * 43}",
            f"{start}{'A' * 20000}",
            f"{start}%00",
            f"{start}{url[-43:]}/x/y",
            f"{start}{'A' * 43}/packet",
            f"{used}/packet",
            f"{url}/other",
        ):
            with self.subTest(path=path[:80]):
                answers.add(self._get(path, 404).content)
        for path in (used, f"{used}/page", f"{start}x/page", f"{start}a/b/c"):
            answers.add(self._post(path, 404, {"birthdate": BORN}, PAGE).content)
        with freeze_time(fields.Datetime.now() + timedelta(days=31)):
            answers.add(self._get(lapsed, 404).content)
        self.assertEqual(len(answers), 1)
        self.assertFalse(self._arrived())
        # four wrong ones and a right one open it, and begin anew
        self._csrf = self._token(url)
        with self._noted() as notes:
            for _number in range(4):
                self._post(url, 422, {"birthdate": "1990-05-11"})
            self._enter(url)
        self.assertEqual(notes, [("print", False, self.form.ids, ["packet"])] * 4)
        self.assertEqual(links._dive_of(url[-43:]).tries, 0)
        rows = links.sudo().search([])
        self.assertNotIn(url[-43:], "".join(rows.mapped("token_hash")))
        # without the token of the page nothing is taken
        with mute_logger("odoo.http"):  # that it is missing is logged
            answer = self.url_open(f"{url}/page", data={}, files={"page": ("x", PAGE)})
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._arrived())
        rows.expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.env.flush_all()
        links._gc_lapsed()
        links.invalidate_model()
        self.assertFalse(links.search([]))

    def test_too_often(self):
        self.authenticate(None, None)
        url = self._url()
        self._enter(url)
        with patch.object(portal_physician, "PRINTS", RateLimit(1, 60)):
            self._get(f"{url}/packet")
            self.assertIn("wait a minute", self._get(f"{url}/packet", 503).text)

    # -- with a login -----------------------------------------------------------------

    def test_with_a_login(self):
        self.authenticate("t_portal", "t_portal")
        base = f"/my/medical/{self.diver.id}"
        page = self._get("/my/medical").text
        for end in ("signed", "physician"):
            self.assertIn(f"{base}/{end}", page)
        # not made yet
        location = self._get(f"{base}/signed", 303).headers["Location"]
        self.assertIn("said=later", location)
        self._make_papers()
        with self._noted() as notes:
            answer = self._get(f"{base}/signed")
        self.assertIn(PRINTED, answer.content)
        self.assertIn(("read", True, self.form.ids, ["signed"]), notes)
        # papers that do not come use up no address
        mine = [("form_id", "=", self.form.id)]
        before = self.env["dive.physician.link"].search(mine)
        with patch.object(portal_physician, "PRINTS", RateLimit(0, 60)):
            self._get(f"{base}/packet", 503)
        missing = patch.dict(os.environ, {keyring.VARIABLE: "/nowhere/keys.json"})
        with missing, mute_logger(QUIET):
            for end, status in (("signed", 503), ("packet", 503), ("physician", 200)):
                self.assertNotIn("dive_keys", self._get(f"{base}/{end}", status).text)
            self._csrf = self._token(f"{base}/physician")
            said = self._post(f"{base}/physician", 422, content=files.png())
            self.assertIn("try again", said.text)
        self.assertFalse(self._arrived())
        self.assertEqual(self.env["dive.physician.link"].search(mine), before)
        self.assertIn(PRINTED, self._get(f"{base}/packet").content)
        self.assertIn("/dive/physician/", self.printed[-1])
        self._csrf = self._token(f"{base}/physician")
        answer = self._post(f"{base}/physician", 422, content=b"<html></html>")
        self.assertIn("HTML", answer.text)
        self._post(f"{base}/physician", 303, content=files.png())
        self.assertTrue(self._arrived())
        page = self._get(f"{base}/physician").text
        self.assertIn("has arrived", page)
        self.assertNotIn("Send the page", page)
        self.assertIn("page arrived on", self._get("/my/medical").text)
        # the same file over and over is one page
        self._post(f"{base}/physician", 303, content=files.png())
        self.assertEqual(len(self.form.activity_ids), 1)
        # decided meanwhile: the overview says what is needed
        self._word(self.form)
        self.env.flush_all()
        for end in ("physician", "packet"):
            location = self._get(f"{base}/{end}", 303).headers["Location"]
            self.assertTrue(location.endswith("/my/medical"))
        self._post(f"{base}/physician", 303, content=files.png())
        # as many addresses as somebody may need, and no more
        for _number in range(25):
            links = self.env["dive.physician.link"]
            links._dive_issue(self.form)
        self.assertEqual(links.search_count([("form_id", "=", self.form.id)]), 20)

    def test_strangers(self):
        self._make_papers()
        ends = ("signed", "packet", "physician")
        base = f"/my/medical/{self.diver.id}"
        file = self.form._dive_sealed_file("signed")
        staff = f"/dive/physician-papers/{self.form.id}"
        self.authenticate("t_portal_b", "t_portal_b")
        for end in ends:
            self._get(f"{base}/{end}", 404)
            self._get(f"/my/medical/{10**12}/{end}", 404)
            self._get(f"/my/medical/{self.other.id}/{end}", 404)
        for path in (f"/dive/file/{file.id}", staff):
            self._get(path, 404)
        self.authenticate(None, None)
        for end in ends:
            location = self._get(f"{base}/{end}", 303).headers["Location"]
            self.assertIn("/web/login", location)
        scan = f"/dive/physician-page/{self.form.id}"
        for role in ("front", "instructor", "manager"):
            self.authenticate(f"t_{role}", f"t_{role}")
            for path in (f"/dive/file/{file.id}", staff):
                self._get(path, 404)
            self._get(scan, 404 if role == "instructor" else 200)
        self.authenticate("t_medical", "t_medical")
        self.assertIn(PRINTED, self._get(f"/dive/file/{file.id}").content)
        self.assertIn(PRINTED, self._get(staff).content)
        for path in (staff, scan):
            self._get(f"{path}0000000000", 404)
        # staff hand in what the diver has brought; nobody else does
        self._csrf = self._token(scan)
        self.assertIn("HTML", self._post(scan, 422, content=b"<html></html>").text)
        answer = self._post(scan, 303, content=files.jpeg())
        self.assertTrue(answer.headers["Location"].endswith(f"/{self.form.id}"))
        self.assertTrue(self._arrived())
        self.assertIn("No page is waited for", self._get(scan).text)
        self.authenticate("t_portal", "t_portal")
        self._get(scan, 404)


@tagged("post_install", "-at_install")
class TestPhysicianRace(PaperMixin, RaceCase):
    """Two pages at the same moment are one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()

    def _form(self, env, **vals):
        """Make a form that waits for a physician."""
        diver = env["res.partner"].create(
            {
                "name": "Race",
                "birthdate_date": date(1990, 1, 1),
                "email": "race@physician.test",
            }
        )
        own = self._own_questionnaire(env, name="Race", code="RACE")
        own.action_activate()
        self.addCleanup(self._remove, diver.id, own.id)
        now = fields.Datetime.now()
        form = env["dive.medical.form"]._dive_unlocked()
        return form.create(
            {
                "partner_id": diver.id,
                "questionnaire_id": own.id,
                "state": "submitted",
                "answered_outcome": "physician",
                "signed_on": now.date(),
                "signed_at": now,
                "signature": SIGNATURE,
                **vals,
            }
        )

    def test_one_mail(self):
        """Two runs at once, and one more: the papers are sent once."""
        with self._env() as env:
            form_id = self._form(env, papers_state="due").id

        def run(env):
            env["dive.medical.form"]._cron_dive_send_papers()

        outcome = self._race([run] * 3)
        self.assertEqual(outcome, [True] * 3)
        with self._env() as env:
            run(env)
            form = env["dive.medical.form"].browse(form_id)
            self.assertEqual(form.papers_state, "sent")
            links = env["dive.physician.link"].search([("form_id", "=", form_id)])
            self.assertEqual(len(links), 1)
            mails = env["mail.mail"].search(
                [("recipient_ids", "in", form.partner_id.ids)]
            )
            self.assertEqual(mails, form.papers_mail_id)
            self.assertEqual(len(mails), 1)
            mails.unlink()

    def test_five_dates_of_birth_at_most(self):
        """Eight wrong ones at the same moment: five are looked at, then it is shut."""
        with self._env() as env:
            token = env["dive.physician.link"]._dive_issue(self._form(env))[-43:]
        looked = []

        def compare(said, known):
            looked.append(said)
            return said == known

        def guess(env, born):
            link = env["dive.physician.link"]._dive_of(token)
            if link:
                link._dive_try(born)

        born = [f"1990-02-0{number}" for number in range(1, 9)]
        with patch.object(dive_physician_link.hmac, "compare_digest", compare):
            outcome = self._race([lambda env, one=one: guess(env, one) for one in born])
            self.assertEqual(outcome, [True] * 8)
            self.assertEqual(len(looked), 5)
            with self._env() as env:
                self.assertFalse(env["dive.physician.link"]._dive_of(token))
                guess(env, "1990-01-01")
        self.assertEqual(len(looked), 5)

    def test_one_page(self):
        with self._env() as env:
            form = self._form(env)
            links = env["dive.physician.link"]
            tokens = [links._dive_issue(form)[-43:] for _number in range(2)]
            form_id = form.id
        taken = []

        def send(env, token):
            link = env["dive.physician.link"]._dive_of(token)
            taken.append(bool(link and link._dive_receive(PAGE)))

        # both through one address, and others through another one
        outcome = self._race(
            [
                lambda env, token=tokens[number % 2]: send(env, token)
                for number in range(WRITERS)
            ]
        )
        self.assertEqual(outcome, [True] * WRITERS)
        self.assertEqual([first for first in taken if first], [True])
        with self._env() as env:
            form = env["dive.medical.form"].browse(form_id)
            self.assertTrue(form.physician_page_on)
            self.assertEqual(len(form.activity_ids), 1)
            stored = env["dive.sealed.file"].search(
                [("res_model", "=", form._name), ("res_id", "=", form_id)]
            )
            self.assertEqual(len(stored), 1)
            links = env["dive.physician.link"].search([("form_id", "=", form_id)])
            self.assertTrue(all(link.used_at for link in links))

    def _remove(self, diver_id, questionnaire_id):
        with self._env() as env:
            diver = env["res.partner"].browse(diver_id)
            diver._dive_erase_medical_forms()
            diver.unlink()
            own = env["dive.medical.questionnaire"].browse(questionnaire_id)
            own._dive_unlocked().in_use = False
            own.flush_recordset()
            own.unlink()
