"""The run that ends offers and gives free places to those who wait."""

import logging

from odoo import api, fields, models

from .dive_alert_mixin import OVERTAKEN
from .dive_alert_round import MAX_TRIES
from .dive_booking_diver_wait import QUEUED

_logger = logging.getLogger(__name__)


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    @api.model
    def _cron_waiting(self):
        """Go through the trips for which somebody waits; commit after each.

        May be killed anywhere, run again, and run twice at once.
        """
        cron = self.env["ir.cron"]
        trips = self._dive_with_queue()
        cron._commit_progress(remaining=len(trips))
        for trip in trips:
            self._dive_run_one(trip.id)
            if not cron._commit_progress(1):
                return  # out of time; Odoo starts the rest soon
            # As much memory for the last trip as for the first.
            self.env.invalidate_all()

    @api.model
    def _dive_with_queue(self):
        """Return the trips that have a waiting list, or an open offer."""
        groups = self.env["dive.booking.diver"]._read_group(
            [("state", "in", QUEUED)], ["trip_id"]
        )
        return self.browse(sorted(trip.id for (trip,) in groups))

    @api.model
    def _dive_run_one(self, trip_id):
        for _attempt in range(MAX_TRIES):
            trip = self.browse(trip_id)
            try:
                trip.with_company(trip.company_id)._dive_run_list()
                self.env.flush_all()
                return
            except OVERTAKEN:
                # Somebody was faster: begin anew with what they have done in view.
                self.env.cr.rollback()
            except Exception:
                self.env.cr.rollback()
                _logger.exception("The waiting list of trip %s was not served", trip_id)
                return
        _logger.warning(
            "Trip %s is booked all the time: its list waits for the next run", trip_id
        )

    def _dive_run_list(self):
        """End the offers that nobody answered in time, then offer what is free."""
        self.ensure_one()
        self._dive_lock()
        now = fields.Datetime.now()
        self.env["dive.booking.offer"].search(
            [("trip_id", "=", self.id), ("state", "=", "open"), ("until", "<=", now)]
        )._dive_lapse()
        if self.date_start <= now:
            self._dive_close_list()
        else:
            self._dive_promote()

    def _dive_close_list(self):
        """The trip has started: nobody waits for it any more."""
        for booking in self.wait_seat_ids.booking_id:
            booking._dive_off_list(self.env._("The trip has started"))
