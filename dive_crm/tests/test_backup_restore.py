"""Real backups of a small database: made, verified, restored, and spoilt."""

import hashlib
import os
import shutil
from unittest.mock import patch

from odoo.tests.common import BaseCase, tagged

from ..tools import (
    backup_archive,
    backup_create,
    backup_folder,
    backup_postgres,
    backup_restore,
    keyring,
)
from ..tools.backup_archive import BackupError
from .backup_common import SmallDatabaseMixin


@tagged("post_install", "-at_install")
class TestBackupRestore(SmallDatabaseMixin, BaseCase):
    def setUp(self):
        super().setUp()
        self.before = self._databases()
        self.addCleanup(self._nothing_left)
        self._put_file("aa/one", b"one", times=3)
        self.sha1 = hashlib.sha1(b"two", usedforsecurity=False).hexdigest()
        self._put_file(f"{self.sha1[:2]}/{self.sha1}", b"two")

    def _nothing_left(self):
        self.assertEqual(self._databases(), self.before)
        left = [name for name in os.listdir(self.folder) if name.startswith(".")]
        self.assertEqual(left, [])
        scratch = [
            name
            for name in os.listdir(self.data)
            if name.startswith(backup_postgres.SCRATCH)
        ]
        self.assertEqual(scratch, [])

    def _new_name(self):
        name = f"{self.database}_new"
        self.addCleanup(self._drop, name)
        return name

    def _restore(self, path, database, **options):
        options.setdefault("series", "19.0")
        return backup_restore.restore(
            self.server, path, self.keys, database, self._filestore, **options
        )

    def _verify(self, path):
        return backup_restore.verify(self.server, path, self.keys)

    def test_made_verified_restored(self):
        began = []
        made = self._create(
            key_tables=["dive_secret"], began=lambda: began.append(self._other_backup())
        )
        self.assertEqual(began, ["refused"])
        self.assertEqual(os.stat(made.path).st_mode & 0o777, 0o600)
        self.assertEqual(made.size, os.path.getsize(made.path))
        self.assertEqual(made.manifest["files"]["count"], 2)
        self.assertEqual(made.manifest["files"]["names"], [])
        self.assertEqual(made.manifest["keys"], sorted(["0badc0de", self.keys.current]))
        self.assertEqual(made.manifest["tables"]["public.twins"][0], 3)
        self.assertEqual(made.head["modules"], {"base": "19.0.1.3"})
        # what it was sealed with may be older by now
        keyring.add_key(self.key_file)
        self.assertEqual(self._verify(made.path)[1], made.manifest)
        self._check_restored(made)

    def _check_restored(self, made):
        name, seen = self._new_name(), []

        def after(scratch, head, manifest):
            seen.append((self._is_hidden(scratch), head["id"], manifest["keys"]))
            self._sql(scratch, "INSERT INTO twins VALUES (77)")

        self._restore(made.path, name, after=after)
        self.assertEqual(seen, [(True, made.head["id"], made.manifest["keys"])])
        self.assertFalse(self._is_hidden(name))
        query = 'SELECT a, b, c, d, e, f, g FROM "Odd ""name" ORDER BY id'
        self.assertEqual(self._sql(name, query), self._sql(self.database, query))
        self.assertEqual(
            self._sql(name, "SELECT a FROM twins ORDER BY 1"), [(1,), (1,), (2,), (77,)]
        )
        two = f"{self.sha1[:2]}/{self.sha1}"
        for file, content in (("aa/one", b"one"), (two, b"two")):
            with open(os.path.join(self._filestore(name), file), "rb") as copy:
                self.assertEqual(copy.read(), content)
        self._refuse_and_replace(made, name)

    def _refuse_and_replace(self, made, name):
        with self.assertRaisesRegex(BackupError, "there is a database"):
            self._restore(made.path, name)
        former = self._restore(made.path, name, replace=True)[2]
        self.addCleanup(shutil.rmtree, self._filestore(former))
        self.addCleanup(self._drop, former)
        self.assertTrue(os.path.isfile(os.path.join(self._filestore(former), "aa/one")))
        with self.assertRaises(BackupError):
            self.server.connect(former)
        query = "SELECT count(*) FROM twins WHERE a = 77"
        self.assertEqual(self._sql(name, query), [(0,)])
        with self.server.admin() as cr:
            backup_postgres.show(cr, former)
        self.assertEqual(self._sql(former, query), [(1,)])

    def _is_hidden(self, name):
        with self.server.admin() as cr:
            cr.execute("SELECT datistemplate FROM pg_database WHERE datname=%s", [name])
            return cr.fetchone()[0]

    def _other_backup(self):
        try:
            self._create()
        except backup_create.Busy:
            return "refused"

    def test_cut_altered_appended(self):
        made = self._create()
        with open(made.path, "rb") as file:
            whole = file.read()
        middle = len(whole) // 2
        spoilt = {
            "cut": whole[:middle],
            "without its end": whole[:-21],
            "altered": whole[:middle]
            + bytes([whole[middle] ^ 1])
            + whole[middle + 1 :],
            "appended": whole + b"\0",
            "empty": b"",
            "another": b"PK" + whole,
        }
        path = os.path.join(self.folder, "spoilt.dive")
        for name, content in spoilt.items():
            with self.subTest(name):
                with open(path, "wb") as file:
                    file.write(content)
                with self.assertRaisesRegex(backup_archive.ArchiveError, "spoilt.dive"):
                    self._restore(path, f"{self.database}_x")
        # without the database as well
        with self.assertRaises(backup_archive.ArchiveError):
            backup_restore.verify(self.server, path, self.keys, only_read=True)
        self.assertFalse(os.path.exists(self._filestore(f"{self.database}_x")))

    def test_a_copy_that_differs(self):
        """What pg_restore does not say, the comparison does."""
        made = self._create()

        def tampered(server, name, pieces):
            backup_postgres.Server.restore(server, name, pieces)
            self._sql(name, "UPDATE twins SET a = 3 WHERE a = 2")

        with (
            patch.object(
                backup_restore,
                "_counted",
                lambda archive, _progress: archive.chunks(backup_archive.DATABASE),
            ),
            patch.object(
                self.server, "restore", lambda *args: tampered(self.server, *args)
            ),
            self.assertRaisesRegex(backup_restore.Different, "public.twins has other"),
        ):
            self._verify(made.path)

    def test_one_moment(self):
        """What is written while it runs is in it nowhere; no file goes meanwhile."""
        started = []

        def began():
            self._sql(self.database, "INSERT INTO twins VALUES (9)")
            self._put_file("bb/late", b"late")
            started.append(self._collects_files())

        self.addCleanup(self._sql, self.database, "DELETE FROM twins WHERE a = 9")
        made = self._create(began=began)
        self.assertEqual(started, ["waits"])
        self.assertEqual(made.manifest["tables"]["public.twins"][0], 3)
        self.assertEqual(made.manifest["files"]["count"], 2)
        self.assertEqual(self._collects_files(), "collects")

    def _collects_files(self):
        """Lock as ``ir.attachment._gc_file_store`` does, which waits longer for it."""
        try:
            self._sql(
                self.database,
                "SET LOCAL lock_timeout = '50ms'; LOCK ir_attachment IN SHARE MODE",
            )
        except backup_postgres.psycopg2.errors.LockNotAvailable:
            return "waits"
        return "collects"

    def test_files_that_were_lost(self):
        path = os.path.join(self._filestore(self.database), "aa/one")
        os.unlink(path)
        found = self._create().manifest["files"]
        self.assertEqual((found["missing"], found["names"]), (1, ["aa/one"]))
        shutil.rmtree(self._filestore(self.database))
        with self.assertRaisesRegex(BackupError, "--data-dir"):
            self._create()

    def test_what_is_missing_is_said_first(self):
        for folder in ("", os.path.join(self.place, "gone")):
            with patch.object(self, "folder", folder), self.assertRaises(BackupError):
                self._create()
        self.folder = os.path.join(self.place, "backups")
        no_tools = backup_postgres.Server(
            self.server._info, lambda name: 1 / 0, self.server._environ
        )
        with (
            patch.object(type(self), "server", no_tools),
            self.assertRaisesRegex(BackupError, "pg_dump is not on this machine"),
        ):
            self._create()
        with (
            patch.object(type(self), "database", "dive_no_such"),
            self.assertRaisesRegex(BackupError, "dive_no_such"),
        ):
            self._create()
        with (
            patch.object(backup_create.backup_folder.os, "statvfs") as statvfs,
            self.assertRaisesRegex(BackupError, "MB are needed"),
        ):
            statvfs.return_value.f_bavail = statvfs.return_value.f_frsize = 1
            self._create()
        self.assertEqual(os.listdir(self.folder), [])

    def test_stopped_nothing_is_left(self):
        class Stop:
            def show(self, what, *_args, **_options):
                if what == "Database":
                    raise KeyboardInterrupt

        with self.assertRaises(KeyboardInterrupt):
            self._create(progress=Stop())
        made = self._create()
        with self.assertRaises(KeyboardInterrupt):
            self._restore(made.path, f"{self.database}_x", progress=Stop())
        self.assertFalse(os.path.exists(self._filestore(f"{self.database}_x")))

    def test_what_may_not_be_restored(self):
        made = self._create(about={"series": "18.0"})
        name = f"{self.database}_x"
        with self.assertRaisesRegex(BackupError, "restore it with Odoo 18.0"):
            self._restore(made.path, name)
        for bad in ("", "x" * 64, "a/b", "..", backup_postgres.SCRATCH + "1"):
            with self.assertRaises(BackupError):
                self._restore(made.path, bad)
        os.makedirs(self._filestore(name))
        with self.assertRaisesRegex(BackupError, "move them away"):
            self._restore(made.path, name)
        with self.assertRaisesRegex(BackupError, "No such file"):
            self._restore(made.path + "x", f"{name}y")

    def test_the_next_one_clears_what_a_killed_one_left(self):
        left, used = (backup_postgres.SCRATCH + text for text in ("left", "used"))
        self.addCleanup(self._drop, used)
        forgotten = []
        with self.server.admin() as cr, self.server.admin() as other:
            for name in (left, used):
                cr.execute(f"CREATE DATABASE {name} IS_TEMPLATE true")
            other.execute("SELECT pg_advisory_lock(hashtext(%s))", [used])
            self.server.clear(forgotten.append)
            self.assertEqual(forgotten, [left])
            self.assertNotIn(left, self._databases())
            self.assertIn(used, self._databases())

    def test_listed_and_pruned(self):
        made = [self._create() for _time in range(2)]
        backup_folder.mark_verified(made[0].path, made[0].head["id"])
        found = backup_folder.listing(self.folder, self.keys)
        self.assertEqual({one.path for one in found}, {one.path for one in made})
        self.assertEqual({one.head["database"] for one in found}, {self.database})
        self.assertEqual(backup_folder.to_prune(found, (0, 0, 0)), [])
        backup_folder.unmark_verified(made[0].path)
        found = backup_folder.listing(self.folder, self.keys)
        [old] = backup_folder.to_prune(found, (0, 0, 0))
        backup_folder.remove(old)
        self.assertEqual(len(os.listdir(self.folder)), 1)
