"""E-mails of which nobody keeps a mark: a way in, the proof of an address."""

from datetime import timedelta

from odoo import fields, models

from .dive_alert_retry import NO_SERVER

#: In the headers of such an e-mail, with the number of whose contact it is about; 0:
#: nobody's yet.
WAITS = "X-Dive-Waits"
#: How long it waits for a server, and from one time to the next.
AT_MOST, PAUSE = timedelta(hours=24), timedelta(minutes=15)


def waiting(partner=None):
    """Return the headers of an e-mail that waits until there is a server."""
    return repr({WAITS: str(partner.id if partner else 0)})


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        result = super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )
        if failure_type:
            # sudo: whoever has it sent may not write to queues and give others errands
            self.exists().sudo()._dive_not_arrived(failure_type)
        return result

    def _dive_not_arrived(self, failure_type):
        """Wait for a server; else give who has sent it something to do."""
        begun = fields.Datetime.now() - AT_MOST
        for mail in self.filtered(lambda one: WAITS in (one.headers or "")):
            if failure_type == NO_SERVER and mail.create_date > begun:
                next_time = fields.Datetime.now() + PAUSE
                mail.write({"state": "outgoing", "scheduled_date": next_time})
                self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(next_time)
            else:
                mail._dive_tell_who_sent()

    def _dive_tell_who_sent(self):
        number = self._dive_header(WAITS)
        partner = self.env["res.partner"].browse(number).exists()
        if not partner:
            return
        users = self.create_uid.filtered(lambda one: one.active and one._is_internal())
        company = partner.company_id or self.create_uid.company_id
        for user in users or company._dive_managers():
            _ = self.with_context(lang=user.lang or self.env.lang).env._
            partner.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=_("Portal: the e-mail with the link did not arrive"),
                note=self.failure_reason or "",
                user_id=user.id,
            )

    def _dive_header(self, name):
        """Return the number in a header of ours."""
        text = (self.headers or "").partition(f"'{name}': '")[2].partition("'")[0]
        return int(text) if text.isdigit() else 0

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        """Fail aloud where somebody waits for it."""
        aloud = raise_exception or self.env.context.get("dive_send_aloud", False)
        return super().send(auto_commit, aloud, post_send_callback)
