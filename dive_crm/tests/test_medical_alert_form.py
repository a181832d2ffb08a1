"""Reminders before and after a form ends: who, when, in which words, once."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import dive_alert_round
from .medical_alert_common import MedicalAlertCommon

TELL = "odoo.addons.dive_crm.models.dive_alert_mark"
#: What must not be in a mail, on a chatter, in an activity.
HEALTH = (
    "health",
    "medical form",
    "physician",
    "doctor",
    "unfit",
    "cleared",
    "ill",
    "question",
)


@tagged("post_install", "-at_install", "dive_long")
class TestMedicalAlertForm(MedicalAlertCommon):
    def test_when(self):
        expected = {
            31: [],
            30: [30],
            8: [30],
            7: [7],
            0: [7],  # its last day counts still
            -1: [-1],
            -2: [-1],  # the server was off
            -3: [],
        }
        forms = {
            days: self._quick(self._customer(f"D{days}", dive_channel="post"), days)
            for days in expected
        }
        self.company.dive_medical_alert = False
        self.assertFalse(self._run())
        self.company.write({"dive_medical_alert": True, "dive_medical_alert_days": ""})
        self.assertEqual(self._run().mapped("kind"), ["ended"] * 2)
        self.company.dive_medical_alert_days = "30, 7"
        self.assertEqual(self._run().mapped("kind"), ["before"] * 4)
        told = {days: form.alert_ids.mapped("days") for days, form in forms.items()}
        self.assertEqual(told, expected)
        with self.assertRaisesRegex(ValidationError, "soon"):
            self.company.dive_medical_alert_days = "30, soon"

    def test_each_once(self):
        """Whoever runs it again, on the same day or later; the last stage but one."""
        form = self._quick(self.anna, 30)
        for days, expected in ((30, 1), (30, 0), (12, 0), (6, 1), (6, 0), (-2, 1)):
            form._dive_unlocked().write(
                {"valid_until": self.today + timedelta(days=days)}
            )
            self.assertEqual(len(self._run()), expected, days)
        self.assertFalse(self._run())
        self.assertEqual(form.alert_ids.sorted("id").mapped("days"), [30, 7, -1])
        self.assertEqual(len(form.activity_ids), 1, "one takes the other's place")
        self.assertEqual(form.last_alert_date, max(form.alert_ids.mapped("date")))

    def test_only_what_decides(self):
        """Not of a form that was replaced, of whom is archived, or was refused."""
        bea, cem, dan, eve = [
            self._customer(name, email=f"{name}@x.test")
            for name in ("bea", "cem", "dan", "eve")
        ]
        older, _newer = self._quick([bea, bea], 10)  # as a merge leaves them
        older._dive_unlocked().write({"signed_at": "2020-01-01 00:00:00"})
        self._quick(cem, 10).partner_id.active = False
        self._quick(dan, 10, physician_result="unfit", physician_signed_on=self.today)
        self.Form.create({"partner_id": eve.id})  # a draft
        closed = self._quick(self.anna, 10)
        closed._dive_unlocked().write({"state": "closed"})
        alerts = self._run()
        self.assertEqual(alerts.form_id, bea.dive_medical_form_ids - older)

    def test_words(self):
        """What is needed, where; nothing of what is in it."""
        form = self._quick(self.anna, 30, outcome="physician")
        alert = self._run()
        mail = self._mails(alert)
        self.assertEqual((alert.channel, alert.address), ("email", "anna@keller.test"))
        self.assertEqual(mail.state, "outgoing", "Put into the queue, not sent")
        self.assertIn("Please fill in a new form by", mail.subject)
        for text in ("Dear Anna Keller", "is valid until", "desk", "+32 59 12 34 56"):
            self.assertIn(text, mail.body_html)
        self.assertNotIn("/my/medical", mail.body_html, "she has no login")
        self.assertEqual(form.message_ids[0], alert.mail_message_id)
        activity = form.activity_ids
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(activity.date_deadline, form.valid_until)
        self.assertIn("was told by e-mail", activity.note)
        form._dive_unlocked().write({"valid_until": self.today - timedelta(days=1)})
        self.portal.partner_id.email = "portal@x.test"
        self.anna.write({"dive_guardian_id": self.portal.partner_id.id})
        self.anna.birthdate_date = self.today - timedelta(days=365 * 12)
        ended = self._run()
        self.assertEqual(ended.recipient_id, self.portal.partner_id)
        body = self._mails(ended).body_html
        self.assertIn(
            "The diver's form of Anna Keller ended on", body.replace("&#39;", "'")
        )
        self.assertIn(f"{self.company.get_base_url()}/my/medical", body)
        said = " ".join(
            [
                *(alert | ended).mail_message_id.mapped("subject"),
                *(alert | ended).mail_message_id.mapped(lambda m: m.body.striptags()),
                *(f"{todo.summary} {todo.note}" for todo in form.activity_ids),
            ]
        ).lower()
        for word in HEALTH:
            self.assertNotRegex(said, rf"\b{word}\b")

    def test_by_which_way(self):
        """By SMS; left to staff, and why; wants none; a broken template."""
        self.anna.dive_channel = "sms"
        bob = self._customer(
            "Bob", email="b@b.test", dive_channel="phone", phone="+32 470 99 99 99"
        )
        cem = self._customer("Cem", email="c@c.test")
        self.env["mail.blacklist"]._add("c@c.test")
        dan = self._customer("Dan")
        forms = self._quick(self.anna | bob | cem | dan, 7)
        alerts = self._run().sorted(lambda alert: alert.form_id.id)
        self.assertEqual(alerts.mapped("channel"), ["sms", False, False, False])
        self.assertEqual(
            alerts.mapped("reason"), [False, "phone", "opted_out", "address"]
        )
        self.assertEqual(alerts.mapped("state"), ["queued", *["staff"] * 3])
        text = self._texts(alerts)
        self.assertEqual((text.number, text.state), ("+32470123456", "outgoing"))
        self.assertIn("Blue Reef: Your diver's form is valid until", text.body)
        self.assertEqual(
            forms.mapped(lambda form: form.activity_ids.date_deadline == self.today),
            [False, True, True, True],
        )
        bad = self._quick(self._customer("Bad", email="bad@b.test"), 7)
        good = self._quick(self._customer("Good", email="good@g.test"), 7)
        template = self.env.ref("dive_crm.mail_template_medical_form_ends")
        template.subject = f"{{{{ 1 / (object.form_id.id != {bad.id}) }}}}"
        with mute_logger(TELL):
            alerts = self._run().sorted(lambda alert: alert.form_id.id)
        self.assertEqual(alerts.form_id, bad | good)
        self.assertEqual(alerts.mapped("reason"), ["error", False])
        self.assertIn("could not be written", bad.activity_ids.note)

    def test_nobody_works_there(self):
        """Whom nobody could tell of is told of when somebody works there."""
        house = self.env["res.company"].create({"name": "Empty House"})
        self.env.ref("dive_crm.group_manager").user_ids.company_ids -= house
        bob = self._customer("Bob", dive_channel="phone", phone="+32 470 99 99 99")
        self._quick(bob | self.anna, 7)._dive_unlocked().company_id = house
        house.dive_medical_alert_days = "7"
        alert = self._run()
        self.assertEqual(alert.form_id.partner_id, self.anna)
        self.assertFalse(alert.activity_id)
        house.dive_medical_user_id = self.medical
        self.medical.company_ids += house
        alert = self._run()
        self.assertEqual(alert.form_id.partner_id, bob)
        self.assertEqual(alert.activity_id.user_id, self.medical)

    def test_taken_back(self):
        """A new form, a refusal, an archived diver: what is in the queue goes."""
        form = self._quick(self.anna, 7)
        alert = self._run()
        mail = self._mails(alert)
        self._signed()
        self.assertFalse(alert.exists() or mail.exists() or form.activity_ids)
        bob = self._customer("Bob", email="b@b.test")
        old = self._quick(bob, 7)
        alert = self._run()
        self._mails(alert).state = "sent"
        self._word(old, "unfit")
        self.assertTrue(alert.exists(), "what was told stays on record")
        self.assertFalse(old.activity_ids)
        cem = self._customer("Cem", email="c@c.test")
        self._quick(cem, 7)
        alert = self._run()
        cem.active = False
        self.assertFalse(alert.exists())

    def test_what_did_not_arrive(self):
        """Staff are told to call today, once; it stands on top of the list."""
        form = self._quick(self.anna, 30)
        alert = self._run()
        other = self._quick(self._customer("Later", email="l@l.test"), 30)
        later = self._run()
        alert.mail_message_id.notification_ids.notification_status = "exception"
        self.assertEqual(alert.state, "failed")
        found = self.Alert.with_user(self.front).search(
            [("id", "in", (alert | later).ids)], order="state, date desc, id desc"
        )
        self.assertEqual(found.ids, [alert.id, later.id])
        self.assertFalse(self._run(), "nobody is told twice")
        self.assertEqual(form.activity_ids.date_deadline, self.today)
        self.assertIn("did not arrive (anna@keller.test)", form.activity_ids.note)
        form.activity_ids.note = "Called, no answer"
        self._run()
        self.assertIn("Called", form.activity_ids.note)
        self.assertIn("was told", other.activity_ids.note)

    def test_roles(self):
        """Who knows the status may read; nobody writes; each company its own."""
        self._quick(self.anna, 30)
        other = self.env["res.company"].create({"name": "Other Reef"})
        theirs = self._quick(self._customer("Theirs", email="t@t.test"), 30)
        theirs._dive_unlocked().company_id = other
        alerts = self._run()
        self.assertEqual(len(alerts), 2)
        for role in ("front", "instructor", "medical", "manager"):
            with self.subTest(role=role):
                mine = self.Alert.with_user(getattr(self, role))
                seen = mine.search([("id", "in", alerts.ids)])
                self.assertEqual(seen.partner_id, self.anna)
                seen.read(["state", "channel", "about_date", "summary", "link"])
                with self.assertRaises(AccessError):
                    seen.channel = "sms"
                with self.assertRaises(AccessError):
                    seen.unlink()
                with self.assertRaises(AccessError):
                    mine.create({"form_id": seen.form_id.id, "kind": "ended"})
        for role in ("accountant", "employee", "portal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                alerts.with_user(getattr(self, role)).read(["channel"])

    def test_asked_for_eighty_as_for_one(self):
        """A batch costs the same number of queries; many batches come to an end."""
        divers = self._divers(102)
        costs = []
        for some in (divers[:1], divers[1:2], divers[2:82]):
            self._quick(some, 30)
            costs.append(self._statements(len(some)))
        # now and then Odoo reads again what it keeps for all
        self.assertAlmostEqual(costs[2], costs[1], delta=2)
        self._quick(divers[82:], 30)
        with patch.object(dive_alert_round, "BATCH", 10), self._no_commit() as ok:
            self.Alert._cron_tell()
        self.assertEqual(ok.count(10), 2)
        self.assertEqual(self.Alert.search_count([("days", "=", 30)]), 102)
