"""The run at night, in real transactions: killed, twice at once, against a renewal."""

import threading
from datetime import timedelta
from unittest.mock import patch

from odoo.tools import mute_logger

from odoo.addons.dive_crm.models import dive_certification_alert_due

from .common import RaceCase

CARDS = 10


class Killed(BaseException):
    """As the process is by the operating system: nothing of ours catches it."""


class TestAlertRun(RaceCase):
    def setUp(self):
        super().setUp()
        # several batches of few cards
        batch = patch.object(dive_certification_alert_due, "BATCH", 3)
        batch.start()
        self.addCleanup(batch.stop)
        self.addCleanup(self._remove)
        with self._env() as env:
            company = env["res.company"]._dive_main_company()
            # whatever else the database holds is not due
            self.paused = env["dive.certification"].search(
                [("expiry_date", "!=", False)]
            )
            self.paused = self.paused._ids
            env["dive.certification"].browse(self.paused).active = False
            company_day = company._dive_today()
            agency = env["dive.agency"].create({"name": "Race", "code": "RACE"})
            level = env["dive.certification.level"].create(
                {
                    "agency_id": agency.id,
                    "name": "Race",
                    "code": "RACE-1",
                    "renewal_months": 12,
                }
            )
            divers = env["res.partner"].create(
                [
                    {"name": f"Race {n}", "email": f"race{n}@race.test"}
                    for n in range(CARDS)
                ]
            )
            cards = env["dive.certification"].create(
                [
                    {
                        "partner_id": diver.id,
                        "level_id": level.id,
                        "expiry_date": company_day + timedelta(days=30),
                    }
                    for diver in divers
                ]
            )
            self.made = {
                records._name: records._ids
                for records in (agency, level, divers, cards)
            }
        self.cards = self.made["dive.certification"]

    def _remove(self):
        with self._env() as env:
            made = {name: env[name].browse(ids) for name, ids in self.made.items()}
            cards = made["dive.certification"]
            renewals = cards.renewal_ids._dive_unlocked()
            renewals.unlink()
            cards._dive_unlocked().unlink()
            for name in ("res.partner", "dive.certification.level", "dive.agency"):
                made[name].unlink()
            env["dive.certification"].browse(self.paused).active = True

    def _marks(self):
        """Return for each card: how many marks, mails, open activities there are."""
        with self._env() as env:
            cards = env["dive.certification"].browse(self.cards)
            alerts = cards.alert_ids.grouped("certification_id")
            none = env["dive.certification.alert"]
            return [
                (
                    len(alerts.get(card, none)),
                    env["mail.mail"].search_count(
                        [("model", "=", card._name), ("res_id", "=", card.id)]
                    ),
                    len(card.activity_ids),
                )
                for card in cards
            ]

    def _run(self):
        with self._env() as env:
            env["dive.certification"]._cron_tell()

    def test_killed_between_commits(self):
        """What was committed is not told again, what was not is not lost."""
        commit = self.registry["ir.cron"]._commit_progress
        calls = []

        def killed(self, *args, **kwargs):
            calls.append(1)
            if len(calls) == 4:  # the count at the start, two batches, and then
                raise Killed
            return commit(self, *args, **kwargs)

        with (
            patch.object(self.registry["ir.cron"], "_commit_progress", killed),
            self.assertRaises(Killed),
        ):
            self._run()
        told = self._marks()
        self.assertEqual(sorted(told), [(0, 0, 0)] * 4 + [(1, 1, 1)] * 6)
        self._run()
        self.assertEqual(self._marks(), [(1, 1, 1)] * CARDS)
        self._run()
        self.assertEqual(self._marks(), [(1, 1, 1)] * CARDS)

    def test_killed_inside_a_batch(self):
        """Message, activity and mark go together, or not at all."""
        alert = self.registry["dive.certification.alert"]
        create = alert.create
        calls = []

        def killed(self, vals_list):
            calls.append(1)
            if len(calls) == 2:
                raise Killed
            return create(self, vals_list)

        with patch.object(alert, "create", killed), self.assertRaises(Killed):
            self._run()
        self.assertEqual(sorted(self._marks()), [(0, 0, 0)] * 7 + [(1, 1, 1)] * 3)
        self._run()
        self.assertEqual(self._marks(), [(1, 1, 1)] * CARDS)

    @mute_logger("odoo.sql_db")
    def test_two_at_once(self):
        def run(env):
            env["dive.certification"]._cron_tell()

        outcome = self._race([run, run, run])
        self.assertEqual(outcome, [True] * 3)
        self._run()  # what all three had to skip because another held it
        self.assertEqual(self._marks(), [(1, 1, 1)] * CARDS)

    @mute_logger("odoo.sql_db")
    def test_overtaken(self):
        """Another run commits between our look and our lock: we look again."""
        card = self.registry["dive.certification"]
        lock = card.try_lock_for_update
        calls = []

        def overtake(env):
            env["dive.certification"]._cron_tell()
            env.cr.commit()

        def slow(cards, **kwargs):
            calls.append(1)
            if len(calls) == 1:
                other.start()
                other.join(30)
                self.assertFalse(other.is_alive())
            return lock(cards, **kwargs)

        # its connection made here: see RaceCase
        with self._env() as env, patch.object(card, "try_lock_for_update", slow):
            other = threading.Thread(target=overtake, args=[env])
            self._run()
        self.assertEqual(self._marks(), [(1, 1, 1)] * CARDS)

    @mute_logger("odoo.sql_db")
    def test_renewed_at_the_same_moment(self):
        """A renewal that does not see the reminder yet is run again, and takes it."""
        with self._env() as env:
            env.cr.execute("SELECT 1")  # its snapshot: no reminder yet
            card = env["dive.certification"].browse(self.cards[0])
            self.assertFalse(card.last_alert_date)
            self._run()
            with self.assertRaises(Exception) as caught:
                card._dive_renew()
                env.flush_all()
            self.assertEqual(caught.exception.pgcode, "40001", "Odoo runs it again")
            env.cr.rollback()
        with self._env() as env:
            env["dive.certification"].browse(self.cards[0])._dive_renew()
        self.assertEqual(self._marks(), [(0, 0, 0)] + [(1, 1, 1)] * (CARDS - 1))

    def test_locked_card_waits(self):
        """Who works on a card does not stop the others' reminders."""
        with self._env() as env:
            card = env["dive.certification"].browse(self.cards[0])
            card.lock_for_update()
            self._run()
        self.assertEqual(self._marks(), [(0, 0, 0)] + [(1, 1, 1)] * (CARDS - 1))
        self._run()
        self.assertEqual(self._marks(), [(1, 1, 1)] * CARDS)

    def test_out_of_time(self):
        """A run that has no time left stops after a batch, and says what remains."""
        told = []

        def no_time(cron, processed=0, *, remaining=None, deactivate=False):
            told.append((processed, remaining))
            cron.env.cr.commit()
            return 0 if processed else 1

        with patch.object(self.registry["ir.cron"], "_commit_progress", no_time):
            self._run()
        self.assertEqual(told, [(0, CARDS), (3, None)])
        self._run()
        self.assertEqual(self._marks(), [(1, 1, 1)] * CARDS)

    def test_reminded_twice_at_once(self):
        """Two clicks on "Remind now": one message."""

        def remind(env):
            card = env["dive.certification"].browse(self.cards[0])
            card.action_remind()

        outcome = self._race([remind, remind])
        self.assertEqual(outcome.count(True), 1, outcome)
        refused = next(result for result in outcome if result is not True)
        # Which of two guards speaks depends on the moment; Odoo puts the index's own
        # message in the place of the second.
        self.assertRegex(str(refused), "today already|alert_once_a_day")
        self.assertEqual(self._marks()[0], (1, 1, 0))

    def test_scheduled_action(self):
        """The job itself, as the administrator's "Run manually" does it."""
        with self._env() as env:
            env.ref("dive_crm.ir_cron_certification_alert").method_direct_trigger()
        self.assertEqual(self._marks(), [(1, 1, 1)] * CARDS)
        with self._env() as env:
            job = env.ref("dive_crm.ir_cron_certification_alert")
            progress = env["ir.cron.progress"].search([("cron_id", "=", job.id)])
            self.assertEqual(max(progress.mapped("done")), CARDS)
            progress.unlink()
