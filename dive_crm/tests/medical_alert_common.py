from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import fields

from .alert_common import AlertQueueMixin
from .common import DiveCommon
from .medical_common import MedicalMixin


class MedicalAlertMixin(AlertQueueMixin, MedicalMixin):
    """Forms that end, divers who lack a paper, and a run that commits nothing."""

    @classmethod
    def setUpMedicalAlerts(cls):
        """Call from ``setUpClass``, after ``super()``."""
        cls.setUpMedical()
        cls.Alert = cls.env["dive.medical.alert"]
        # Nothing of demo data or of other tests is due.
        cls.env["res.company"].search([]).dive_medical_alert = False
        cls.company.write(
            {
                "dive_medical_alert": True,
                "dive_medical_alert_days": "30, 7",
                "dive_medical_user_id": cls.manager.id,
                "email": "desk@dive.test",
                "phone": "+32 59 12 34 56",
                "name": "Blue Reef",
            }
        )
        cls.env["dive.medical.form"].search([])._dive_unlocked().write(
            {"state": "closed"}
        )
        cls.anna.write({"email": "anna@keller.test", "phone": "+32 470 12 34 56"})
        cls.today = cls.company._dive_today()

    @classmethod
    def _quick(cls, divers, days=200, outcome="fit", **vals):
        """Make forms that were signed, without answers, and end in so many days."""
        forms = cls.Form.create([{"partner_id": diver.id} for diver in divers])
        forms._dive_unlocked().write(
            {
                "state": "submitted",
                "signed_on": cls.today - timedelta(days=100),
                "signed_at": fields.Datetime.now() - timedelta(days=100),
                "answered_outcome": outcome,
            }
        )
        ends = {"valid_until": cls.today + timedelta(days=days), **vals}
        forms._dive_unlocked().write(ends)
        return forms

    @classmethod
    def _on(cls, days, company=None, hour=9, **vals):
        """Make a trip so many days from now, by the company's clock."""
        company = company or cls.company
        day = company._dive_today() + timedelta(days=days)
        start = datetime.combine(day, time(hour), company._dive_zone())
        start = start.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        return cls._trip(
            date_start=start,
            date_end=start + timedelta(hours=3),
            company_id=company.id,
            capacity=100,
            **vals,
        )

    @classmethod
    def _booked(cls, trip, divers=None):
        """Book these divers; return their places."""
        divers = divers or cls.anna
        return cls._booking(divers[0], trip, divers, confirm=True).diver_ids

    @classmethod
    def _divers(cls, count, channel="email"):
        """Make divers who are told by e-mail, or by SMS."""
        return cls.Partner.create(
            [
                {
                    "name": f"D{number}",
                    "email": f"d{number}@x.test",
                    "phone": f"+32 470 12 3{number:03}",
                    "dive_channel": channel,
                }
                for number in range(count)
            ]
        )

    def _statements(self, due):
        """Run, and return how many statements it took to tell so many."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertEqual(len(self._run()), due)
        return self.env.cr.sql_log_count - before

    def _run(self):
        """Run as the morning's job does; return the marks that it made."""
        before = self.Alert.search([])
        with self._no_commit():
            self.Alert.with_user(self.env.ref("base.user_root"))._cron_tell()
        self.env.invalidate_all()
        return self.Alert.search([], order="id") - before


class MedicalAlertCommon(MedicalAlertMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMedicalAlerts()
