"""Rotation, files, folder and progress of backups: all that needs no database."""

import io
import os
import random
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from odoo.tests.common import BaseCase

from ..tools import backup_archive, backup_files, backup_folder, backup_rotation
from ..tools.backup_rotation import Keep
from ..tools.progress import Progress, human
from .backup_common import BackupMixin

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)


class TestRotation(BaseCase):
    def _nights(self, number, verified=()):
        return [(NOW - timedelta(days=n), n in verified) for n in range(number)]

    def test_a_year_of_nights(self):
        kept = backup_rotation.kept(self._nights(400), Keep(7, 4, 12))
        days = sorted((NOW - when).days for when, _verified in kept)
        self.assertEqual(days[:7], list(range(7)))
        # Sundays before this and the last week, then the end of October
        self.assertEqual(days[7:10], [8, 15, 23])
        self.assertEqual(len({when.strftime("%Y%m") for when, _verified in kept}), 12)
        self.assertLessEqual(len(kept), 7 + 4 + 12)

    def test_several_a_day_the_last_stays(self):
        hours = [(NOW - timedelta(hours=n), False) for n in range(3)]
        self.assertEqual(backup_rotation.kept(hours, Keep(5, 0, 0)), {hours[0]})

    def test_never_the_newest_nor_the_newest_verified(self):
        nights = self._nights(30, verified=(20, 25))
        self.assertEqual(
            backup_rotation.kept(nights, Keep(0, 0, 0)), {nights[0], nights[20]}
        )
        self.assertEqual(
            backup_rotation.kept(nights, Keep(-3, -1, -1)), {nights[0], nights[20]}
        )

    def test_none(self):
        self.assertEqual(backup_rotation.kept([]), set())

    def test_properties(self):
        chance = random.Random(8)
        for _time in range(200):
            backups = {
                (
                    NOW - timedelta(minutes=chance.randrange(600_000)),
                    chance.random() < 0.3,
                )
                for _number in range(chance.randrange(1, 60))
            }
            keep = Keep(*(chance.randrange(10) for _period in range(3)))
            kept = backup_rotation.kept(backups, keep)
            self.assertLessEqual(kept, backups)
            self.assertIn(max(backups), kept)
            self.assertLessEqual(len(kept), sum(keep) + 2)
            verified = [one for one in backups if one[1]]
            if verified:
                self.assertIn(max(verified), kept)
            # once more it deletes nothing
            self.assertEqual(backup_rotation.kept(kept, keep), kept)


class TestFiles(BackupMixin, BaseCase):
    def _put(self, name, content):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)

    def _written(self, names):
        stream = io.BytesIO()
        return backup_files.write_files(self.folder, names, stream.write), (
            stream.getvalue()
        )

    def test_there_and_back(self):
        whole = "0b/0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33"
        contents = {whole: b"foo", "x/empty": b"", "x/big": os.urandom(700_000)}
        for name, content in contents.items():
            self._put(name, content)
        found, data = self._written(contents)
        self.assertEqual(found["count"], 3)
        self.assertEqual((found["missing"], found["damaged"]), (0, 0))
        target = os.path.join(self.place, "target")
        os.mkdir(target)
        pieces = [data[n : n + 999] for n in range(0, len(data), 999)]
        again = backup_files.read_files(pieces, target)
        self.assertEqual(again, {key: found[key] for key in again})
        for name, content in contents.items():
            with open(os.path.join(target, name), "rb") as file:
                self.assertEqual(file.read(), content)

    def test_missing_and_damaged_are_counted_and_named(self):
        damaged = "0b/0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33"
        self._put(damaged, b"fo\0")
        found, _data = self._written([damaged, "aa/gone", "../keys.json", "x"])
        self.assertEqual((found["missing"], found["damaged"]), (3, 1))
        self.assertEqual(found["names"], [damaged, "aa/gone", "../keys.json", "x"])
        self.assertEqual(found["count"], 1)

    def test_names_that_lead_out(self):
        for name in ("", "/etc/passwd", "../x", "a/../../x", "a//b", ".", "a\\..\\b"):
            self.assertFalse(backup_files.is_safe(name), name)
        data = backup_files._RECORD.pack(4, 0) + b"../x"
        with self.assertRaises(backup_archive.AlteredArchive):
            backup_files.read_files([data], self.folder)

    def test_not_whole(self):
        self._put("a", b"abc")
        _found, data = self._written(["a"])
        for length in range(len(data)):
            with self.assertRaises(backup_archive.AlteredArchive):
                backup_files.read_files([data[:length]])
        with self.assertRaises(backup_archive.AlteredArchive):
            backup_files.read_files([data, b"x"])


