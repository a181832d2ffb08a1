"""On which days trips of a series are, and at what moment: no database."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from odoo.tests.common import BaseCase

from ..tools.recurrence import hours_at, moment, planned_days

MADRID = ZoneInfo("Europe/Madrid")


class TestPattern(BaseCase):
    def test_days(self):
        wednesday = date(2027, 3, 3)
        for weekdays, every, expected in (
            ({0, 2}, 1, [3, 8, 10, 15, 17]),
            ({0, 2}, 2, [3, 15, 17]),
            ({6}, 3, [7]),
            (set(), 1, []),
        ):
            days = planned_days(weekdays, every, wednesday, date(2027, 3, 17))
            self.assertEqual([day.day for day in days], expected)

    def test_clock(self):
        """Nine is nine in winter and in summer; the clocks change on 28 March 2027."""
        for day, hours, utc in (
            (date(2027, 3, 27), 9, datetime(2027, 3, 27, 8)),
            (date(2027, 3, 28), 9, datetime(2027, 3, 28, 7)),
            # 02:30 is left out in that night, and comes twice in the other
            (date(2027, 3, 28), 2.5, datetime(2027, 3, 28, 1, 30)),
            (date(2027, 10, 31), 2.5, datetime(2027, 10, 31, 0, 30)),
            (date(2027, 3, 1), 23.9999, datetime(2027, 3, 1, 22, 59)),
        ):
            self.assertEqual(moment(day, hours, MADRID), utc)
        self.assertEqual(hours_at(datetime(2027, 7, 1, 7, 30), MADRID), 9.5)
