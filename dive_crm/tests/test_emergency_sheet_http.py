"""The emergency pages over HTTP, as every role: two taps to the sheet."""

import re

from odoo import http
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..tools.envelope import new_uid
from .common import ROLE_GROUPS
from .emergency_common import ALLERGY, EmergencyHttpCommon

QUIET = (
    "odoo.http",
    "odoo.addons.base.models.ir_rule",
    "odoo.addons.base.models.ir_model",
)


@tagged("post_install", "-at_install", "dive_long")
class TestEmergencyPages(EmergencyHttpCommon):
    def _login(self, role):
        self.authenticate(f"t_{role}", f"t_{role}")

    def _form(self, path):
        page = self._get(path).text
        fields = dict(
            re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        )
        return page, fields

    def _post(self, status=303, **fields):
        answer = self.url_open(
            "/dive/emergency/open", data=fields, allow_redirects=False
        )
        self.assertEqual(answer.status_code, status)
        return answer

    def _opened(self):
        """Return the numbers of those who have opened a sheet here."""
        mine = self.Opening.search([("trip_id", "=", self.trip.id)])
        mine |= self.Opening.search([("partner_ids", "=", str(self.anna.id))])
        return set(mine.mapped("user_id"))

    def test_two_taps(self):
        """The trip, why, the sheet; sent again, the same sheet; reloaded, as well."""
        self._login("instructor")
        self.assertIn(
            f"/dive/emergency/trip/{self.trip.id}",
            (page := self._get("/dive/emergency").text),
        )
        self.assertNotIn(f"/dive/emergency/trip/{self.other_trip.id}", page)
        page, fields = self._form(f"/dive/emergency/trip/{self.trip.id}")
        self.assertIn("Bob Reef", page)
        self.assertNotIn(ALLERGY, page)
        url = self._post(**fields, kind="accident", diver="").headers["Location"]
        self.assertEqual(
            self._post(**fields, kind="accident", diver="").headers["Location"], url
        )
        self.assertEqual(
            self.Opening.search_count([("user_id", "=", self.guide.id)]), 1
        )
        for _reload in range(2):
            sheet = self._get(url)
            self.assertIn(ALLERGY, sheet.text)
            self.assertIn('href="tel:+34600100200"', sheet.text)
        self.assertNotIn("<script", sheet.text)
        self.assertNotRegex(sheet.text, 'src="(?!data:)')
        self.assertLess(len(sheet.text), 20000)
        self.assertIn("no-store", sheet.headers["Cache-Control"])
        self.assertIn("default-src 'none'", sheet.headers["Content-Security-Policy"])
        # one diver; and words instead of a touch
        _page, fields = self._form(f"/dive/emergency/trip/{self.trip.id}")
        fields |= {"diver": self.bob.id, "kind": "other"}
        again = self._post(200, **fields, text="<b>x</b>")
        self.assertIn("at least 10 letters", again.text)
        self.assertIn("&lt;b&gt;x", again.text)
        url = self._post(**fields, text="The chamber is asking").headers["Location"]
        page = self._get(url).text
        self.assertIn("Bob Reef", page)
        self.assertNotIn("Anna Keller", page)
        paper = self._get(f"{url}/pdf")
        self.assertEqual(paper.headers["Content-Type"], "application/pdf")
        self.assertEqual(paper.content[:5], b"%PDF-")
        self.assertIn("emergency-sheet.pdf", paper.headers["Content-Disposition"])

    @mute_logger(*QUIET)
    def test_every_role(self):
        """Whoever may not meets 403 on each page; of somebody else's sheet as well."""
        self._login("instructor")
        _page, fields = self._form(f"/dive/emergency/trip/{self.trip.id}")
        url = self._post(**fields, kind="drill").headers["Location"]
        may = {"instructor", "medical", "manager"}
        trip = f"/dive/emergency/trip/{self.trip.id}"
        diver = f"/dive/emergency/diver/{self.anna.id}"
        report = "/report/{}/dive_crm.report_dive_emergency/{}"
        ids = self.Opening.search([("user_id", "=", self.guide.id)]).ids
        for role in [*ROLE_GROUPS, "other_guide", "foreign"]:
            with self.subTest(role=role):
                self._login(role)
                self._get(trip, 200 if role in may else 403)
                # a customer of no company is everybody's
                alone = {"medical", "manager", "foreign"}
                self._get(diver, 200 if role in alone else 403)
                if role == "instructor":
                    continue
                for path in (url, f"{url}/pdf"):
                    self.assertNotIn(ALLERGY, self._get(path, 403).text)
                for converter in ("html", "pdf"):
                    answer = self.url_open(report.format(converter, ids[0]))
                    self.assertNotEqual(answer.status_code, 200, converter)
                    self.assertNotIn(ALLERGY, answer.text)
                self.assertEqual(
                    self._rpc_refused(
                        role, "dive.emergency.opening", "_dive_sheet", ids
                    ),
                    "odoo.exceptions.AccessError",
                )
        for role in ("front", "other_guide", "foreign", "portal"):
            with self.subTest(role=role):
                self._rpc_refused(
                    role, "dive.trip", "action_dive_emergency_sheet", self.trip.ids
                )
                self._login(role)
                token = http.Request.csrf_token(self)
                for who in ({"trip": self.trip.id}, {"trip": 10**9}):
                    answer = self._post(
                        403, csrf_token=token, token=new_uid(), kind="accident", **who
                    )
                    self.assertNotIn(ALLERGY, answer.text)
        self.assertEqual(self._opened(), {self.guide.id})
        self.logout()
        for path in (trip, diver, url, f"{url}/pdf"):
            self.assertIn("/web/login", self._get(path, 303).headers["Location"])

    @mute_logger(*QUIET)
    def test_bad_input(self):
        """No token of the session, numbers that are none, a token of one's own."""
        self._login("instructor")
        self._post(400, kind="accident", trip=self.trip.id, token=new_uid())
        token = http.Request.csrf_token(self)
        for fields, status in (
            ({"trip": self.trip.id, "kind": "accident", "token": "../x"}, 200),
            ({"trip": self.trip.id, "kind": "fire", "token": new_uid()}, 200),
            ({"trip": self.trip.id, "diver": "x", "token": new_uid()}, 200),
            ({"trip": "x", "kind": "accident", "token": new_uid()}, 403),
            ({"kind": "accident", "token": new_uid()}, 403),
        ):
            with self.subTest(fields=fields):
                self._post(status, csrf_token=token, **fields)
        # files in place of words
        fields = {"trip": self.trip.id, "csrf_token": token, "kind": "other"}
        for name, words in (("text", "few words"), ("token", "anew")):
            sent = {"token": new_uid(), "text": "x" * 20, **fields}
            sent.pop(name)
            answer = self.url_open(
                "/dive/emergency/open", data=sent, files={name: ("x", b"x" * 32)}
            )
            self.assertEqual(answer.status_code, 200, name)
            self.assertIn(words, answer.text)
        self.assertFalse(self._opened())
        for path in ("nothing", new_uid(), "%00", "%00/pdf", "a" * 30_000):
            self._get(f"/dive/emergency/sheet/{path}", 403)
        refused = self._get("/dive/emergency/trip/999999999", 403)
        self.assertNotIn("dive.trip(", refused.text)
        # a NUL, and more words than anybody reads: in an emergency it opens
        words = "Somebody has pasted\0 this: " + "محمد \U0001f41f " * 10_000
        self._post(**fields, token=new_uid(), text=words)
        reason = self.Opening.search([("trip_id", "=", self.trip.id)]).reason
        self.assertIn("pasted this: محمد \U0001f41f", reason)
        self.assertLess(len(reason), 600)
        self._get("/dive/emergency/trip/99999999999", 403)
