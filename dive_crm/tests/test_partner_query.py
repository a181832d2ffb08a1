import unittest

from ..tools.partner_query import MAX_WORDS, is_email, parse
from ..tools.phone_query import digit_candidates


def finds(text, line):
    """Tell whether what is typed as ``text`` finds the customer with ``line``."""
    return all(term.matches(line) for term in parse(text))


BRITISH = "john o neill john@example.com c00012 447911123456 447911123456"
RUSSIAN = "мясников c00013 79123083778 79123083778"


class TestPartnerQuery(unittest.TestCase):
    def test_a_number_is_found_as_anyone_says_it(self):
        for said in (
            "07911 123456",
            "0044 7911 123456",
            "+447911123456",
            "+44 (0)7911-123456",
            "011 44 7911 123456",
            "123456",
            "7911 123",
            "(07911) 123 456",
        ):
            with self.subTest(said=said):
                self.assertTrue(finds(said, BRITISH))
                self.assertFalse(finds(said, RUSSIAN))

    def test_each_country_has_its_own_national_form(self):
        for said, digits in (
            ("8 912 308-37-78", "79123083778"),  # Russia: 8
            ("06 1 234 5678", "3612345678"),  # Hungary: 06
            ("06 6982 1234", "390669821234"),  # Italy: the 0 stays
            ("011 15-2345-6789", "5491123456789"),  # Argentina: 15 becomes 9
            ("1 212 555 0123", "12125550123"),  # United States: 1
            ("090-1283-4497", "819012834497"),  # Japan: 0
            ("612 34 56 78", "34612345678"),  # Spain: none
        ):
            with self.subTest(said=said):
                self.assertTrue(finds(said, f"x {digits} {digits}"))

    def test_a_trunk_prefix_is_not_taken_from_the_middle(self):
        """Last digits that begin with a 0 are last digits, and nothing looser."""
        self.assertTrue(finds("0123456", "x 4479110123456"))
        self.assertFalse(finds("0123456", "x 4479119123456"))

    def test_words_in_any_order_and_a_number_among_them(self):
        for said in ("neill john", "NEILL", "john 07911 123456", "Neill, John"):
            with self.subTest(said=said):
                self.assertTrue(finds(said, BRITISH))
        self.assertFalse(finds("john smith", BRITISH))

    def test_parts_of_a_number_with_letters_are_words(self):
        self.assertTrue(finds("c00012", BRITISH))
        self.assertTrue(finds("00012", BRITISH))

    def test_huge_and_odd_input(self):
        self.assertLessEqual(len(parse("a b " * 5000)), MAX_WORDS)
        self.assertEqual(parse("   ,;  "), [])
        self.assertEqual(digit_candidates("+-()"), [])
        for odd in ("%", "_", "\\", "'", "🤿", "\u202e", "0" * 400, "+" * 50):
            with self.subTest(odd=odd):
                self.assertFalse(finds(odd, BRITISH))

    def test_what_an_address_is(self):
        for good in (
            "a@b.co",
            "o'neil@x.com",
            " A@B.COM ",
            "müller@exämple.de",
            "a+b@c.d.io",
        ):
            with self.subTest(good=good):
                self.assertTrue(is_email(good))
        for bad in (
            "",
            "nobody",
            "a@",
            "@b.co",
            "x@@example.com",
            "one@example.com, two@example.com",
            "a b@c.de",
            "a@b",
            "a@x..com",
            "Anna <a@b.com>",
            "a@b.c1",
        ):
            with self.subTest(bad=bad):
                self.assertFalse(is_email(bad))
