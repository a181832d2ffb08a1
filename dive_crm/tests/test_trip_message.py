"""Messages about trips: who is told what, when, and once."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.dive_alert_retry import NO_SERVER, PAUSES
from .common import DiveCommon
from .message_common import DAY, HOUR, MINUTE, MessageMixin


@tagged("post_install", "-at_install", "dive_long")
class TestTripMessage(MessageMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()

    # -- booked ---------------------------------------------------------------

    def test_confirmed_once_with_a_file(self):
        booking = self._family()
        self.assertFalse(booking.notice_ids, "Nothing is written while it is confirmed")
        told = self._run()
        self.assertEqual(self._told(told), [("confirmed", "Anna", "Anna, Tom, Mia")])
        self.assertFalse(self._run(), "Once")
        mail = self._mails(told)
        self.assertEqual(mail.recipient_ids, self.anna)
        self.assertIn("is booked for Anna, Tom, Mia", mail.body_html)
        method, event = self._file(told)
        self.assertEqual(method, "PUBLISH")
        self.assertEqual(event.dtstart.value, self.start.replace(tzinfo=UTC))
        self.assertEqual(event.sequence.value, "0")
        self.assertEqual(event.organizer.value, "mailto:desk@dive.test")
        uid = event.uid.value
        # a diver who comes later is told of, alone
        late = self._customer("Lea", email="lea@reef.test")
        with self._at(fields.Datetime.now() + HOUR):
            booking.write({"diver_ids": [(0, 0, {"partner_id": late.id})]})
            told = self._run()
        self.assertEqual(self._told(told), [("confirmed", "Anna", "Lea")])
        _method, event = self._file(told)
        self.assertEqual((event.uid.value, event.sequence.value), (uid, "1"))
        # a check-in and its undoing are no bookings
        booking.diver_ids[0].action_check_in()
        booking.diver_ids[0].action_undo()
        self.assertFalse(self._run(fields.Datetime.now() + 2 * HOUR))
        self.assertEqual(booking._dive_calendar_file().count(b"SEQUENCE:1\r\n"), 1)

    def test_each_payer_gets_those_they_pay_for(self):
        booking = self._booking(self.anna, self.trip, self.anna | self.tom | self.mia)
        booking.split = "each"
        booking.action_confirm()
        self.assertEqual(
            self._told(self._run()),
            [("confirmed", "Anna", "Anna, Mia"), ("confirmed", "Tom", "Tom")],
        )

    def test_what_stops_and_what_is_old(self):
        self._family()
        self.trip.messages_off = True
        self.assertFalse(self._run())
        with self._at(fields.Datetime.now() + MINUTE):
            self.trip.messages_off = False
        self.assertFalse(self._run(), "What was due meanwhile is not made up for")
        other = self._trip(type_id=self.kind.id, date_start=self.start + 2 * DAY)
        self._line("confirmed").active = False
        self._booking(self.tom, other, confirm=True)
        self.assertFalse(self._run())
        with self._at(fields.Datetime.now() + MINUTE):
            self._line("confirmed").active = True
        self.assertFalse(self._run())
        # days late: the trip has begun
        third = self._trip(type_id=self.kind.id, date_start=self.start + 4 * DAY)
        with self._at(fields.Datetime.now() + HOUR):
            booking = self._booking(self.tom, third, confirm=True)
        self.assertFalse(self._run(third.date_start + MINUTE))
        # on another trip: that one's, and nobody is told of the first
        with self._at(fields.Datetime.now() + 2 * HOUR):
            booking.trip_id = self._trip(
                type_id=self.kind.id, date_start=self.start + 6 * DAY, name="Cave"
            )
            (told,) = self._run()
        self.assertIn("Cave", told.summary)
        with self._at(fields.Datetime.now() + 3 * HOUR):
            booking.diver_ids.action_move(third.id)
            (told,) = self._run()
        self.assertEqual(told.trip_id, third)

    # -- before ---------------------------------------------------------------

    def test_reminder_to_each_diver(self):
        booking = self._family()
        self._arrive(self._run())
        due = self.start - DAY
        self.assertFalse(self._run(due - MINUTE))
        told = self._run(due + MINUTE)
        self.assertEqual(
            self._told(told),
            [("reminder", "Anna", "Anna, Mia"), ("reminder", "Tom", "Tom")],
        )
        self.assertIn("with Anna, Mia on board", told[0].text)
        self.assertIn("your trip is coming", told[1].text)
        self.assertFalse(self._run(due + 2 * MINUTE), "Once")
        # moved by a week: once more, for the new day
        with self._at(due + HOUR):
            self.trip.write(
                {
                    "date_start": self.start + 7 * DAY,
                    "date_end": self.start + 7 * DAY + 5 * HOUR,
                }
            )
        told = self._run(due + HOUR + 11 * MINUTE)
        self.assertEqual(told.mapped("kind"), ["changed"])
        self._arrive(told)
        booking.diver_ids[1].action_cancel()
        told = self._run(due + 7 * DAY + HOUR)
        self.assertIn(("reminder", "Anna", "Anna, Mia"), self._told(told))
        self.assertNotIn("Tom", told.recipient_id.mapped("name"))
        # who books after that moment knows; who is late is not reminded of the past
        late = self._trip(type_id=self.kind.id, date_start=self.start)
        with self._at(self.start - 2 * HOUR):
            self._booking(self.tom, late, confirm=True)
        kinds = self._run(self.start - HOUR).mapped("kind")
        self.assertEqual(kinds, ["confirmed"])

    def test_ways_and_nights(self):
        self.tom.write({"dive_channel": "sms", "phone": "+34600111222"})
        self.anna.dive_channel = "phone"
        self._family(partner_id=self.tom.id)
        (told,) = self._run()
        self.assertEqual((told.channel, told.recipient_id), ("sms", self.tom))
        self.assertIn("Reggio", self._texts(told).body)
        # a reminder is not for the night: 4:00 UTC is 5 or 6 in Madrid
        self.company.write({"dive_quiet_from": 21, "dive_quiet_to": 8})
        night = (self.start - DAY).replace(hour=4)
        self._line("before_start").write({"interval": 40, "unit": "hours"})
        self.assertEqual(
            self._told(self._run(night)), [("reminder", "Anna", "Anna, Mia")]
        )
        by_phone = self.Notice.search([], order="id desc", limit=1)
        self.assertEqual((by_phone.state, by_phone.reason), ("staff", "phone"))
        self.assertFalse(by_phone.activity_id, "Nobody is bothered with a reminder")
        (told,) = self._run(night + 8 * HOUR)
        self.assertEqual((told.kind, told.recipient_id), ("reminder", self.tom))

    def test_day_of_the_clock_in_the_night_it_changes(self):
        # Madrid goes to summer time on 29 March 2026 at 2:00
        with self._at("2026-03-20 08:00:00"):
            self.kind.message_line_ids.since = datetime(2026, 3, 1)
            trip = self._trip(
                type_id=self.kind.id, date_start=datetime(2026, 3, 29, 7), name="Dawn"
            )
            self._booking(self.tom, trip, confirm=True)
        (told,) = self._run("2026-03-20 08:10:00")
        self.assertIn("Sun, Mar 29, 2026 09:00", told.details)
        self.assertIn("End: 14:00", told.details)
        line = self._line("before_start")
        self.assertEqual(line._dive_due_on(trip), datetime(2026, 3, 28, 8))
        self.assertFalse(self._run("2026-03-28 07:59:00"))
        self.assertEqual(len(self._run("2026-03-28 08:01:00")), 1)
        line.write({"unit": "hours", "interval": 24})
        self.assertEqual(line._dive_due_on(trip), datetime(2026, 3, 28, 7))
        # in the language of who is told
        self.env["res.lang"]._activate_lang("fr_FR")
        self.assertIn("dim.", told.with_context(lang="fr_FR").details)

    def test_what_cannot_even_be_marked_stops_nobody_else(self):
        bad = self._booking(self.anna, self.trip, confirm=True)
        good = self._booking(self.tom, self.trip, confirm=True)
        before = type(self.Notice)._dive_before_writing

        def fail(notices):
            if bad in notices.booking_id:
                raise ValueError("poison")
            return before(notices)

        with (
            patch.object(type(self.Notice), "_dive_before_writing", fail),
            mute_logger("odoo.addons.dive_crm.models.dive_booking_notice"),
        ):
            told = self._run()
        self.assertEqual(told.booking_id, good)
        self.assertEqual(self._run().booking_id, bad)

    # -- access and screen ----------------------------------------------------

    def test_who_may_what(self):
        line = self._line("before_start")
        for user in (self.front, self.instructor, self.medical):
            self.assertEqual(line.with_user(user).interval, 1)
            with self.assertRaises(AccessError):
                line.with_user(user).interval = 2
        line.with_user(self.manager).interval = 2
        model = self.env["ir.model"]._get_id("res.partner")
        for name in ("mail_template_id", "sms_template_id"):
            body = "body_html" if name.startswith("mail") else "body"
            alien = self.env[line._fields[name].comodel_name].create(
                {"name": "Alien", "model_id": model, body: "x"}
            )
            with self.assertRaisesRegex(ValidationError, "no template of this message"):
                line.with_user(self.manager)[name] = alien
        for user in (self.employee, self.portal):
            with self.assertRaises(AccessError):
                line.with_user(user).read(["interval"])
        booking = self._family()
        seat = booking.diver_ids[0]
        with self.assertRaisesRegex(UserError, "follows from buttons"):
            seat.with_user(self.front).confirmed_on = fields.Datetime.now()
        (notice,) = self._run()
        self._arrive(notice)
        for user in (self.front, self.manager):
            with self.assertRaises(AccessError):
                notice.with_user(user).unlink()
        for user in (self.instructor, self.medical):
            with self.assertRaises(AccessError):
                notice.with_user(user).action_send_again()
        notice.with_user(self.front).action_send_again()
        again = booking.notice_ids - notice
        self.assertEqual(self._told(again), self._told(notice))
        self.assertEqual(len(self._mails(again)), 1)
        booking.action_cancel()
        with self.assertRaisesRegex(UserError, "not true any more"):
            notice.with_user(self.front).action_send_again()
        # a kind of trip of another company, and its messages, are nobody else's
        other = self.env["res.company"].create({"name": "Other"})
        kind = self.env["dive.trip.type"].create(
            {"name": "Theirs", "company_id": other.id}
        )
        self.assertEqual(len(kind.message_line_ids), 6)
        with self.assertRaises(AccessError):
            kind.message_line_ids.with_user(self.manager).read(["interval"])

    def test_what_is_to_come(self):
        booking = self._family()
        plan = booking.with_user(self.instructor).message_plan
        for words in (
            "Booked, to Anna<",
            "Reminder, to Anna, Tom<",
            "Feedback, to Anna, Tom<",
        ):
            self.assertIn(words, plan)
        self._run()
        self.env.invalidate_all()
        self.assertNotIn("Booked", booking.message_plan)
        self.trip.messages_off = True
        self.env.invalidate_all()
        self.assertIn("switched off", booking.message_plan)

    # -- size -----------------------------------------------------------------

    def _tried_again(self, trip):
        """Let the reminders of a trip fail; return what trying again costs."""
        mine = [("trip_id", "=", trip.id), ("kind", "=", "reminder")]
        notices = self.Notice.search(mine)
        self._mails(notices).state = "exception"
        notices.mail_message_id.notification_ids.write(
            {"notification_status": "exception", "failure_type": NO_SERVER}
        )
        counts = []
        for minutes in (0, PAUSES[0] + 1):
            self.env.flush_all()
            self.env.invalidate_all()
            at = fields.Datetime.now() + timedelta(minutes=minutes)
            before = self.env.cr.sql_log_count
            with self._no_commit(), self._at(at):
                self.Notice._dive_try_again()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(set(notices.mapped("state")), {"queued"})
        self.assertEqual(set(notices.mapped("tries")), {1})
        return counts

    def test_queries_do_not_grow(self):
        def serve(number):
            people = self.Partner.create(
                [{"name": f"Q {n}", "email": f"q{n}@reef.test"} for n in range(number)]
            )
            trip = self._trip(
                type_id=self.kind.id, date_start=self.start, capacity=number
            )
            # as they are once confirmed, without the work of it
            self.env["dive.booking"]._dive_unlocked().create(
                [
                    {
                        "partner_id": one.id,
                        "trip_id": trip.id,
                        "state": "confirmed",
                        "diver_ids": [
                            (
                                0,
                                0,
                                {
                                    "partner_id": one.id,
                                    "state": "booked",
                                    "confirmed_on": fields.Datetime.now(),
                                },
                            )
                        ],
                    }
                    for one in people
                ]
            )
            self.env.flush_all()
            counts = []
            for at in (None, self.start - DAY + MINUTE):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self.assertEqual(len(self._run(at)), number)
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
            return counts + self._tried_again(trip)

        serve(1)
        one, many = serve(1), serve(80)
        for few, lots in zip(one, many, strict=True):
            self.assertLessEqual(lots, few + 1)
        # confirming costs no message: no query more than the one that books
        booking = self._booking(self.tom, self.trip)
        self.env.flush_all()
        self.env.cr.precommit.run()
        triggers = self.env["ir.cron.trigger"].search_count([])
        booking.action_confirm()
        self.env["dive.booking.notice"]._dive_run_soon()
        self.env.cr.precommit.run()
        self.assertEqual(self.env["ir.cron.trigger"].search_count([]), triggers + 1)
