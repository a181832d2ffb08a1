"""How a series starts, changes from a day on, and ends."""

from datetime import timedelta

from odoo import Command, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.recurrence import hours_at, hours_between
from .dive_trip_recurrence import PATTERN, SHARED


class DiveTripRecurrence(models.Model):
    _inherit = "dive.trip.recurrence"

    previous_id = fields.Many2one(
        "dive.trip.recurrence",
        "In place of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    next_ids = fields.One2many("dive.trip.recurrence", "previous_id", "Goes on as")

    # ------------------------------------------------------------------
    # Trips to come
    # ------------------------------------------------------------------

    def _dive_trips_from(self, day):
        """Return the trips of this series that are still to take place, from a day."""
        trips = self._dive_trips_by_clock().with_context(active_test=False)
        if not self.ids:
            return trips
        return trips.search(
            [
                ("recurrence_id", "in", self.ids),
                ("recurrence_day", ">=", day),
                ("state", "in", ("draft", "open")),
                ("date_start", ">", fields.Datetime.now()),
            ]
        )

    def _dive_trips_by_clock(self):
        """Return no trip, in an environment that tells times as the series does."""
        zone = self.company_id[:1]._dive_zone()
        return self.env["dive.trip"].with_context(tz=zone.key)

    def _dive_parted(self):
        """Part the trips to come of the series in whose place this one comes.

        :return: trips that change, that differ by hand and are left alone, that are
            taken out, and that stay outside because something is planned with them
        """
        self.ensure_one()
        trips = self.previous_id._dive_trips_from(self.date_from)
        days = trips.mapped("recurrence_day")
        wanted = set(self._dive_days(max(days))) if days else set()
        mine = trips.filtered(lambda trip: trip.recurrence_day in wanted)
        apart = mine.filtered("recurrence_exception")
        gone, kept = (trips - mine)._dive_part_bare()
        return mine - apart, apart, gone, kept

    # ------------------------------------------------------------------
    # Start
    # ------------------------------------------------------------------

    def action_start(self):
        """Make the trips of a draft; from its first day on it replaces the one before.

        :raise UserError: no days, or a day that is past
        """
        self.check_access("write")
        made = self.env["dive.trip"]
        for series in self:
            series._dive_check_start()
            if series.previous_id:
                series._dive_take_over()
            series._dive_unlocked().write({"state": "running"})
            made += series._dive_generate()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s new trips are in the calendar.", count=len(made)
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _dive_check_start(self):
        if self.state != "draft":
            raise UserError(self.env._("“%s” has been started already.", self.name))
        self._dive_check_startable()
        previous = self.previous_id
        if not previous:
            return
        if self.date_from < self.company_id._dive_today():
            raise UserError(
                self.env._("What is past cannot be changed: begin today, or later.")
            )
        if previous.next_ids.filtered(lambda other: other.state != "draft"):
            raise UserError(
                self.env._(
                    "“%(series)s” has been changed meanwhile: delete this draft, and"
                    " change the new series.",
                    series=previous.name,
                )
            )

    def _dive_take_over(self):
        """Take the trips of the series before from this one's first day on; end it."""
        previous = self.previous_id
        previous._dive_claim_run()
        change, _apart, gone, kept = self._dive_parted()
        told = self._dive_change_lines()
        all_trips = previous._dive_all_trips().filtered(
            lambda trip: trip.recurrence_day >= self.date_from
        )
        days = all_trips.mapped("recurrence_day")
        wanted = set(self._dive_days(max(days))) if days else set()
        # also what is cancelled or archived: that day is not to be made again
        all_trips.filtered(
            lambda trip: trip.recurrence_day in wanted
        )._dive_unlocked().write({"recurrence_id": self.id})
        refused = self._dive_change_trips(change)
        kept._dive_unlocked().write({"recurrence_exception": True})
        gone._dive_take_out()
        told.append((self.env._("Could not be changed, and stay as they are"), refused))
        self._dive_note(told)
        previous._dive_end_on(self.date_from - timedelta(days=1))

    def _dive_change_trips(self, trips):
        """Give trips what this series says; say which of them refused, and why."""
        refused = []
        for trip in trips:
            try:
                with self.env.cr.savepoint():
                    trip._dive_unlocked().write(
                        self._dive_trip_values(trip.recurrence_day)
                    )
                    self.env.flush_all()
            except UserError as error:
                trip.invalidate_recordset()
                trip._dive_unlocked().write({"recurrence_exception": True})
                refused.append(f"{trip._dive_when()}: {error}")
        return refused

    # ------------------------------------------------------------------
    # Change
    # ------------------------------------------------------------------

    def action_change(self):
        """Prepare a change from the next trip on: a draft, which shows what happens."""
        self.ensure_one()
        now = fields.Datetime.now()
        today = self.company_id._dive_today()
        days = [
            day
            for day in self._dive_days(self._dive_horizon())
            if day >= today and self._dive_times(day)[0] > now
        ]
        return self._dive_change_from(days[0] if days else today)

    def _dive_change_from(self, day, trip=None):
        """Open a draft that replaces this series from ``day`` on.

        :param trip: a trip changed by hand, whose changes the others get as well
        """
        self.check_access("write")
        if self.state == "draft":
            return self._dive_open()
        values = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in (*SHARED, *PATTERN, "weeks_ahead", "not_on_sale", "company_id")
        }
        if trip and trip.recurrence_exception:
            zone = self.company_id._dive_zone()
            values |= trip._dive_shared_values()
            values["time"] = hours_at(trip.date_start, zone)
            values["duration"] = hours_between(trip.date_start, trip.date_end)
        values |= self._dive_rest_of(day)
        values["skip_ids"] = [
            Command.create(
                {
                    "date_from": skip.date_from,
                    "date_to": skip.date_to,
                    "name": skip.name,
                }
            )
            for skip in self.skip_ids
            if skip.date_to >= day
        ]
        later = self._dive_unlocked().create(
            {**values, "date_from": day, "previous_id": self.id}
        )
        return self.browse(later.id)._dive_open()

    def _dive_rest_of(self, day):
        """Return how the series ends for one that goes on with it from ``day``."""
        if self.end_type == "count":
            rest = self.count - len(self._dive_days(day - timedelta(days=1)))
            if rest > 0:
                return {"count": rest}
        elif self.end_type == "until" and self.date_until >= day:
            return {}
        return {"end_type": "never"}

    # ------------------------------------------------------------------
    # End
    # ------------------------------------------------------------------

    def action_open_end(self):
        """Ask on which day this series ends."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("End the series"),
            "res_model": "dive.trip.recurrence.end",
            "view_mode": "form",
            "target": "new",
            "context": {"default_recurrence_id": self.id},
        }

    def action_end(self, last_day):
        """End running series; what has divers or plans stays, and is named.

        :param last_day: the last day with a trip
        """
        self.check_access("write")
        last_day = fields.Date.to_date(last_day)
        for series in self.filtered(lambda series: series.state == "running"):
            series._dive_claim_run()
            trips = series._dive_trips_from(last_day + timedelta(days=1))
            gone, kept = trips._dive_part_bare()
            series._dive_note(
                [
                    (
                        self.env._(
                            "Ends on %(day)s",
                            day=format_date(self.env, last_day),
                        ),
                        [self.env._("%(count)s trips taken out", count=len(gone))],
                    ),
                    (
                        self.env._("Later, but with divers or plans: these stay"),
                        kept._dive_lines(),
                    ),
                ]
            )
            kept._dive_unlocked().write({"recurrence_exception": True})
            gone._dive_take_out()
            series._dive_end_on(last_day)
        return True

    def _dive_end_on(self, last_day):
        for series in self.filtered(lambda series: series.state == "running"):
            values = {}
            until = min(last_day, series._dive_last_day() or last_day)
            if until >= series.date_from:
                values = {"end_type": "until", "date_until": until}
            if until < max(series.date_from, series.company_id._dive_today()):
                values["state"] = "ended"
            series._dive_unlocked().write(values)

    # ------------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------------

    def _dive_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Recurring trip"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_view_trips(self):
        """Open the trips of this series."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id("dive_crm.action_dive_trip")
        action["domain"] = [("recurrence_id", "=", self.id)]
        # also those that are over: see the filters of the action
        action["context"] = {"dive_show_free": True, "dive_hide_date": True}
        action["views"] = [(False, "list"), (False, "form")]
        action["view_mode"] = "list,form"
        return action
