"""What a series refuses to be, and to let be done with it."""

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from .dive_trip_limit import MAX_CAPACITY
from .dive_trip_recurrence import PATTERN, SHARED


class DiveTripRecurrence(models.Model):
    _inherit = "dive.trip.recurrence"

    @api.constrains("date_from", "end_type", "date_until")
    def _check_until(self):
        for series in self:
            if series.end_type != "until":
                continue
            if not series.date_until:
                raise ValidationError(
                    self.env._("Enter the day until which “%s” goes on.", series.name)
                )
            if series.date_until < series.date_from:
                raise ValidationError(
                    self.env._("“%s” would end before it begins.", series.name)
                )

    @api.model
    def _dive_check_numbers(self, vals):
        """Say what the guards of the table would say, before they do.

        :raise ValidationError: a number in ``vals`` is absurd
        """
        limits = {
            "time": (0, 23.999, self.env._("The time is between 00:00 and 23:59.")),
            "duration": (
                0,
                2000,
                self.env._("The duration is a number of hours, 0 or more."),
            ),
            "every_weeks": (
                1,
                52,
                self.env._("A trip comes again every 1 to 52 weeks."),
            ),
            "weeks_ahead": (
                1,
                104,
                self.env._("Trips are made between 1 and 104 weeks ahead."),
            ),
        }
        for name, (least, most, text) in limits.items():
            if name in vals and not least <= float(vals[name] or 0) <= most:
                raise ValidationError(text)

    @api.constrains("capacity")
    def _check_capacity(self):
        for series in self:
            if not 1 <= series.capacity <= MAX_CAPACITY:
                raise ValidationError(
                    self.env._(
                        "A trip has between 1 and %(max)s places.", max=MAX_CAPACITY
                    )
                )

    def _dive_check_startable(self):
        self.ensure_one()
        if not self._dive_weekdays():
            raise UserError(
                self.env._("Choose on which days of the week “%s” goes.", self.name)
            )
        if not self._dive_first_day():
            raise UserError(
                self.env._(
                    "“%s” has no day: look at its end, and at the days without a trip.",
                    self.name,
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._dive_check_numbers(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._dive_check_numbers(vals)
        changed = vals.keys() & {*SHARED, *PATTERN, "company_id"}
        if changed and not self._dive_is_unlocked():
            for series in self.filtered(lambda series: series.state != "draft"):
                raise UserError(
                    self.env._(
                        "“%(series)s” has trips already: press “Change from a day on”,"
                        " which shows what becomes of them.",
                        series=series.name,
                    )
                )
        if vals.get("active") is False:
            self._check_archive()
        return super().write(vals)

    def _check_archive(self):
        for series in self:
            if series.state == "running":
                raise UserError(
                    self.env._(
                        "“%(series)s” is running: end it before you archive it.",
                        series=series.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for series in self:
            if series.state != "draft":
                raise UserError(
                    self.env._(
                        "“%(series)s” has made trips, so it stays on record: end it,"
                        " and archive it.",
                        series=series.name,
                    )
                )

    def unlink(self):
        self._unlink_except_used()
        # the trip after which a draft was made stands alone again
        trips = self.with_context(active_test=False).trip_ids
        trips._dive_unlocked().write({"recurrence_id": False, "recurrence_day": False})
        return super().unlink()
