"""Waiting lists: several people, and the scheduled action, at the same moment."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .waiting_race_common import WaitingRaceCase


@tagged("post_install", "-at_install", "dive_long")
class TestDiveWaitingRace(WaitingRaceCase):
    def _prepare(self, capacity=1, waiting=3):
        """Make a full trip and people who wait for it."""
        with self._env() as env:
            trip = self._make_trip(env, capacity=capacity)
            full = self._make_booking(env, trip, self.partner_ids[:capacity])
            full.action_confirm()
            bookings = env["dive.booking"]
            for partner_id in self.partner_ids[capacity : capacity + waiting]:
                bookings += self._make_booking(env, trip, [partner_id])
            bookings.action_waitlist()
            return trip.id, full.id, bookings.ids

    def _promote(self, trip_id):
        return lambda env: env["dive.trip"].browse(trip_id)._dive_run_list()

    def _states(self, trip_id):
        return [
            state
            for (state,) in self._rows(
                "SELECT state FROM dive_booking_diver WHERE trip_id = %s ORDER BY id",
                trip_id,
            )
        ]

    def _call(self, model, record_id, method, *args):
        return lambda env: getattr(env[model].browse(record_id), method)(*args)

    def test_one_place_is_offered_to_one(self):
        trip_id, full_id, _bookings = self._prepare()
        outcome = self._race(
            [
                self._call("dive.booking", full_id, "action_cancel"),
                *[self._promote(trip_id)] * 4,
            ]
        )
        self.assertEqual(outcome, [True] * 5)
        self._race([self._promote(trip_id)] * 4)
        self.assertEqual(
            self._states(trip_id), ["cancelled", "offered", "waitlisted", "waitlisted"]
        )
        self.assertEqual(self._held(trip_id)[:2], (1, 1))
        told = self._rows(
            "SELECT kind FROM dive_booking_notice WHERE trip_id = %s", trip_id
        )
        self.assertEqual(told, [("offer",)])

    def test_an_offer_is_answered_once(self):
        for lapsed in (False, True):
            trip_id, full_id, bookings = self._prepare()
            with self._env() as env:
                env["dive.booking"].browse(full_id).action_cancel()
                env["dive.trip"].browse(trip_id)._dive_run_list()
                offer = env["dive.booking"].browse(bookings[0]).offer_ids
                if lapsed:
                    offer.until = fields.Datetime.now()
                offer_id = offer.id
            answers = []

            def answer(method, answers=answers, offer_id=offer_id):
                def act(env):
                    said = getattr(env["dive.booking.offer"].browse(offer_id), method)()
                    env.flush_all()
                    env.cr.postcommit.add(lambda: answers.append((method, said)))

                return act

            outcome = self._race(
                [answer("_dive_accept")] * 3
                + [answer("_dive_decline")] * 2
                + [self._promote(trip_id)] * 2
            )
            self.assertEqual(outcome, [True] * 7)
            won = [method for method, said in answers if said]
            self.assertEqual(len(won), 0 if lapsed else 1)
            self._race([self._promote(trip_id)])
            first, second = self._states(trip_id)[1:3]
            accepted = won == ["_dive_accept"]
            self.assertEqual(first, "booked" if accepted else "cancelled")
            self.assertEqual(second, "waitlisted" if accepted else "offered")
            self.assertEqual(self._held(trip_id)[:2], (1, 1))

    def test_desk_and_list_want_the_same_place(self):
        trip_id, full_id, _bookings = self._prepare()
        with self._env() as env:
            trip = env["dive.trip"].browse(trip_id)
            late = self._make_booking(env, trip, self.partner_ids[20:21]).id
            other = self._make_trip(env)
            moving = self._make_booking(env, other, self.partner_ids[21:22])
            moving.action_confirm()
            seat = moving.diver_ids.id
            env["dive.booking"].browse(full_id).action_cancel()
        outcome = self._race(
            [
                self._promote(trip_id),
                self._call("dive.booking", late, "action_confirm"),
                self._call("dive.booking.diver", seat, "action_move", trip_id),
            ]
        )
        self.assertTrue(outcome[0])
        for refused in outcome[1:]:
            self.assertIsInstance(refused, UserError)
        self.assertEqual(self._held(trip_id)[:2], (1, 1))
        self.assertEqual(self._held(other.id)[:2], (1, 1))
        self.assertIn("offered", self._states(trip_id))

    def test_who_comes_at_once_stands_one_behind_the_other(self):
        trip_id, _full, _bookings = self._prepare(waiting=0)
        with self._env() as env:
            trip = env["dive.trip"].browse(trip_id)
            late = [
                self._make_booking(env, trip, [partner_id]).id
                for partner_id in self.partner_ids[10:14]
            ]
        outcome = self._race(
            [self._call("dive.booking", one, "action_waitlist") for one in late]
        )
        self.assertEqual(outcome, [True] * 4)
        ranks = self._rows(
            "SELECT wait_rank FROM dive_booking_diver WHERE trip_id = %s"
            " AND state = 'waitlisted' ORDER BY 1",
            trip_id,
        )
        self.assertEqual(ranks, [(rank,) for rank in range(1, 5)])

    def test_a_trip_called_off_by_two_tells_once(self):
        trip_id, _full, _bookings = self._prepare()
        outcome = self._race(
            [self._call("dive.trip", trip_id, "action_cancel")] * 2
            + [self._promote(trip_id)]
        )
        self.assertEqual(outcome, [True] * 3)
        told = self._rows(
            "SELECT booking_id, count(*) FROM dive_booking_notice"
            " WHERE trip_id = %s GROUP BY 1",
            trip_id,
        )
        self.assertEqual([count for _booking, count in told], [1] * 4)
        self.assertEqual(self._held(trip_id)[:2], (0, 0))

    def test_boat_lowered_while_a_trip_gets_it(self):
        for _round in range(3):
            with self._env() as env:
                env["dive.boat"].browse(self.boat_id).capacity = 8
                trip_id = self._make_trip(env).id
            self._race(
                [
                    self._call(
                        "dive.trip", trip_id, "write", {"boat_id": self.boat_id}
                    ),
                    self._call("dive.boat", self.boat_id, "write", {"capacity": 2}),
                ]
            )
            places = self._rows(
                "SELECT boat_places FROM dive_trip WHERE id = %s", trip_id
            )
            self.assertEqual(places, [(2,)])
