"""Rows of backups: when one is due, what goes wrong, who is told, who may."""

import os
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests.common import TransactionCase, tagged

from ..models import dive_backup_run
from ..tools import backup_create
from .backup_common import BackupMixin
from .common import DiveMixin

NOW = datetime(2026, 11, 23, 12)
MADE = {
    "size": 1e6,
    "seconds": 75,
    "table_count": 9,
    "row_count": 5e9,
    "file_faults": 0,
}


@tagged("post_install", "-at_install")
class TestDiveBackup(BackupMixin, DiveMixin, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()
        cls.Backup = cls.env["dive.backup"]
        cls.Backup.search([]).unlink()
        cls.admin = cls.env.ref("base.user_admin")

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOW))
        self.enterContext(patch.dict(os.environ, DIVE_CRM_KEYS=self.key_file))
        self.started = []
        self.enterContext(patch.object(dive_backup_run, "_spawn", self.started.append))
        self._set("folder", self.folder)
        self._set("hour", "3")

    def _set(self, name, value):
        self.env["ir.config_parameter"].set_param(f"dive_crm.backup_{name}", value)

    def _made(self, hours=1, faults=0, verified=False):
        with freeze_time(NOW - timedelta(hours=hours)):
            row = self.Backup._dive_began()
            path = os.path.join(self.folder, f"db-{hours}.dive")
            row._dive_made(path, "id", {**MADE, "file_faults": faults})
            if verified:
                self.Backup._dive_verified(path)
        return row

    def _cron(self):
        before = len(self.Backup.search([]))
        self.Backup._cron_dive_backup()
        self.env.flush_all()
        self.env.cr.postcommit.run()
        return len(self.Backup.search([])) - before

    def _calls(self):
        return self.env["mail.activity"].search([("res_model", "=", "dive.backup")])

    # --- when ------------------------------------------------------------

    def test_nothing_until_a_folder_is_set(self):
        self._set("folder", "")
        self.assertEqual(self._cron(), 0)
        self.assertEqual(self.Backup.dive_status()["level"], "bad")
        self.assertIn("set a folder", self.Backup.dive_status()["text"])
        self.assertFalse(self._calls())

    def test_once_a_day_at_its_hour(self):
        self.assertEqual(self._cron(), 1)
        [command] = self.started
        self.assertIn("dive_backup", command)
        self.assertIn("--verify", command)
        self.assertEqual(command[command.index("-d") + 1], self.env.cr.dbname)
        self.assertEqual(self._cron(), 0, "one is about to begin")
        self.Backup.search([])._dive_made("/x/a", "id", MADE)
        for hours, due in ((0, 0), (14, 0), (15, 1)):
            with freeze_time(NOW + timedelta(hours=hours)):
                self.assertEqual(self._cron(), due, hours)

    def test_the_hour_is_that_of_the_centre(self):
        self.company.partner_id.tz = "Asia/Tokyo"
        self.assertEqual(self.Backup._dive_last_hour(), datetime(2026, 11, 22, 18))
        self._set("hour", "0")
        self.assertEqual(self.Backup._dive_last_hour(), datetime(2026, 11, 22, 15))
        self._set("hour", "22")
        self.assertEqual(self.Backup._dive_last_hour(), datetime(2026, 11, 22, 13))
        self.company.partner_id.tz = "Europe/Rome"
        for day, utc in ((28, 2), (29, 1), (30, 1)):  # summer time begins on the 29th
            self._set("hour", "3")
            with freeze_time(datetime(2026, 3, day, 12)):
                self.assertEqual(
                    self.Backup._dive_last_hour(), datetime(2026, 3, day, utc)
                )

    def test_a_night_that_fails_is_tried_three_times(self):
        for _time in range(dive_backup_run.TRIES):
            self.assertEqual(self._cron(), 1)
            self.Backup.search([], limit=1)._dive_failed("disk full")
        self.assertEqual(self._cron(), 0)
        self.assertEqual(len(self._calls()), self._admins())

    def _admins(self):
        return self.env["res.users"].search_count(
            [
                ("all_group_ids", "in", self.env.ref("base.group_system").id),
                ("share", "=", False),
            ]
        )

    # --- what goes wrong ---------------------------------------------------

    def test_killed(self):
        row = self.Backup._dive_began()
        with self.registry.cursor() as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))", [backup_create.LOCK]
            )
            self.Backup._dive_reap()
            self.assertEqual(row.state, "running", "it lives")
        self.Backup._dive_reap()
        self.assertEqual(row.state, "failed")
        self.assertIn("killed", row.error)

    def test_it_never_began(self):
        self._cron()
        row = self.Backup.search([])
        with freeze_time(NOW + timedelta(minutes=14)):
            self.Backup._dive_reap()
        self.assertEqual(row.state, "asked")
        with freeze_time(NOW + timedelta(minutes=16)):
            self.Backup._dive_reap()
        self.assertEqual(row.state, "failed")

    def test_admins_are_called_once_until_all_is_well(self):
        for why in ("disk <b>full</b>", "again"):
            self.Backup._dive_failed(why)
        calls = self._calls()
        self.assertEqual(len(calls), self._admins())
        self.assertIn(self.admin, calls.user_id)
        self.assertIn("disk &lt;b&gt;full", calls[0].note)
        self._made()
        self.assertFalse(self._calls())

    def test_one_that_is_too_old(self):
        row = self._made(hours=47)
        self.Backup._dive_warn_of_age()
        self.assertFalse(self._calls())
        row.date_start -= timedelta(hours=2)
        for _time in range(2):
            self.Backup._dive_warn_of_age()
        self.assertEqual(len(self._calls()), self._admins())
        self.assertEqual(self.Backup.dive_status()["level"], "bad")

    def test_verified_or_not_good(self):
        row = self._made(verified=True)
        self.assertTrue(row.date_verified)
        self.assertEqual(self.Backup.dive_status()["level"], "good")
        self.Backup._dive_not_good("cut", f"/elsewhere/{row.name}")
        self.assertEqual((row.state, row.error), ("bad", "cut"))
        self.assertFalse(row.date_verified)
        self.assertEqual(self.Backup.dive_status()["level"], "bad")
        row._dive_verified(row.name)
        self.assertEqual((row.state, row.error), ("done", False))
        row._dive_not_verified("no server", row.name)
        self.assertEqual(row.state, "done")
        self.assertFalse(self.Backup._dive_not_good("cut", "unknown.dive"))

    def test_a_failure_since_the_last_good_one_is_a_warning(self):
        self._made(verified=True)
        self.Backup._dive_failed("disk full")
        self.assertEqual(self.Backup.dive_status()["level"], "warning")
        self.Backup._dive_began()
        self.assertEqual(self.Backup.dive_status()["level"], "warning")

    def test_lost_files_are_a_warning(self):
        self._made(faults=3, verified=True)
        status = self.Backup.dive_status()
        self.assertEqual(status["level"], "warning")
        self.assertIn("3 files", status["text"])

    def test_texts(self):
        row = self._made(hours=3)
        self.assertEqual(row.age_text, "3 h")
        self.assertEqual(row.seconds_text, "0:01:15")
        self.assertEqual(row.size_text, "976.56 Kb")
        self.assertEqual(self._made(hours=100).age_text, "4 days")

    def test_after_a_restore_nothing_runs(self):
        rows = self.Backup._dive_began() | self.Backup._dive_new()
        done = self._made()
        self.Backup._dive_after_restore({}, {})
        self.assertEqual(set(rows.mapped("state")), {"failed"})
        self.assertEqual(done.state, "done")
        self.assertFalse(self._calls())

    def test_deleted_ones_are_no_longer_good(self):
        row = self._made()
        self.Backup._dive_note_deleted([row.name])
        self.assertEqual(row.state, "pruned")
        self.assertEqual(self.Backup.dive_status()["level"], "bad")

    # --- who ---------------------------------------------------------------

    def test_who_reads_who_makes(self):
        row = self._made()
        for user in (self.front, self.instructor, self.medical, self.portal):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["name"])
            with self.assertRaises(AccessError):
                row.with_user(user).action_dive_create()
        self.assertTrue(row.with_user(self.manager).read(["name", "age_text"]))
        manager = row.with_user(self.manager)
        self.assertEqual(manager.dive_status()["level"], "warning")
        with self.assertRaises(AccessError):
            manager.action_dive_create()
        with self.assertRaises(AccessError):
            manager.action_dive_verify()
        for user in (self.manager, self.admin):
            for change in (
                lambda mine: mine.write({"state": "done"}),
                lambda mine: mine.unlink(),
                lambda mine: mine.create({}),
            ):
                with self.assertRaises(AccessError):
                    change(row.with_user(user))

    def test_back_up_now(self):
        admin = self.Backup.with_user(self.admin)
        self.assertEqual(admin.action_dive_create()["tag"], "display_notification")
        self.env.cr.postcommit.run()
        self.assertEqual(len(self.started), 1)
        with self.assertRaisesRegex(UserError, "already"):
            admin.action_dive_create()
        self.Backup.search([]).write({"state": "failed"})
        os.rmdir(self.folder)
        with self.assertRaisesRegex(UserError, "no such folder"):
            admin.action_dive_create()
        os.mkdir(self.folder)
        os.unlink(self.key_file)
        with self.assertRaisesRegex(UserError, "no such file"):
            admin.action_dive_create()

    def test_verify(self):
        row = self._made().with_user(self.admin)
        with self.assertRaisesRegex(UserError, "not there any more"):
            row.action_dive_verify()
        with open(os.path.join(row.folder, row.name), "w"):
            pass
        row.action_dive_verify()
        self.env.cr.postcommit.run()
        self.assertIn("verify", self.started[0])

    def test_a_process_that_cannot_start(self):
        row = self.Backup._dive_new()
        row._dive_start(["create"])
        failed = []
        with (
            patch.object(dive_backup_run, "_spawn", side_effect=OSError("no memory")),
            patch.object(dive_backup_run, "Registry", lambda _name: self.registry),
            patch.object(
                type(row), "_dive_failed", lambda _row, why: failed.append(why)
            ),
            self.assertLogs(dive_backup_run._logger, "ERROR"),
        ):
            self.env.cr.postcommit.run()
        self.assertEqual(failed, ["no memory"])

    def test_no_password_among_the_arguments(self):
        with patch.dict(
            dive_backup_run.config.options,
            {"db_password": "s3cret", "db_host": "db.example", "pg_path": "/pg"},
        ):
            options = dive_backup_run._options()
        self.assertIn("--db_host", options)
        self.assertNotIn("s3cret", " ".join(options))

    def test_settings(self):
        Settings = self.env["res.config.settings"].with_user(self.admin)

        def prefixed(values):
            return {f"dive_backup_{key}": value for key, value in values.items()}

        for values in (
            {"folder": "backups"},
            {"folder": "/no/such/folder"},
            {"folder": self.key_file},
            {"keep_daily": -1},
            {"keep_monthly": 1001},
        ):
            with self.assertRaises(ValidationError):
                Settings.new(prefixed(values))._dive_check_backup()
        values = {"hour": "0", "keep_daily": 3, "keep_weekly": 0}
        Settings.create(prefixed({"folder": f" {self.place} ", **values})).set_values()
        self.assertEqual(
            self.Backup._dive_params(),
            {"folder": self.place, "hour": 0, "keep": (3, 0, 12)},
        )
        # a disk that is away just now does not keep other settings from being saved
        self._set("folder", "/not/mounted")
        settings = Settings.new(prefixed({"folder": "/not/mounted"}))
        settings._dive_check_backup()
        self.assertIn("There is no good", settings.dive_backup_status)

    def test_the_list_asks_as_often_for_eighty(self):
        names = ["name", "age_text", "size_text", "seconds_text", "state", "error"]

        def count(number):
            self.Backup.create([MADE] * number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Backup.with_user(self.manager).search_read([], names)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(80))
