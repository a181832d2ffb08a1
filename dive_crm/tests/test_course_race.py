"""Two people close the same course at the same moment: one card each."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RaceCase

WRITERS = 4
ROUNDS = 5


@tagged("post_install", "-at_install", "dive_long")
class TestCourseRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            agency = env["dive.agency"].create({"name": "Race", "code": "RACE"})
            self.level_id = (
                env["dive.certification.level"]
                .create({"agency_id": agency.id, "name": "Race", "code": "RACE-1"})
                .id
            )
            self.agency_id = agency.id
            self.type_id = (
                env["dive.trip.type"]
                .create({"name": "Race", "kind": "course", "level_id": self.level_id})
                .id
            )
            self.partner_ids = (
                env["res.partner"].create([{"name": "Race 1"}, {"name": "Race 2"}]).ids
            )
        self.addCleanup(self._clean)

    def _clean(self):
        """Remove what the race has committed; in SQL, since records are kept here."""
        with self.registry.cursor() as cr:
            for table, column in (
                ("dive_certification_check", None),
                ("dive_certification", "partner_id"),
                ("dive_booking_diver", "partner_id"),
                ("dive_booking", "partner_id"),
            ):
                if column:
                    cr.execute(
                        f"DELETE FROM {table} WHERE {column} = ANY(%s)",
                        [self.partner_ids],
                    )
                else:
                    cr.execute(
                        "DELETE FROM dive_certification_check WHERE certification_id IN"
                        " (SELECT id FROM dive_certification"
                        " WHERE partner_id = ANY(%s))",
                        [self.partner_ids],
                    )
            cr.execute("DELETE FROM dive_trip WHERE type_id = %s", [self.type_id])
        with self._env() as env:
            env["dive.trip.type"].browse(self.type_id).unlink()
            env["dive.certification.level"].browse(self.level_id).unlink()
            env["dive.agency"].browse(self.agency_id).unlink()
            env["res.partner"].browse(self.partner_ids).unlink()

    def _prepare(self):
        """Make a course with two divers; return it and a screen for each writer."""
        with self._env() as env:
            trip = env["dive.trip"].create(
                {
                    "type_id": self.type_id,
                    "date_start": fields.Datetime.now() - timedelta(days=2),
                    "capacity": 4,
                }
            )
            for partner_id in self.partner_ids:
                env["dive.booking"].create(
                    {
                        "partner_id": partner_id,
                        "trip_id": trip.id,
                        "diver_ids": [Command.create({"partner_id": partner_id})],
                    }
                )._confirm_one(late=True)
            screens = [trip.action_close_course()["res_id"] for _ in range(WRITERS)]
            return trip.id, screens

    def _count(self, trip_id):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT count(*), count(DISTINCT booking_diver_id)"
                " FROM dive_certification WHERE trip_id = %s AND active",
                [trip_id],
            )
            return cr.fetchone()

    def test_close_once(self):
        for number in range(ROUNDS):
            trip_id, screens = self._prepare()
            outcome = self._race(
                [
                    lambda env, screen=screen: (
                        env["dive.course.close"].browse(screen).action_close()
                    )
                    for screen in screens
                ]
            )
            with self.subTest(round=number):
                self.assertEqual(outcome.count(True), 1, outcome)
                for error in [item for item in outcome if item is not True]:
                    self.assertIsInstance(error, UserError)
                    self.assertIn("There is a result already", str(error))
                self.assertEqual(self._count(trip_id), (2, 2))

    def test_take_back_once(self):
        trip_id, screens = self._prepare()
        with self._env() as env:
            env["dive.course.close"].browse(screens[0]).action_close()
        outcome = self._race(
            [lambda env: env["dive.trip"].browse(trip_id).action_take_back_course()] * 3
        )
        self.assertEqual(outcome.count(True), 1, outcome)
        self.assertEqual(self._count(trip_id), (0, 0))
