"""The plan of automatic messages: rows of all rooms, what a company sets, who may."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.dive_alert_retry import PAUSES
from .certification_alert_common import AlertMixin
from .common import DiveCommon
from .smtp_sink import SinkMixin

ENDS = "certification_ends"


@tagged("post_install", "-at_install", "dive_long")
class TestMessagePlan(AlertMixin, SinkMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpAlerts()
        cls.setUpSink()
        cls.plans = cls.main._dive_plans_of(ENDS)

    def _plan(self, days):
        return self.main._dive_plans_of(ENDS).filtered(lambda p: p.interval == days)

    def _at(self, moment):
        return patch.object(fields.Datetime, "now", lambda: moment)

    @contextmanager
    def _refused(self, constraint):
        """Whoever does this in a form reads the message of a constraint."""
        with (
            self.assertRaisesRegex(CheckViolation, constraint),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            yield
            self.env.flush_all()

    # ------------------------------------------------------------------
    # Settings are rows
    # ------------------------------------------------------------------

    def test_a_company_begins_with_all(self):
        other = self.env["res.company"].create({"name": "Other Reef"})
        self.assertEqual(
            set(other.dive_plan_ids.mapped("event")),
            {plan["event"] for plan in other._dive_standard_plans()},
        )
        self.assertEqual(other.dive_certification_alert_days, "60, 30, 7, 0")
        self.assertTrue(other.dive_certification_alert)
        # what was deleted does not come back with an update
        other._dive_plans_of(ENDS).unlink()
        other._dive_add_missing_plans()
        self.assertFalse(other._dive_plans_of(ENDS))
        self.assertFalse(other.dive_certification_alert_days)
        quiet = other.create({"name": "Quiet Reef", "dive_certification_alert": False})
        self.assertTrue(quiet._dive_plans_of(ENDS))
        self.assertFalse(quiet._dive_plans_on(ENDS))

    def test_days(self):
        kept = self._plan(30)
        self.main.dive_certification_alert_days = "45; 30"
        self.assertEqual(self._plan(30), kept, "Its own words stay with it")
        self.assertEqual(
            self.main._dive_plans_of(ENDS).mapped("interval"), [45, 30], "no others"
        )
        self._plan(45).interval = 50
        self.assertEqual(self.main.dive_certification_alert_days, "50, 30")
        for text in ("a week", "-3", "1.5", "9999", "７", "30 days"):
            with self.assertRaises(ValidationError):
                self.main.dive_certification_alert_days = text
        self.main.dive_certification_alert_days = False
        self.assertFalse(self.main._dive_plans_of(ENDS))

    def test_switches(self):
        self.main.dive_certification_alert = False
        self.assertFalse(any(self._plan(days).active for days in (60, 30, 7, 0)))
        self._plan(7).active = True
        self.assertTrue(self.main.dive_certification_alert)
        # the longest of them says what “expiring” means, on or off
        self.assertEqual(self.main._dive_alert_horizon(), 60)
        card = self._ending(20)
        self.assertFalse(self._run())
        self._plan(30).active = True
        alert = self._run()
        self.assertEqual(
            (alert.certification_id, alert.plan_id), (card, self._plan(30))
        )

    def test_cards_below(self):
        company = self.main
        low = company._dive_plans_of("card_low")
        company.dive_card_alert_percent = 25
        self.assertEqual((low.percent, low.active), (25, True))
        company.dive_card_alert_percent = 0
        self.assertEqual((low.percent, low.active), (25, False))
        low.write({"percent": 40, "active": True})
        self.assertEqual(company.dive_card_alert_percent, 40)
        with self._refused("percent_range"):
            company.dive_card_alert_percent = 101

    # ------------------------------------------------------------------
    # Words, channel, hours
    # ------------------------------------------------------------------

    def test_own_words(self):
        template = self.env.ref("dive_crm.mail_template_certification_alert")
        self._plan(7).mail_template_id = template.copy({"subject": "Only a week"})
        self._ending(5)
        self._ending(20, self._customer("Ben", email="ben@reef.test"))
        subjects = self._run().mail_message_id.mapped("subject")
        self.assertEqual(len(subjects), 2)
        self.assertEqual(subjects.count("Only a week"), 1)
        alien = self.env["mail.template"].create(
            {"name": "Alien", "model_id": self.env["ir.model"]._get_id("res.users")}
        )
        with self.assertRaisesRegex(ValidationError, "no template of this message"):
            self._plan(7).mail_template_id = alien

    def test_channel(self):
        self._plan(7).channel = "sms"
        self._ending(5)
        self.assertEqual(self._run().channel, "sms")
        no_phone = self._customer("Ben", email="ben@reef.test")
        self._ending(5, no_phone)
        calls = self._customer("Cleo", phone="+32470000000", dive_channel="phone")
        self._ending(5, calls)
        alerts = self._run()
        self.assertEqual(alerts.mapped("state"), ["staff", "staff"])
        self.assertEqual(set(alerts.mapped("reason")), {"address", "phone"})

    def test_quiet_hours_are_those_of_the_diver(self):
        self.main.write({"dive_quiet_from": 21, "dive_quiet_to": 8})
        self.main.partner_id.tz = "Europe/Brussels"
        self.anna.tz = "Asia/Tokyo"
        ben = self._customer("Ben", email="ben@reef.test", tz="Europe/Brussels")
        cleo = self._customer("Cleo", email="cleo@reef.test", tz=False)
        noon = datetime.combine(self.main._dive_today(), datetime.min.time())
        noon += timedelta(hours=13)  # 22:00 in Tokyo
        self._ending(5, self.anna)
        self._ending(5, ben)
        with self._at(noon):
            self.assertEqual(self._run().recipient_id, ben)
        cron = self.env.ref("dive_crm.ir_cron_certification_alert")
        wake = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        morning = noon.replace(hour=23)  # 8:00 there
        self.assertIn(morning, wake.mapped("call_at"))
        with self._at(morning):
            self.assertEqual(self._run().recipient_id, self.anna)
        self._ending(5, cleo)
        with self._at(noon):
            self.assertEqual(self._run().recipient_id, cleo)

    def test_hours_of_the_day(self):
        for begin, end in ((-1, 8), (21, 24), (25, 8)):
            with self._refused("quiet_range"):
                self.main.write({"dive_quiet_from": begin, "dive_quiet_to": end})

    # ------------------------------------------------------------------
    # What does not arrive
    # ------------------------------------------------------------------

    def test_tried_again(self):
        """A server that is down costs nobody the reminder; then staff are told."""
        self._ending(5)
        alert = self._run()
        now = fields.Datetime.now()
        self._fail(alert)
        for tries, pause in enumerate(PAUSES, 1):
            self._run()
            self.assertFalse(alert.failure_noted)
            self.assertGreaterEqual(alert.retry_on, now + timedelta(minutes=pause))
            with self._at(alert.retry_on):
                self._run()
            self.assertEqual((alert.tries, alert.state), (tries, "queued"))
            self._fail(alert)
        self._run()
        self.assertEqual((alert.gave_up, alert.failure_noted), (True, True))
        self.assertIn("did not arrive", alert.activity_id.note)

    def _fail(self, alert):
        """Leave the e-mail as Odoo does when it reaches no server."""
        self._mails(alert).write({"state": "exception"})
        alert.mail_message_id.notification_ids.write(
            {"notification_status": "exception", "failure_type": "mail_smtp"}
        )

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_roles(self):
        plan = self._plan(7)
        for user in (self.front, self.instructor, self.medical):
            self.assertEqual(plan.with_user(user).interval, 7)
            with self.assertRaises(AccessError):
                plan.with_user(user).active = False
        plan.with_user(self.manager).active = False
        for user in (self.employee, self.portal, self.accountant):
            with self.assertRaises(AccessError):
                plan.with_user(user).read(["interval"])
        other = self.env["res.company"].create({"name": "Other Reef"})
        with self.assertRaises(AccessError):
            other.dive_plan_ids.with_user(self.manager).read(["interval"])
