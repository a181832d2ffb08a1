from datetime import timedelta

from .alert_common import AlertQueueMixin
from .certification_common import CertificationMixin
from .common import DiveCommon


class AlertMixin(AlertQueueMixin, CertificationMixin):
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

    def _run(self):
        """Run as the night's job does; return the marks that it made."""
        before = self.Alert.search([])
        with self._no_commit():
            self.Card.with_user(self.env.ref("base.user_root"))._cron_tell()
        return self.Alert.search([]) - before


class AlertCommon(AlertMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpAlerts()
