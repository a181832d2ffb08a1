from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import format_date, mute_logger

from ..models import dive_certification_alert_due
from .certification_alert_common import AlertCommon

TELL = "odoo.addons.dive_crm.models.dive_certification_alert_tell"


@tagged("dive_long")
class TestAlertTell(AlertCommon):
    """By which way divers are told, in which words, and what staff get."""

    def test_email(self):
        card = self._ending(30, number="123456")
        alert = self._run()
        self.assertEqual((alert.channel, alert.address), ("email", "anna@keller.test"))
        mail = self._mails(alert)
        self.assertEqual(mail.state, "outgoing", "Put into the queue, not sent")
        self.assertEqual(mail.recipient_ids, self.anna)
        self.assertIn("desk@dive.test", mail.email_from)
        self.assertIn("Zebra Aid", mail.subject)
        for text in ("Dear Anna Keller", "Zebra Aid", "123456", "in 30 days"):
            self.assertIn(text, mail.body_html)
        for text in ("+32 59 12 34 56", "Blue Reef"):
            self.assertIn(text, mail.body_html)
        self.assertEqual(card.message_ids[0], alert.mail_message_id)
        self.assertEqual(alert.state, "queued")
        self.assertFalse(self._texts(alert))

    def test_words_for_each_day(self):
        for days, words in (
            (2, "It ends in 2 days, on"),
            (1, "It ends tomorrow, "),
            (0, "It ends today, "),
            (-2, "It ended on"),
        ):
            with self.subTest(days=days):
                card = self._ending(days)
                message = self._run().mail_message_id
                body = " ".join(message.body.striptags().split())
                self.assertIn(words, body)
                said = "ended on" if days < 0 else "is valid until"
                self.assertIn(f"(ZF) {said}", message.subject)
                card.active = False

    def test_words_of_an_sms(self):
        self.anna.dive_channel = "sms"
        for days, words in ((2, "is valid until"), (-2, "ended on")):
            with self.subTest(days=days):
                card = self._ending(days)
                self.assertIn(f"(ZF) {words}", self._texts(self._run()).body)
                card.active = False

    def test_date_in_the_language_of_who_reads(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.anna.lang = "fr_FR"
        card = self._ending(7, self.anna)
        date = format_date(self.env, card.expiry_date, "fr_FR", date_format="long")
        message = self._run().mail_message_id
        self.assertIn(date, message.subject)
        self.assertIn(date, message.body)

    def test_language_of_who_reads(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("dive_crm.mail_template_certification_alert")
        template.with_context(lang="fr_FR").subject = "Votre carte expire"
        text = self.env.ref("dive_crm.sms_template_certification_alert")
        text.with_context(lang="fr_FR").body = "Votre carte expire"
        self.anna.lang = "fr_FR"
        jean = self._customer(
            "Jean", lang="fr_FR", phone="+33 6 12 34 56 78", dive_channel="sms"
        )
        carl = self._customer("Carl", email="c@c.test", lang="en_US")
        cards = [self._ending(7, diver) for diver in (self.anna, jean, carl)]
        alerts = self._run().grouped("certification_id")
        anna, jean, carl = (alerts[card] for card in cards)
        self.assertEqual(anna.mail_message_id.subject, "Votre carte expire")
        self.assertEqual(self._texts(jean).body, "Votre carte expire")
        self.assertIn("valid until", carl.mail_message_id.subject)

    def test_sms(self):
        self.anna.dive_channel = "sms"
        self._ending(7)
        alert = self._run()
        text = self._texts(alert)
        self.assertEqual((text.number, text.state), ("+32470123456", "outgoing"))
        self.assertEqual(text.partner_id, self.anna)
        self.assertIn("Zebra Aid", text.body)
        self.assertIn("+32 59 12 34 56", text.body)
        self.assertFalse(self._mails(alert))
        self.assertEqual(alert.state, "queued")

    def test_sms_arrives(self):
        self.anna.dive_channel = "sms"
        self._ending(7)
        alert = self._run()
        text = self._texts(alert)
        text.sms_tracker_id._action_update_from_sms_state("sent")
        self.assertEqual(alert.state, "sent")
        self.assertIn(alert, self.Alert.search([("state", "=", "sent")]))

    def test_the_other_way(self):
        self.anna.email = False
        self._ending(7)
        self.assertEqual(self._run().channel, "sms", "No address: by SMS")
        bob = self._customer("Bob", email="b@b.test", dive_channel="sms")
        self._ending(7, bob)
        self.assertEqual(self._run().channel, "email", "No number: by e-mail")

    def _left_to_staff(self, reason, says, diver=None):
        card = self._ending(7, diver)
        alert = self._run()
        self.assertEqual(alert.certification_id, card)
        self.assertEqual((alert.channel, alert.reason), (False, reason))
        self.assertEqual(alert.state, "staff")
        self.assertFalse(alert.mail_message_id)
        self.assertIn(says, alert.activity_id.note)
        self.assertEqual(
            alert.activity_id.date_deadline,
            self.main._dive_today(),
            "Whom nobody wrote to is to be reached today",
        )

    def test_phone(self):
        self.anna.dive_channel = "phone"
        self._left_to_staff("phone", "Call Anna Keller: +32 470 12 34 56")

    def test_post(self):
        self.anna.dive_channel = "post"
        self._left_to_staff("post", "letters")

    def test_nothing_known(self):
        self.anna.write({"email": False, "phone": False})
        self._left_to_staff("address", "neither e-mail address nor phone")

    def test_opted_out_of_email(self):
        """Who wants no e-mails is not chased by SMS."""
        self.env["mail.blacklist"]._add("anna@keller.test")
        self._left_to_staff("opted_out", "wants no such messages")

    def test_opted_out_of_sms(self):
        self.anna.dive_channel = "sms"
        self.env["phone.blacklist"].add("+32470123456")
        self._left_to_staff("opted_out", "wants no such messages")

    def test_minor(self):
        """The guardian is told, by the guardian's own way."""
        mother = self._customer("Mia", phone="+32 470 99 88 77", dive_channel="sms")
        born = self.main._dive_today() - relativedelta(years=12)
        ben = self._customer("Ben Keller", birthdate_date=born, email="ben@k.test")
        ben.dive_guardian_id = mother
        self._ending(7, ben)
        alert = self._run()
        self.assertEqual(alert.recipient_id, mother)
        self.assertEqual(self._texts(alert).number, "+32470998877")
        self.assertIn("Ben Keller", self._texts(alert).body)
        mother.write({"dive_channel": "email", "email": "mia@k.test"})
        alert.certification_id.active = False
        self._ending(7, ben)
        body = self._run().mail_message_id.body.striptags()
        self.assertIn("Dear Mia", body)
        self.assertIn("the certification of Ben Keller:", body)

    def test_minor_without_guardian(self):
        born = self.main._dive_today() - relativedelta(years=12)
        ben = self._customer("Ben", birthdate_date=born, email="ben@k.test")
        ben.dive_guardian_id = False
        self._left_to_staff("guardian", "without a guardian", ben)

    # ------------------------------------------------------------------
    # Staff
    # ------------------------------------------------------------------

    def test_activity(self):
        card = self._ending(30)
        mails = self.env["mail.mail"].search_count([])
        alert = self._run()
        activity = alert.activity_id
        self.assertEqual(card.activity_ids, activity)
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(alert.user_id, self.manager)
        self.assertEqual(activity.date_deadline, card.expiry_date)
        self.assertIn("ends on", activity.summary)
        self.assertIn("was told by e-mail to anna@keller.test", activity.note)
        self.assertEqual(
            self.env["mail.mail"].search_count([]), mails + 1, "The diver's only"
        )
        self.assertTrue(activity.with_user(self.manager).can_write)

    def test_one_open_activity_per_card(self):
        card = self._ending(30)
        first = self._run()
        with self._at(card, 7):
            second = self._run()
        self.assertEqual(card.activity_ids, second.activity_id)
        self.assertFalse(first.activity_id, "The old one was replaced")
        card.activity_ids.action_done()
        with self._at(card, 0):
            third = self._run()
        self.assertEqual(card.activity_ids, third.activity_id)
        self.assertTrue(second.activity_id.exists(), "What was done stays on record")

    def _at(self, card, days):
        return freeze_time(f"{card.expiry_date - timedelta(days=days)} 12:00")

    def test_language_of_staff(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["res.lang"]._lang_get("fr_FR").date_format = "%d.%m.%Y"
        self.manager.lang = "fr_FR"
        card = self._ending(30)
        summary = self._run().activity_id.summary
        self.assertIn(card.expiry_date.strftime("%d.%m.%Y"), summary)

    def test_caretaker(self):
        """The chosen one, while here; else the first manager; else the front desk."""
        other = self.env["res.company"].create({"name": "Other Reef"})
        self.assertEqual(self.main._dive_caretaker(), self.manager)
        self.manager.active = False
        first = self.main._dive_caretaker()
        self.assertTrue(first.has_group("dive_crm.group_manager"))
        self.assertNotEqual(first, self.env.ref("base.user_root"))
        managers = self.env.ref("dive_crm.group_manager").all_user_ids
        for user in managers:
            user.company_ids -= other
        self.assertFalse(other._dive_caretaker())
        self.front.company_ids += other
        self.assertEqual(other._dive_caretaker(), self.front)

    def test_nobody_works_here(self):
        """Without staff the diver is told all the same."""
        other = self.env["res.company"].create({"name": "Other Reef"})
        for user in self.env["res.users"].search([]):
            if user.company_id != other:
                user.company_ids -= other
        diver = self._customer("Theirs", email="t@t.test", company_id=other.id)
        self._ending(7, diver)
        alert = self._run()
        self.assertEqual((alert.channel, alert.activity_id.ids), ("email", []))

    def test_nobody_to_tell(self):
        """Neither diver nor staff: it is told when somebody works there."""
        other = self.env["res.company"].create({"name": "Other Reef"})
        for user in self.env["res.users"].search([]):
            if user.company_id != other:
                user.company_ids -= other
        cards = self.Card
        for name in ("Ann", "Ben"):
            cards |= self._ending(7, self._customer(name, company_id=other.id))
        with patch.object(dive_certification_alert_due._logger, "info") as log:
            self.assertFalse(self._run())
        log.assert_called_once()
        self.assertIn("Other Reef", log.call_args.args)
        self.assertFalse(cards.alert_ids)
        self.front.company_ids += other
        alerts = self._run()
        self.assertEqual(alerts.certification_id, cards)
        self.assertEqual(alerts.activity_id.user_id, self.front)

    # ------------------------------------------------------------------
    # What goes wrong
    # ------------------------------------------------------------------

    def test_one_bad_row(self):
        """A text that fails for one card is told of to staff; the others go out."""
        cards = [self._ending(7)]
        for name in ("Bad", "Good"):
            diver = self._customer(name, email=f"{name}@x.test")
            cards.append(self._ending(7, diver, number=f"{name}"))
        template = self.env.ref("dive_crm.mail_template_certification_alert")
        template.body_html = (
            "<p><t t-out=\"1 / (0 if object.number == 'Bad' else 1)\"/></p>"
        )
        with (
            mute_logger("odoo.addons.mail.models.mail_render_mixin"),
            self.assertLogs(TELL, "WARNING") as log,
        ):
            alerts = self._run().grouped("certification_id")
        self.assertEqual(len(log.records), 1)
        fine, bad, good = (alerts[card] for card in cards)
        self.assertEqual((fine + good).mapped("channel"), ["email", "email"])
        self.assertEqual((bad.channel, bad.reason), (False, "error"))
        self.assertIn("could not be written", bad.activity_id.note)
        self.assertFalse(cards[1].message_ids - cards[1].message_ids[-1:])
        self.assertFalse(self._run(), "Staff know; it is not tried each day")

    def test_template_deleted(self):
        self.env.ref("dive_crm.mail_template_certification_alert").unlink()
        self._ending(7)
        with mute_logger(TELL):
            alert = self._run()
        self.assertEqual(alert.reason, "error")
        self.assertIn("was deleted", alert.error)

    def test_text_is_not_html(self):
        self.anna.write({"name": "Anna <b>Keller", "dive_channel": "sms"})
        self._ending(7)
        alert = self._run()
        self.assertIn("Anna <b>Keller", self._texts(alert).body)
        self.assertIn("Anna &lt;b&gt;Keller", alert.mail_message_id.body)

    # ------------------------------------------------------------------
    # Many
    # ------------------------------------------------------------------

    def _statements(self, series, count, channel):
        divers = self.Partner.create(
            [
                {
                    "name": f"{channel} {series}-{number}",
                    "email": f"{series}-{number}@x.test",
                    "phone": f"+32 47{series} 12 34 {number:02}",
                    "dive_channel": channel,
                }
                for number in range(count)
            ]
        )
        ends = self.main._dive_today() + timedelta(days=7)
        vals = {"level_id": self.aid.id, "expiry_date": ends}
        self.Card.create([{"partner_id": diver.id, **vals} for diver in divers])
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        alerts = self._run()
        self.assertEqual(alerts.mapped("channel"), [channel] * count)
        return self.env.cr.sql_log_count - before

    def test_statements_do_not_grow(self):
        """Of 80 cards no more than of one. (From 100 on Odoo inserts in parts.)"""
        for channel in ("email", "sms"):
            self._statements(0, 1, channel)  # what is read once per process
            eighty, one = (
                self._statements(series, count, channel)
                for series, count in ((1, 80), (2, 1))
            )
            # now and then Odoo reads again what it keeps for all
            self.assertAlmostEqual(eighty, one, msg=channel, delta=2)
