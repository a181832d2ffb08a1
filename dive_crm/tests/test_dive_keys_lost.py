"""Sealed files that no key opens: nothing is deleted, and the keys still change."""

from unittest.mock import patch

from odoo.tests import tagged

from ..tools import key_rotation, keyring
from .keys_common import COUNT, KeysCase


@tagged("post_install", "-at_install")
class TestLost(KeysCase):
    def test_what_does_not_open_stays_as_it_is(self):
        with self._env() as env:
            broken = self._files(env)[2]
            stored = broken._attachments(["payload"])
            spoilt = stored.raw[:-1] + b"x"
            stored.write({"raw": spoilt, "mimetype": stored.mimetype})
            broken_id, key_id = broken.id, broken.key_id
        self.assertEqual(self._check(), 1)
        self.assertIn(f"  dive.sealed.file {broken_id}: DOES NOT OPEN", self.told)
        with patch("time.sleep"):
            self.assertEqual(self._rotate(batch=2), 1)
        with self._env() as env:
            broken = env["dive.sealed.file"].browse(broken_id)
            self.assertEqual(broken.key_id, key_id)
            self.assertEqual(broken._attachments(["payload"]).raw, spoilt)
            others = self._files(env) - broken
            self.assertEqual(
                set(others.mapped("key_id")),
                {keyring.load_keyring(self.key_file).current},
            )
            self.assertFalse(
                key_rotation.drop_old([env], self.key_file, self.told.append)
            )

    def _spoil(self, number):
        """Damage the picture of a card; return what names it for --give-up."""
        with self._env() as env:
            broken = self._files(env)[number]
            stored = broken._attachments(["payload"])
            spoilt = stored.raw[:-1] + bytes([stored.raw[-1] ^ 1])
            stored.write({"raw": spoilt, "mimetype": stored.mimetype})
            return key_rotation.value_name(broken)

    def test_what_does_not_open_stops_no_later_rotation(self):
        self._spoil(2)
        with patch("time.sleep"):
            self.assertEqual(self._rotate(), 1)
            first = keyring.load_keyring(self.key_file).current
            self.assertEqual(self._rotate(), 1)
        second = keyring.load_keyring(self.key_file).current
        self.assertNotEqual(first, second)
        with self._env() as env:
            self.assertEqual(key_rotation.waiting(env, second), 1)

    def test_going_on_makes_no_key_while_something_opens(self):
        self._spoil(2)
        keyring.add_key(self.key_file)  # as if killed right then
        current = keyring.load_keyring(self.key_file).current
        with patch("time.sleep"):
            self.assertEqual(self._rotate(), 1)
        self.assertEqual(keyring.load_keyring(self.key_file).current, current)

    def test_what_does_not_open_can_be_given_up(self):
        name = self._spoil(2)
        with self._env() as env:
            sound = key_rotation.value_name(self._files(env)[0])

        def drop(*names):
            del self.told[:]
            with self._env() as env:
                return key_rotation.drop_old(
                    [env], self.key_file, self.told.append, names
                )

        keyring.add_key(self.key_file)
        self.assertFalse(drop(name, sound), "the others are to be sealed anew first")
        self.assertIn(f"{sound} opens, and is not given up: rotate first", self.told)
        with patch("time.sleep"):
            self._rotate()
        self.assertFalse(drop())
        self.assertIn(f"  {name} does not open (--give-up names it)", self.told)
        self.assertEqual(drop(name), self.old_keys)
        self.assertTrue(self.told[0].startswith(f"Given up: {name}"))
        self.assertEqual(len(keyring.load_keyring(self.key_file).ids), 1)
        with self._env() as env:
            self.assertEqual(len(self._files(env)), COUNT, "nothing is deleted")
