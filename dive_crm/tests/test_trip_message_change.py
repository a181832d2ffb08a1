"""Messages about what is not as it was told: changed, moved, cancelled."""

import vobject

from odoo import fields
from odoo.tests import tagged

from .common import DiveCommon
from .message_common import DAY, HOUR, MINUTE, MessageMixin


@tagged("post_install", "-at_install")
class TestTripMessageChange(MessageMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMessages()

    def test_changes_are_told_of_at_once(self):
        self._family()
        now = fields.Datetime.now()
        self._arrive(self._run())
        boat = self.env["dive.boat"].create({"name": "Nerea", "capacity": 20})
        with self._at(now + MINUTE):
            self.trip.date_start += HOUR
        with self._at(now + 5 * MINUTE):
            self.trip.with_user(self.front).boat_id = boat
        self.assertFalse(self._run(now + 11 * MINUTE), "Not settled yet")
        told = self._run(now + 16 * MINUTE)
        self.assertEqual(self._told(told), [("changed", "Anna", "Anna, Tom, Mia")])
        for words in ("Start: ", "it was: ", "Boat: Nerea (it was: none)"):
            self.assertIn(words, told.details)
        self.assertNotIn("End", told.details)
        method, event = self._file(told)
        self.assertEqual((method, event.sequence.value), ("PUBLISH", "1"))
        self.assertIn("Nerea", event.location.value)
        self.assertFalse(self._run(now + 30 * MINUTE), "Once")
        self._arrive(told)
        # there and back again: nobody needs to know
        with self._at(now + HOUR):
            self.trip.date_end += HOUR
            self.trip.date_end -= HOUR
            self.trip.note = "Nothing that divers are told"
        self.assertFalse(self._run(now + 2 * HOUR))
        # a second change tells of itself only; who booked after it knows
        with self._at(now + 3 * HOUR):
            self.trip.site_ids = self.env["dive.site"].create({"name": "La Vaca"})
        with self._at(now + 3 * HOUR + MINUTE):
            self._booking(
                self._customer("Lea", email="lea@reef.test"), self.trip, confirm=True
            )
        told = self._run(now + 3 * HOUR + 12 * MINUTE)
        self.assertEqual(
            sorted(self._told(told)),
            [("changed", "Anna", "Anna, Tom, Mia"), ("confirmed", "Lea", "Lea")],
        )
        changed = told.filtered(lambda notice: notice.kind == "changed")
        self.assertEqual(changed.details, "Dive sites: La Vaca (it was: none)")
        # over: history is not told
        with self._at(self.trip.date_end + HOUR):
            self.trip.date_end += HOUR
        self.assertNotIn(
            "changed", self._run(self.trip.date_end + 2 * HOUR).mapped("kind")
        )

    def test_cancelled_is_taken_out_of_the_calendar(self):
        booking = self._family()
        now = fields.Datetime.now()
        (first,) = self._run()
        self._arrive(first)
        uid = self._file(first)[1].uid.value
        with self._at(now + HOUR):
            booking.diver_ids[1].action_cancel()
        self.assertFalse(self._run(now + HOUR + MINUTE), "Not settled yet")
        told = self._run(now + HOUR + 11 * MINUTE)
        self.assertEqual(self._told(told), [("booking_cancelled", "Anna", "Tom")])
        self.assertEqual(self._file(told)[0], "PUBLISH", "The others still come")
        self._arrive(told)
        with self._at(now + 2 * HOUR):
            booking.action_cancel()
        told = self._run(now + 2 * HOUR + 11 * MINUTE)
        self.assertEqual(self._told(told), [("booking_cancelled", "Anna", "Anna, Mia")])
        method, event = self._file(told)
        self.assertEqual((method, event.status.value), ("CANCEL", "CANCELLED"))
        self.assertEqual((event.uid.value, event.sequence.value), (uid, "2"))
        self.assertFalse(self._run(self.start - DAY + HOUR), "No reminder of it")
        # booked and given up before anybody was told: nothing
        other = self._booking(self.tom, self.trip, confirm=True)
        other.action_cancel()
        self.assertFalse(self._run(fields.Datetime.now() + HOUR))

    def test_who_moves_is_taken_out_of_the_calendar(self):
        booking = self._booking(self.anna, self.trip, self.anna | self.mia)
        booking.action_confirm()
        first = self._run()
        self._arrive(first)
        other = self.trip.copy({"state": "open"})
        with self._at(fields.Datetime.now() + HOUR):
            # one stays: so does the entry
            booking.diver_ids[1].action_move(other.id)
            self.assertEqual(len(self._run().mail_message_id.attachment_ids), 1)
            booking.diver_ids[0].action_move(other.id)
            told = self._run()
        self.assertEqual(self._told(told), [("confirmed", "Anna", "Anna")])
        files = [
            vobject.readOne(file.raw.decode())
            for file in told.mail_message_id.attachment_ids
        ]
        self.assertEqual(
            {file.method.value: file.vevent.uid.value for file in files},
            {
                "CANCEL": self._file(first)[1].uid.value,
                "PUBLISH": f"dive-{told.booking_id.id}@"
                + self.env["ir.config_parameter"].get_param("database.uuid"),
            },
        )

    def test_a_trip_called_off_is_told_by_itself(self):
        booking = self._family()
        self._arrive(self._run())
        self.trip.action_cancel()
        told = booking.notice_ids.filtered(lambda notice: notice.kind == "cancelled")
        self.assertEqual(self._file(told)[0], "CANCEL")
        self.assertFalse(self._run(fields.Datetime.now() + HOUR))
        self.assertFalse(self._run(self.start - DAY + HOUR))

    def test_each_payer_is_told_that_the_trip_is_called_off(self):
        booking = self._booking(self.anna, self.trip, self.anna | self.tom | self.mia)
        booking.split = "each"
        booking.action_confirm()
        self._arrive(self._run())
        self.trip.action_cancel()
        told = booking.notice_ids.filtered(lambda notice: notice.kind == "cancelled")
        self.assertEqual(
            self._told(told.sorted("id")),
            [("cancelled", "Anna", "Anna, Mia"), ("cancelled", "Tom", "Tom")],
        )
        for notice in told:
            self.assertEqual(self._file(notice)[0], "CANCEL")
        other = self.trip.copy({"state": "open"})
        booking._dive_rebook(other)
        self.assertEqual(booking.diver_ids.mapped("state"), ["booked"] * 3)
