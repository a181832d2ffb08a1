"""Messages that are written but not delivered: they follow what happens meanwhile."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models.dive_alert_retry import NO_SERVER
from .common import DiveCommon
from .message_common import DAY, HOUR, MINUTE, MessageMixin


@tagged("post_install", "-at_install", "dive_long")
class TestTripMessageStale(MessageMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()
        cls.due = cls.start - DAY + MINUTE

    def _reminded(self, *partners):
        """Book, deliver what is written of that, write a reminder; return it."""
        booking = self._booking(
            partners[0], self.trip, self.Partner.union(*partners), confirm=True
        )
        self._arrive(self._run())
        told = self._run(self.due)
        self.assertEqual(set(told.mapped("kind")), {"reminder"})
        return booking, told

    def _fail(self, notices):
        """Have no server take these."""
        self._mails(notices).state = "exception"
        notices.mail_message_id.notification_ids.write(
            {"notification_status": "exception", "failure_type": NO_SERVER}
        )

    def _move(self, by, at=None):
        with self._at(at or self.due + MINUTE):
            self.trip.write(
                {
                    "date_start": self.trip.date_start + by,
                    "date_end": self.trip.date_end + by,
                }
            )

    # ------------------------------------------------------------------
    # Cancelled, moved, left, switched off
    # ------------------------------------------------------------------

    def test_a_trip_called_off(self):
        """Whether it waits in the queue, or to be tried again."""
        for fail in (False, True):
            with self.subTest(fail=fail), self.env.cr.savepoint() as point:
                _booking, told = self._reminded(self.tom)
                if fail:
                    self._fail(told)
                    self._run(self.due + MINUTE)
                    self.assertTrue(told.retry_on)
                mails = self._mails(told)
                self.trip.action_cancel()
                self.assertFalse(mails.exists())
                self.assertFalse(told.exists())
                self.assertFalse(self._run(self.due + HOUR))
                point.rollback()

    def test_texts(self):
        self.tom.write({"dive_channel": "sms", "phone": "+34600111222"})
        booking = self._booking(self.tom, self.trip, confirm=True)
        confirmed = self._run()
        texts = self._texts(confirmed)
        self.assertTrue(texts)
        booking.action_cancel()
        self.assertFalse(texts.exists())
        self.assertFalse(confirmed.exists())

    def test_a_place_given_up(self):
        """Who shares the message is told anew, without who stays at home."""
        booking, told = self._reminded(self.anna, self.mia)
        self.assertEqual(self._told(told), [("reminder", "Anna", "Anna, Mia")])
        seat = booking.diver_ids.filtered(lambda seat: seat.partner_id == self.mia)
        with self._at(self.due + MINUTE):
            seat.action_cancel()
        self.assertFalse(told.exists())
        again = self._run(self.due + 2 * MINUTE)
        self.assertEqual(self._told(again), [("reminder", "Anna", "Anna")])

    def test_a_trip_moved(self):
        """Nobody reads the old date; the reminder comes before the new one."""
        _booking, told = self._reminded(self.tom)
        self._fail(told)
        self._move(3 * DAY)
        self.assertFalse(told.exists())
        changed = self._run(self.due + 12 * MINUTE)
        self.assertEqual(changed.mapped("kind"), ["changed"])
        # once more: what was not read of the first change is not told
        self._move(DAY, self.due + HOUR)
        self.assertFalse(changed.exists())
        self.assertEqual(self._run(self.due + 2 * HOUR).kind, "changed")
        self.assertEqual(
            self.trip.change_from["start"], fields.Datetime.to_string(self.start)
        )
        self.assertEqual(self._run(self.due + 4 * DAY).mapped("kind"), ["reminder"])

    def test_a_booking_moved(self):
        booking, told = self._reminded(self.tom)
        other = self._trip(type_id=self.kind.id, date_start=self.start + 6 * DAY)
        with self._at(self.due + MINUTE):
            booking.trip_id = other
        self.assertFalse(told.exists())

    def test_switched_off(self):
        for what in ("row", "deleted", "trip"):
            with self.subTest(what), self.env.cr.savepoint() as point:
                _booking, told = self._reminded(self.tom)
                mails = self._mails(told)
                if what == "trip":
                    self.trip.with_user(self.manager).messages_off = True
                elif what == "row":
                    line = self._line("before_start").with_user(self.manager)
                    line.active = False
                else:
                    self._line("before_start").unlink()
                self.assertFalse(mails.exists())
                self.assertFalse(told.exists())
                self.assertFalse(self._run(self.due + MINUTE))
                point.rollback()

    # ------------------------------------------------------------------
    # A queue that is at it
    # ------------------------------------------------------------------

    def test_sent_at_this_moment(self):
        """The click neither waits nor fails; what then fails is not tried again."""
        booking, told = self._reminded(self.tom)
        none = self.env["mail.mail"]
        locked = patch.object(type(none), "try_lock_for_update", lambda self: none)
        with locked, self._at(self.due + MINUTE):
            self.trip.action_cancel()
        self.assertTrue(told.exists())
        self._fail(told)
        self._run(self.due + HOUR)
        self.assertFalse(told.exists())
        self.assertFalse(booking.activity_ids)

    def test_what_came_back_is_nobodys_errand(self):
        """A bounce of what no longer holds stays in the list, without an activity."""
        booking, told = self._reminded(self.tom)
        self._mails(told).unlink()
        told.mail_message_id.notification_ids.notification_status = "bounce"
        with self._at(self.due + MINUTE):
            self.trip.action_cancel()
        self._run(self.due + HOUR)
        self.assertTrue(told.gave_up)
        self.assertFalse(booking.activity_ids)

    # ------------------------------------------------------------------
    # Reminded again?
    # ------------------------------------------------------------------

    def test_an_hour_later(self):
        """The change is told; “Coming soon” a second time would not be news."""
        _booking, told = self._reminded(self.tom)
        self._arrive(told)
        self._move(HOUR)
        self.assertEqual(self._run(self.due + 12 * MINUTE).kind, "changed")
        self.assertFalse(self._run(self.due + 2 * HOUR))
        # on another day they are reminded
        self._move(DAY, self.due + 3 * HOUR)
        again = self._run(self.due + DAY + 2 * HOUR)
        self.assertIn("reminder", again.mapped("kind"))

    def test_an_hour_later_and_nobody_tells_of_it(self):
        _booking, told = self._reminded(self.tom)
        self._arrive(told)
        self._line("changed").active = False
        self._move(HOUR)
        self.assertEqual(self._run(self.due + 2 * HOUR).kind, "reminder")

    # ------------------------------------------------------------------
    # Price
    # ------------------------------------------------------------------

    def test_queries_do_not_grow(self):
        def serve(number):
            people = self.Partner.create(
                [{"name": f"Q {n}", "email": f"q{n}@reef.test"} for n in range(number)]
            )
            trip = self._trip(
                type_id=self.kind.id, date_start=self.start, capacity=number
            )
            self.env["dive.booking"].create(
                [
                    {
                        "partner_id": one.id,
                        "trip_id": trip.id,
                        "diver_ids": [(0, 0, {"partner_id": one.id})],
                    }
                    for one in people
                ]
            ).action_confirm()
            told = self._run().filtered(lambda one: one.trip_id == trip)
            self.assertEqual(len(told), number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Notice._dive_retract_of_facts(trip)
            self.env.flush_all()
            self.assertFalse(told.exists())
            return self.env.cr.sql_log_count - before

        serve(1)
        one, many = serve(1), serve(40)
        self.assertLessEqual(many, one + 2)
