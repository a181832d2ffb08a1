"""The calendar file, read back by somebody else's reader."""

from datetime import UTC, datetime

import vobject

from odoo.tests import BaseCase

from ..tools.calendar_file import calendar_file

TEXT = "Wreck; deep, “cold” \\ and\nwindy — 鲨鱼 🦈 " * 6


class TestCalendarFile(BaseCase):
    def _read(self, **changes):
        values = {
            "uid": "dive-7@database",
            "sequence": 3,
            "stamp": datetime(2026, 3, 1, 12, 0),
            # over the night in which clocks go forward
            "start": datetime(2026, 3, 28, 20, 30),
            "end": datetime(2026, 3, 29, 4, 15),
            "summary": TEXT,
            **changes,
        }
        data = calendar_file(**values)
        calendar = vobject.readOne(data.decode())
        return data, calendar, calendar.vevent

    def test_read_back(self):
        data, calendar, event = self._read(
            location="Quay 3; left, by the crane",
            description="BEGIN:VEVENT\r\nX:1\x00\x07",
            url="https://dive.test/x?a=1,2;b=3",
            organizer=('Blue "Reef": & Co', "desk@dive.test"),
        )
        self.assertEqual(calendar.method.value, "PUBLISH")
        self.assertEqual(event.uid.value, "dive-7@database")
        self.assertEqual(event.sequence.value, "3")
        self.assertEqual(event.status.value, "CONFIRMED")
        self.assertEqual(event.summary.value, TEXT)
        self.assertEqual(event.location.value, "Quay 3; left, by the crane")
        self.assertEqual(event.description.value, "BEGIN:VEVENT\nX:1")
        self.assertEqual(event.url.value, "https://dive.test/x?a=1,2;b=3")
        self.assertEqual(event.organizer.value, "mailto:desk@dive.test")
        self.assertEqual(event.organizer.params["CN"], ["Blue 'Reef': & Co"])
        self.assertEqual(event.dtstart.value, datetime(2026, 3, 28, 20, 30, tzinfo=UTC))
        self.assertEqual(event.dtend.value, datetime(2026, 3, 29, 4, 15, tzinfo=UTC))
        self.assertTrue(data.endswith(b"END:VCALENDAR\r\n"))
        lines = data.split(b"\r\n")
        self.assertLessEqual(max(map(len, lines)), 75)
        self.assertNotIn(b"\n", b"".join(lines), "Nothing but CRLF ends a line")
        for line in lines:
            line.decode()  # no character is cut in two

    def test_cancelled(self):
        _data, calendar, event = self._read(cancelled=True, sequence=4)
        self.assertEqual(calendar.method.value, "CANCEL")
        self.assertEqual(event.status.value, "CANCELLED")
        self.assertEqual(event.sequence.value, "4")
        start = datetime(2026, 3, 28, 20, 30)
        _data, _calendar, event = self._read(start=start, end=start)
        self.assertFalse(hasattr(event, "dtend"), "No event ends as it starts")
