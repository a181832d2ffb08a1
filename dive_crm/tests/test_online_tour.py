"""Booking on a phone, with a ward."""

from odoo.tests import tagged

from .common import DiveHttpCommon
from .online_common import OnlineMixin


@tagged("post_install", "-at_install", "dive_browser")
class TestOnlineTour(OnlineMixin, DiveHttpCommon):
    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpOnline()

    def test_on_a_phone(self):
        self.start_tour("/my", "dive_crm_online_phone", login="t_portal")
        booking = self._mine()
        self.assertEqual(booking.diver_ids.partner_id, self.diver | self.ward)
        self.assertEqual((booking.state, booking.note), ("cancelled", "Two of us"))
        self.assertFalse(self._todo(booking))
