"""Reminders of prepaid cards: in which words, by which way, and taken back."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .card_alert_common import CardAlertCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardAlertTell(CardAlertCommon):
    def test_words_before(self):
        card = self._quick(self.anna, 30)
        alert = self._run()
        mail = self._mails(alert)
        self.assertEqual((alert.channel, alert.address), ("email", "anna@keller.test"))
        self.assertEqual(mail.state, "outgoing", "Put into the queue, not sent")
        self.assertIn(f"Card {card.name}", mail.subject)
        for text in (
            "Dear Anna Keller",
            "your prepaid card",
            "4,000 for 3,500",
            card._dive_in_words(4000),
            "what is left then lapses",
            "+32 59 12 34 56",
        ):
            self.assertIn(text, mail.body_html)
        self.assertNotIn("/my/", mail.body_html, "she has no login")
        self.assertEqual(card.message_ids[0], alert.mail_message_id)
        todo = card.activity_ids
        self.assertEqual(
            (todo.user_id, todo.date_deadline), (self.manager, card.expiry_date)
        )
        self.assertIn("was told by e-mail", todo.note)
        self.assertIn("Anna Keller", todo.summary)

    def test_words_after(self):
        card = self._quick(self.anna, -1)
        card._dive_move("use", amount=-3000)
        alert = self._run()
        body = self._mails(alert).body_html
        for text in ("expired on", card._dive_in_words(1000), "can extend the card"):
            self.assertIn(text, body)
        todo = card.activity_ids
        self.assertIn("A manager can extend", todo.note)
        self.assertIn("lapsed", todo.summary)

    def test_words_low_and_of_a_ward(self):
        mia = self._customer(
            "Mia Keller",
            dive_guardian_id=self.anna.id,
            birthdate_date=self.today - timedelta(days=365 * 12),
        )
        card = self._quick(mia, 200)
        card._dive_move("use", amount=-3900)
        alert = self._run()
        self.assertEqual((alert.recipient_id, alert.partner_id), (self.anna, mia))
        body = self._mails(alert).body_html
        for text in ("Dear Anna", "card of", "Mia Keller", card._dive_in_words(100)):
            self.assertIn(text, body)
        self.assertEqual(
            card.activity_ids.date_deadline, self.today + timedelta(days=7)
        )

    def test_words_of_one_visit(self):
        """One visit *is* left: the words are good for one as for ten."""
        kind = self._type("Ten", unit="visits", visits=10, price=480, value=600)
        cards = self.env["dive.discount.card"]
        for days in (7, -1):
            card = self._ends(self._sold(kind), days)
            card._dive_move("use", amount=-9, visits=9)
            cards |= card
        self.company.dive_card_alert_percent = 0
        before, ended = self._run().sorted(lambda alert: alert.card_id.id)
        self.assertIn("has 1 visit left", before.text)
        self.assertIn("has lapsed: 1 visit.", ended.text)
        low = self.Alert.new({"kind": "low", "card_id": cards[0].id, "amount": 1})
        self.assertIn("has 1 visit left", low.text)

    def test_in_the_language_of_the_house(self):
        """Whose language nobody has noted is written to in the company's."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(["dive_crm"], ["de_DE"])
        self.company.partner_id.lang = "de_DE"
        bob = self._customer("Bob", phone="+32 470 99 88 77", dive_channel="sms")
        (self.anna | bob).lang = False
        self._quick(self.anna | bob, 30)
        mail, text = self._run().sorted(lambda alert: alert.card_id.id)
        self.assertIn("Guten Tag", self._mails(mail).body_html)
        self.assertIn("verfällt", self._texts(text).body)

    def test_in_the_language_of_the_holder(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(["dive_crm"], ["de_DE"])
        self.anna.lang = "de_DE"
        self._quick(self.anna, 30)
        mail = self._mails(self._run())
        self.assertIn("einzulösen bis", mail.subject)
        for text in ("Guten Tag", "Prepaidkarte", "verfällt", "Tauchgang"):
            self.assertIn(text, mail.body_html)
        for text in ("Dear", "left", "lapses", "dive shall"):
            self.assertNotIn(text, mail.body_html)

    def test_by_which_way(self):
        """By SMS; left to staff, and why; wants none; a broken template."""
        self.anna.dive_channel = "sms"
        bob = self._customer("Bob", email="b@b.test", dive_channel="phone")
        cem = self._customer("Cem", email="c@c.test")
        self.env["mail.blacklist"]._add("c@c.test")
        dan = self._customer("Dan")
        cards = self._quick(self.anna | bob | cem | dan, 7)
        alerts = self._run().sorted(lambda alert: alert.card_id.id)
        self.assertEqual(alerts.mapped("channel"), ["sms", False, False, False])
        self.assertEqual(
            alerts.mapped("reason"), [False, "phone", "opted_out", "address"]
        )
        self.assertEqual(alerts.mapped("state"), ["queued", *["staff"] * 3])
        text = self._texts(alerts)
        self.assertEqual((text.number, text.state), ("+32470123456", "outgoing"))
        self.assertIn("Blue Reef: The card", text.body)
        self.assertEqual(
            [card.activity_ids.date_deadline == self.today for card in cards],
            [False, True, True, True],
        )
        bad, good = self._quick(
            self._customer("Bad", email="bad@b.test")
            | self._customer("Good", email="good@g.test"),
            7,
        )
        template = self.env.ref("dive_crm.mail_template_card_ends")
        template.subject = f"{{{{ 1 / (object.card_id.id != {bad.id}) }}}}"
        with mute_logger("odoo.addons.dive_crm.models.dive_alert_mark"):
            alerts = self._run().sorted(lambda alert: alert.card_id.id)
        self.assertEqual(alerts.card_id, bad | good)
        self.assertEqual(alerts.mapped("reason"), ["error", False])
        self.assertIn("could not be written", bad.activity_ids.note)

    def test_did_not_arrive(self):
        card = self._quick(self.anna, 7)
        alert = self._run()
        alert.mail_message_id.notification_ids.notification_status = "bounce"
        self._run()
        todo = card.activity_ids
        self.assertEqual(todo.date_deadline, self.today)
        self.assertIn("did not arrive", todo.note)

    def test_taken_back(self):
        """Extended, used up, given to somebody else, the customer archived."""
        bea = self._customer("Bea", email="bea@b.test")
        changes = (
            lambda card: card.action_extend(self.today + timedelta(days=90), "ill"),
            lambda card: card._dive_move("use", amount=-4000),
            lambda card: card.action_transfer(bea, "a present"),
            lambda card: card._dive_unlocked().write({"state": "refunded"}),
            lambda card: card.partner_id.write({"active": False}),
        )
        for number, change in enumerate(changes):
            card = self._quick(self._customer("Eve", email=f"e{number}@e.test"), 7)
            alert = self._run()
            mail = self._mails(alert)
            change(card)
            self.assertFalse(alert.exists())
            self.assertFalse(mail.exists())
            self.assertFalse(card.activity_ids)
            card._dive_unlocked().write({"state": "cancelled"})

    def test_what_arrived_stays_on_record(self):
        card = self._quick(self.anna, 7)
        alert = self._run()
        self._mails(alert).unlink()
        alert.mail_message_id.notification_ids.notification_status = "sent"
        self._ends(card, 60)
        self.assertEqual(alert.exists().state, "sent")
        self.assertFalse(card.activity_ids)

    def test_who_reads_them(self):
        card = self._quick(self.anna, 7)
        alert = self._run()
        for role in ("front", "manager", "accountant"):
            mine = alert.with_user(getattr(self, role))
            self.assertTrue(mine.read(["address", "state", "text"]))
            self.assertEqual(mine.action_open_card()["res_id"], card.id)
            with self.assertRaises(AccessError):
                mine.write({"kind": "low"})
        for role in ("instructor", "medical", "employee", "portal"):
            with self.assertRaises(AccessError):
                alert.with_user(getattr(self, role)).read(["address"])
        other = self.env["res.company"].create({"name": "Other"})
        self.front.company_ids += other
        elsewhere = self.Alert.with_user(self.front).with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(elsewhere.search([]))

    def test_link_of_who_has_a_login(self):
        card = self._quick(self.portal.partner_id, 7)
        alert = self._run()
        url = card.access_url
        expected = f"{card.get_base_url()}{url}" if url not in ("", "#") else ""
        self.assertEqual(alert.link or "", expected)
