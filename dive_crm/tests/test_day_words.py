"""A day with its weekday reads as each language writes it."""

from datetime import datetime

from odoo.tests import TransactionCase, tagged
from odoo.tools import format_date, format_datetime

from ..tools.day_words import day_format

MONDAY = datetime(2026, 11, 23, 9, 5)


@tagged("post_install", "-at_install", "dive_long")
class TestDayWords(TransactionCase):
    def _in(self, lang):
        self.env["res.lang"]._activate_lang(lang)
        return self.env(context={"lang": lang})

    def test_whole_words(self):
        """As the title of the day's list has it."""
        days = {
            "en_US": "Monday, November 23",
            "en_GB": "Monday 23 November",
            "de_DE": "Montag, 23. November",
            "es_ES": "lunes, 23 de noviembre",
            "fr_FR": "lundi 23 novembre",
            "it_IT": "lunedì 23 novembre",
            "zh_CN": "11月23日星期一",
        }
        for lang, day in days.items():
            env = self._in(lang)
            pattern = day_format(env, full=True)
            self.assertEqual(format_date(env, MONDAY.date(), date_format=pattern), day)
        pattern = day_format(env, full=True, year=True)
        said = format_date(env, MONDAY.date(), date_format=pattern)
        self.assertEqual(said, "2026年11月23日星期一")

    def test_short_with_time(self):
        moments = {
            "en_US": "Mon, Nov 23 09:05",
            "de_DE": "Mo., 23. Nov. 09:05",
            "es_ES": "lun, 23 nov 09:05",
            "fr_FR": "lun. 23 nov. 09:05",
            "it_IT": "lun 23 nov 09:05",
        }
        for lang, moment in moments.items():
            env = self._in(lang)
            said = format_datetime(
                env, MONDAY, tz="UTC", dt_format=day_format(env, time=True)
            )
            self.assertEqual(said, moment)
        pattern = day_format(self._in("de_DE"), year=True)
        said = format_date(env, MONDAY.date(), lang_code="de_DE", date_format=pattern)
        self.assertEqual(said, "Mo., 23. Nov. 2026")
