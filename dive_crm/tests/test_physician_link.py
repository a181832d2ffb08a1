"""The papers and the page over HTTP: with a login, with an address, with neither."""

import os
from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged
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
from .common import DiveHttpCommon
from .medical_paper_common import PRINTED, PaperMixin
from .portal_common import PortalMixin
from .sealed_common import QUIET

PAGE = files.pdf(text=b"SIGNED-PAGE-7718")
BORN = "1990-05-10"


@tagged("post_install", "-at_install", "dive_long")
class TestPhysicianLink(PortalMixin, PaperMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMedical()
        cls.setUpPortal()
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

    def _token(self, path):
        return self._token_of(self._get(path).text)

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
