"""The medical profile from the customer's form: filled in, corrected, its history."""

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveHttpCommon
from .secret_common import SecretMixin


@tagged("post_install", "-at_install", "dive_browser")
class TestMedicalProfileTour(SecretMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()
        cls.diver = cls._customer("Ada Diver")

    def _tour(self, name):
        # A refused save is logged; it is refused on purpose.
        with mute_logger("odoo.http"):
            self.start_tour(
                f"/odoo/dive-customers/{self.diver.id}", name, login="t_medical"
            )
        return (
            self.env["dive.medical.profile"]
            .with_user(self.medical)
            .search([("partner_id", "=", self.diver.id)])
        )

    def test_on_a_desk(self):
        profile = self._tour("dive_crm_medical_profile")
        self.assertEqual(
            (profile.allergies, profile.conditions, profile.blood_group),
            ("penicillin", "none", "O-"),
        )
        self.assertEqual(profile.event_ids.text, "dizzy after the second dive")
        self.assertEqual(profile.change_ids.user_id, self.medical)


@tagged("post_install", "-at_install", "dive_browser")
class TestMedicalProfilePhone(TestMedicalProfileTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_on_a_desk(self):
        """Here: on a telephone."""
        profile = self._tour("dive_crm_medical_profile_phone")
        self.assertEqual(
            (profile.allergies, profile.procedures), ("penicillin", "adrenaline")
        )
        self.assertEqual(profile.event_ids.text, "dizzy")
