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
            vals[name] or any(self.mapped(name)) for name in STAMPS & vals.keys()
        ):
            raise UserError(
                self.env._("When a place was booked or cancelled follows from buttons.")
            )
        return super()._dive_check_guarded(vals)

    def write(self, vals):
        stamp, fresh = self._dive_stamp(vals)
        if not fresh:
            return super().write(vals)
        super(DiveBookingDiver, fresh).write({**vals, **stamp})
        self.env["dive.booking.notice"]._dive_run_soon()
        if rest := self - fresh:
            super(DiveBookingDiver, rest).write(vals)
        return True

    def _dive_stamp(self, vals):
        """Return what a write adds, and to those of these to whom it happens now."""
        now = fields.Datetime.now()
        if not self._dive_is_unlocked():
            return {}, self.browse()  # the guard of states refuses it
        if vals.get("state") == "booked":
            return {"confirmed_on": now, "cancelled_on": False}, self.filtered(
                lambda seat: (
                    seat.state not in SEAT_SOLD
                    or vals.get("booking_id", seat.booking_id.id) != seat.booking_id.id
                )
            )
        if vals.get("state") == "cancelled":
            return {"cancelled_on": now}, self.filtered(
                lambda seat: seat.state in ("booked", "checked_in")
            )
        return {}, self.browse()


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
