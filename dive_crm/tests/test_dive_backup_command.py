"""``dive_backup`` itself, in this process: it leaves by SystemExit, with a status."""

import os
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests.common import BaseCase, tagged

from ..cli import dive_backup
from ..tools import backup_command
from ..tools.backup_archive import BackupError
from .backup_common import SmallDatabaseMixin


class _Row:
    """What is written into the row of a run."""

    def __init__(self, written, folder):
        self.id, self._written, self._folder = 5, written, folder
        self.env = {"dive.key.holder": self}

    def browse(self, _row_id):
        return self

    def exists(self):
        return self

    def _dive_params(self):
        return {"folder": self._folder, "keep": (0, 0, 0)}

    def _dive_key_holders(self):
        return []

    def __getattr__(self, name):
        return lambda *_args: self._written.append(name)


@tagged("post_install", "-at_install")
class TestDiveBackupCommand(SmallDatabaseMixin, BaseCase):
    """On a small database: its rows, which only an Odoo has, are in the memory here."""

    def setUp(self):
        super().setUp()
        self._put_file("aa/one", b"one")
        self.written = []
        self.enterContext(patch.dict(os.environ, DIVE_CRM_KEYS=self.key_file))
        self.enterContext(patch.object(backup_command, "rows_of", self._rows))
        self.enterContext(patch.object(backup_command, "lift_limits"))

    @contextmanager
    def _rows(self, database):
        if not database.startswith(self.database):
            raise BackupError(f"{database}: there is no such database")
        yield _Row(self.written, self.folder)

    def _run(self, *args):
        lines = []
        config = dive_backup.config
        with (
            patch.object(dive_backup, "tell", lines.append),
            patch.object(config, "parse_config"),
            patch.object(config, "filestore", self._filestore),
            self.assertRaises(SystemExit) as left,
        ):
            dive_backup.DiveBackup().run(list(args))
        return left.exception.code, "\n".join(lines)

    def _file(self):
        [name] = [name for name in os.listdir(self.folder) if name.endswith(".dive")]
        return os.path.join(self.folder, name)

    def test_create_verify_list_prune_restore(self):
        status, told = self._run("create", "-d", self.database, "--verify", "--prune")
        self.assertEqual(status, 0, told)
        self.assertIn("good. Restored", told)
        self.assertEqual(
            self.written,
            ["_dive_began", "_dive_made", "_dive_verified", "_dive_note_deleted"],
        )
        status, told = self._run("list", "--in", self.folder)
        self.assertEqual(status, 0)
        self.assertIn(f"{self.database}  ", told)
        self.assertIn("verified 20", told)
        status, told = self._run("prune", "-d", self.database, "--daily", "1")
        self.assertEqual((status, told), (0, ""))
        name = f"{self.database}_new"
        self.addCleanup(self._drop, name)
        status, told = self._run("restore", self._file(), "-d", name)
        self.assertEqual(status, 0)
        self.assertIn(f"{name}: restored", told)
        status, _told = self._run("restore", self._file(), "-d", name)
        self.assertIn("there is a database", status)

    def test_the_newest_stays_older_ones_go(self):
        for _time in range(2):
            self._run("create", "-d", self.database, "--to", self.folder)
        prune = ("prune", "--in", self.folder, "--weekly=0", "--monthly=0")
        status, told = self._run(*prune, "--daily=0", "--dry-run")
        self.assertIn("Would delete", told)
        self.assertEqual(len(os.listdir(self.folder)), 2)
        status, told = self._run(*prune, "--daily=0")
        self.assertEqual(status, 0)
        self.assertIn("Deleted", told)
        self.assertTrue(self._file())

    def test_faults_are_told_and_have_a_status(self):
        os.unlink(os.path.join(self._filestore(self.database), "aa/one"))
        status, told = self._run("create", "-d", self.database)
        self.assertEqual(status, dive_backup.WITH_FAULTS)
        self.assertIn("1 files are missing", told)
        self.assertIn("aa/one", told)

    def test_what_is_wrong_is_said_in_a_line(self):
        self._run("create", "-d", self.database)
        path = self._file()
        with open(path, "r+b") as file:
            file.truncate(os.path.getsize(path) - 1)
        self.written.clear()
        status, _told = self._run("verify", path, "-d", self.database)
        self.assertIn("its end is missing", status)
        self.assertEqual(self.written, ["_dive_not_good"])
        status, _told = self._run("verify", path, "--only-read")
        self.assertIn("its end is missing", status)
        for args, said in (
            (("create", "-d", "dive_no_such"), "no such database"),
            (("create", "-d", self.database, "--to", "/no/such"), "no such folder"),
            (("verify", "/no/such.dive"), "No such file"),
            (("list",), "name a folder"),
            (("list", "--in", "/no/such"), "No such file"),
            (("prune", "--in", "/no/such"), "No such file"),
        ):
            with self.subTest(args):
                status, _told = self._run(*args)
                self.assertIn(said, status)
                self.assertTrue(status.startswith("dive_backup: "))
        os.unlink(self.key_file)
        status, _told = self._run("create", "-d", self.database)
        self.assertIn("there is no such file", status)
        self.assertEqual(self.written[-1], "_dive_failed")

    def test_what_cannot_be_read_is_listed(self):
        with open(os.path.join(self.folder, "x.dive"), "wb") as file:
            file.write(b"x")
        status, told = self._run("list", "--in", self.folder)
        self.assertEqual(status, 1)
        self.assertIn("CANNOT BE READ", told)

    def test_bad_arguments(self):
        for args in ((), ("create",), ("restore", "x"), ("nonsense",)):
            with patch("sys.stderr"), self.assertRaises(SystemExit) as left:
                dive_backup.DiveBackup().run(list(args))
            self.assertEqual(left.exception.code, 2)

    def test_stopped(self):
        for error in (KeyboardInterrupt, OSError(28, "No space left on device")):
            with patch.object(backup_command.backup_folder, "check_folder") as check:
                check.side_effect = error
                status, _told = self._run("create", "-d", self.database)
            self.assertIn("Nothing unfinished was kept", status)
        self.assertEqual(self.written, ["_dive_failed"] * 2)
        self.assertEqual(os.listdir(self.folder), [])
