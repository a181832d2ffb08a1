"""What a finished trip adds to its divers' experience, and how it is taken back."""

from datetime import date

from odoo import fields, models


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    # What this seat has added, so that it is added once and taken back exactly.
    logged_dives = fields.Integer(readonly=True, copy=False)
    last_dive_before = fields.Date(readonly=True, copy=False)
    deepest_before = fields.Float(readonly=True, copy=False)

    def _log_dives(self):
        """Count these dived seats in their divers' figures."""
        for seat in self:
            # sudo: whoever closes a trip need not be allowed to edit customers
            diver = seat.partner_id.sudo()
            day = min(seat.trip_id._dive_day(), fields.Date.context_today(seat))
            dives = seat.trip_id.dives
            seat._dive_unlocked().write(
                {
                    "logged_dives": dives,
                    "last_dive_before": diver.dive_last_dive_date,
                    "deepest_before": diver.dive_deepest_m,
                }
            )
            if not dives:
                continue
            diver.write(
                {
                    "dive_logged_dives": diver.dive_logged_dives + dives,
                    "dive_last_dive_date": max(
                        diver.dive_last_dive_date or date.min, day
                    ),
                    "dive_deepest_m": max(diver.dive_deepest_m, seat.max_depth_m),
                }
            )

    def _unlog_dives(self):
        """Take back what these seats have added; nothing for those that added none."""
        for seat in self.filtered("logged_dives"):
            diver = seat.partner_id.sudo()  # sudo: as in _log_dives
            others = self.sudo().search(
                [
                    ("partner_id", "=", diver.id),
                    ("logged_dives", ">", 0),
                    ("id", "!=", seat.id),
                ]
            )
            values = {
                "dive_logged_dives": max(
                    diver.dive_logged_dives - seat.logged_dives, 0
                )
            }
            day = min(seat.trip_id._dive_day(), fields.Date.context_today(seat))
            if diver.dive_last_dive_date == day:
                days = [other.trip_id._dive_day() for other in others]
                before = seat.last_dive_before or date.min
                values["dive_last_dive_date"] = (
                    max([before, *days], default=date.min) if days or
                    seat.last_dive_before else False
                )
            if seat.max_depth_m and diver.dive_deepest_m == seat.max_depth_m:
                values["dive_deepest_m"] = max(
                    [seat.deepest_before, *others.mapped("max_depth_m")]
                )
            diver.write(values)
            seat._dive_unlocked().write(
                {"logged_dives": 0, "last_dive_before": False, "deepest_before": 0}
            )
