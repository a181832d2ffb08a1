"""When a place was booked and given up: of what the payer has to be told."""

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.seats import SEAT_SOLD

STAMPS = {"confirmed_on", "cancelled_on"}


class DiveBookingDiver(models.Model):
    """No message is made here: a stamp comes along in an UPDATE that is made anyway."""

    _inherit = "dive.booking.diver"

    confirmed_on = fields.Datetime("Booked on", readonly=True, copy=False)
    cancelled_on = fields.Datetime(readonly=True, copy=False)

    def _dive_check_guarded(self, vals):
        if not self._dive_is_unlocked() and any(
            vals[name] for name in STAMPS & vals.keys()
        ):
            raise UserError(
                self.env._("When a place was booked or cancelled follows from buttons.")
            )
        return super()._dive_check_guarded(vals)

    def write(self, vals):
        now = fields.Datetime.now()
        if vals.get("state") == "booked":
            return self._dive_write_stamped(
                vals,
                {"confirmed_on": now, "cancelled_on": False},
                lambda seat: (
                    seat.state not in SEAT_SOLD
                    or vals.get("booking_id", seat.booking_id.id) != seat.booking_id.id
                ),
            )
        if vals.get("state") == "cancelled":
            return self._dive_write_stamped(
                vals,
                {"cancelled_on": now},
                lambda seat: seat.state in ("booked", "checked_in"),
            )
        return super().write(vals)

    def _dive_write_stamped(self, vals, stamp, is_new):
        """Write; put a stamp on those to whom it happens now."""
        fresh = self.filtered(is_new)
        if fresh:
            super(DiveBookingDiver, fresh).write({**vals, **stamp})
            self.env["dive.booking.notice"]._dive_run_soon()
        if rest := self - fresh:
            super(DiveBookingDiver, rest).write(vals)
        return True


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def write(self, vals):
        moved = "trip_id" in vals and self.filtered(
            lambda booking: booking.trip_id.id != vals["trip_id"]
        )
        result = super().write(vals)
        if moved:
            # they know of another trip
            seats = moved.diver_ids.filtered(lambda seat: seat.state == "booked")
            if seats:
                seats._dive_unlocked().write({"confirmed_on": fields.Datetime.now()})
                self.env["dive.booking.notice"]._dive_run_soon()
        return result
