"""Messages about bookings that no longer hold: taken back before anybody reads them."""

from odoo import api, models
from odoo.fields import Domain

from .dive_booking_notice_tell import NOT_PRESSING, STILL_TO_COME

#: These say when and where a trip is; the schedule writes them anew if it changes.
OF_FACTS = ("confirmed", "reminder", "changed")
#: Who is still to come.
TO_COME = ("booked", "checked_in")
#: What has not been delivered, and what staff have not told yet.
UNTOLD = Domain(
    "mail_message_id",
    "any!",
    [("notification_ids.notification_status", "in", ("ready", "exception"))],
) | Domain("activity_id.active", "=", True)
UNTOLD |= Domain([("mail_message_id", "=", False), ("retry_on", "!=", False)])


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    @api.model
    def _dive_retract_stale(self, domain):
        """Take back those of some messages that no longer hold.

        :param domain: which messages may be concerned
        """
        # sudo: see _dive_retract
        notices = self.sudo().search(Domain(domain) & UNTOLD)
        (notices - notices._dive_still_so())._dive_retract()

    @api.model
    def _dive_retract_of_facts(self, trips):
        """Take back what says of these trips what has just changed."""
        # sudo: see _dive_retract
        self.sudo().search(
            Domain("trip_id", "in", trips.ids) & Domain("kind", "in", OF_FACTS) & UNTOLD
        )._dive_retract()

    def _dive_unsent(self):
        """Leave alone what a queue sends right now: no click waits for a mail server.

        If it does not arrive, it is taken back before it is tried again.
        """
        return tuple(queue.try_lock_for_update() for queue in super()._dive_unsent())

    # ------------------------------------------------------------------
    # What still holds
    # ------------------------------------------------------------------

    def _dive_still_so(self):
        """Return those of these that would be told today as well."""
        return self.filtered(lambda notice: notice._dive_is_so())

    def _dive_is_so(self):
        plan, trip = self.plan_id, self.trip_id
        # what is told at once, staff tell where it is switched off: it still holds
        if plan.type_id and (not plan.active or trip.messages_off or not trip.active):
            return False
        if self.kind == "offer":
            return self.offer_id.state in ("open", "lapsed")
        if self.kind in STILL_TO_COME:
            return self._dive_all_come() and self._dive_is_current()
        if self.kind in NOT_PRESSING:
            return any(seat.state == "done" for seat in self.seat_ids)
        return self._dive_still_true()

    def _dive_all_come(self):
        """Say whether all who are named have a place on this trip, by this booking."""
        return (
            self.trip_id.state == "open"
            and self.booking_id.trip_id == self.trip_id
            and all(
                seat.state in TO_COME and seat.booking_id == self.booking_id
                for seat in self.seat_ids
            )
        )

    def _dive_is_current(self):
        """Say whether the trip is as it was when this was written."""
        changed = self.trip_id.changed_on
        if self.kind == "changed":
            return self.about == changed
        return self.kind not in OF_FACTS or not changed or changed <= self.date


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def write(self, vals):
        result = super().write(vals)
        if (
            vals.get("state") == "cancelled"
            or vals.get("active") is False
            or vals.get("messages_off")
        ):
            self.env["dive.booking.notice"]._dive_retract_stale(
                [("trip_id", "in", self.ids)]
            )
        return result


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def write(self, vals):
        result = super().write(vals)
        if "trip_id" in vals:
            self.env["dive.booking.notice"]._dive_retract_stale(
                [("booking_id", "in", self.ids)]
            )
        return result


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def write(self, vals):
        again = vals.get("state") == "booked" and any(self.mapped("cancelled_on"))
        result = super().write(vals)
        left = vals.get("state", "booked") not in (*TO_COME, "done")
        if left or again or "booking_id" in vals:
            self.env["dive.booking.notice"]._dive_retract_stale(
                [("seat_ids", "in", self.ids)]
            )
        return result


class DiveMessagePlan(models.Model):
    _inherit = "dive.message.plan"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active") is False:
            self.env["dive.booking.notice"]._dive_retract_stale(
                [("plan_id", "in", self.ids)]
            )
        return result

    def unlink(self):
        # before: a message that nobody planned counts as sent by hand
        # sudo: see _dive_retract
        notices = self.env["dive.booking.notice"].sudo()
        lines = self.filtered("type_id")
        notices.search(Domain("plan_id", "in", lines.ids) & UNTOLD)._dive_retract()
        return super().unlink()
