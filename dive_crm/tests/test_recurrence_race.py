"""Two who make the trips of a series at the same moment."""

from odoo.tests import tagged

from .common import RaceCase


@tagged("post_install", "-at_install")
class TestRecurrenceRace(RaceCase):
    def test_each_day_once(self):
        with self._env() as env:
            kind = env["dive.trip.type"].create({"name": "Race of series"})
            series = env["dive.trip.recurrence"].create(
                {"type_id": kind.id, "monday": True, "friday": True, "weeks_ahead": 4}
            )
            series._dive_unlocked().write({"state": "running"})
            ids = kind.id, series.id
        self.addCleanup(self._remove, *ids)

        def generate(env):
            env["dive.trip.recurrence"].browse(ids[1])._dive_generate()

        outcome = self._race([generate] * 4)
        self.assertEqual(outcome, [True] * 4)
        with self._env() as env:
            series = env["dive.trip.recurrence"].browse(ids[1])
            days = series.trip_ids.mapped("recurrence_day")
            self.assertEqual(len(days), len(set(days)))
            self.assertGreaterEqual(len(days), 8)
            self.assertEqual(series.runs, 4)

    def _remove(self, kind_id, series_id):
        with self._env() as env:
            series = env["dive.trip.recurrence"].browse(series_id)
            series.trip_ids._dive_unlocked().unlink()
            series._dive_unlocked().write({"state": "draft"})
            series.unlink()
            env["dive.trip.type"].browse(kind_id).unlink()
