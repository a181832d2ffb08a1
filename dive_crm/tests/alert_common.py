"""What tests of all kinds of reminders need."""

from contextlib import contextmanager
from unittest.mock import patch


class AlertRunMixin:
    """A run that commits nothing, and what it leaves in the queues."""

    @contextmanager
    def _no_commit(self):
        """Let the run go on where it would commit; yield how often it would have."""
        commits = []

        def commit_progress(cron, processed=0, *, remaining=None, deactivate=False):
            cron.env.flush_all()
            commits.append(processed)
            return float("inf")

        cron = type(self.env["ir.cron"])
        with patch.object(cron, "_commit_progress", commit_progress):
            yield commits

    def _mails(self, alerts):
        """Return the e-mails in the queue for these marks."""
        return self.env["mail.mail"].search(
            [("mail_message_id", "in", alerts.mail_message_id.ids)], order="id"
        )

    def _texts(self, alerts):
        """Return the SMS in the queue for these marks."""
        return self.env["sms.sms"].search(
            [("mail_message_id", "in", alerts.mail_message_id.ids)], order="id"
        )
