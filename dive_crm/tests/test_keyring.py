import json
import logging
import os
import shutil
import stat
import tempfile
from unittest.mock import patch

from odoo.tests.common import BaseCase, tagged
from odoo.tools import config

from ..tools import envelope, keyring


@tagged("post_install", "-at_install")
class TestKeyring(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.path = os.path.join(folder, "keys.json")
        self.place = envelope.associated_data("dive.test/text", 1, "uid")

    def _write(self, text, mode=0o400):
        if os.path.exists(self.path):
            os.unlink(self.path)
        with open(self.path, "w") as file:
            file.write(text)
        os.chmod(self.path, mode)

    def _content(self):
        with open(self.path) as file:
            return json.load(file)

    def _refused(self, error, code):
        with self.assertRaises(error) as caught:
            keyring.load_keyring(self.path)
        self.assertEqual(caught.exception.code, code)
        return str(caught.exception)

    def test_create_and_use(self):
        key_id = keyring.create_keyring(self.path)
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o400)
        keys = keyring.load_keyring(self.path)
        self.assertEqual((keys.current, keys.ids), (key_id, (key_id,)))
        self.assertTrue(keys.created[key_id])
        sealed = keys.seal(b"text", self.place)
        self.assertEqual(envelope.key_id_of(sealed), key_id)
        self.assertEqual(keys.open(sealed, self.place), b"text")
        self.assertEqual(os.listdir(os.path.dirname(self.path)), ["keys.json"])

    def test_create_never_overwrites(self):
        keyring.create_keyring(self.path)
        before = self._content()
        with self.assertRaises(keyring.KeyringExists):
            keyring.create_keyring(self.path)
        self._write("not ours")
        with self.assertRaises(keyring.KeyringExists):
            keyring.create_keyring(self.path)
        with open(self.path) as file:
            self.assertEqual(file.read(), "not ours")
        self.assertTrue(before)
        self.assertEqual(os.listdir(os.path.dirname(self.path)), ["keys.json"])

    def test_create_does_not_follow_a_dangling_link(self):
        target = self.path + ".elsewhere"
        os.symlink(target, self.path)
        with self.assertRaises(keyring.KeyringExists):
            keyring.create_keyring(self.path)
        self.assertFalse(os.path.exists(target))

    def test_an_umask_gives_nobody_a_key(self):
        previous = os.umask(0)
        self.addCleanup(os.umask, previous)
        keyring.create_keyring(self.path)
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o400)

    def test_each_fault_has_its_error(self):
        self._refused(keyring.KeyringMissing, "missing")
        self._write("")
        self._refused(keyring.KeyringEmpty, "empty")
        self._write('{"version": 1, "current": null, "keys": {}}')
        self._refused(keyring.KeyringEmpty, "empty")
        for text in ("{", "[]", "1", '"x"', '{"keys": []}', '{"version": 2}'):
            self._write(text)
            self._refused(keyring.KeyringMalformed, "malformed")
        os.unlink(self.path)
        keyring.create_keyring(self.path)
        for mode in (0o440, 0o404, 0o410, 0o644, 0o777, 0o420):
            os.chmod(self.path, mode)
            self._refused(keyring.KeyringExposed, "exposed")
        os.chmod(self.path, 0o600)
        keyring.load_keyring(self.path)
        os.unlink(self.path)
        os.mkdir(self.path, 0o700)
        self._refused(keyring.KeyringUnreadable, "unreadable")

    def test_a_file_that_may_not_be_read(self):
        keyring.create_keyring(self.path)
        # root may read everything: have the system refuse instead
        with patch.object(keyring, "open", side_effect=PermissionError(13, "denied")):
            self._refused(keyring.KeyringUnreadable, "unreadable")

    def test_broken_keys(self):
        keyring.create_keyring(self.path)
        content = self._content()
        [key_id] = content["keys"]
        for row in (
            None,
            {},
            {"key": 1},
            {"key": "!!"},
            {"key": "c2hvcnQ="},
            {"key": "not base64 but long enough to look like it, surely"},
        ):
            self._write(json.dumps({**content, "keys": {key_id: row}}))
            told = self._refused(keyring.KeyringMalformed, "malformed")
            self.assertNotIn("c2hvcnQ", told)
        for name in ("xyz", "", "00", key_id + "00", "ABCDEF01"):
            self._write(
                json.dumps({**content, "keys": {name: content["keys"][key_id]}})
            )
            self._refused(keyring.KeyringMalformed, "malformed")
        self._write(json.dumps({**content, "current": "00000000"}))
        self._refused(keyring.KeyringMalformed, "malformed")

    def test_rotation_keeps_the_old_key(self):
        first = keyring.create_keyring(self.path)
        sealed = keyring.load_keyring(self.path).seal(b"old", self.place)
        second = keyring.add_key(self.path)
        keys = keyring.load_keyring(self.path)
        self.assertEqual((keys.current, keys.ids), (second, (first, second)))
        self.assertEqual(keys.open(sealed, self.place), b"old")
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o400)
        with self.assertRaises(keyring.KeyringInUse):
            keyring.drop_keys(self.path, [first, second])
        keyring.drop_keys(self.path, [first])
        with self.assertRaises(envelope.UnknownKey):
            keyring.load_keyring(self.path).open(sealed, self.place)
        self.assertEqual(os.listdir(os.path.dirname(self.path)), ["keys.json"])

    def test_no_key_is_added_to_a_file_that_is_not_right(self):
        self._write('{"version": 1, "keys": {}}')
        with self.assertRaises(keyring.KeyringError):
            keyring.add_key(self.path)
        self.assertEqual(self._content(), {"version": 1, "keys": {}})

    def test_read_once_until_it_changes(self):
        keyring.create_keyring(self.path)
        keys = keyring.load_keyring(self.path)
        self.assertIs(keyring.load_keyring(self.path), keys)
        keyring.add_key(self.path)
        again = keyring.load_keyring(self.path)
        self.assertIsNot(again, keys)
        os.chmod(self.path, 0o404)  # a change that mtime does not know of
        self._refused(keyring.KeyringExposed, "exposed")

    def test_where_it_is(self):
        with (
            patch.dict(os.environ, {keyring.VARIABLE: ""}),
            patch.dict(config.options, {keyring.OPTION: None}),
        ):
            with self.assertRaises(keyring.KeyringUnset) as caught:
                keyring.load_keyring()
            self.assertIn(keyring.VARIABLE, str(caught.exception))
            config.options[keyring.OPTION] = "/etc/from-odoo.conf"
            self.assertEqual(keyring.key_path(), "/etc/from-odoo.conf")
            os.environ[keyring.VARIABLE] = self.path
            self.assertEqual(keyring.key_path(), self.path)

    def test_keys_are_not_told(self):
        keyring.create_keyring(self.path)
        [row] = self._content()["keys"].values()
        with self.assertLogs("odoo", logging.DEBUG) as logs:
            logging.getLogger("odoo.dive_crm").debug("so that there is a line")
            keys = keyring.load_keyring(self.path)
            keys.open(keys.seal(b"text", self.place), self.place)
            keyring.add_key(self.path)
        told = "\n".join([*logs.output, repr(keys), str(keys)])
        self.assertNotIn(row["key"], told)
        self.assertFalse(hasattr(keys, "__dict__"))
