from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .certification_alert_common import AlertCommon, AlertMixin
from .common import DiveHttpCommon

READERS = ("front", "instructor", "manager")
OTHERS = ("medical", "accountant", "employee", "portal")


class TestAlertAccess(AlertCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls._ending(30)

    def test_read(self):
        alert = self._run()
        for role in READERS:
            with self.subTest(role=role):
                user = getattr(self, role)
                seen = alert.with_user(user)
                self.assertEqual(seen.read(["state", "channel"])[0]["state"], "queued")
                found = self.Alert.with_user(user).search([("state", "=", "queued")])
                self.assertEqual(found, alert)
        for role in OTHERS:
            with self.subTest(role=role), self.assertRaises(AccessError):
                alert.with_user(getattr(self, role)).read(["channel"])

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_nobody_writes(self):
        """Marks are made by reminding, by nobody's hand, also not a manager's."""
        alert = self._run()
        values = {"certification_id": self.card.id, "expiry_date": "2026-01-01"}
        for role in READERS + OTHERS:
            user = getattr(self, role)
            with self.subTest(role=role):
                with self.assertRaises(AccessError):
                    alert.with_user(user).channel = "sms"
                with self.assertRaises(AccessError):
                    self.Alert.with_user(user).create(values)
                with self.assertRaises(AccessError):
                    alert.with_user(user).unlink()

    def test_last_reminder_is_not_set_by_hand(self):
        with self.assertRaises(UserError):
            self.card.with_user(self.front).last_alert_date = fields.Datetime.now()

    def test_medical_officer_opens_card(self):
        """Who may read cards but not reminders gets the form without them."""
        self._run()
        for role, shown in (("front", True), ("medical", False)):
            card = self.card.with_user(getattr(self, role))
            arch = etree.fromstring(card.get_view(view_type="form")["arch"])
            self.assertEqual(bool(arch.xpath("//field[@name='alert_ids']")), shown)
            self.assertEqual(bool(arch.xpath("//button[@name='action_remind']")), shown)
            with Form(card):
                pass

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_companies(self):
        """A reminder is where its card is."""
        other = self.env["res.company"].create({"name": "Other Reef"})
        theirs = self._customer("Theirs", email="t@t.test", company_id=other.id)
        self._ending(30, theirs)
        alerts = self._run()
        seen = self.Alert.with_user(self.front).search([("id", "in", alerts.ids)])
        self.assertEqual(seen.certification_id, self.card)
        self.front.company_ids += other
        both = self.Alert.with_user(self.front)
        both = both.with_context(allowed_company_ids=[self.main.id, other.id])
        self.assertEqual(both.search([("id", "in", alerts.ids)]), alerts)

    def test_whoever_renews_takes_back(self):
        """The front desk and instructors may not touch mails, marks or activities of
        others; that a renewal takes them back is not up to that."""
        for role in ("front", "instructor"):
            card = self._ending(30, self._customer(role, email=f"{role}@x.test"))
            alert = self._run().filtered(
                lambda a, card=card: a.certification_id == card
            )
            mail = self._mails(alert)
            self.assertTrue(mail)
            card.with_user(getattr(self, role))._dive_renew()
            self.assertFalse(alert.exists() or mail.exists())


class TestAlertByHand(AlertCommon):
    def test_remind(self):
        card = self._ending(20)
        action = card.with_user(self.front).action_remind()
        self.assertIn("anna@keller.test", action["params"]["message"])
        alert = card.alert_ids
        self.assertEqual((alert.kind, alert.channel), ("manual", "email"))
        self.assertEqual(self._mails(alert).state, "outgoing")
        self.assertEqual(alert.mail_message_id.author_id, self.front.partner_id)
        self.assertFalse(card.activity_ids, "The staff know: they did it")
        self.assertEqual(card.last_alert_date, alert.date)

    def test_once_a_day(self):
        card = self._ending(20)
        card.with_user(self.front).action_remind()
        with self.assertRaisesRegex(UserError, "reminded today already.*anna@keller"):
            card.with_user(self.instructor).action_remind()
        card.alert_ids.day -= timedelta(days=1)
        card.with_user(self.instructor).action_remind()
        self.assertEqual(len(card.alert_ids), 2)

    def test_not_after_the_automatic_one(self):
        card = self._ending(20)
        self._run()
        with self.assertRaisesRegex(UserError, "reminded today already"):
            card.with_user(self.front).action_remind()

    def test_does_not_stand_for_the_automatic_one(self):
        card = self._ending(20)
        card.with_user(self.front).action_remind()
        self.assertEqual(self._run().kind, "auto")
        self.assertEqual(len(card.alert_ids), 2)

    def test_nothing_to_remind_of(self):
        rejected = self._ending(20)
        self._checked(rejected, "rejected")
        for card, words in (
            (self._card(), "never ends"),
            (rejected, "does not count"),
            (self._ending(20, active=False), "does not count"),
        ):
            with self.assertRaisesRegex(UserError, words):
                card.with_user(self.front).action_remind()

    def test_nobody_to_write_to(self):
        card = self._ending(20)
        self.anna.dive_channel = "phone"
        with self.assertRaisesRegex(UserError, r"Call Anna Keller: \+32 470 12 34 56"):
            card.with_user(self.front).action_remind()
        self.assertFalse(card.alert_ids)

    def test_template_is_broken(self):
        # Odoo tries a template with the first record it finds, and this passes.
        card = self._ending(20, number="Bad")
        self._ending(20, self._customer("Good", email="g@g.test"))
        template = self.env.ref("dive_crm.mail_template_certification_alert")
        template.body_html = (
            "<p><t t-out=\"1 / (0 if object.number == 'Bad' else 1)\"/></p>"
        )
        with (
            mute_logger(
                "odoo.addons.mail.models.mail_render_mixin",
                "odoo.addons.dive_crm.models.dive_certification_alert_tell",
            ),
            self.assertRaisesRegex(UserError, "could not be written"),
        ):
            card.with_user(self.front).action_remind()

    def test_who_may(self):
        card = self._ending(20)
        for role in OTHERS:
            with self.subTest(role=role), self.assertRaises(AccessError):
                card.with_user(getattr(self, role)).action_remind()

    def test_guardian_of_another_company(self):
        """The front desk may not see the guardian, and the guardian is told."""
        other = self.env["res.company"].create({"name": "Other Reef"})
        mother = self._customer("Mia", email="mia@k.test", company_id=other.id)
        born = fields.Date.subtract(self.main._dive_today(), years=12)
        ben = self._customer("Ben", birthdate_date=born)
        ben.dive_guardian_id = mother
        card = self._ending(20, ben)
        card.with_user(self.front).action_remind()
        self.assertEqual(card.alert_ids.recipient_id, mother)

    def test_not_of_the_company_in_charge(self):
        """A customer without a company is told in the name of the first one, also by
        who works elsewhere."""
        other = self.env["res.company"].create({"name": "Other Reef"})
        self.front.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        card = self._ending(20)
        card.with_user(self.front).action_remind()
        self.assertEqual(card.alert_ids.address, "anna@keller.test")
        self.assertEqual(card.alert_ids.mail_message_id.record_company_id, self.main)
        with self.assertRaisesRegex(UserError, "reminded today already"):
            card.with_user(self.front).action_remind()


class TestAlertSettings(AlertCommon):
    def test_settings(self):
        admin = self.env.ref("base.user_admin")
        settings = Form(self.env["res.config.settings"].with_user(admin))
        settings.dive_certification_alert_days = "45, 5"
        settings.dive_certification_user_id = self.front
        settings.save().execute()
        self.assertEqual(
            self.main._dive_read_days(self.main.dive_certification_alert_days), [45, 5]
        )
        self.assertEqual(self.main._dive_caretaker(), self.front)

    def test_slip(self):
        admin = self.env.ref("base.user_admin")
        settings = Form(self.env["res.config.settings"].with_user(admin))
        settings.dive_certification_alert_days = "45, x"
        with self.assertRaisesRegex(ValidationError, "not a number of days"):
            settings.save().execute()

    def test_caretaker_of_another_company(self):
        """Who left the company gets nothing; somebody else does."""
        other = self.env["res.company"].create({"name": "Other Reef"})
        other.dive_certification_user_id = self.front
        self.assertNotEqual(other._dive_caretaker(), self.front)

    def test_caretaker_without_a_role(self):
        """Who may not see cards is not told whose card ends."""
        for user, chosen in (
            (self.employee, False),
            (self.medical, False),
            (self.instructor, True),
            (self.front, True),
            (self.manager, True),
        ):
            with self.subTest(user=user.name):
                self.main.dive_certification_user_id = user
                self.assertEqual(self.main._dive_caretaker() == user, chosen)
                for model in ("res.company", "res.config.settings"):
                    field = self.env[model]._fields["dive_certification_user_id"]
                    domain = field.get_comodel_domain(self.env[model])
                    self.assertEqual(bool(user.filtered_domain(domain)), chosen)


@tagged("dive_long")
class TestAlertRpc(AlertMixin, DiveHttpCommon):
    """As scripts and browsers do it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpAlerts()

    def test_web_api(self):
        card = self._ending(20)
        alert = self._run()
        for role in READERS:
            with self.subTest(role=role):
                self._rpc_refused(
                    role, alert._name, "write", alert.ids, {"channel": "sms"}
                )
                self._rpc_refused(role, alert._name, "_dive_retract", alert.ids)
                self._rpc_refused(role, card._name, "_cron_tell")
        self._rpc_refused("portal", alert._name, "search_read", [], ["address"])
        self._rpc_refused("portal", card._name, "action_remind", card.ids)

    def test_portal_reads_the_own_card(self):
        """A diver's own card is readable, and says nothing of reminders."""
        self.portal.partner_id.email = "p@p.test"
        card = self._ending(20, self.portal.partner_id)
        self._run()
        [values] = self._rpc("portal", card._name, "read", card.ids, ["expiry_date"])
        self.assertTrue(values["expiry_date"])
        for name in ("alert_ids", "last_alert_date"):
            self._rpc_refused("portal", card._name, "read", card.ids, [name])

    def test_list(self):
        """The menu's list, as the web client asks for it; statements do not grow."""
        self._ending(20)
        alert = self._run()
        names = ("date", "partner_id", "level_id", "channel", "state", "reason")
        specification = {
            name: {"fields": {"display_name": {}}} if name.endswith("_id") else {}
            for name in names
        }
        found = self._rpc(
            "front", alert._name, "web_search_read", [], specification, limit=80
        )
        self.assertIn(alert.id, [row["id"] for row in found["records"]])
        for group in ("channel", "reason", "days", "date:day", "expiry_date:month"):
            groups = self.Alert.with_user(self.front).formatted_read_group(
                [], [group], ["__count"]
            )
            self.assertTrue(groups, group)

        def statements(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows = self.Alert.with_user(self.front).web_search_read(
                [("day", "=", self.main._dive_today())], specification, limit=limit
            )
            self.assertEqual(len(rows["records"]), limit)
            return self.env.cr.sql_log_count - before

        for number in range(80):
            diver = self._customer(f"D{number}", email=f"d{number}@x.test")
            self._ending(20, diver)
        self._run()
        statements(1)
        self.assertEqual(statements(80), statements(1))
