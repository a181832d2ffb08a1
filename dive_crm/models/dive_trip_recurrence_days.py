"""On which days a series has a trip, and what that trip is like."""

from datetime import timedelta

from odoo import models

from ..tools.recurrence import moment, planned_days
from .dive_trip_recurrence import SHARED, WEEKDAYS

#: a pattern goes on so far when its days are counted
FOREVER = timedelta(weeks=52 * 40)


class DiveTripRecurrence(models.Model):
    _inherit = "dive.trip.recurrence"

    def _dive_weekdays(self):
        return {index for index, name in enumerate(WEEKDAYS) if self[name]}

    def _dive_days(self, last):
        """Return the days of this series until ``last``, without those it skips."""
        self.ensure_one()
        if not self.date_from or self.every_weeks < 1:
            return []
        if self.end_type == "until" and self.date_until:
            last = min(last, self.date_until)
        days = [
            day
            for day in planned_days(
                self._dive_weekdays(), self.every_weeks, self.date_from, last
            )
            if not any(skip._dive_covers(day) for skip in self.skip_ids)
        ]
        return days[: self.count] if self.end_type == "count" else days

    def _dive_is_plausible(self):
        """Say whether days and times can be told; a form may hold anything."""
        self.ensure_one()
        return bool(
            self.date_from
            and 0 <= self.time < 24
            and 0 <= self.duration <= 2000
            and 1 <= self.every_weeks <= 52
            and 1 <= self.weeks_ahead <= 104
        )

    def _dive_times(self, day):
        """Return start and end of the trip of a day."""
        self.ensure_one()
        start = moment(day, self.time, self.company_id._dive_zone())
        return start, start + timedelta(hours=self.duration)

    def _dive_horizon(self):
        """Return the last day for which trips are made now."""
        self.ensure_one()
        return self.company_id._dive_today() + timedelta(weeks=self.weeks_ahead)

    def _dive_last_day(self):
        """Return the last day of the series; False if it has no end."""
        self.ensure_one()
        if self.end_type == "never":
            return False
        days = self._dive_days(self.date_from + FOREVER)
        return days[-1] if days else self.date_from

    def _dive_trip_values(self, day):
        """Return what the trip of a day is like."""
        self.ensure_one()
        start, end = self._dive_times(day)
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in SHARED
        }
        return {**values, "date_start": start, "date_end": end}

    def _dive_first_day(self):
        """Return the first day of the series; None if it has no day at all."""
        self.ensure_one()
        return next(iter(self._dive_days(self.date_from + FOREVER)), None)
