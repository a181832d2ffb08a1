import os
from unittest.mock import patch

from odoo.tests.common import get_db_name, tagged

from ..models.dive_access_log import note_access
from ..tools import access_head, keyring
from .access_common import AccessLogCase
from .keys_common import CommandMixin


@tagged("post_install", "-at_install")
class TestAccessLogCommand(CommandMixin, AccessLogCase):
    """``dive_keys check`` says what was done to the access log."""

    def setUp(self):
        super().setUp()
        with patch.dict(os.environ):
            # its end is kept beside the key file
            del os.environ[access_head.VARIABLE]
            self.assertEqual(access_head.head_path(), self.head_file)
        for _turn in range(4):
            with self._env() as env:
                note_access(env["res.partner"].browse(1), ["phone"], "open")
        with self._env() as env:
            env["dive.access.log"]._cron_dive_keep_end()

    def _check_log(self, *args):
        """Return the status, and the lines about the log."""
        status, told = self._run("check", "-d", get_db_name(), *args)
        lines = [line for line in told.splitlines() if "access log" in line]
        return status, "\n".join(lines)

    def _cut(self):
        with self._unguarded() as cr:
            cr.execute("DELETE FROM dive_access_log WHERE seq > 2")

    def test_all_is_well(self):
        _status, told = self._check_log()
        self.assertIn("4 rows", told)
        self.assertIn("row 4 is as it was", told)
        self.assertNotIn("ROW", told)

    def test_a_cut_tail(self):
        faults = self._faults()
        self._cut()
        status, told = self._check_log()
        self.assertEqual(status, 1)
        self.assertIn("IT HAD 4 ROWS, now 2", told)
        self.assertEqual(self._faults(), faults + 1)

    def test_a_restored_backup(self):
        faults = self._faults()
        self._cut()
        _status, told = self._check_log("--new-end")
        self.assertIn("it had 4 rows, and was then replaced", told)
        self.assertEqual(self._faults(), faults)
        _status, told = self._check_log()
        self.assertIn("row 2 is as it was", told)
        self.assertIn("it had 4 rows", told)

    def test_installed_anew(self):
        faults = self._faults()
        with self._unguarded() as cr:
            cr.execute("DELETE FROM dive_access_log")
        self.assertEqual(self._faults(), faults + 1)
        self._check_log("--new-end")
        self.assertEqual(self._faults(), faults)
        with self._env() as env:
            note_access(env["res.partner"].browse(1), ["phone"], "open")
        with self._env() as env:
            env["dive.access.log"]._cron_dive_keep_end()
        self.assertEqual(self._faults(), faults)

    def test_an_edited_row(self):
        with self._unguarded() as cr:
            cr.execute("UPDATE dive_access_log SET res_ids = '2' WHERE seq = 2")
        status, told = self._check_log()
        self.assertEqual(status, 1)
        self.assertIn("ROW 2 were changed", told)

    def test_no_place_for_its_end(self):
        with patch.dict(os.environ, {access_head.VARIABLE: "/nowhere/log.head"}):
            _status, told = self._check_log("--new-end")
        self.assertIn("could not be kept: /nowhere", told)
        self.assertIn("does not know its end yet", told)

    def test_no_secret_is_told(self):
        keys = keyring.load_keyring(self.key_file)
        _status, told = self._check_log()
        self.assertNotIn(keys.log_key(keys.current).hex(), told)

    def _faults(self):
        """Return how many faults there are, those of other tests' files among them."""
        _status, told = self._run("check", "-d", get_db_name())
        last = told.splitlines()[-1]
        return 0 if last == "All is well." else int(last.split()[0])
