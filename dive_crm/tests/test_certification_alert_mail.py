from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.sms.tests.common import SMSCommon

from .certification_alert_common import AlertCommon, AlertMixin
from .common import DiveMixin
from .smtp_sink import SmtpSink


class TestAlertMail(AlertCommon):
    """From the run to a mail server, over a real connection."""

    def _deliver(self, mails, sink):
        self.env["ir.mail_server"].search([]).active = False
        self.env["ir.mail_server"].create(
            {"name": "Sink", "smtp_host": sink.host, "smtp_port": sink.port}
        )
        server = type(self.env["ir.mail_server"])
        # Odoo sends nothing in tests; this once it does.
        with patch.object(server, "_disable_send", classmethod(lambda cls: False)):
            mails.send()

    def test_arrives(self):
        self.anna.name = "Anna Müller"
        self._ending(7, number="123456")
        alert = self._run()
        mails = self._mails(alert)
        with SmtpSink() as sink:
            self._deliver(mails, sink)
        self.assertEqual(len(sink.messages), 1)
        _sender, recipients, message = sink.messages[0]
        self.assertEqual(recipients, ["anna@keller.test"])
        self.assertIn("desk@dive.test", message["From"])
        self.assertIn("Anna Müller", message["To"])
        self.assertIn("Zebra Aid", message["Subject"])
        for kind in ("html", "plain"):
            text = message.get_body([kind]).get_content()
            for words in ("Anna Müller", "Zebra Aid", "in 7 days", "+32 59 12 34 56"):
                self.assertIn(words, text, kind)
        self.assertFalse(mails.exists(), "Sent: the queue is empty")
        self.assertTrue(alert.mail_message_id.exists(), "What was said stays")
        self.assertEqual(alert.state, "sent")
        self.assertIn(alert, self.Alert.search([("state", "=", "sent")]))

    def test_server_is_down(self):
        self._ending(7)
        alert = self._run()
        mails = self._mails(alert)
        with SmtpSink() as sink:
            pass  # nobody listens there any more
        self._deliver(mails, sink)
        self.assertEqual(alert.state, "failed")
        self.assertIn(alert, self.Alert.search([("state", "=", "failed")]))
        self.assertTrue(mails.failure_reason)


@tagged("post_install", "-at_install")
class TestAlertSms(AlertMixin, DiveMixin, SMSCommon):
    """From the run to the SMS gateway, through Odoo's own mock of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()
        cls.setUpAlerts()

    def test_arrives(self):
        self.anna.dive_channel = "sms"
        self._ending(7)
        alert = self._run()
        with self.mockSMSGateway():
            self._texts(alert).send()
        self.assertSMSIapSent(["+32470123456"])
        self.assertIn("Zebra Aid", self._sms[0]["body"])
        self.assertEqual(alert.state, "sent")

    def test_refused(self):
        self.anna.dive_channel = "sms"
        self._ending(7)
        alert = self._run()
        with self.mockSMSGateway(sim_error="credit"):
            self._texts(alert).send()
        self.assertEqual(alert.state, "failed")
