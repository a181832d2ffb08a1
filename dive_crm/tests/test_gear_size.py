from odoo.tests.common import BaseCase, tagged

from ..tools.gear_size import best_size, mentions

LETTERS = ["XS", "S", "M", "L", "XL"]
FINS = ["36/37", "38/39", "40-42", "42/43"]


@tagged("post_install", "-at_install")
class TestGearSize(BaseCase):
    def test_what_customers_write(self):
        for text, names, expected in (
            ("M, 5 mm", LETTERS, "M"),
            (" xl ", LETTERS, "XL"),
            ("semi-dry L", LETTERS, "L"),
            ("152, 5 mm", ["140", "152"], "152"),
            ("5 mm", ["5", "6"], None),
            ("42/43", FINS, "42/43"),
            ("38", FINS, "38/39"),
            ("42", FINS, "42/43"),
            ("41-42", FINS, "40-42"),
            ("43/42", FINS, None),
            ("large", LETTERS, None),
            ("", LETTERS, None),
            (None, LETTERS, None),
            ("M", [], None),
            ("²", FINS, None),
            ("M" * 10_000, LETTERS, None),
        ):
            with self.subTest(text=text):
                place = best_size(text, names)
                self.assertEqual(names[place] if place is not None else None, expected)

    def test_own_gear(self):
        self.assertTrue(mentions("Mask, computer and fins", "fins"))
        self.assertTrue(mentions("mask/COMPUTER", "Computer"))
        self.assertFalse(mentions("no computer", "Computer"))
        self.assertFalse(mentions(False, "Computer"))
        self.assertFalse(mentions("mask", ""))
