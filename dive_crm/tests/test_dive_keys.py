import os
import re
import stat
import threading
from unittest.mock import patch

from odoo.tests.common import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..cli import dive_keys
from ..tools import key_rotation, keyring
from .keys_common import COUNT, CommandMixin, KeysCase


@tagged("post_install", "-at_install", "dive_long")
class TestRotation(KeysCase):
    def test_rotate_seals_everything_anew(self):
        before = self._contents()
        self.assertEqual(self._rotate(batch=2), 0)
        keys = keyring.load_keyring(self.key_file)
        self.assertEqual(keys.ids, (*self.old_keys, keys.current))
        with self._env() as env:
            self.assertEqual(set(self._files(env).mapped("key_id")), {keys.current})
            self.assertEqual(key_rotation.waiting(env, keys.current), 0)
        self.assertEqual(self._contents(), before)
        self.assertIn(f"  dive.sealed.file: {self.total}", self.told)
        self.assertEqual(self._check(sample=None), 0)
        # the old key opens nothing any more
        with self._env() as env:
            self.assertEqual(
                key_rotation.drop_old([env], self.key_file, self.told.append),
                self.old_keys,
            )
        self.assertEqual(keyring.load_keyring(self.key_file).ids, (keys.current,))
        self.assertEqual(self._contents(), before)

    def test_killed_between_batches_it_goes_on(self):
        self._rotate_killed(batch=2)
        keys = keyring.load_keyring(self.key_file)
        with self._env() as env:
            self.assertEqual(key_rotation.waiting(env, keys.current), self.total - 4)
            # none is dropped meanwhile
            self.assertFalse(
                key_rotation.drop_old([env], self.key_file, self.told.append)
            )
        self.assertEqual(len(self._contents()), COUNT)
        self.assertEqual(self._rotate(), 0)
        self.assertEqual(keyring.load_keyring(self.key_file).ids, keys.ids)
        self.assertTrue(any("Going on" in line for line in self.told))
        with self._env() as env:
            self.assertEqual(key_rotation.waiting(env, keys.current), 0)

    def test_killed_within_a_batch_nothing_is_lost(self):
        before = self._contents()
        model = self.registry["dive.sealed.file"]
        store = model._store
        stored = []

        def failing(file, keys, contents):
            store(file, keys, contents)
            stored.append(file.id)
            if len(stored) == 3:
                raise RuntimeError("out of memory")

        with (
            patch.object(model, "_store", failing),
            self.assertRaises(RuntimeError),
        ):
            self._rotate(batch=5)
        self.assertEqual(self._contents(), before)
        self.assertEqual(self._rotate(), 0)
        self.assertEqual(self._contents(), before)

    def test_a_row_in_use_comes_later(self):
        """SKIP LOCKED: somebody replaces a picture meanwhile."""
        with self._env() as other:
            locked = self._files(other)[0]
            other.cr.execute(
                "SELECT 1 FROM dive_sealed_file WHERE id = %s FOR UPDATE", [locked.id]
            )
            waits = []

            def release(_seconds):
                waits.append(1)
                other.cr.commit()

            with patch.object(key_rotation.time, "sleep", release):
                self.assertEqual(self._rotate(), 0)
            self.assertTrue(waits)
        with self._env() as env:
            self.assertFalse(
                key_rotation.waiting(env, keyring.load_keyring(self.key_file).current)
            )

    def test_one_at_a_time(self):
        with self._env() as env:
            env.cr.execute("SELECT pg_advisory_lock(hashtext(%s))", [key_rotation.LOCK])
            with self.assertRaises(key_rotation.Busy):
                self._rotate()
            env.cr.execute(
                "SELECT pg_advisory_unlock(hashtext(%s))", [key_rotation.LOCK]
            )
        self.assertEqual(keyring.load_keyring(self.key_file).ids, self.old_keys)

    def test_a_picture_taken_while_a_key_is_dropped(self):
        """Who has inserted a row but not sealed it yet is waited for."""
        keyring.add_key(self.key_file)
        self._rotate()
        keyring_before = keyring.load_keyring(self.key_file).ids
        started, go_on = threading.Event(), threading.Event()
        done = []

        def drop(env):
            started.set()
            done.append(key_rotation.drop_old([env], self.key_file, self.told.append))
            go_on.set()

        with self._env() as env, self._env() as other:
            self._files(env)[0].copy({"res_id": 0})  # a row, as _seal inserts it first
            env.flush_all()
            thread = threading.Thread(target=drop, args=[other])
            thread.start()
            started.wait(10)
            self.assertFalse(go_on.wait(0.5), "the key was dropped under a writer")
            env.cr.rollback()
            thread.join(30)
        self.assertTrue(go_on.is_set())
        self.assertEqual(len(done[0]), len(keyring_before) - 1)

    def test_check_names_a_missing_key(self):
        with self._env() as env:
            key_id = self._files(env)[0].key_id
        kept = self.key_file + ".kept"
        os.rename(self.key_file, kept)
        self.addCleanup(os.rename, kept, self.key_file)
        keyring.create_keyring(self.key_file)
        self.assertGreater(self._check(), COUNT)
        self.assertTrue(
            any(
                f"with key {key_id} (NOT IN THE KEY FILE)" in line for line in self.told
            )
        )

    def test_a_sample_is_the_oldest_and_the_newest(self):
        self.assertEqual(self._check(sample=2), 0)
        self.assertIn("  dive.sealed.file: 4 of 4 tried open", self.told)


