"""Messages that did not arrive: tried again by Odoo's own queue, then given up."""

import re
from datetime import timedelta

from odoo import api, fields, models

#: What Odoo calls it when no server took the mail; it does not try again by itself.
NO_SERVER = "mail_smtp"
#: And when the service that takes SMS was out of reach.
NO_GATEWAY = "sms_server"
#: What a server said that would not take the mail, in what Odoo keeps of it. Odoo does
#: not try again either, and a server that does not know the sender yet says so first.
ANSWER = re.compile(r"\bSMTP\w+: .*?\(([45])\d\d, ", re.DOTALL)
#: Minutes until the next time.
PAUSES = (5, 15, 45, 120)
#: Refused for good: so often once more, as servers err.
REFUSED = 1
#: What failed longer ago is history.
DAYS = 7


class DiveAlertMixin(models.AbstractModel):
    _inherit = "dive.alert.mixin"

    tries = fields.Integer("Tried again", readonly=True, aggregator=None)
    retry_on = fields.Datetime(
        "Goes out on", readonly=True, help="When it is tried again, or people are up."
    )
    gave_up = fields.Boolean(readonly=True)

    @api.model
    def _dive_try_again(self):
        """Have sent once more what no server took; give up after a while.

        :return: whether there was time for all
        :rtype: bool
        """
        # sudo: mails and marks are nobody's to write; the run is nobody
        return self.sudo()._dive_batches(
            [
                ("gave_up", "=", False),
                ("date", ">=", fields.Datetime.now() - timedelta(days=DAYS)),
                ("state", "=", "failed"),
            ],
            lambda failed: failed.try_lock_for_update()._dive_again_or_not(),
            counted=False,
        )

    def _dive_again_or_not(self):
        """Give up, choose the next time, or put back into the queue: each of these."""
        now = fields.Datetime.now()
        failed = {
            **self._dive_failed_mails().grouped("mail_message_id"),
            **self._dive_failed_texts().grouped("mail_message_id"),
        }
        left = self.filtered(
            lambda mark: mark._dive_may_try(failed.get(mark.mail_message_id))
        )
        (self - left).write({"gave_up": True, "retry_on": False})
        planned = left.filtered("retry_on")
        for tries, marks in (left - planned).grouped("tries").items():
            marks._dive_try_on(now + timedelta(minutes=PAUSES[tries]))
        planned.filtered(lambda mark: mark.retry_on <= now)._dive_requeue()

    def _dive_may_try(self, mails):
        """Say whether it is of use to try once more.

        :param mails: e-mails, or SMS, of this message that failed, if they are kept
        """
        return bool(mails) and self.tries < self._dive_most_tries(mails)

    def _dive_most_tries(self, mails):
        """Return how often it is tried again, by what kept it from arriving."""
        told = self.mail_message_id.notification_ids
        if set(told.mapped("failure_type")) in ({NO_SERVER}, {NO_GATEWAY}):
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

    def _dive_failed_texts(self):
        """Return the SMS that the service could not take; others are hopeless.

        They keep their number, by which the service knows one it has taken already.
        """
        return self.env["sms.sms"].search(
            [
                ("mail_message_id", "in", self.mail_message_id.ids),
                ("state", "=", "error"),
                ("failure_type", "=", NO_GATEWAY),
                ("to_delete", "!=", True),
            ]
        )

    def _dive_try_on(self, moment):
        self.retry_on = moment
        self._dive_alert_round()._dive_run_soon(moment)

    def _dive_alert_round(self):
        """Return the model whose scheduled action looks after these marks."""
        return self

    def _dive_requeue(self):
        """Put these back into Odoo's queues."""
        if not self:
            return
        self._dive_failed_mails().mark_outgoing()
        texts = self._dive_failed_texts()
        texts.write({"state": "outgoing", "failure_type": False})
        if texts:
            self.env.ref("sms.ir_cron_sms_scheduler_action")._trigger()
        self.mail_message_id.notification_ids.write(
            {
                "notification_status": "ready",
                "failure_type": False,
                "failure_reason": False,
            }
        )
        for tries, marks in self.grouped("tries").items():
            marks.write({"tries": tries + 1, "retry_on": False})
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
