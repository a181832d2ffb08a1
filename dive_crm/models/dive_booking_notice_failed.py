"""Messages that did not arrive: tried again, then told to staff."""

import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .dive_booking_notice_tell import NOT_PRESSING, STILL_TO_COME
from .res_partner_way import Way

#: What Odoo calls it when no server took the mail; it does not try again by itself.
NO_SERVER = "mail_smtp"
#: What a server said that would not take the mail, in what Odoo keeps of it. Odoo does
#: not try again either, and a server that does not know the sender yet says so first.
ANSWER = re.compile(r"\bSMTP\w+: .*?\(([45])\d\d, ", re.DOTALL)
#: Minutes until the next time.
PAUSES = (5, 15, 45, 120)
#: Refused for good: so often once more, as servers err.
REFUSED = 1
#: What failed longer ago is history.
DAYS = 7


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    tries = fields.Integer("Tried again", readonly=True, aggregator=None)
    retry_on = fields.Datetime("Tried again on", readonly=True)
    gave_up = fields.Boolean(readonly=True)

    _recent = models.Index("(date) WHERE gave_up IS NOT TRUE")

    # ------------------------------------------------------------------
    # Once more by itself
    # ------------------------------------------------------------------

    @api.model
    def _dive_try_again(self):
        """Have mails sent once more that no server took; give up after a while.

        :return: whether there was time for all
        :rtype: bool
        """
        recent = fields.Datetime.now() - timedelta(days=DAYS)
        domain = [
            ("gave_up", "=", False),
            ("date", ">=", recent),
            ("state", "=", "failed"),
        ]
        return self.sudo()._dive_batches(
            domain,
            lambda failed: failed.try_lock_for_update()._dive_again_or_not(),
            counted=False,
        )

    def _dive_again_or_not(self):
        """Give up, choose the next time, or put back into the queue: each of these."""
        now = fields.Datetime.now()
        mails = self._dive_failed_mails().grouped("mail_message_id")
        left = self.filtered(
            lambda notice: notice._dive_may_try(mails.get(notice.mail_message_id))
        )
        (self - left).write({"gave_up": True, "retry_on": False})
        planned = left.filtered("retry_on")
        for tries, notices in (left - planned).grouped("tries").items():
            notices._dive_try_on(now + timedelta(minutes=PAUSES[tries]))
        planned.filtered(lambda notice: notice.retry_on <= now)._dive_requeue()

    def _dive_may_try(self, mails):
        """Say whether it is of use to try once more.

        :param mails: those of this message that failed, if they are kept
        """
        return bool(
            mails
            and self.tries < self._dive_most_tries(mails)
            and (
                self.kind not in STILL_TO_COME
                or self.trip_id.date_start > fields.Datetime.now()
            )
        )

    def _dive_most_tries(self, mails):
        """Return how often it is tried again, by what kept it from arriving."""
        told = self.mail_message_id.notification_ids
        if set(told.mapped("failure_type")) == {NO_SERVER}:
            return len(PAUSES)
        answers = [ANSWER.search(mail.failure_reason or "") for mail in mails]
        if not all(answers):
            return 0  # it may have arrived, or never will
        return REFUSED if any(one[1] == "5" for one in answers) else len(PAUSES)

    def _dive_failed_mails(self):
        return self.env["mail.mail"].search(
            [
                ("mail_message_id", "in", self.mail_message_id.ids),
                ("state", "=", "exception"),
            ]
        )

    def _dive_try_on(self, moment):
        self.retry_on = moment
        self._dive_run_soon(moment)

    def _dive_requeue(self):
        """Put mails back into Odoo's queue."""
        if not self:
            return
        self._dive_failed_mails().mark_outgoing()
        self.mail_message_id.notification_ids.write(
            {
                "notification_status": "ready",
                "failure_type": False,
                "failure_reason": False,
            }
        )
        for tries, notices in self.grouped("tries").items():
            notices.write({"tries": tries + 1, "retry_on": False})
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

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
