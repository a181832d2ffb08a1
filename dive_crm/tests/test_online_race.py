"""On-line and at the desk at the same moment; the same form sent twice at once."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.dive_booking_online import Entry
from .waiting_race_common import WaitingRaceCase


@tagged("post_install", "-at_install")
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

    def test_link_opened_twice(self):
        with self._env() as env:
            trip = self._make_trip(env)
            token = env["dive.online.request"]._dive_new_token(
                trip.date_start - trip.create_date,
                trip_id=trip.id,
                name="Race Newcomer",
                email="race-newcomer@reef.test",
                birthdate_date="1990-01-01",
            )
            trip_id = trip.id

        def confirm(env):
            asked = env["dive.online.request"]._dive_of(token)
            if asked:
                asked._dive_confirm()

        self.assertEqual(self._race([confirm] * 3), [True] * 3)
        payers = self._rows(
            "SELECT partner_id FROM dive_booking WHERE trip_id = %s", trip_id
        )
        self.assertEqual(len(payers), 1)
        with self.registry.cursor() as cr:
            self._remove_bookings(cr)
            cr.execute("DELETE FROM dive_online_request WHERE trip_id = %s", [trip_id])
        with self._env() as env:
            env["res.partner"].browse(payers[0]).unlink()
