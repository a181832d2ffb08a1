"""What the runs of all kinds of reminders go through, in real transactions."""

from unittest.mock import patch

from odoo.tools import mute_logger

from ..models import dive_alert_round

#: Marks, mails, open activities of somebody who is due.
TOLD, UNTOLD = (1, 1, 1), (0, 0, 0)


class Killed(BaseException):
    """As the process is by the operating system: nothing of ours catches it."""


class AlertRaceMixin:
    """Tests for a ``RaceCase``: the run killed, and twice at once.

    The case makes those who are due in its ``setUp``, and says what follows.
    """

    #: Of what the run is, and its scheduled action.
    run_model = run_job = None
    #: The model whose records come last of what a batch makes.
    made_last = None
    #: So few in a batch that there are several.
    batch = None

    def setUp(self):
        super().setUp()
        batch = patch.object(dive_alert_round, "BATCH", self.batch)
        batch.start()
        self.addCleanup(batch.stop)

    def _marks(self):
        """Return for each who is due: how many marks, mails, open activities."""
        raise NotImplementedError

    def _assert_told(self, count=None):
        """Check that so many were told, or all; those once, the others not at all."""
        marks = self._marks()
        count = len(marks) if count is None else count
        expected = [UNTOLD] * (len(marks) - count) + [TOLD] * count
        self.assertEqual(sorted(marks), expected)

    def _run(self):
        with self._env() as env:
            env[self.run_model]._cron_tell()

    def _run_killed(self, model, method, call):
        """Kill the run as it comes to a method for the so-manieth time."""
        honest = getattr(self.registry[model], method)
        calls = []

        def killed(records, *args, **kwargs):
            calls.append(1)
            if len(calls) == call:
                raise Killed
            return honest(records, *args, **kwargs)

        with (
            patch.object(self.registry[model], method, killed),
            self.assertRaises(Killed),
        ):
            self._run()

    def _run_by_hand(self):
        """Run the scheduled action itself; return how much it says it has done."""
        with self._env() as env:
            env.ref(self.run_job).method_direct_trigger()
        with self._env() as env:
            job = env.ref(self.run_job)
            progress = env["ir.cron.progress"].search([("cron_id", "=", job.id)])
            done = max(progress.mapped("done"))
            progress.unlink()
        return done

    def _overtaken_by_run(self, model, record_id, change):
        """Have a change come after the run, and not see it; it is made once more.

        :param change: is called with the record
        """
        with self._env() as env:
            env.cr.execute("SELECT 1")  # its snapshot: no reminder yet
            record = env[model].browse(record_id)
            self.assertFalse(record.last_alert_date)
            self._run()
            with self.assertRaises(Exception) as caught:
                change(record)
                env.flush_all()
            self.assertEqual(caught.exception.pgcode, "40001", "Odoo runs it again")
            env.cr.rollback()
        with self._env() as env:
            change(env[model].browse(record_id))

    def test_killed(self):
        """Between commits and inside a batch: nothing twice, nothing lost."""
        # the count at the start, a batch, and then
        self._run_killed("ir.cron", "_commit_progress", 3)
        self._assert_told(self.batch)
        self._run_killed(self.made_last, "create", 1)
        self._assert_told(self.batch)
        left = len(self._marks()) - self.batch
        self.assertEqual(self._run_by_hand(), left)
        self._assert_told()
        self._run()
        self._assert_told()

    @mute_logger("odoo.sql_db")
    def test_two_at_once(self):
        def run(env):
            env[self.run_model]._cron_tell()

        self.assertEqual(self._race([run, run, run]), [True] * 3)
        self._run()  # what all three had to skip because another held it
        self._assert_told()
