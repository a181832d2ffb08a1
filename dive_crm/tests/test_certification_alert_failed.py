"""Reminders that did not arrive: no mark that somebody was told."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models import dive_alert_mixin
from .certification_alert_common import AlertCommon


@tagged("dive_long")
class TestAlertFailed(AlertCommon):
    def _fail(self, alerts):
        told = alerts.mail_message_id.notification_ids
        told.notification_status = "exception"

    def test_remind_after_a_failure(self):
        """Whoever corrects the address may remind at once, and once."""
        card = self._ending(20)
        self._fail(self._run())
        self.anna.email = "anna@correct.test"
        card.with_user(self.front).action_remind()
        newest = card.alert_ids.sorted("id")[-1]
        self.assertEqual(newest.address, "anna@correct.test")
        with self.assertRaisesRegex(UserError, "today already.*anna@correct"):
            card.with_user(self.front).action_remind()
        self._fail(card.alert_ids)
        card.with_user(self.front).action_remind()
        self.env.flush_all()
        kinds = card.alert_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["auto", "manual", "manual"])

    def test_staff_learn_of_it(self):
        card = self._ending(20)
        alert = self._run()
        activity = alert.activity_id
        self.assertEqual(activity.date_deadline, card.expiry_date)
        self._fail(alert)
        self.assertFalse(self._run(), "nobody is told twice")
        self.assertEqual(alert.activity_id, activity)
        self.assertEqual(activity.date_deadline, self.main._dive_today())
        self.assertIn(
            "The message to Anna Keller did not arrive (anna@keller.test)."
            " Phone: +32 470 12 34 56.",
            activity.note,
        )

    def test_once(self):
        """What staff make of it afterwards stays."""
        card = self._ending(20)
        self._fail(self._run())
        self._run()
        later = self.main._dive_today() + timedelta(days=2)
        card.activity_ids.write({"date_deadline": later, "note": "Called, no answer"})
        self._run()
        self.assertEqual(card.activity_ids.date_deadline, later)
        self.assertIn("Called, no answer", card.activity_ids.note)

    def test_only_what_failed_and_is_open(self):
        arrived = self._ending(20, self._customer("Arrived", email="a@a.test"))
        done = self._ending(20)
        alerts = self._run().grouped("certification_id")
        self._fail(alerts[done])
        activity = alerts[done].activity_id
        activity.action_done()
        self._run()
        self.assertNotIn("did not arrive", activity.note)
        self.assertIn("was told by e-mail", arrived.activity_ids.note)

    def test_language_and_company_of_staff(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        card = self._ending(20)
        self._fail(self._run())
        langs = []
        note = type(card)._dive_alert_note

        def noted(cards, way):
            langs.append((cards.env.lang, way.reason))
            return note(cards, way)

        with patch.object(type(card), "_dive_alert_note", noted):
            self._run()
        self.assertEqual(langs, [("fr_FR", "failed")])

    def _statements(self, series, count):
        for number in range(count):
            name = f"{series}-{number}"
            diver = self._customer(name, email=f"{name}@x.test")
            self._ending(7, diver)
        alerts = self._run()
        self._fail(alerts)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._run()
        statements = self.env.cr.sql_log_count - before
        notes = alerts.activity_id.mapped("note")
        self.assertEqual(sum("did not arrive" in note for note in notes), count)
        return statements

    def test_statements_do_not_grow(self):
        self._statements(0, 1)  # what is read once per process
        self.assertEqual(self._statements(1, 80), self._statements(2, 1))

    def test_several_batches(self):
        for number in range(5):
            self._ending(7, self._customer(f"D{number}", email=f"d{number}@x.test"))
        alerts = self._run()
        self._fail(alerts)
        with (
            patch.object(dive_alert_mixin, "BATCH", 2),
            self._no_commit() as commits,
        ):
            self.Card.with_user(self.env.ref("base.user_root"))._cron_tell()
        # what is of no use to try again, what staff learn of it, who is due
        self.assertEqual(len(commits), 3 + 3 + 1)
        notes = alerts.activity_id.mapped("note")
        self.assertTrue(all("did not arrive" in note for note in notes))

    def test_out_of_time(self):
        """Without time left the run stops there; the rest is for the next one."""
        for name in ("Ann", "Ben"):
            self._ending(7, self._customer(name, email=f"{name}@x.test"))
        alerts = self._run()
        self._fail(alerts)
        self._ending(7)
        with patch.object(dive_alert_mixin, "BATCH", 1), self._no_commit(left=0):
            self.Card.with_user(self.env.ref("base.user_root"))._cron_tell()
        self.assertEqual(alerts.mapped("gave_up").count(True), 1)
        self._run()
        notes = alerts.activity_id.mapped("note")
        self.assertEqual(sum("did not arrive" in note for note in notes), 2)
