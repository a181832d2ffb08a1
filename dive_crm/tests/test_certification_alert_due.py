from datetime import date, timedelta

from freezegun import freeze_time

from odoo.exceptions import ValidationError

from .certification_alert_common import AlertCommon


class TestAlertDue(AlertCommon):
    """Which cards are due, and for which of the days."""

    def _told(self):
        return [(alert.certification_id, alert.days) for alert in self._run()]

    def test_each_day_tells_once(self):
        card = self._ending(62)
        told = []
        for days in (61, 60, 59, 31, 30, 29, 8, 7, 6, 1, 0, -1, -2):
            with freeze_time(f"{card.expiry_date - timedelta(days=days)} 12:00"):
                told += [(days, *alert) for alert in self._told()]
                self.assertFalse(self._run(), "The second run of a day tells nobody")
        self.assertEqual(told, [(days, card, days) for days in (60, 30, 7, 0)])

    def test_skipped_days_tell_the_nearest(self):
        card = self._ending(61)
        with freeze_time(f"{card.expiry_date - timedelta(days=5)} 12:00"):
            self.assertEqual(self._told(), [(card, 7)], "Not 60 and 30 as well")
        with freeze_time(f"{card.expiry_date + timedelta(days=2)} 12:00"):
            self.assertEqual(self._told(), [(card, 0)], "Two days late, but told")

    def test_grace(self):
        late = self._ending(-2)
        too_late = self._ending(-3, self._customer("Old Hand", email="o@h.test"))
        self.assertEqual(self._told(), [(late, 0)])
        self.assertFalse(too_late.alert_ids, "History that was typed in tells nobody")

    def test_nothing_to_tell(self):
        forever = self._card()
        rejected = self._ending(5)
        self._checked(rejected, "rejected")
        archived = self._ending(6, active=False)
        gone = self._ending(5, self._customer("Gone", email="g@g.test"))
        gone.partner_id.active = False
        far = self._ending(61, self._customer("Far", email="f@f.test"))
        self.assertFalse(self._run())
        self.assertFalse((forever + rejected + archived + gone + far).alert_ids)

    def test_superseded(self):
        old = self._ending(5, number="100001")
        new = self._ending(400, number="100002")
        self.assertFalse(self._run(), "The level is held for another year")
        self._checked(new, "rejected")
        self.assertEqual(self._told(), [(old, 7)], "A rejected card holds nothing")

    def test_superseded_by_one_without_end(self):
        self._ending(5)
        self._card(level=self.aid, issue_date=False)
        self.assertFalse(self._run())

    def test_same_card_twice_tells_once(self):
        first, second = self._ending(5), self._ending(5)
        self.assertEqual(self._told(), [(second, 7)])
        self.assertFalse(first.alert_ids)

    def test_other_level_does_not_supersede(self):
        card = self._ending(5)
        self._ending(400, level=self._level("Zebra Aid 2", "ZF2", 6))
        self.assertEqual(self._told(), [(card, 7)])

    def test_days_of_the_company(self):
        card = self._ending(14)
        self.main.dive_certification_alert_days = "10"
        self.assertFalse(self._run())
        self.main.dive_certification_alert_days = "20; 10"
        self.assertEqual(self._told(), [(card, 20)])
        self.main.dive_certification_alert_days = "30 15 10"
        self.assertEqual(self._told(), [(card, 15)], "A nearer day was put in between")
        self.main.dive_certification_alert_days = "60"
        self.assertFalse(self._run(), "Told of nearer ones already")
        self.main.dive_certification_alert_days = ""
        self.assertFalse(self._run())
        with self.assertRaisesRegex(ValidationError, "soon.*60, 30, 7, 0"):
            self.main.dive_certification_alert_days = "soon"

    def test_off(self):
        self._ending(5)
        self.main.dive_certification_alert = False
        self.assertFalse(self._run())

    def test_companies(self):
        """Each company by its own days; customers of none are the first one's."""
        other = self.env["res.company"].create(
            {"name": "Other Reef", "dive_certification_alert_days": "15"}
        )
        theirs = self._customer("Theirs", email="t@t.test", company_id=other.id)
        ours = self._customer("Ours", email="o@o.test", company_id=self.main.id)
        cards = self._ending(20, ours) + self._ending(20, theirs) + self._ending(20)
        alerts = self._run()
        self.assertEqual(alerts.certification_id, cards[0] + cards[2])
        other.dive_certification_alert_days = "21"
        alert = self._run()
        self.assertEqual(alert.certification_id, cards[1])
        self.assertIn("Other Reef", alert.mail_message_id.body)
        self.assertNotIn("Blue Reef", alert.mail_message_id.body)
        self.assertEqual(cards.alert_company_id, self.main + other)

    def test_company_day(self):
        """At 11:30 UTC it is tomorrow at UTC+13; at 09:30 yesterday at UTC-10."""
        self.main.dive_certification_alert_days = "0"
        for zone, moment, day in (
            ("Pacific/Tongatapu", "2026-03-10 11:30", date(2026, 3, 11)),
            ("Pacific/Tongatapu", "2026-03-10 10:30", date(2026, 3, 10)),
            ("Pacific/Honolulu", "2026-03-10 09:30", date(2026, 3, 9)),
            ("Pacific/Honolulu", "2026-03-10 10:30", date(2026, 3, 10)),
        ):
            with self.subTest(zone=zone, moment=moment), freeze_time(moment):
                self.main.partner_id.tz = zone
                today = self._card(
                    self._customer("Today", phone="+32 470 12 34 57"),
                    self.aid,
                    issue_date=False,
                    expiry_date=day,
                )
                later = self._card(
                    self._customer("Later", phone="+32 470 12 34 58"),
                    self.aid,
                    issue_date=False,
                    expiry_date=day + timedelta(days=1),
                )
                alerts = self._run()
                self.assertEqual(alerts.certification_id, today)
                self.assertEqual(alerts.day, day)
                (today + later).active = False
