"""Answering and signing, as divers do: on a phone, on the desk's tablet."""

from odoo import fields
from odoo.tests.common import tagged

from .medical_common import MedicalHttpCommon
from .portal_common import PortalMixin


@tagged("post_install", "-at_install", "dive_browser")
class TestMedicalFormTour(PortalMixin, MedicalHttpCommon):
    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPortal()
        today = cls.company._dive_today()
        cls.ward = cls._ward(
            cls.diver, birthdate_date=fields.Date.subtract(today, years=12)
        )

    def _form(self, diver):
        return self.Form.search([("partner_id", "=", diver.id)])

    def test_on_a_phone(self):
        self.start_tour("/my", "dive_crm_medical_phone", login="t_portal", timeout=120)
        form = self._form(self.diver)
        self.assertEqual((form.state, form.outcome), ("submitted", "fit"))
        self.assertTrue(form._dive_answers()["6"])
        self.assertEqual(form.confirmed_on, form.signed_on)

    def test_on_the_tablet(self):
        self.browser_size, self.touch_enabled = "1366x1024", False
        token = self.env["dive.medical.link"]._dive_issue(self.ward)
        self.env.flush_all()
        self.start_tour(f"/dive/medical/{token}", "dive_crm_medical_tablet", login=None)
        form = self._form(self.ward)
        self.assertEqual((form.state, form.outcome), ("submitted", "physician"))
        self.assertEqual(form.guardian_name, "Petra Portal")
        self.assertTrue(form.guardian_signature)

    def test_at_the_desk(self):
        self.browser_size, self.touch_enabled = "1366x1024", False
        self.start_tour(
            f"/odoo/dive-customers/{self.anna.id}",
            "dive_crm_medical_desk",
            login="t_front",
        )
        self.assertTrue(
            self.env["dive.medical.link"].search([("partner_id", "=", self.anna.id)])
        )
