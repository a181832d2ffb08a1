"""Reminders of a paper that is missing for a trip: 7, 3 and 1 days before, once."""

from datetime import datetime, time, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from ..models import dive_alert_round
from .medical_alert_common import MedicalAlertCommon
from .test_medical_alert_form import HEALTH


@tagged("post_install", "-at_install", "dive_long")
class TestMedicalAlertTrip(MedicalAlertCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls._quick(cls.anna, outcome="physician")

    def test_stages(self):
        """Only the stage that is due; a trip that has begun has none."""
        expected = {8: [], 7: [7], 4: [7], 3: [3], 2: [3], 1: [1]}
        trips = {days: self._on(days) for days in expected}
        day, zone = self.company._dive_today(), self.company._dive_zone()
        with freeze_time(datetime.combine(day, time(11), zone)):
            trips["booked last night"] = self._on(0, hour=13)
            trips["begun"] = self._on(0, hour=9)
            seats = {key: self._booked(trip) for key, trip in trips.items()}
            alerts = self._run()
        told = {
            key: alerts.filtered(lambda alert, s=seat: alert.seat_id == s).mapped(
                "days"
            )
            for key, seat in seats.items()
        }
        self.assertEqual(told, {**expected, "booked last night": [1], "begun": []})

    def test_the_company_s_day(self):
        """Where the centre is, not where the server stands."""
        self.company.partner_id.tz = "Pacific/Kiritimati"  # 14 hours ahead
        with freeze_time("2026-11-20 09:30:00"):  # 23:30 there
            trip = self._trip(date_start=datetime(2026, 11, 27, 20))  # the 28th there
            self._booked(trip)
            self.assertFalse(self._run())
        with freeze_time("2026-11-20 10:30:00"):  # the 21st there
            alert = self._run()
            self.assertEqual(alert.days, 7)
            self.assertEqual(str(alert.about_date), "2026-11-28")

    def test_each_once_and_until_the_word(self):
        """Each stage once per place; a word stops it, and so does a new answer."""
        trip = self._on(7)
        seat = self._booked(trip)
        told = {}
        for days in (7, 6, 3, 2):
            with freeze_time(fields.Datetime.now() + timedelta(days=7 - days)):
                told[days] = len(self._run()), len(self._run())
        self.assertEqual(told, {7: (1, 0), 6: (0, 0), 3: (1, 0), 2: (0, 0)})
        activity = trip.activity_ids
        self.assertEqual(len(activity), 1, "one takes the other's place")
        alerts = self.Alert.search([("seat_id", "=", seat.id)], order="id")
        mails = self._mails(alerts)
        mails[0].state = "sent"
        self._word(self.form, "fit")
        self.assertFalse(activity.exists(), "nobody lacks anything")
        self.assertEqual(alerts.exists(), alerts[0], "the second had not gone out")
        self.assertEqual(mails.exists(), mails[0])
        with freeze_time(fields.Datetime.now() + timedelta(days=6)):
            self.assertFalse(self._run())

    def test_status_on_the_day_of_the_trip(self):
        """Fit today, but not for the trip; the other way it is not this reminder."""
        self._word(self.form, "fit_until", until=self.today + timedelta(days=2))
        near, far = self._on(2), self._on(3)
        self._booked(near)
        seat = self._booked(far)
        others = ("bea", "cem", "dan")
        bea, cem, dan = [self._customer(n, email=f"{n}@x.test") for n in others]
        self._quick(bea)
        self._quick(cem, 2, outcome="physician")  # expired by then
        self._booked(far, bea | cem | dan)
        self.company.dive_medical_alert_days = ""
        self.assertEqual(self._run().seat_id, seat)

    def test_words(self):
        """That a paper is missing; no more, to nobody."""
        self.portal.partner_id.email = "portal@x.test"
        ward = self._customer(
            "Ben",
            birthdate_date=self.today - timedelta(days=365 * 12),
            dive_guardian_id=self.portal.partner_id.id,
        )
        bob = self._customer("Bob", dive_channel="phone", phone="+32 470 99 99 99")
        self._quick(ward | bob, outcome="physician")
        trip = self._on(7)
        self._booked(trip, self.anna | ward | bob)
        alerts = self._run().sorted("seat_id")
        anna, ben, _bob = alerts
        self.assertEqual(alerts.mapped("kind"), ["paper"] * 3)
        self.assertEqual(ben.recipient_id, self.portal.partner_id)
        mail = self._mails(anna)
        self.assertRegex(mail.subject, "^Your trip on ")
        self.assertIn("A paper for your trip on", mail.body_html)
        self.assertIn("Please ask us what is needed", mail.body_html)
        body = self._mails(ben).body_html
        self.assertIn("A paper for the trip of Ben on", body)
        self.assertIn(f"{self.company.get_base_url()}/my/medical", body)
        todo = trip.activity_ids
        self.assertEqual((len(todo), todo.user_id), (1, self.manager))
        self.assertEqual(todo.date_deadline, self.today, "Bob is to be called today")
        note = " ".join(todo.note.striptags().split())
        for text in (
            "Anna Keller was told by e-mail",
            "Ben: Test Portal was told",
            "Call Bob: +32 470 99 99 99",
        ):
            self.assertIn(text, note)
        said = " ".join(
            [
                note,
                todo.summary,
                *alerts.mail_message_id.mapped("subject"),
                *alerts.mail_message_id.mapped(lambda m: m.body.striptags()),
            ]
        ).lower()
        for word in HEALTH:
            self.assertNotRegex(said, rf"\b{word}\b")

    def test_cancelled_or_moved(self):
        """A cancelled trip or place: none. Another date, trip or diver: anew."""
        trip = self._on(7)
        seat = self._booked(trip)
        alert = self._run()
        self._mails(alert).state = "sent"
        trip.date_start += timedelta(hours=1)
        self.assertFalse(self._run(), "the same day")
        self.assertTrue(trip.activity_ids)
        trip.date_start -= timedelta(days=4)
        self.assertFalse(trip.activity_ids, "of the old date")
        self.assertEqual(self._run().mapped("days"), [3])
        other = self._on(6)
        seat.booking_id.trip_id = other
        self.assertFalse(trip.activity_ids)
        moved = self._run()
        self.assertEqual((moved.trip_id, moved.days), (other, 7))
        self._mails(moved).state = "sent"
        bea = self._customer("Bea", email="b@b.test")
        self._quick(bea, outcome="physician")
        seat.partner_id = bea
        anew = self._run()
        self.assertEqual((anew.partner_id, anew.trip_id, anew.days), (bea, other, 7))
        self.assertTrue(moved.exists(), "what was told stays on record")
        mail = self._mails(anew)
        seat.booking_id.action_cancel()
        self.assertFalse(anew.exists() or mail.exists() or other.activity_ids)
        gone = self._on(3)
        self._booked(gone)
        self.assertEqual(len(self._run()), 1)
        gone.action_cancel()
        self.assertFalse(self._run() or gone.activity_ids)
        asked = self._booking(self.anna, self._on(5))
        self.assertEqual(asked.diver_ids.state, "requested")
        self.assertFalse(self._run(), "no place is held")

    def test_one_activity_for_many(self):
        """Also over batches; a word takes one name off; nobody left: it goes."""
        others = self.Partner.create(
            [{"name": f"D{n}", "email": f"d{n}@x.test"} for n in range(4)]
        )
        forms = self._quick(others, outcome="physician")
        trip = self._on(3)
        seats = self._booked(trip, self.anna | others)
        with patch.object(dive_alert_round, "BATCH", 2):
            alerts = self._run()
        self.assertEqual(alerts.seat_id, seats)
        todo = trip.activity_ids
        self.assertEqual(alerts.activity_id, todo)
        for name in ("Anna Keller", *others.mapped("name")):
            self.assertIn(name, todo.note)
        failed = alerts.filtered(lambda alert: alert.partner_id == others[0])
        failed.mail_message_id.notification_ids.notification_status = "bounce"
        self._run()
        self.assertIn("did not arrive (d0@x.test)", todo.note)
        self.assertEqual(todo.date_deadline, self.today)
        self._word(self.form, "fit")
        self.assertNotIn("Anna Keller", todo.note)
        self.assertIn("did not arrive (d0@x.test)", todo.note)
        for form in forms:
            self._word(form, "fit")
        self.assertFalse(todo.exists())

    def test_over(self):
        """After the trip nobody has anything to do."""
        trip = self._on(1)
        self._booked(trip)
        alert = self._run()
        self._mails(alert).state = "sent"
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self._run()
        self.assertFalse(trip.activity_ids)
        self.assertTrue(alert.exists())

    def test_merge(self):
        """Two records of one diver, both on the trip: nobody is told again."""
        bea = self._customer("Anna K.", email="anna@k.test")
        self._quick(bea, outcome="physician")
        trip = self._on(3)
        first, second = self._booked(trip), self._booked(trip, bea)
        both = self._run()
        self.assertEqual(len(both), 2)
        self._mails(both).state = "sent"
        both.filtered(lambda alert: alert.seat_id == first).seat_id = False
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {
                "state": "selection",
                "partner_ids": [Command.set((self.anna | bea).ids)],
                "dst_partner_id": self.anna.id,
            }
        )
        wizard.action_merge()
        self.env.invalidate_all()
        self.assertEqual((first.state, second.state), ("booked", "cancelled"))
        self.assertEqual(both.exists().partner_id, self.anna)
        kept = both.filtered(lambda alert: alert.seat_id == first)
        self.assertEqual(len(kept), 1, "the mark went over to the place that stayed")
        self.assertFalse(self._run())

    def test_asked_for_eighty_as_for_one(self):
        divers = self._divers(82, "sms")
        self._quick(divers, outcome="physician")
        costs = []
        for some in (divers[:1], divers[1:2], divers[2:]):
            self._booked(self._on(3), some)
            costs.append(self._statements(len(some)))
        # now and then Odoo reads again what it keeps for all
        self.assertAlmostEqual(costs[2], costs[1], delta=2)