class TestFolder(BackupMixin, BaseCase):
    def _new(self, content=b"x", database="my db/ü", when=NOW):
        with backup_folder.new_file(self.folder, database, when) as (file, name_it):
            file.write(content)
            name_it("0123456789abcdef")
        return os.path.join(
            self.folder, backup_folder.file_name(database, when, "0123456789")
        )

    def test_a_name_only_when_whole(self):
        with (
            self.assertRaises(RuntimeError),
            backup_folder.new_file(self.folder, "db", NOW) as (file, _name_it),
        ):
            file.write(b"half")
            [name] = os.listdir(self.folder)
            self.assertTrue(name.startswith(".") and name.endswith(".part"))
            mode = os.stat(os.path.join(self.folder, name)).st_mode & 0o777
            self.assertEqual(mode, 0o600)
            raise RuntimeError
        self.assertEqual(os.listdir(self.folder), [])
        path = self._new()
        self.assertEqual(os.listdir(self.folder), [os.path.basename(path)])
        self.assertEqual(
            os.path.basename(path), "my_db_-20261123T030000Z-01234567.dive"
        )
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)

    def test_what_the_killed_left_goes_what_is_written_stays(self):
        with open(os.path.join(self.folder, ".db-1-a.part"), "wb"):
            pass
        with backup_folder.new_file(self.folder, "db", NOW) as (file, name_it):
            backup_folder.clear(self.folder)
            self.assertEqual(len(os.listdir(self.folder)), 1)
            file.write(b"x")
            name_it("0123456789")

    def test_disk_full(self):
        def full(_descriptor):
            raise OSError(28, "No space left on device")

        with patch.object(os, "fsync", full), self.assertRaises(OSError):
            self._new()
        self.assertEqual(os.listdir(self.folder), [])
        with self.assertRaisesRegex(backup_archive.BackupError, "MB are needed"):
            backup_folder.check_space(self.folder, 10**18)

    def test_folders_that_cannot_be(self):
        for folder in ("", None, os.path.join(self.place, "gone"), self.key_file):
            with self.assertRaises(backup_archive.BackupError):
                backup_folder.check_folder(folder)
        with (
            patch.object(os, "access", return_value=False),
            self.assertRaisesRegex(backup_archive.BackupError, "may not be written"),
        ):
            backup_folder.check_folder(self.folder)

    def test_a_mark_is_of_one_archive(self):
        path = self._new()
        self.assertIsNone(backup_folder.verified_on(path, "1"))
        backup_folder.mark_verified(path, "1")
        self.assertTrue(backup_folder.verified_on(path, "1"))
        self.assertIsNone(backup_folder.verified_on(path, "2"))
        for text in ("", "[]", "{", "null"):
            with open(path + backup_folder.VERIFIED, "w") as file:
                file.write(text)
            self.assertIsNone(backup_folder.verified_on(path, "1"))

    def test_what_cannot_be_read_is_listed_and_never_deleted(self):
        self._new(b"nonsense")
        [found] = backup_folder.listing(self.folder, self.keys)
        self.assertIn("too short", found.error)
        self.assertEqual(backup_folder.to_prune([found], Keep(0, 0, 0)), [])

    def test_each_database_has_its_own_rotation(self):
        def found(name, uuid, hours, verified=None):
            when = (NOW - timedelta(hours=hours)).isoformat()
            head = {"database": name, "uuid": uuid, "when": when}
            return backup_folder.Found(f"{name}{uuid}{hours}", 1, head, verified, None)

        backups = [
            found("a", 1, 0),
            found("a", 1, 100),
            found("a", 1, 200, "then"),
            found("a", 2, 300),
            found("b", 1, 400),
            found("b", 1, 500),
        ]
        old = backup_folder.to_prune(backups, Keep(0, 0, 0))
        self.assertEqual([one.path for one in old], ["a1100", "b1500"])
        old = backup_folder.to_prune(backups, Keep(0, 0, 0), "a")
        self.assertEqual([one.path for one in old], ["a1100"])


class TestProgress(BaseCase):
    def test_a_bar_for_people_lines_for_logs(self):
        seconds = [0]
        out = io.StringIO()
        progress = Progress(out, lambda: seconds[0])
        for done in range(0, 101, 10):
            seconds[0] += 5
            progress.show("Files", done * 10**6, 100 * 10**6, "B")
        self.assertEqual(len(out.getvalue().splitlines()), 1)
        self.assertIn("]  50% 50.0 MB of 100.0 MB", out.getvalue())
        out.isatty = lambda: True
        progress = Progress(out, lambda: seconds[0])
        progress.show("Files", 1, 1)
        self.assertIn("\rFiles [" + "#" * 30 + "] 100% 1 of 1", out.getvalue())
        progress.clear()
        self.assertTrue(out.getvalue().endswith("\r"))

    def test_sizes(self):
        self.assertEqual(
            [human(size) for size in (0, 999, 1500, 5 * 10**9, 10**16)],
            ["0 B", "999 B", "1.5 kB", "5.0 GB", "10000.0 TB"],
        )
