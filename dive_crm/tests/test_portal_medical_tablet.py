"""Answering by an address, without a login: on the tablet at the desk."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests.common import JsonRpcException, Opener, tagged
from odoo.tools import mute_logger

from .medical_common import MedicalHttpCommon
from .portal_medical_common import PortalMedicalMixin


@tagged("post_install", "-at_install", "dive_long")
class TestPortalMedicalTablet(PortalMedicalMixin, MedicalHttpCommon):
    def test_with_a_token(self):
        self.authenticate(None, None)
        url = self._token_url()
        answer = self._get(url)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertEqual(answer.headers["X-Robots-Tag"], "noindex, nofollow")
        self.assertEqual(answer.headers["X-Frame-Options"], "SAMEORIGIN")
        self.assertNotIn("/web/login", answer.text)
        self._post(url, self._no())
        said = self._sign(url)
        self.assertEqual(said["redirect_url"], "/dive/medical/thanks")
        self.assertIn("hand the tablet back", self._get("/dive/medical/thanks").text)
        self.assertEqual(self._forms().state, "submitted")
        self._get(url, 404)

    def test_a_token_shows_nobody_what_a_diver_has_answered(self):
        """The desk makes the address, and is to read no answers: there or elsewhere."""
        self._rpc(f"{self._url()}/answers", answers={"1": "yes"})
        url = self._token_url()
        self.authenticate("t_front", "t_front")
        page = self._get(url).text
        self.assertIn('name="q_1"', page)
        self.assertNotIn("checked", page)
        self.opener = Opener(self)
        self._rpc(f"{url}/answers", answers={"3": "yes"})
        page = self._get(url).text
        self.assertEqual(page.count('checked="checked"'), 1)
        diver, self.opener = self.opener, Opener(self)
        for end in ("", "/sign"):
            self._get(f"{url}{end}", 404)
        for end in ("/answers", "/signature/x"):
            with self.assertRaises(JsonRpcException):
                self._rpc(f"{url}{end}", answers={"3": "no"})
        # the next diver at the same tablet
        self.opener = diver
        self._rpc(f"{self._token_url(self.other)}/answers", answers={"1": "no"})
        self._get(url, 404)
        answers = [form._dive_answers() for form in self._forms()]
        self.assertCountEqual(answers, [{"1": True}, {"3": True}])

    def test_wrong_tokens(self):
        url = self._token_url()
        with freeze_time(fields.Datetime.now() + timedelta(hours=4)):
            self._get(url, 404)
        guessed = "A" * 43
        answers = set()
        strange = ("x", "é" * 43, "%00", "A" * 20000, "..%2fx", "x/y/z")
        for token in (url[14:-1], url[14:] + "A", guessed, *strange):
            path = f"/dive/medical/{token}"
            answers |= {self._get(path + end, 404).content for end in ("", "/sign")}
            answer = self._send(path)
            self.assertEqual(answer.status_code, 404)
            answers.add(answer.content)
        self.assertEqual(len(answers), 1)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        rows = self.env["dive.medical.link"].sudo().search([])
        self.assertNotIn(url[14:], rows.mapped("token_hash"))

    def test_lapsed_links_go(self):
        self._token_url()
        links = self.env["dive.medical.link"].sudo()
        links.search([]).expires_at = fields.Datetime.now() - timedelta(minutes=1)
        self.env.flush_all()
        links._gc_lapsed()
        links.invalidate_model()
        self.assertFalse(links.search([]))
        # Odoo's vacuum calls it of the abstract model as well
        self.env["dive.link.mixin"]._gc_lapsed()

    def test_the_desk_shows_a_code(self):
        action = self.diver.with_user(self.front).action_dive_answer_medical()
        wizard = self.env[action["res_model"]].with_user(self.front)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertIn("/dive/medical/", wizard.url)
        self.assertTrue(wizard.qr_code)
        self.authenticate(None, None)
        self._get(wizard.url[wizard.url.index("/dive/") :])
        # who may change contacts is not yet at the desk
        clerk = self.accountant
        clerk.group_ids += self.env.ref("base.group_partner_manager")
        self.diver.with_user(clerk).check_access("write")
        with mute_logger("odoo.addons.base.models.ir_model"):
            with self.assertRaises(AccessError):
                self.diver.with_user(clerk).action_dive_answer_medical()
