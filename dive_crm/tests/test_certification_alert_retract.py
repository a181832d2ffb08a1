from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .certification_alert_common import AlertCommon


@tagged("dive_long")
class TestAlertRetract(AlertCommon):
    """What nobody has got yet vanishes when it is no longer right."""

    def setUp(self):
        super().setUp()
        self.card = self._ending(30, number="123456")
        self.alert = self._run()
        self.mail = self._mails(self.alert)
        self.message = self.alert.mail_message_id
        self.activity = self.alert.activity_id
        self.assertTrue(self.mail and self.activity)

    def _gone(self):
        self.env.flush_all()
        for what in (self.alert, self.mail, self.message, self.activity):
            self.assertFalse(what.exists())
        self.assertFalse(self.card.last_alert_date)

    def test_renewed(self):
        self.card.with_user(self.front)._dive_renew()
        self._gone()
        self.assertFalse(self._run())

    def test_renewal_taken_back(self):
        """It ends then after all, and nobody was told: they are told now."""
        self.card.with_user(self.front)._dive_renew()
        self.card.renewal_ids.with_user(self.front).action_withdraw()
        again = self._run()
        self.assertEqual((again.certification_id, again.days), (self.card, 30))

    def test_expiry_corrected(self):
        day = self.card.expiry_date
        self.card.expiry_date = day + timedelta(days=1)
        self._gone()
        self.assertEqual(self._run().expiry_date, day + timedelta(days=1))

    def test_expiry_written_again(self):
        self.card.write({"expiry_date": self.card.expiry_date, "number": "123456"})
        self.assertTrue(self.alert.exists() and self.mail.exists())

    def test_never_ends(self):
        self.card.expiry_date = False
        self._gone()

    def test_archived(self):
        self.card.active = False
        self._gone()

    def test_diver_archived(self):
        self.anna.active = False
        self._gone()

    def test_rejected(self):
        self._checked(self.card, "rejected")
        self._gone()

    def test_verified(self):
        self._checked(self.card)
        self.assertTrue(self.alert.exists() and self.mail.exists())

    def test_other_diver(self):
        self.card.partner_id = self._customer("Bob")
        self._gone()

    def test_other_level(self):
        expiry = self.card.expiry_date
        self.card.write(
            {"level_id": self._level("Z2", "Z2", 6).id, "expiry_date": expiry}
        )
        self._gone()

    def test_new_card(self):
        """Agencies that renew send a new card."""
        self._ending(700, number="123457")
        self._gone()

    def test_older_card_found(self):
        self._ending(-300, number="123457")
        self.assertTrue(self.alert.exists() and self.mail.exists())

    def test_deleted(self):
        self.card.unlink()
        for what in (self.alert, self.mail, self.message, self.activity):
            self.assertFalse(what.exists())

    def test_diver_erased(self):
        self.anna.with_user(self.env.ref("base.user_admin")).unlink()
        for what in (self.alert, self.mail, self.message, self.activity):
            self.assertFalse(what.exists())

    def test_sms(self):
        self.card.active = False
        self.anna.dive_channel = "sms"
        card = self._ending(30)
        text = self._texts(self._run())
        self.assertTrue(text)
        card.with_user(self.front)._dive_renew()
        self.assertFalse(text.exists())

    def test_sms_of_deleted_card(self):
        self.card.active = False
        self.anna.dive_channel = "sms"
        card = self._ending(30)
        text = self._texts(self._run())
        card.unlink()
        self.assertFalse(text.exists(), "It would be sent without its card")

    def test_sent_stays(self):
        """What was sent is not undone; what is left for staff is."""
        with patch.object(type(self.env["mail.mail"]), "_send", lambda *a, **k: True):
            self.mail.send()
        self.mail.mail_message_id.notification_ids.notification_status = "sent"
        self.mail.unlink()
        self.card.with_user(self.front)._dive_renew()
        self.assertTrue(self.alert.exists() and self.message.exists())
        self.assertFalse(self.activity.exists())
        self.assertEqual(self.alert.state, "sent")

    def test_activity_done_stays(self):
        """Somebody has called: that stays on record."""
        self.card.active = False
        self.anna.dive_channel = "phone"
        card = self._ending(30)
        alert = self._run()
        alert.activity_id.action_done()
        card.with_user(self.front)._dive_renew()
        self.assertTrue(alert.exists())
        self.assertFalse(alert.activity_id.active)

    def test_other_cards_keep_theirs(self):
        other = self._ending(30, self._customer("Bob", email="b@b.test"))
        alert = self._run()
        self.card.with_user(self.front)._dive_renew()
        self.assertTrue(alert.exists() and self._mails(alert))
        self.assertEqual(other.activity_ids, alert.activity_id)

    def test_statements_do_not_grow(self):
        """Archiving 80 cards costs no more statements for reminders than one."""
        cards = self.card
        for number in range(81):
            diver = self._customer(f"D{number}", email=f"d{number}@x.test")
            cards += self._ending(30, diver)
        self._run()

        def statements(some):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            some.alert_ids._dive_retract()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        statements(cards[0])
        self.assertEqual(statements(cards[1]), statements(cards[2:]))
