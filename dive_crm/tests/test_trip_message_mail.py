"""From the scheduled action to a mail server, over a real connection."""

from datetime import timedelta
from urllib.parse import unquote

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.dive_alert_retry import PAUSES
from .common import DiveCommon
from .message_common import HOUR, MessageMixin
from .smtp_sink import SinkMixin, SmtpSink


@tagged("post_install", "-at_install", "dive_long")
class TestTripMessageMail(MessageMixin, SinkMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()
        cls.setUpSink()

    def _deliver(self, notices, sink):
        return super()._deliver(self._mails(notices), sink)

    def _sent(self, notices):
        """Deliver; return (recipient, subject, text, names of files) of each."""
        with SmtpSink() as sink:
            self._deliver(notices, sink)
        self.assertEqual(set(notices.mapped("state")), {"sent"})
        return [
            (
                recipients[0],
                message["Subject"],
                message.get_body(["plain"]).get_content(),
                [part.get_filename() for part in message.iter_attachments()],
            )
            for _sender, recipients, message in sink.messages
        ]

    def _notes(self, booking):
        return " ".join(booking.message_ids.mapped("body"))

    def test_every_message_arrives(self):
        booking = self._booking(self.tom, self.trip, confirm=True)
        now = fields.Datetime.now()
        # booked, with the file as what it is
        told = self._run()
        with SmtpSink() as sink:
            self._deliver(told, sink)
        ((_sender, recipients, message),) = sink.messages
        self.assertEqual(recipients, ["tom@reef.test"])
        self.assertIn("desk@dive.test", message["From"])
        (part,) = message.iter_attachments()
        self.assertEqual(part.get_content_type(), "text/calendar")
        self.assertEqual(part.get_filename(), "trip.ics")
        self.assertIn("BEGIN:VCALENDAR", part.get_content())
        self.assertIn(
            "Booking: " + booking.name, message.get_body(["plain"]).get_content()
        )
        # the trip changes
        with self._at(now + HOUR):
            self.trip.date_start += HOUR
        ((to, subject, text, files),) = self._sent(self._run(now + 2 * HOUR))
        self.assertEqual((to, files), ("tom@reef.test", ["trip.ics"]))
        self.assertIn("Changed: Reggio", subject)
        self.assertIn("it was:", text)
        # soon
        ((to, subject, text, files),) = self._sent(
            self._run(self.trip.date_start - timedelta(hours=23))
        )
        self.assertIn("Coming soon: Reggio", subject)
        self.assertIn("Cannot come?", text)
        self.assertFalse(files)
        # over: how was it, and thank you
        with self._at(self.trip.date_end + HOUR):
            self.trip.action_done()
        self.assertFalse(self._run(self.trip.date_end + 3 * HOUR))
        asked = self._run(self.trip.date_end + 5 * HOUR)
        token = asked.feedback_id._dive_rating_token()
        ((_to, subject, text, _files),) = self._sent(asked)
        self.assertIn("How was it? Reggio", subject)
        # read without its pictures: three answers, and where each of them is given
        for number, (face, words) in enumerate(
            ((5, "Happy"), (3, "Neutral"), (1, "Unhappy")), 1
        ):
            self.assertRegex(text, rf"(?m)^\S {words} \[{number}\]\r?$")
            self.assertRegex(text, rf"\[{number}\] http\S+/rate/{token}/{face}\b")
        for left_over in ("None", "rating_", "Image"):
            self.assertNotIn(left_over, text)
        ((_to, subject, text, _files),) = self._sent(
            self._run(self.trip.date_end + 25 * HOUR)
        )
        self.assertIn("Thank you: Reggio", subject)
        self.assertIn("When do you dive next?", text)
        self.assertFalse(self._run(self.trip.date_end + 30 * HOUR), "Each once")
        self.assertNotIn(token, self._notes(booking), "Staff cannot answer for Tom")
        self.assertEqual(
            booking.notice_ids.sorted("id").mapped("kind"),
            ["confirmed", "changed", "reminder", "feedback", "follow_up"],
        )

    def test_cancelled_arrives_with_its_file(self):
        booking = self._booking(self.tom, self.trip, confirm=True)
        now = fields.Datetime.now()
        self._sent(self._run())
        with self._at(now + HOUR):
            booking.action_cancel()
        ((_to, subject, _text, files),) = self._sent(self._run(now + 2 * HOUR))
        self.assertIn("Place cancelled: Reggio", subject)
        self.assertEqual(files, ["cancelled.ics"])

    def test_waiting_list_and_a_trip_called_off(self):
        """Offered, lapsed, booked at once, called off: and no secret stays behind."""
        trip = self._trip(capacity=1, date_start=self.start, type_id=self.kind.id)
        full = self._booking(self.tom, trip, confirm=True)
        waiting = [
            self._booking(self._customer(name, email=f"{name}@reef.test"), trip)
            for name in ("lea", "ben")
        ]
        for booking in waiting:
            booking.action_waitlist()
        full.action_cancel()
        with self._no_commit():
            self.env["dive.trip"]._cron_waiting()
        offer = waiting[0].offer_ids
        ((to, _subject, text, _files),) = self._sent(waiting[0].notice_ids)
        self.assertEqual(to, "lea@reef.test")
        self.assertIn(offer._dive_url(), text)
        self.assertNotIn(offer._dive_token(), self._notes(waiting[0]))
        self.assertIn("/dive/offer/…", unquote(self._notes(waiting[0])))
        self.company.dive_offer_hours = 0
        offer.until = fields.Datetime.now() - HOUR
        with self._no_commit():
            self.env["dive.trip"]._cron_waiting()
        ((to, subject, _text, files),) = self._sent(waiting[1].notice_ids)
        self.assertEqual((to, files), ("ben@reef.test", ["trip.ics"]))
        self.assertIn("You have a place", subject)
        self.assertFalse(self._run(), "That he is booked, he knows")
        lapsed = waiting[0].notice_ids.filtered(lambda one: one.kind == "lapsed")
        ((_to, subject, _text, _files),) = self._sent(lapsed)
        self.assertIn("No longer on the waiting list", subject)
        other = self._trip(
            type_id=self.kind.id, date_start=self.start + 48 * HOUR, name="Cave"
        )
        trip.action_cancel()
        told = waiting[1].notice_ids.filtered(lambda one: one.kind == "cancelled")
        ((to, subject, text, files),) = self._sent(told)
        self.assertEqual((to, files), ("ben@reef.test", ["cancelled.ics"]))
        self.assertIn("Cave", text)
        self.assertIn(other, told.alternative_ids)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_server_down(self):
        """The booking stays, the mail is tried again, then somebody is told."""
        booking = self._booking(self.tom, self.trip, confirm=True)
        told = self._run()
        with SmtpSink() as down:
            pass  # nobody listens there any more
        now = fields.Datetime.now()
        self._deliver(told, down)
        self.assertEqual((booking.state, told.state), ("confirmed", "failed"))
        self._run(now)
        self.assertTrue(told.retry_on > now)
        self._run(now + timedelta(minutes=PAUSES[0] + 1))
        self.assertEqual((told.state, told.tries), ("queued", 1))
        self.assertFalse(booking.activity_ids)
        # the server is back
        ((to, _subject, _text, files),) = self._sent(told)
        self.assertEqual((to, files), ("tom@reef.test", ["trip.ics"]))
        # another one, for which it never comes back
        booking = self._booking(self.anna, self.trip, confirm=True)
        told = self._run()
        self._deliver(told, down)
        at = now
        for pause in PAUSES:
            self._run(at)
            at += timedelta(minutes=pause + 1)
            self._run(at)
            self.assertEqual(told.state, "queued")
            self._deliver(told, down)
        self._run(at)
        activity = booking.activity_ids
        self.assertEqual((told.state, len(activity)), ("failed", 1))
        self.assertIn("did not arrive (anna@reef.test)", activity.note)
        self.assertEqual(booking.state, "confirmed")
        self._run(at + HOUR)
        self.assertEqual(booking.activity_ids, activity, "Once")

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_refused_for_now(self):
        """A server that puts the mail off is asked again, at each of the pauses."""
        booking = self._booking(self.tom, self.trip, confirm=True)
        told = self._run()
        now = fields.Datetime.now()
        with SmtpSink("451 greylisted, come back later") as sink:
            self._deliver(told, sink)
            self.assertEqual((booking.state, told.state), ("confirmed", "failed"))
            self._run(now)
            self.assertTrue(told.retry_on > now)
            self.assertFalse(booking.activity_ids)
            self._run(now + timedelta(minutes=PAUSES[0] + 1))
            self.assertEqual((told.state, told.tries), ("queued", 1))
            self._deliver(told, sink)
        self.assertEqual(told.state, "sent")
        self.assertEqual(len(sink.messages), 1)

    @mute_logger("odoo.addons.mail.models.mail_mail")
    def test_refused_for_good(self):
        """Once more, as servers err; then somebody is told, not hours later."""
        first = self._booking(self.tom, self.trip, confirm=True)
        told = self._run()
        now = fields.Datetime.now()
        later = now + timedelta(minutes=PAUSES[0] + 1)
        with SmtpSink("550 no such mailbox") as sink:
            self._deliver(told, sink)
            self.assertEqual((first.state, told.state), ("confirmed", "failed"))
            self._run(now)
            self._run(later)
            self._deliver(told, sink)
        self.assertEqual(told.state, "sent")
        ((_sender, recipients, _message),) = sink.messages
        self.assertEqual(recipients, ["tom@reef.test"])
        second = self._booking(self.anna, self.trip, confirm=True)
        told = self._run()
        with SmtpSink("550 no such mailbox", "550 no such mailbox") as sink:
            self._deliver(told, sink)
            self._run(now)
            self.assertFalse(second.activity_ids)
            self._run(later)
            self._deliver(told, sink)
            self._run(later)
        self.assertFalse(sink.messages)
        self.assertEqual((told.state, told.gave_up), ("failed", True))
        self.assertEqual(second.state, "confirmed")
        self.assertIn("did not arrive (anna@reef.test)", second.activity_ids.note)
        self.assertFalse(first.activity_ids)
