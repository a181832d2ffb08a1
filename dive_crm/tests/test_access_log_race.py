import logging
import os
from unittest.mock import patch

import psycopg2

from odoo import api
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models import dive_access_log
from ..models.dive_access_log import note_access
from ..tools import access_head, access_store, keyring
from .access_common import QUIET_LOG, AccessLogCase


@tagged("post_install", "-at_install")
class TestAccessLogWritten(AccessLogCase):
    """However a transaction ends, its looks are in the log."""

    def _look(self, env, *fields, **kwargs):
        note_access(env["res.partner"].browse(1), fields, "read", **kwargs)

    def _fields(self):
        return [row.field_names for row in self._rows()]

    def test_committed(self):
        with self._env() as env:
            self._look(env, "a")
            self.assertEqual(self._fields(), [])
            env.cr.commit()
            self.assertEqual(self._fields(), ["a"])
            env.cr.commit()
            self._look(env, "b")
        self.assertEqual(self._fields(), ["a", "b"])
        self.assertEqual(self._check(), 0)

    def test_rolled_back(self):
        with self._env() as env:
            self._look(env, "a")
            self._look(env, "b", allowed=False)
            env.cr.rollback()
            self.assertEqual(self._fields(), ["a", "b"])
            self._look(env, "c")
        self.assertEqual(self._fields(), ["a", "b", "c"])
        self.assertEqual([row.allowed for row in self._rows()], [True, False, True])

    def test_closed_by_an_error(self):
        with self.assertRaises(ZeroDivisionError), self._env() as env:
            self._look(env, "a")
            raise ZeroDivisionError
        self.assertEqual(self._fields(), ["a"])

    def test_a_savepoint_that_is_rolled_back(self):
        with self._env() as env:
            with self.assertRaises(ZeroDivisionError), env.cr.savepoint():
                self._look(env, "a")
                raise ZeroDivisionError
        self.assertEqual(self._fields(), ["a"])

    def test_a_transaction_that_failed_in_the_database(self):
        with self._env() as env:
            self._look(env, "a")
            with (
                self.assertRaises(psycopg2.errors.UndefinedColumn),
                mute_logger("odoo.sql_db"),
            ):
                env.cr.execute("SELECT nonsense")
            env.cr.rollback()
        self.assertEqual(self._fields(), ["a"])

    def test_a_cursor_that_only_reads(self):
        with self.registry.cursor(readonly=True) as cr:
            cr.execute("SET TRANSACTION READ ONLY")
            self._look(api.Environment(cr, 1, {}), "a")
        self.assertEqual(self._fields(), ["a"])

    def test_a_callback_of_others_that_fails(self):
        with self._env() as env:
            env.cr.postcommit.add(lambda: 1 / 0)
            self._look(env, "a")
            with self.assertRaises(ZeroDivisionError):
                env.cr.commit()
        self.assertEqual(self._fields(), ["a"])

    def test_a_look_in_a_callback(self):
        with self._env() as env:
            self._look(env, "a")
            env.cr.postcommit.add(lambda: self._look(env, "b"))
            env.cr.commit()
            self.assertEqual(self._fields(), ["a", "b"])
            self._look(env, "c")
            env.cr.postrollback.add(lambda: self._look(env, "d"))
            env.cr.rollback()
            self.assertEqual(self._fields(), ["a", "b", "c", "d"])
        self.assertEqual(self._fields(), ["a", "b", "c", "d"])

    def test_a_long_transaction_does_not_fill_the_memory(self):
        with patch.object(dive_access_log, "MOST_WAITING", 10), self._env() as env:
            for record_id in range(1, 36):
                note_access(env["res.partner"].browse(record_id), ["a"], "read")
            self.assertEqual(len(self._rows()), 3)
            waiting = env.cr.postcommit.data[dive_access_log._WAITING]
            self.assertEqual(waiting.count, 5)
        ids = ",".join(row.res_ids for row in self._rows()).split(",")
        self.assertEqual(ids, [str(number) for number in range(1, 36)])
        self.assertEqual(self._check(), 0)

    def test_a_log_that_cannot_be_written(self):
        """The work goes on, and the log of the server has what was to be written."""
        with (
            patch.object(access_store, "PATIENCE", "100ms"),
            self.registry.cursor() as other,
        ):
            other.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))", [access_store.LOCK]
            )
            with (
                mute_logger("odoo.sql_db"),
                self.assertLogs(QUIET_LOG, logging.CRITICAL) as logged,
                self._env() as env,
            ):
                self._look(env, "a", reason="why")
        self.assertEqual(self._rows(), [])
        self.assertIn("'field_names': 'a'", logged.output[0])
        self.assertIn("'reason': 'why'", logged.output[0])
        with self._env() as env:
            self._look(env, "b")
        self.assertEqual(self._fields(), ["b"])
        self.assertEqual(self._check(), 0)

    def test_eight_at_once_make_one_chain(self):
        """In REPEATABLE READ nearly each row would stand on the same one."""

        def looking(number):
            def act(env):
                for turn in range(10):
                    self._look(env, f"f{number}_{turn}", reason="x" * number)
                    # each second one is rolled back
                    (env.cr.commit if turn % 2 else env.cr.rollback)()

            return act

        self.assertEqual(
            self._race([looking(number) for number in range(8)]), [True] * 8
        )
        rows = self._rows()
        self.assertEqual([row.seq for row in rows], list(range(1, 81)))
        self.assertEqual(len({row.field_names for row in rows}), 80)
        self.assertEqual(self._check(), 0, self.told)


