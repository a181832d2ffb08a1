"""What a cell says: dates, names, tags, signs of a formula."""

import datetime
from collections import Counter

from odoo.tests.common import BaseCase

from ..tools import customer_import_values as values


class TestDates(BaseCase):
    def test_forms(self):
        expected = datetime.date(1990, 3, 4)
        for text, order in (
            ("1990-03-04", "dmy"),
            ("1990/3/4", "mdy"),
            ("1990-03-04 10:00:00", "dmy"),
            ("1990-03-04T10:00:00Z", "dmy"),
            ("4.3.1990", "mdy"),
            ("04. 03. 1990", "mdy"),
            ("04/03/1990", "dmy"),
            ("03/04/1990", "mdy"),
            ("4-3-1990", "dmy"),
            ("3/4/1990 0:00", "mdy"),
        ):
            with self.subTest(text=text, order=order):
                self.assertEqual(values.parse_date(text, order), expected)

    def test_no_dates(self):
        for text, code in (
            ("31.02.1990", "impossible"),
            ("2023-02-29", "impossible"),
            ("2023-13-01", "impossible"),
            ("17/17/1990", "impossible"),
            ("0000-01-01", "impossible"),
            ("04/03/90", "short_year"),
            ("4.3.90", "short_year"),
            ("32874", "form"),
            ("March 1990", "form"),
            ("1990-03-04-05", "form"),
            ("", "form"),
        ):
            with self.subTest(text=text), self.assertRaises(values.DateError) as caught:
                values.parse_date(text, "dmy")
            self.assertEqual(caught.exception.code, code, text)

    def test_hints(self):
        for text, hint in (
            ("31/12/1990", "dmy"),
            ("12/31/1990", "mdy"),
            ("03/04/1990", "both"),
            ("03/03/1990", ""),
            ("31/31/1990", ""),
            ("03.04.1990", ""),
            ("1990-03-04", ""),
            ("", ""),
        ):
            with self.subTest(text=text):
                self.assertEqual(values.date_order_hint(text), hint)

    def test_order(self):
        for hints, order in (
            ({}, "dmy"),
            ({"both": 3}, "ask"),
            ({"both": 3, "mdy": 1}, "mdy"),
            ({"dmy": 2, "mdy": 1}, "dmy"),
            ({"dmy": 1, "mdy": 1, "both": 1}, "ask"),
        ):
            with self.subTest(hints=hints):
                self.assertEqual(values.date_order(Counter(hints)), order)


class TestTexts(BaseCase):
    def test_clean(self):
        self.assertEqual(values.clean("\xa0 Zoe\u0308\u200b \n"), "Zoë")
        self.assertEqual(values.clean("'=1+1"), "=1+1")
        self.assertEqual(values.clean("'tis"), "'tis")

    def test_harmless_and_back(self):
        for text in ("=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "+44 7400 1"):
            with self.subTest(text=text):
                safe = values.harmless(text)
                self.assertFalse(safe.startswith(values.FORMULA_SIGNS))
                self.assertEqual(values.clean(safe), text)
        self.assertEqual(values.harmless("a=b"), "a=b")

    def test_name_key(self):
        key = values.name_key("José María Muñoz")
        for same in (
            "JOSE MARIA MUNOZ",
            "Muñoz, José  María",
            "jose\u0301 maria munoz",
        ):
            self.assertEqual(values.name_key(same), key, same)
        self.assertNotEqual(values.name_key("José Muñoz"), key)
        self.assertEqual(values.name_key("香織 中村"), values.name_key("中村 香織"))
        self.assertEqual(values.name_key(""), "")

    def test_split_tags(self):
        self.assertEqual(values.split_tags("club;VIP; club ;;Club"), ["club", "VIP"])
        self.assertEqual(values.split_tags("club, VIP"), ["club", "VIP"])
        self.assertEqual(values.split_tags("a, b; c"), ["a, b", "c"])

    def test_address_count(self):
        self.assertEqual(values.address_count("one@example.com, two@example.com"), 2)
        self.assertEqual(values.address_count("a@ b"), 0)
        self.assertEqual(values.address_count("x@@example.com"), 0)
