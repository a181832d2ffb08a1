"""What tests of all kinds of reminders need."""


class AlertQueueMixin:
    """What a run leaves in the queues."""

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
