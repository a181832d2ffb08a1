"""How a series puts its trips into the calendar: ahead, each day once."""

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .dive_alert_mixin import OVERTAKEN
from .dive_alert_round import MAX_TRIES

_logger = logging.getLogger(__name__)


class DiveTripRecurrence(models.Model):
    _inherit = "dive.trip.recurrence"

    # written by every run, so that of two at once one begins anew and sees the other's
    runs = fields.Integer(readonly=True, copy=False, aggregator=None)
    problem = fields.Char(
        "Why no trips are made", readonly=True, copy=False, help="Of the last run."
    )

    @api.model
    def _cron_generate(self):
        """Make the trips that are due in every running series; commit after each.

        May be killed anywhere, run again, and run twice at once.
        """
        cron = self.env["ir.cron"]
        series = self.search([("state", "=", "running")], order="id")
        cron._commit_progress(remaining=len(series))
        for one in series.ids:
            self._dive_run_one(one)
            if not cron._commit_progress(1):
                return  # out of time; Odoo starts the rest soon
            # As much memory for the last series as for the first.
            self.env.invalidate_all()

    @api.model
    def _dive_run_one(self, series_id):
        for _attempt in range(MAX_TRIES):
            series = self.browse(series_id)
            series = series.with_company(series.company_id)
            try:
                with self.env.cr.savepoint():
                    series._dive_generate()
                    series._dive_close_if_over()
                return
            except OVERTAKEN:
                # Somebody was faster: begin anew with what they have done in view.
                self.env.cr.rollback()
            except UserError as error:
                series._dive_unlocked().write({"problem": str(error)})
                return
            except Exception:
                _logger.exception("The trips of series %s were not made", series_id)
                why = self.env._("an error, of which the server's log says more")
                series._dive_unlocked().write({"problem": why})
                return

    def _dive_generate(self):
        """Make the trips of these series that are due and not there yet.

        :return: the new trips
        """
        new = self.env["dive.trip"]
        for series in self.filtered(lambda series: series.state == "running"):
            series._dive_claim_run()
            new += series._dive_generate_one()
        return new

    def write(self, vals):
        result = super().write(vals)
        if "weeks_ahead" in vals:
            self._dive_generate()
        return result

    def _dive_claim_run(self):
        self.ensure_one()
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE dive_trip_recurrence SET runs = COALESCE(runs, 0) + 1"
                " WHERE id = %s RETURNING id",
                self.id,
            )
        )
        self.invalidate_recordset(["runs"], flush=False)

    def _dive_due_days(self):
        """Return the days whose trip is to be made now."""
        self.ensure_one()
        now = fields.Datetime.now()
        there = set(self._dive_all_trips().mapped("recurrence_day"))
        return [
            day
            for day in self._dive_days(self._dive_horizon())
            if day not in there and self._dive_times(day)[0] > now
        ]

    def _dive_all_trips(self):
        # sudo: a trip is there, whoever may see it; archived ones as well
        trips = self.env["dive.trip"].sudo().with_context(active_test=False)
        return trips.search([("recurrence_id", "in", self.ids)])

    def _dive_generate_one(self):
        days = self._dive_due_days()
        trips = self.env["dive.trip"].with_company(self.company_id)
        if not days:
            self._dive_forget_problem()
            return trips
        common = {
            "company_id": self.company_id.id,
            "recurrence_id": self.id,
            "state": "draft" if self.not_on_sale else "open",
        }
        # the door of the guarded fields is for this create only
        made = trips._dive_unlocked().create(
            [
                {**self._dive_trip_values(day), **common, "recurrence_day": day}
                for day in days
            ]
        )
        self._dive_forget_problem()
        return trips.browse(made.ids)

    def _dive_forget_problem(self):
        if self.problem:
            self._dive_unlocked().write({"problem": False})

    def _dive_close_if_over(self):
        for series in self:
            last = series._dive_last_day()
            if last and last < series.company_id._dive_today():
                series._dive_unlocked().write({"state": "ended"})

    def _dive_follow_skips(self):
        """Take out the trips of days that have none now, and make those that have."""
        for series in self.filtered(lambda series: series.state == "running"):
            trips = series._dive_trips_from(series.company_id._dive_today())
            skipped = trips.filtered(
                lambda trip, series=series: any(
                    skip._dive_covers(trip.recurrence_day) for skip in series.skip_ids
                )
            )
            gone, kept = skipped._dive_part_bare()
            series._dive_note(
                [
                    (self.env._("Days without a trip: taken out"), gone._dive_lines()),
                    (
                        self.env._(
                            "Days without a trip, but something is planned with them:"
                            " they stay until somebody cancels or moves them"
                        ),
                        kept._dive_lines(),
                    ),
                ]
            )
            gone._dive_take_out()
        self._dive_generate()
