import re
import time

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools.number_pattern import reason_against
from .catalogue_common import LevelCommon


@tagged("post_install", "-at_install")
class TestNumberPattern(LevelCommon):
    """A pattern of card numbers can be used, and cannot hang the server."""

    def test_what_may_be_written(self):
        for pattern in (
            "",
            "[0-9]{10}",
            r"\d{6,12}",
            "[A-Z]{3}/F[0-9]{2}/[0-9]+",
            "(?:P|M)[0-9]{4}",
            r"[+*(]?\d+",
        ):
            self.assertIsNone(reason_against(pattern, self.env), pattern)

    def test_what_may_not(self):
        for pattern, reason in {
            "[0-9": "no regular expression",
            "(a+)+": "group",
            "(a|a)*b": "group",
            "(?:a{1,9}){9}": "group",
            "a?a?a?a?a?": "vary in length",
            "(?=a)b": "look-ahead",
            r"(a)\1": "look-ahead",
            "x" * 201: "longer",
            "|".join("abcdefghijklmn"): "alternatives",
        }.items():
            with self.subTest(pattern), self._refused(ValidationError, reason):
                self.agency.number_pattern = pattern

    def test_worst_that_may_be_written_is_fast(self):
        began = time.monotonic()
        for pattern in (r".*.*.*.*b", r"\w+\w+\w+\w+-", "[a]?" * 4 + "a{40}b"):
            self.assertIsNone(reason_against(pattern, self.env))
            self.assertFalse(re.compile(pattern).fullmatch("a" * 40))
        self.assertLess(time.monotonic() - began, 1)
