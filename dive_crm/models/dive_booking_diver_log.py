"""What a finished trip adds to its divers' experience, and how it is taken back."""

from odoo import fields, models


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    # What this seat has added, so that it is added once and taken back exactly.
    logged_on = fields.Date(readonly=True, copy=False)
    logged_dives = fields.Integer(readonly=True, copy=False)
    last_dive_before = fields.Date(readonly=True, copy=False)
    deepest_before = fields.Float(readonly=True, copy=False, digits=(6, 1))

    def _log_dives(self):
        """Count these seats in the figures of their divers."""
        for seat in self.filtered(lambda seat: seat._dive_dives_to_log()):
            dives = seat._dive_dives_to_log()
            # sudo: whoever closes a trip need not be allowed to edit customers
            diver = seat.partner_id.sudo()
            trip = seat.trip_id
            # a trip closed ahead of its time is not dived in the future
            day = min(trip._dive_day(), trip.company_id._dive_today())
            seat._dive_unlocked().write(
                {
                    "logged_on": day,
                    "logged_dives": dives,
                    "last_dive_before": diver.dive_last_dive_date,
                    "deepest_before": diver.dive_deepest_m,
                }
            )
            diver.write(
                {
                    "dive_logged_dives": diver.dive_logged_dives + dives,
                    "dive_last_dive_date": max(diver.dive_last_dive_date or day, day),
                    "dive_deepest_m": max(diver.dive_deepest_m, seat.max_depth_m),
                }
            )

    def _unlog_dives(self):
        """Take back what these seats have added; nothing for those that added none."""
        for seat in self.filtered("logged_on"):
            diver = seat.partner_id.sudo()  # sudo: as in _log_dives
            others = self.sudo().search(
                [
                    ("partner_id", "=", diver.id),
                    ("logged_on", "!=", False),
                    ("id", "!=", seat.id),
                ]
            )
            values = {
                "dive_logged_dives": max(diver.dive_logged_dives - seat.logged_dives, 0)
            }
            # a figure that somebody has corrected since then is left alone
            if diver.dive_last_dive_date == seat.logged_on:
                days = [*others.mapped("logged_on"), seat.last_dive_before]
                values["dive_last_dive_date"] = max(filter(None, days), default=False)
            if seat.max_depth_m and diver.dive_deepest_m == seat.max_depth_m:
                values["dive_deepest_m"] = max(
                    [seat.deepest_before, *others.mapped("max_depth_m")]
                )
            diver.write(values)
            seat._dive_unlocked().write(
                {
                    "logged_on": False,
                    "logged_dives": 0,
                    "last_dive_before": False,
                    "deepest_before": 0,
                }
            )