@tagged("post_install", "-at_install", "dive_long")
class TestAccessLogChecked(AccessLogCase):
    """What was done to the log shows."""

    def setUp(self):
        super().setUp()
        self._add(9)

    def _add(self, number, field="phone"):
        for _turn in range(number):
            with self._env() as env:
                note_access(env["res.partner"].browse(1), [field], "open")

    def _keep_end(self):
        with self._env() as env:
            env["dive.access.log"]._cron_dive_keep_end()

    def _sql(self, query):
        with self._unguarded() as cr:
            cr.execute(query)

    def test_a_whole_log(self):
        self.assertEqual(self._check(), 0)
        self.assertIn("9 rows", self._told())
        self.assertIn("does not know its end yet", self._told())
        self._keep_end()
        self._add(2)
        self.assertEqual(self._check(), 0)
        self.assertIn("row 9 is as it was", self._told())

    def test_batches(self):
        with patch.object(access_store.read, "__defaults__", (2,)):
            self.assertEqual(len(self._rows()), 9)
            self.assertEqual(self._check(), 0)

    def test_edited(self):
        self._sql("UPDATE dive_access_log SET login = 'eve' WHERE seq IN (3, 7)")
        self.assertEqual(self._check(), 2)
        self.assertIn("ROW 3 were changed", self._told())
        self.assertIn("ROW 7 were changed", self._told())

    def test_deleted_in_the_middle(self):
        self._sql("DELETE FROM dive_access_log WHERE seq BETWEEN 4 AND 6")
        self.assertEqual(self._check(), 1)
        self.assertIn("ROWS 4 TO 6 are missing", self._told())

    def test_deleted_at_the_beginning(self):
        self._sql("DELETE FROM dive_access_log WHERE seq < 3")
        self.assertEqual(self._check(), 1)

    def test_a_cut_tail_shows_by_the_file_outside(self):
        self._sql("DELETE FROM dive_access_log WHERE seq = 9")
        self.assertEqual(self._check(), 0)  # nobody knew of it
        self._add(1)
        self._keep_end()
        self._sql("DELETE FROM dive_access_log WHERE seq > 6")
        self.assertEqual(self._check(), 1)
        self.assertIn("IT HAD 9 ROWS, now 6", self._told())
        # grown beyond it since, and the scheduled action has come by
        self._add(5, "email")
        with self.assertLogs(QUIET_LOG, logging.ERROR):
            self._keep_end()
        self.assertEqual(self._check(), 1)
        self.assertIn("the last was another", self._told())

    def test_all_deleted(self):
        self._keep_end()
        self._sql("DELETE FROM dive_access_log")
        self._keep_end()
        self.assertEqual(self._check(), 1)

    def test_written_anew_without_a_key(self):
        """Somebody with the database, and not the key file."""
        self._keep_end()
        self._sql("DELETE FROM dive_access_log")
        with patch.dict(os.environ), mute_logger(QUIET_LOG):
            del os.environ[keyring.VARIABLE]
            self._add(9)
        self.assertEqual(self._check(), 1)
        self.assertIn("the last was another", self._told())

    def test_a_time_without_a_key_file(self):
        with patch.dict(os.environ, {keyring.VARIABLE: "/nowhere"}):
            with self.assertLogs(QUIET_LOG, logging.WARNING):
                self._add(1)
        self._add(1)
        self.assertEqual(self._check(), 1)
        self.assertIn("ROW 10 were written while there was no key file", self._told())

    def test_keys_are_changed(self):
        with open(self.key_file) as file:
            before = file.read()
        self.addCleanup(self._restore_keys, before)
        old = keyring.load_keyring(self.key_file).current
        keyring.add_key(self.key_file)
        self._add(2)
        self.assertEqual(len({row.key_id for row in self._rows()}), 2)
        self.assertEqual(self._check(), 0)
        keyring.drop_keys(self.key_file, [old])
        self.assertEqual(self._check(), 0)
        os.unlink(self.key_file)
        keyring.create_keyring(self.key_file)
        self.assertEqual(self._check(), 1)
        self.assertIn("ROWS 1 TO 11 have a key that is not", self._told())

    def _restore_keys(self, text):
        os.unlink(self.key_file)
        with open(self.key_file, "w") as file:
            file.write(text)
        os.chmod(self.key_file, 0o400)

    def test_a_trigger_that_is_gone(self):
        with self.registry.cursor() as cr:
            cr.execute("ALTER TABLE dive_access_log DISABLE TRIGGER USER")
        self.assertEqual(self._check(), 1)
        self.assertIn("ROWS CAN BE CHANGED", self._told())
        with self.registry.cursor() as cr:
            cr.execute("ALTER TABLE dive_access_log ENABLE TRIGGER USER")

    def test_a_file_of_its_end_that_is_of_no_use(self):
        self._keep_end()
        with open(self.head_file, "w") as file:
            file.write("{")
        self.assertEqual(self._check(), 1)
        self.assertIn("OF NO USE", self._told())
        with self.assertLogs(QUIET_LOG, logging.WARNING):
            self._keep_end()

    def test_no_place_for_its_end(self):
        with (
            patch.dict(os.environ, {access_head.VARIABLE: "/nowhere/log.head"}),
            self.assertLogs(QUIET_LOG, logging.WARNING),
        ):
            self._keep_end()
        with patch.dict(os.environ):
            del os.environ[access_head.VARIABLE]
            del os.environ[keyring.VARIABLE]
            with self.assertLogs(QUIET_LOG, logging.INFO) as logged:
                self._keep_end()
            self.assertIn("kept nowhere", logged.output[0])

    def test_many_faults_are_counted(self):
        self._add(50)
        self._sql("UPDATE dive_access_log SET login = 'eve' WHERE seq % 2 = 0")
        self.assertEqual(self._check(), 29)
        self.assertLess(len(self.told), 30)
        self.assertIn("and 9 faults more", self._told())
