"""Two phones on one boat, on real connections."""

from odoo import Command, fields
from odoo.tests import tagged

from .common import RaceCase

PHONES = 6


@tagged("post_install", "-at_install")
class TestRollCallRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            type_ = env["dive.trip.type"].create({"name": "Race"})
            partners = env["res.partner"].create(
                [{"name": f"Race {n}"} for n in range(PHONES)]
            )
            trip = env["dive.trip"].create(
                {
                    "type_id": type_.id,
                    "date_start": fields.Datetime.now(),
                    "capacity": 20,
                }
            )
            booking = env["dive.booking"].create(
                {
                    "partner_id": partners[0].id,
                    "trip_id": trip.id,
                    "diver_ids": [
                        Command.create({"partner_id": partner.id})
                        for partner in partners
                    ],
                }
            )
            booking.action_confirm()
            self.type_id, self.trip_id = type_.id, trip.id
            self.partner_ids, self.seat_ids = partners.ids, booking.diver_ids.ids
        self.addCleanup(self._clean)

    def _clean(self):
        """Remove what was committed; in SQL, since rows are kept here."""
        with self.registry.cursor() as cr:
            cr.execute("ALTER TABLE dive_roll_entry DISABLE TRIGGER USER")
            for table in ("dive_roll_entry", "dive_booking_diver", "dive_booking"):
                cr.execute(f"DELETE FROM {table} WHERE trip_id = %s", [self.trip_id])
            cr.execute("ALTER TABLE dive_roll_entry ENABLE TRIGGER USER")
            cr.execute("DELETE FROM dive_trip WHERE id = %s", [self.trip_id])
        with self._env() as env:
            env["dive.trip.type"].browse(self.type_id).unlink()
            env["res.partner"].browse(self.partner_ids).unlink()

    def _phone(self, number, *taps):
        """Return what a phone sends, and where it puts what it is told."""
        told = {}

        def send(env):
            told.clear()
            actions = [
                {
                    "key": f"phone-{number}-{place}",
                    "type": "tap",
                    "seat": self.seat_ids[seat],
                    "from": before,
                    "to": after,
                }
                for place, (seat, before, after) in enumerate(taps)
            ]
            trip = env["dive.trip"].browse(self.trip_id)
            told.update(trip.roll_call_send(actions)["results"])

        return send, told

    def test_phones(self):
        # one diver each, at once: all are out, and one time is set
        phones = [self._phone(n, (n, "ashore", "out")) for n in range(PHONES)]
        outcome = self._race([send for send, _told in phones])
        self.assertEqual(outcome, [True] * PHONES)
        with self._env() as env:
            trip = env["dive.trip"].browse(self.trip_id)
            self.assertEqual(trip.roll_out_count, PHONES)
            first = min(trip.seat_ids.mapped("out_at"))
            self.assertGreaterEqual(trip.back_by, first)
        # the same diver: some bring them in, some saw them ashore long ago
        phones = [
            self._phone(10 + n, (0, "out", "in") if n % 2 else (0, "ashore", "out"))
            for n in range(PHONES)
        ]
        outcome = self._race([send for send, _told in phones])
        self.assertEqual(outcome, [True] * PHONES)
        # closing while somebody is tapped into the water: one of the two is refused
        with self._env() as env:
            seats = env["dive.booking.diver"].browse(self.seat_ids)
            self.assertEqual(seats[0].roll_call, "in")
            rows = env["dive.roll.entry"].search(
                [("trip_id", "=", self.trip_id), ("seat_id", "=", seats[0].id)]
            )
            self.assertEqual(len(rows), 2)
            trip = env["dive.trip"].browse(self.trip_id)
            trip.company_id.dive_head_count_rule = "never"
            for seat in seats[1:]:
                seat._dive_claim_roll("out", "in", fields.Datetime.now())
        send, told = self._phone(20, (1, "in", "out"))

        def close(env):
            env["dive.trip"].browse(self.trip_id).action_done()

        try:
            outcome = self._race([send, close])
        finally:
            with self._env() as env:
                env.company.dive_head_count_rule = "roll_call"
        with self._env() as env:
            trip = env["dive.trip"].browse(self.trip_id)
            if trip.state == "done":
                self.assertTrue(told["phone-20-0"])
                self.assertEqual(trip.roll_out_count, 0)
            else:
                self.assertFalse(told["phone-20-0"])
                self.assertIsNot(outcome[1], True)
                self.assertEqual(trip.roll_out_count, 1)
