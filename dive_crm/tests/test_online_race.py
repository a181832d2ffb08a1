"""On-line and at the desk at the same moment; the same form sent twice at once."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.dive_booking_online import Entry
from .waiting_race_common import WaitingRaceCase


@tagged("post_install", "-at_install", "dive_long")
class TestOnlineRace(WaitingRaceCase):
    def _online(self, trip_id, partner_id, key):
        def act(env):
            payer = env["res.partner"].browse(partner_id)
            trip = env["dive.trip"].browse(trip_id)
            env["dive.booking"]._dive_take_online(trip, payer, [Entry(payer)], key)

        return act

    def _mode(self, mode):
        with self._env() as env:
            before = env.company.dive_online
            env.company.dive_online = mode
        return before

    def test_last_place_and_double_tap(self):
        self.addCleanup(self._mode, self._mode("confirm"))
        with self._env() as env:
            trip = self._make_trip(env, capacity=1)
            desk = self._make_booking(env, trip, self.partner_ids[:1])
            trip_id, desk_id = trip.id, desk.id
        outcome = self._race(
            [
                lambda env: env["dive.booking"].browse(desk_id).action_confirm(),
                self._online(trip_id, self.partner_ids[1], "race-a"),
                self._online(trip_id, self.partner_ids[2], "race-b"),
            ]
        )
        self.assertEqual(outcome.count(True), 1)
        for refused in outcome:
            self.assertTrue(refused is True or isinstance(refused, UserError))
        self.assertEqual(self._held(trip_id)[:2], (1, 1))
        # one form, four taps
        with self._env() as env:
            trip_id = self._make_trip(env).id
        outcome = self._race(
            [self._online(trip_id, self.partner_ids[3], "race-tap")] * 4
        )
        self.assertEqual(outcome, [True] * 4)
        self.assertEqual(self._held(trip_id)[:2], (1, 1))
        made = self._rows("SELECT id FROM dive_booking WHERE trip_id = %s", trip_id)
        self.assertEqual(len(made), 1)

    def test_one_diver_on_two_boats(self):
        """Two tabs, two trips at one time, one diver: one of them is told no."""
        self.addCleanup(self._mode, self._mode("confirm"))
        for turn in range(4):
            with self._env() as env:
                one = self._make_trip(env)
                other = self._make_trip(
                    env, date_start=one.date_start, date_end=one.date_end
                )
                trip_ids = one.id, other.id
            outcome = self._race(
                [
                    self._online(trip_id, self.partner_ids[5], f"boats-{turn}{trip_id}")
                    for trip_id in trip_ids
                ]
            )
            self.assertEqual(outcome.count(True), 1, outcome)
            (refused,) = (one for one in outcome if one is not True)
            self.assertIsInstance(refused, UserError)
            held = [self._held(trip_id)[0] for trip_id in trip_ids]
            self.assertEqual(sorted(held), [0, 1])

    def _newcomer(self, env, trip, name="Race Newcomer"):
        """Return the token of a link that waits to be opened."""
        return env["dive.online.request"]._dive_new_token(
            trip.date_start - trip.create_date,
            trip_id=trip.id,
            name=name,
            email="race-newcomer@reef.test",
            birthdate_date="1990-01-01",
        )

    def _open(self, token, said):
        """Press the button of a link; note what the page then says."""

        def act(env):
            asked = env["dive.online.request"]._dive_of(token)
            answer = asked._dive_confirm() if asked else ""
            env.flush_all()
            said.append(answer)

        return act

    def _check_one(self, trip_ids):
        """Check that each trip has one booking, and all are of one new customer."""
        booked = self._rows(
            "SELECT trip_id, partner_id FROM dive_booking WHERE trip_id IN %s",
            tuple(trip_ids),
        )
        self.assertEqual(sorted(trip_id for trip_id, _id in booked), sorted(trip_ids))
        self.assertEqual(sorted({(who,) for _id, who in booked}), self._newcomers())

    def _newcomers(self):
        return self._rows(
            "SELECT id FROM res_partner WHERE email_normalized = %s",
            "race-newcomer@reef.test",
        )

    def _forget(self):
        with self.registry.cursor() as cr:
            self._remove_bookings(cr)
            cr.execute(
                "DELETE FROM dive_online_request WHERE email = %s",
                ["race-newcomer@reef.test"],
            )
        with self._env() as env:
            env["res.partner"].browse(id_ for (id_,) in self._newcomers()).unlink()

    def test_link_opened_twice(self):
        self.addCleanup(self._forget)
        with self._env() as env:
            trip = self._make_trip(env)
            token, trip_id, said = self._newcomer(env, trip), trip.id, []
        self.assertEqual(self._race([self._open(token, said)] * 3), [True] * 3)
        self.assertIn("request", said)
        self._check_one([trip_id])

    def test_links_of_one_new_address(self):
        """A newcomer asked for two trips, for one twice, and opens all the links."""
        self.addCleanup(self._forget)
        with self._env() as env:
            trips = [self._make_trip(env), self._make_trip(env)]
            tokens = [self._newcomer(env, trip) for trip in (*trips, trips[0])]
            trip_ids, said = [trip.id for trip in trips], []
        outcome = self._race([self._open(token, said) for token in tokens])
        self.assertEqual(outcome, [True] * 3)
        self.assertEqual(set(said), {"request"})
        self._check_one(trip_ids)
