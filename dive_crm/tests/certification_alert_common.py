from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from .certification_common import CertificationMixin
from .common import DiveCommon


class AlertMixin(CertificationMixin):
    """Cards that end soon, and a run that commits nothing."""

    @classmethod
    def setUpAlerts(cls):
        """Call from ``setUpClass``, after ``super()``."""
        cls.setUpCertifications()
        cls.Alert = cls.env["dive.certification.alert"]
        # Nothing of demo data or of other tests is due.
        cls.Card.search([]).active = False
        cls.main = cls.env["res.company"]._dive_main_company()
        cls.main.dive_certification_user_id = cls.manager
        cls.main.write(
            {"email": "desk@dive.test", "phone": "+32 59 12 34 56", "name": "Blue Reef"}
        )
        cls.anna.write({"email": "anna@keller.test", "phone": "+32 470 12 34 56"})

    @classmethod
    def _ending(cls, days, diver=None, level=None, company=None, **vals):
        """Make a card that ends in so many days, by the company's day."""
        today = (company or cls.main)._dive_today()
        return cls._card(
            diver,
            level or cls.aid,
            issue_date=False,
            expiry_date=today + timedelta(days=days),
            **vals,
        )

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

    def _run(self):
        """Run as the night's job does; return the marks that it made."""
        before = self.Alert.search([])
        with self._no_commit():
            self.Card.with_user(self.env.ref("base.user_root"))._cron_tell()
        return self.Alert.search([]) - before

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


class AlertCommon(AlertMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpAlerts()
