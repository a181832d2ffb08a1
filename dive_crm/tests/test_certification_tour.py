"""A card from the customer's form: recorded with pictures, checked, rejected."""

from datetime import date

from odoo.tests import tagged
from odoo.tools import mute_logger

from .certification_common import CertificationHttpCommon
from .scan_files import jpeg
from .sealed_common import SealedMixin, b64


@tagged("post_install", "-at_install", "dive_browser")
class TestCertificationTour(CertificationHttpCommon, SealedMixin):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()

    def _url(self):
        return f"/odoo/dive-customers/{self.anna.id}"

    # A refused save is logged; it is refused on purpose.
    @mute_logger("odoo.http")
    def test_record_a_card(self):
        self.start_tour(self._url(), "dive_crm_record_card", login="t_front")
        cards = self.anna.dive_certification_ids
        self.assertEqual(len(cards), 3)
        card = cards.filtered(lambda c: c.number_key == "123456")
        self.assertEqual(card.level_id, self.advanced)
        self.assertEqual(card.number, "123 456")
        self.assertEqual(card.issue_date, date(2020, 3, 1))
        self.assertEqual(card.front_id.sudo().mimetype, "image/jpeg")
        self.assertEqual(card.back_id.sudo().mimetype, "image/jpeg")

    def test_check_a_card(self):
        card = self._card(number="123456")
        card.front_image = b64(jpeg())
        self.start_tour(self._url(), "dive_crm_check_card", login="t_front")
        self.assertEqual(card.verification, "rejected")
        self.assertEqual(card.check_ids.mapped("result"), ["rejected", "verified"])
        self.assertEqual(card.check_ids.user_id, self.front)
        self.assertEqual(card.check_ids[1].method, "website")
        self.assertFalse(self.anna.dive_level_id)
