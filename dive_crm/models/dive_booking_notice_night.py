"""What is told at once, but not in the night: a mark now, the message later."""

from odoo import api, fields, models

from .dive_alert_late import LATE
from .dive_message_plan_wait import KINDS
from .res_partner_way import Way


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    def _dive_held_until(self, values, way):
        """Hold what a plan writes at once; what somebody sends by hand goes."""
        if values["kind"] not in KINDS.values() or not values.get("plan_id"):
            return super()._dive_held_until(values, way)
        return self._dive_later_until(values, way)

    @api.model
    def _dive_round_first(self):
        """Write what was held, too."""
        return super()._dive_round_first() and self._dive_tell_held()

    @api.model
    def _dive_tell_held(self):
        """Write what was held until now.

        :return: whether there was time for all
        :rtype: bool
        """
        # sudo: marks are nobody's to write; the run is nobody
        return self.sudo()._dive_batches(
            [
                ("mail_message_id", "=", False),
                ("retry_on", "<=", fields.Datetime.now()),
            ],
            lambda held: held.try_lock_for_update()._dive_tell_now(),
            counted=False,
        )

    def _dive_tell_now(self):
        """Write these, as things are now, in place of what stood for them."""
        so = self._dive_still_so()
        for company, notices in so.grouped("company_id").items():
            rows = [
                (notice._dive_values_held(), notice._dive_way_held())
                for notice in notices
            ]
            notices.unlink()
            self.browse().with_company(company)._dive_tell_rows(rows)
        (self - so).unlink()

    def _dive_values_held(self):
        return {
            **self._dive_values_again(),
            "plan_id": self.plan_id.id,
            "offer_id": self.offer_id.id,
            "seat_key": self.seat_key,
        }

    def _dive_way_held(self):
        if self.retry_on < fields.Datetime.now() - LATE:
            return Way(self.recipient_id, reason="late")
        return Way(self.recipient_id, self.channel, self.address)
