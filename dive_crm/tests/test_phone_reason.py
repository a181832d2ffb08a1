from odoo.tests.common import BaseCase

from ..tools.phone_reason import impossible_reason


class TestPhoneReason(BaseCase):
    def test_reasons(self):
        for number, region, reason in (
            ("phone?", "PL", "no_number"),
            ("0000000", "GB", "no_number"),
            ("5", "DE", "no_number"),
            ("12", "DE", "short"),
            ("+999 123", "GB", "country"),
            ("07911 123456", "", "country"),
            ("+44 7911 1234567890", "GB", "long"),
            ("+1 555 000 0000", "", "unused"),
            ("07911 123456", "GB", ""),
            ("0044 7911 123456", "DE", ""),
        ):
            with self.subTest(number=number, region=region):
                self.assertEqual(impossible_reason(number, region), reason)
