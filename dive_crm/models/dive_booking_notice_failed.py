"""Messages about bookings that did not arrive are told to staff."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .dive_alert_retry import DAYS
from .dive_booking_notice_tell import NOT_PRESSING, STILL_TO_COME
from .res_partner_way import Way


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    _recent = models.Index("(date) WHERE gave_up IS NOT TRUE")

    def _dive_again_or_not(self):
        """What no longer holds is not tried again, and nobody needs to tell it."""
        stale = self - self._dive_still_so()
        stale._dive_retract()
        left = stale.exists()  # it may have arrived: a bounce
        left.write({"gave_up": True, "retry_on": False, "failure_noted": True})
        return super(DiveBookingNotice, self - stale)._dive_again_or_not()

    @api.model
    def _dive_late_sql(self, now):
        """SQL: also who is coming when they have come, and an offer that is over."""
        return SQL(
            """%(late)s OR mark.kind IN %(coming)s AND EXISTS (
                   SELECT FROM dive_trip trip
                    WHERE trip.id = mark.trip_id AND trip.date_start <= %(now)s)
               OR mark.kind = 'offer' AND EXISTS (
                   SELECT FROM dive_booking_offer offer
                    WHERE offer.id = mark.offer_id AND offer.until <= %(now)s)""",
            late=super()._dive_late_sql(now),
            coming=STILL_TO_COME,
            now=now,
        )

    def _dive_be_late(self):
        """Nobody has to call those who have come by now."""
        result = super()._dive_be_late()
        now = fields.Datetime.now()
        self.filtered(
            lambda notice: (
                notice.reason == "late"
                and notice.kind in STILL_TO_COME
                and notice.trip_id.date_start <= now
            )
        ).failure_noted = True
        return result

    # ------------------------------------------------------------------
    # Told to staff
    # ------------------------------------------------------------------

    @api.model
    def _dive_failed_domain(self):
        """Messages that matter, were given up, and of which staff do not know yet."""
        return Domain(
            [
                ("failure_noted", "=", False),
                ("gave_up", "=", True),
                ("kind", "not in", NOT_PRESSING),
                ("date", ">=", fields.Datetime.now() - timedelta(days=DAYS)),
                ("state", "=", "failed"),
            ]
        )

    def _dive_note_failure(self):
        """Have staff reach today whom the message did not reach."""
        self.failure_noted = True
        self.sudo()._dive_add_activities(
            {
                notice: notice._dive_failed_way()
                for notice in self
                if not notice.activity_id
            }
        )

    def _dive_failed_way(self):
        return Way(self.recipient_id, "failed", self.address or "")
