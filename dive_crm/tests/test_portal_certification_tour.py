from odoo.tests.common import tagged

from .portal_certification_common import LIST, NEW, PortalCertificationCommon


@tagged("post_install", "-at_install", "dive_browser")
class TestPortalCertificationTour(PortalCertificationCommon):
    """On a telephone."""

    browser_size = "390x844"
    touch_enabled = True

    def _tour(self, path, name):
        self.start_tour(path, name, login="t_portal", timeout=120)

    def test_send_and_read_why_not(self):
        self._tour("/my", "dive_crm_portal_send_card")
        card = self._cards()
        self.assertEqual(card.level_id, self.advanced)
        self.assertTrue(card.front_id)
        self._checked(card, "rejected", reason="The name cannot be read")
        self._tour(LIST, "dive_crm_portal_read_reason")
        self.assertEqual((card.verification, card.corrected), ("rejected", True))
        self.assertTrue(card.back_id)

    def test_level_not_in_the_list(self):
        self._tour(NEW, "dive_crm_portal_level_not_listed")
        self.assertEqual(self._cards().level_text, "CEDIP 2 star")
