"""Who wants no advertising is told what they booked; nothing else reaches them."""

from odoo import Command
from odoo.tests import tagged

from .common import DiveCommon
from .message_common import DAY, HOUR, MessageMixin
from .smtp_sink import SinkMixin, SmtpSink


@tagged("post_install", "-at_install", "dive_long")
class TestTripMessageOptOut(MessageMixin, SinkMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()
        cls.setUpSink()

    def _no_mails(self, *partners):
        for partner in partners:
            self.env["mail.blacklist"]._add(partner.email)

    def _no_texts(self, partners):
        self.env["phone.blacklist"]._add(partners.mapped("phone_sanitized"))

    def _arrived(self, notices):
        """Deliver; return (recipient, subject) of each."""
        with SmtpSink() as sink:
            self._deliver(self._mails(notices), sink)
        return [
            (recipients[0], message["Subject"].partition(":")[0].partition("?")[0])
            for _sender, recipients, message in sink.messages
        ]

    def test_service_arrives_and_advertising_does_not(self):
        self._no_mails(self.tom)
        booking = self._booking(self.tom, self.trip, confirm=True)
        seen = [self._arrived(self._run())]
        with self._at(self.start - 4 * DAY):
            self.trip.date_start += HOUR
        for moment in (self.start - 4 * DAY + HOUR, self.start - 23 * HOUR):
            seen.append(self._arrived(self._run(moment)))
        self.assertEqual(
            seen,
            [
                [("tom@reef.test", subject)]
                for subject in ("Booked", "Changed", "Coming soon")
            ],
        )
        with self._at(self.trip.date_end + HOUR):
            self.trip.action_done()
        quiet = self._run(self.trip.date_end + 5 * HOUR)
        quiet += self._run(self.trip.date_end + 25 * HOUR)
        self.assertEqual(quiet.mapped("kind"), ["feedback", "follow_up"])
        self.assertEqual(set(quiet.mapped("reason")), {"opted_out"})
        self.assertFalse(self._arrived(quiet))
        self.assertFalse(booking.activity_ids)

    def test_places_arrive_as_well(self):
        self._no_mails(self.tom, self.anna)
        trip = self._trip(capacity=1, date_start=self.start, type_id=self.kind.id)
        full = self._booking(self.tom, trip, confirm=True)
        waiting = self._booking(self.anna, trip)
        waiting.action_waitlist()
        self._run()
        with self._at(self.start - 4 * DAY):
            full.action_cancel()
        self.assertEqual(
            self._arrived(self._run(self.start - 4 * DAY + HOUR)),
            [("tom@reef.test", "Place cancelled")],
        )
        with self._no_commit():
            self.env["dive.trip"]._cron_waiting()
        offer = waiting.notice_ids
        self.assertEqual(self._arrived(offer), [("anna@reef.test", "A place is free")])
        waiting.offer_ids._dive_accept()
        trip.action_cancel()
        self.assertEqual(
            self._arrived(waiting.notice_ids - offer),
            [("anna@reef.test", "Cancelled")],
        )

    def test_nobody_is_invited(self):
        self.env["dive.fitness.rule"].search([]).severity = "off"
        self._no_mails(self.tom)
        lea = self._customer("Lea", dive_channel="sms", phone="+34600111222")
        self._no_texts(lea)
        people = self.anna | self.tom | lea
        people.dive_favorite_type_ids = [Command.set(self.kind.ids)]
        told = self.trip.with_user(self.front)._dive_invite(people).sudo()
        self.assertEqual(self._arrived(told), [("anna@reef.test", "Come along")])
        self.assertFalse(self._texts(told))
        self.assertEqual(told.partner_id, self.anna)

    def test_no_texts(self):
        """Who wants no SMS gets a mail; who has no address is for staff to tell."""
        self.tom.write({"dive_channel": "sms", "phone": "+34600111222"})
        self.anna.write({"dive_channel": "sms", "phone": "+34600333444"})
        lea = self._customer("Lea", phone="+34600555666")
        self._no_texts(self.tom | lea)
        self._no_mails(self.tom, self.anna)
        for partner in (self.tom, self.anna, lea):
            self._booking(partner, self.trip, confirm=True)
        ways = {told.recipient_id: told for told in self._run()}
        self.assertEqual(self._arrived(ways[self.tom]), [("tom@reef.test", "Booked")])
        self.assertEqual(ways[self.anna].channel, "sms")
        self.assertEqual(self._texts(ways[self.anna]).number, "+34600333444")
        told = ways[lea]
        self.assertEqual((told.state, told.reason), ("staff", "opted_out"))
        activity = told.booking_id.activity_ids
        self.assertEqual(activity, told.activity_id)
        self.assertIn("Lea wants no such messages", activity.note)
        self.assertIn("Booked: Reggio", activity.summary)
        # the list of those who want none is shorter by one: once more, by hand
        self.env["phone.blacklist"]._remove([lea.phone_sanitized])
        told.action_send_again()
        self.assertEqual(told.booking_id.notice_ids.mapped("channel"), ["sms", False])
