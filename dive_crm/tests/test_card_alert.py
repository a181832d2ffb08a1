"""Reminders of prepaid cards: who is told, of what, when, once."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .card_alert_common import CardAlertCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardAlertDue(CardAlertCommon):
    def _bob(self, number):
        return self._customer(f"Bob {number}", dive_channel="post")

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
        cards = {days: self._quick(self._bob(days), days) for days in expected}
        self.company.dive_card_alert = False
        self.assertFalse(self._run())
        self.company.write({"dive_card_alert": True, "dive_card_alert_days": ""})
        self.assertEqual(self._run().mapped("kind"), ["ended"] * 2)
        self.company.dive_card_alert_days = "30, 7"
        self.assertEqual(self._run().mapped("kind"), ["before"] * 4)
        self.assertFalse(self._run(), "each once")
        told = {days: card.alert_ids.mapped("days") for days, card in cards.items()}
        self.assertEqual(told, expected)
        self.company.dive_card_alert_days = ""
        self.company.dive_card_alert_percent = 0
        self._quick(self._bob("more"), -1)
        self.company.dive_card_alert_expired = False
        self.assertFalse(self._run())
        self.company.dive_card_alert_expired = True
        self.assertEqual(self._run().mapped("kind"), ["ended"])

    def test_each_stage_and_again_when_extended(self):
        card = self._quick(self.anna, 35)
        told = []
        for day, expected in ((4, 0), (5, 1), (6, 0), (29, 1), (35, 0), (36, 1)):
            with self._in(day):
                alerts = self._run()
                self.assertEqual(len(alerts), expected, day)
                self.assertFalse(self._run(), "the second run of a day tells nobody")
                self._mails(alerts).state = "sent"
                told += alerts.mapped("days")
        self.assertEqual(told, [30, 7, -1])
        self.assertEqual(len(card.activity_ids), 1, "one takes the other's place")
        self.assertEqual(card.last_alert_date, max(card.alert_ids.mapped("date")))
        # extended: the open activity goes, and the new end is told of
        self._ends(card, 20)
        self.assertFalse(card.activity_ids)
        self.assertEqual(self._run().mapped("days"), [30])
        self.assertFalse(self._run())

    def test_days_that_had_passed_when_it_was_sold(self):
        card = self._ends(self._quick(self.anna), 20, sold=0)
        self.assertFalse(self._run(), "who has just bought it knows")
        self._ends(card, 7, sold=13)
        self.assertEqual(self._run().mapped("days"), [7])

    def test_little_left(self):
        card = self._sold()
        self._used(card, 3600).action_post()
        self.assertFalse(self._run(), "10 % is not below 10 %")
        self._used(card, 0.01).action_post()
        alert = self._run()
        self.assertEqual((alert.kind, alert.amount), ("low", 399.99))
        self._used(card, 99).action_post()
        self.assertFalse(self._run(), "once")

    def test_little_left_again(self):
        """Only a movement that leaves more than little makes the next fall one."""
        card = self._sold()
        first = self._used(card, 3650)
        second = self._used(card, 50)
        self.assertEqual(len(self._run()), 1)
        second.button_cancel()
        self.assertFalse(self._run(), "a bit more, and still little")
        first.button_cancel()
        self.assertEqual(card.balance, 4000)
        self.assertFalse(card.alert_ids, "nobody has got it yet: it is taken back")
        self._used(card, 3700)
        told = self._run()
        self._mails(told).state = "sent"
        self._used(card, 100).button_cancel()
        self.assertFalse(self._run())
        self.company.dive_card_alert_percent = 5
        self.assertFalse(self._run())
        self._used(card, 150)
        self.assertEqual(len(self._run()), 1, "below the new limit since")

    def test_visits(self):
        kind = self._type("Ten", unit="visits", visits=10, price=480, value=600)
        card = self._sold(kind)
        self.company.dive_card_alert_percent = 25
        card._dive_move("use", amount=-7, visits=7)
        self.assertFalse(self._run())
        card._dive_move("use", amount=-1, visits=1)
        self.assertIn("2 visits", self._run().text)

    def test_the_last_visit(self):
        """One of ten is not less than 10 %, and the next it takes is the last."""
        kind = self._type("Ten", unit="visits", visits=10, price=480, value=600)
        ten = self._sold(kind)
        ten._dive_move("use", amount=-8.5, visits=8)
        self.assertFalse(self._run())
        ten._dive_move("use", amount=-0.5, visits=1)
        self.assertEqual(self._run().card_id, ten)
        ten._dive_move("use", amount=-0.5, visits=1)
        self.assertFalse(self._run(), "once")
        one = self._type("One", unit="visits", visits=1, price=48, value=60)
        self._sold(one)
        self.assertFalse(self._run(), "it never had more")
        self.company.dive_card_alert_percent = 0
        self._sold(kind)._dive_move("use", amount=-9, visits=9)
        self.assertFalse(self._run(), "switched off")

    def test_not_of_others(self):
        """Used up, refunded, cancelled, new, unpaid, empty, of an archived customer."""
        bobs = [self._bob(number) for number in range(7)]
        cards = self._quick(bobs, 5)
        for card, state in zip(
            cards, ("used", "refunded", "cancelled", "draft", "unpaid"), strict=False
        ):
            card._dive_unlocked().write({"state": state})
        cards[5]._dive_move("use", amount=-4000)
        bobs[6].active = False
        self.assertFalse(self._run())
        self._ends(cards, -1)
        self.assertFalse(self._run())

    def test_expired_before_or_after_the_run(self):
        """How much has lapsed is the same, whichever job comes first."""
        early, late, empty = self._quick(
            [self._bob("early"), self._bob("late"), self._bob("empty")], -1
        )
        for card in (early, late):
            card._dive_move("use", amount=-3000)
        empty._dive_move("use", amount=-4000)
        early._dive_expire()
        empty._dive_expire()
        alerts = self._run()
        self.assertEqual(
            [(alert.card_id, alert.amount, alert.kind) for alert in alerts],
            [(early, 1000, "ended"), (late, 1000, "ended")],
        )
        # the other one expires with its message still in the queue: it goes out
        late._dive_expire()
        with self._no_commit():
            self.Alert._cron_tell()
        self.assertEqual(alerts.exists(), alerts)
        self.assertTrue(late.activity_ids.filtered("active"))
        self.assertFalse(self._run())

    def test_expired_twice(self):
        """What an extension gave back has not lapsed; what expires then has."""
        card = self._quick(self.anna, -1)
        card._dive_expire()
        self.assertEqual(self._run().amount, 4000)
        card.action_extend(self.today + timedelta(days=90), "She was ill")
        self.assertEqual((card.state, card.balance), ("active", 4000))
        self.assertFalse(card.alert_ids, "nobody has got it yet: it is taken back")
        card._dive_move("use", amount=-3500)
        self._ends(card, -1)._dive_expire()
        self.assertEqual(self._run().amount, 500)

    def test_companies(self):
        """Each by its own settings, in its own name."""
        other = self.env["res.company"].create({"name": "Other Reef"})
        self.front.company_ids = [Command.link(other.id)]
        other.dive_card_user_id = self.front
        kind = self._type("Theirs", company_id=other.id)
        card = self._card(kind, self._customer("Theirs", email="t@t.test"))
        card._dive_claim("draft", "unpaid")
        card._dive_activate()
        self._ends(card, 20)
        other.dive_card_alert_days = "10"
        self.assertFalse(self._run())
        other.dive_card_alert_days = "20"
        alert = self._run()
        self.assertEqual((alert.company_id, alert.user_id), (other, self.front))
        self.assertIn("Other Reef", alert.mail_message_id.body)

    def test_settings_that_make_no_sense(self):
        with self.assertRaisesRegex(ValidationError, "soon"):
            self.company.dive_card_alert_days = "30, soon"
        for percent in (-1, 101):
            with (
                self.assertRaises(Exception) as caught,
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.company.dive_card_alert_percent = percent
                self.company.flush_recordset()
            self.assertIn("percent_range", str(caught.exception))

    def test_queries_do_not_grow(self):
        def run(count):
            partners = self.Partner.create(
                [
                    {"name": f"D{number}", "email": f"d{number}@x.test"}
                    for number in range(count)
                ]
            )
            cards = self._quick(partners, 7)
            for card in cards:
                card._dive_move("use", amount=-3900)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self._no_commit():
                self.Alert._cron_tell()
            made = self.env.cr.sql_log_count - before
            self.assertEqual(len(cards.alert_ids), 2 * count)
            return made

        run(1)  # what is read once
        # now and then Odoo reads again what it keeps for all
        self.assertAlmostEqual(run(80), run(1), delta=4)
