"""The run at night, in real transactions: killed, twice at once, against a renewal."""

import threading
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .alert_race_common import TOLD, UNTOLD, AlertRaceMixin
from .common import RaceCase

CARDS = 10


@tagged("dive_long")
class TestAlertRun(AlertRaceMixin, RaceCase):
    run_model = "dive.certification"
    run_job = "dive_crm.ir_cron_certification_alert"
    made_last = "dive.certification.alert"
    batch = 3

    def setUp(self):
        super().setUp()
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
        self._assert_told()

    @mute_logger("odoo.sql_db")
    def test_renewed_at_the_same_moment(self):
        """A renewal that does not see the reminder yet is run again, and takes it."""
        self._overtaken_by_run(
            "dive.certification", self.cards[0], lambda card: card._dive_renew()
        )
        self.assertEqual(self._marks(), [UNTOLD] + [TOLD] * (CARDS - 1))

    def test_locked_card_waits(self):
        """Who works on a card does not stop the others' reminders."""
        with self._env() as env:
            card = env["dive.certification"].browse(self.cards[0])
            card.lock_for_update()
            self._run()
        self.assertEqual(self._marks(), [UNTOLD] + [TOLD] * (CARDS - 1))
        self._run()
        self._assert_told()

    def test_out_of_time(self):
        """A run that has no time left stops after a batch, and says what remains."""
        told = []

        def no_time(cron, processed=0, *, remaining=None, deactivate=False):
            told.append((processed, remaining))
            cron.env.cr.commit()
            return 0 if processed else 1

        with patch.object(self.registry["ir.cron"], "_commit_progress", no_time):
            self._run()
        self.assertEqual(told, [(0, CARDS), (self.batch, None)])
        self._run()
        self._assert_told()

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