@tagged("post_install", "-at_install")
class TestCommand(CommandMixin, KeysCase):
    """The command itself, in this process: it leaves by SystemExit, with a status."""

    def test_create_check_rotate_drop(self):
        status, told = self._run("create")
        self.assertIn("not overwritten", status)
        before = self._contents()
        with open(self.key_file) as file:
            [*secrets] = re.findall(r"[A-Za-z0-9+/]{43}=", file.read())
        self.assertTrue(secrets)
        status, told = self._run("check", "--all")
        self.assertFalse(status)
        self.assertIn("All is well", told)
        self.assertFalse([secret for secret in secrets if secret in told])
        status, told = self._run("rotate", "--batch", "3", "-d", get_db_name())
        self.assertFalse(status, told)
        self.assertIn("New key", told)
        status, told = self._run("rotate", "--drop-old")
        self.assertFalse(status, told)
        self.assertEqual(len(keyring.load_keyring(self.key_file).ids), 1)
        status, told = self._run("rotate", "--drop-old")
        self.assertIn("Dropped: nothing", told)
        self.assertEqual(self._contents(), before)

    def test_give_up_by_name(self):
        with self._env() as env:
            name = key_rotation.value_name(self._files(env)[0])
        self._run("rotate")
        with patch.object(key_rotation, "drop_old", return_value=()) as drop:
            self._run("rotate", "--drop-old", "--give-up", name, "--give-up", "b")
        self.assertEqual(drop.call_args.args[3], [name, "b"])

    def test_no_key_is_dropped_that_another_database_may_need(self):
        self._run("rotate")
        self.others = ("without", "forgotten")
        status, _told = self._run("rotate", "--drop-old")
        self.assertIn("dive_crm is also in forgotten", status)
        self.assertGreater(len(keyring.load_keyring(self.key_file).ids), 1)
        status, _told = self._run("rotate", "--drop-old", "--ignore-others")
        self.assertFalse(status)
        self.assertEqual(len(keyring.load_keyring(self.key_file).ids), 1)

    def test_a_database_with_it_and_one_without(self):
        with self._env() as env:
            self.assertLessEqual(
                {get_db_name(), "postgres"}, dive_keys.databases(env.cr)
            )
        self.assertTrue(dive_keys.uses(get_db_name()))
        self.assertFalse(dive_keys.uses("postgres"))

    def test_create_where_there_is_none(self):
        path = self.key_file + ".new"
        self.addCleanup(os.unlink, path)
        status, told = self._run("create", "--file", path)
        self.assertFalse(status)
        self.assertIn(path, told)
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o400)

    def test_faults_have_a_status_and_a_reason(self):
        os.chmod(self.key_file, 0o644)
        for action in ("check", "rotate"):
            status, _told = self._run(action)
            self.assertIn("chmod 400", status)
        os.chmod(self.key_file, 0o400)
        status, _told = self._run("create", "--file", "/nowhere/at/all/keys.json")
        self.assertIn("/nowhere/at/all", status)
        status, _told = self._run("check", "--file", "/nowhere/keys.json")
        self.assertIn("no such file", status)
        with self._env() as env:
            stored = self._files(env)[0]._attachments(["payload"])
            stored.write({"raw": b"\1" + b"x" * 60, "mimetype": stored.mimetype})
        status, told = self._run("check")
        self.assertEqual(status, 1)
        self.assertIn("1 faults", told)


@tagged("post_install", "-at_install")
class TestCommandFound(BaseCase):
    def test_found_by_its_name(self):
        self.assertEqual(dive_keys.DiveKeys.name, "dive_keys")
        with (
            mute_logger("odoo"),
            patch("sys.stderr"),
            self.assertRaises(SystemExit) as left,
        ):
            dive_keys.DiveKeys().run([])
        self.assertEqual(left.exception.code, 2)
