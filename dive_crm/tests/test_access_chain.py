import json
import os
import shutil
import stat
import tempfile
from datetime import datetime

from odoo.tests.common import BaseCase, tagged

from ..tools import access_head, keyring
from ..tools.access_chain import NO_KEY, Chain, Row, code_of, log_key_of

KEY = b"k" * 32
LOG_KEY = log_key_of(KEY)


def row(seq, **values):
    """Return a row as it could be."""
    return Row(
        **{
            "seq": seq,
            "date": datetime(2026, 11, 22, 8, 0, seq % 60),
            "user_id": 7,
            "login": "ann",
            "user_name": "Ann",
            "res_model": "dive.medical.profile",
            "res_ids": "1,2",
            "partner_ids": "11,12",
            "field_names": "allergies",
            "action": "read",
            "allowed": True,
            "reason": "",
            "company_id": 1,
            "key_id": "aaaaaaaa",
            **values,
        }
    )


def chain_of(rows, log_key=LOG_KEY):
    """Return the rows with their codes."""
    coded, code = [], ""
    for one in rows:
        code = code_of(NO_KEY if one.key_id == "" else log_key, code, one)
        coded.append((one, code))
    return coded


@tagged("post_install", "-at_install")
class TestAccessChain(BaseCase):
    def _faults(self, coded, keys=None):
        chain = Chain((keys or {"aaaaaaaa": LOG_KEY}).get)
        for one, code in coded:
            chain.take(one, code)
        return chain.faults

    def test_a_whole_chain(self):
        coded = chain_of([row(seq) for seq in range(1, 50)])
        self.assertEqual(self._faults(coded), [])
        self.assertEqual(len({code for _row, code in coded}), 49)

    def test_each_column_counts(self):
        """A change of any one column shows, whatever it is changed to."""
        coded = chain_of([row(seq) for seq in range(1, 6)])
        others = {
            "date": datetime(2026, 11, 22, 8, 0, 3, 1),
            "user_id": 8,
            "company_id": 2,
            "allowed": False,
        }
        for name in Row._fields:
            if name in ("seq", "key_id"):
                continue
            with self.subTest(column=name):
                was = getattr(coded[2][0], name)
                changed = coded[2][0]._replace(**{name: others.get(name, f"{was}x")})
                self.assertEqual(
                    self._faults([*coded[:2], (changed, coded[2][1]), *coded[3:]]),
                    [("altered", 3, 3)],
                )

    def test_values_do_not_run_into_each_other(self):
        pairs = (
            (
                row(1, res_ids="1,2", partner_ids=""),
                row(1, res_ids="1", partner_ids=",2"),
            ),
            (row(1, login="an", user_name="n"), row(1, login="a", user_name="nn")),
            (row(1, user_id=1), row(1, user_id=True)),
            (row(1, reason="1"), row(1, reason=1)),
            (row(1, reason=""), row(1, reason=None)),
        )
        for one, other in pairs:
            self.assertNotEqual(code_of(LOG_KEY, "", one), code_of(LOG_KEY, "", other))

    def test_missing_rows(self):
        coded = chain_of([row(seq) for seq in range(1, 10)])
        self.assertEqual(self._faults(coded[2:]), [("missing", 1, 2)])
        self.assertEqual(self._faults(coded[:3] + coded[6:]), [("missing", 4, 6)])
        # renumbered to hide it
        renumbered = [
            (one._replace(seq=number), code)
            for number, (one, code) in enumerate(coded[:3] + coded[6:], 1)
        ]
        self.assertEqual(self._faults(renumbered), [("altered", 4, 6)])

    def test_a_row_put_in_or_swapped(self):
        coded = chain_of([row(seq) for seq in range(1, 5)])
        forged = (row(5, login="eve"), "0" * 64)
        self.assertEqual(self._faults([*coded, forged]), [("altered", 5, 5)])
        again = (row(5, login="eve"), coded[3][1])
        self.assertEqual(self._faults([*coded, again]), [("altered", 5, 5)])
        swapped = [coded[0], coded[2], coded[1], coded[3]]
        self.assertTrue(self._faults(swapped))
        self.assertEqual(self._faults([(row(1), None)]), [("altered", 1, 1)])

    def test_a_cut_tail_does_not_show_here(self):
        """What the file outside the database is for."""
        coded = chain_of([row(seq) for seq in range(1, 10)])
        self.assertEqual(self._faults(coded[:4]), [])

    def test_another_key(self):
        coded = chain_of([row(seq) for seq in range(1, 4)], log_key_of(b"x" * 32))
        self.assertEqual(self._faults(coded), [("altered", 1, 3)])
        self.assertEqual(self._faults(coded, {"b": LOG_KEY}), [("no_key", 1, 3)])

    def test_keys_change_on_the_way(self):
        other = log_key_of(b"o" * 32)
        first = chain_of([row(1), row(2)])
        third = row(3, key_id="bbbbbbbb")
        coded = [*first, (third, code_of(other, first[1][1], third))]
        keys = {"aaaaaaaa": LOG_KEY, "bbbbbbbb": other}
        self.assertEqual(self._faults(coded, keys), [])
        self.assertEqual(self._faults(coded), [("no_key", 3, 3)])

    def test_rows_without_a_key(self):
        """Before there was one: counted. Afterwards: a fault, as anybody can."""
        rows = [row(1, key_id=""), row(2, key_id=""), row(3), row(4, key_id=""), row(5)]
        chain = Chain({"aaaaaaaa": LOG_KEY}.get)
        for one, code in chain_of(rows):
            chain.take(one, code)
        self.assertEqual(chain.unsigned_first, 2)
        self.assertEqual(chain.faults, [("unsigned", 4, 4)])
        self.assertEqual(chain.count, 5)

    def test_the_key_of_the_log_is_another(self):
        self.assertNotEqual(LOG_KEY, KEY)
        self.assertEqual(len(LOG_KEY), 32)
        self.assertNotEqual(LOG_KEY, log_key_of(b"l" * 32))


@tagged("post_install", "-at_install")
class TestLogKeys(BaseCase):
    """A key that is dropped leaves what checks the log, and nothing more."""

    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.path = os.path.join(folder, "keys.json")

    def test_dropped_keys(self):
        old = keyring.create_keyring(self.path)
        before = keyring.load_keyring(self.path).log_key(old)
        new = keyring.add_key(self.path)
        with open(self.path) as file:
            secret = json.load(file)["keys"][old]["key"]
        keyring.drop_keys(self.path, [old])
        keys = keyring.load_keyring(self.path)
        self.assertEqual(keys.ids, (new,))
        self.assertEqual(keys.log_key(old), before)
        self.assertIsNone(keys.log_key("00000000"))
        with open(self.path) as file:
            self.assertNotIn(secret, file.read())
        # and the next rotation keeps it
        third = keyring.add_key(self.path)
        keyring.drop_keys(self.path, [new])
        keys = keyring.load_keyring(self.path)
        self.assertEqual(keys.ids, (third,))
        self.assertEqual(keys.log_key(old), before)
        self.assertTrue(keys.log_key(new))

    def test_a_damaged_list(self):
        key_id = keyring.create_keyring(self.path)
        with open(self.path) as file:
            content = json.load(file)
        for wrong in ([], {key_id: "short"}, {"x": "AAAA"}, {key_id: None}):
            content["log_keys"] = wrong
            os.unlink(self.path)
            with open(self.path, "w") as file:
                json.dump(content, file)
            os.chmod(self.path, 0o400)
            with self.subTest(wrong=wrong), self.assertRaises(keyring.KeyringMalformed):
                keyring.load_keyring(self.path)


@tagged("post_install", "-at_install")
class TestAccessHead(BaseCase):
    def setUp(self):
        super().setUp()
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        self.path = os.path.join(self.folder, "log.head")
        self.codes = {1: "a", 2: "b", 3: "c"}

    def _write(self, seq, database="one", **kwargs):
        access_head.write_head(
            self.path, database, seq, self.codes[seq], code_at=self.codes.get, **kwargs
        )

    def _seq(self, database="one"):
        head = access_head.read_head(self.path, database)
        return head and head["seq"]

    def test_databases_share_a_file(self):
        self.assertIsNone(self._seq())
        self._write(1)
        self._write(3, "two")
        self._write(2)
        self.assertEqual((self._seq(), self._seq("two")), (2, 3))
        self.assertEqual(stat.S_IMODE(os.stat(self.path).st_mode), 0o600)
        self.assertEqual(os.listdir(self.folder), ["log.head"])

    def test_a_cut_is_not_forgotten(self):
        self._write(3)
        del self.codes[3]
        with self.assertRaises(access_head.HeadBehind) as caught:
            self._write(2)
        self.assertEqual(caught.exception.head["seq"], 3)
        self.assertEqual(self._seq(), 3)
        # nor a row that is another one
        self.codes[3] = "x"
        with self.assertRaises(access_head.HeadBehind):
            self._write(3)

    def test_taken_as_it_is(self):
        self._write(3)
        access_head.write_head(self.path, "one", 2, "b")
        head = access_head.read_head(self.path, "one")
        self.assertEqual(head["seq"], 2)
        self.assertEqual([former["seq"] for former in head["former"]], [3])
        self.codes[3] = "new"
        self._write(3)
        head = access_head.read_head(self.path, "one")
        self.assertEqual([former["seq"] for former in head["former"]], [3])

    def test_a_file_of_no_use(self):
        for text in ("", "{", "[]", '{"version": 2, "heads": {}}', '{"version": 1}'):
            with open(self.path, "w") as file:
                file.write(text)
            os.chmod(self.path, 0o600)
            with self.subTest(text=text):
                with self.assertRaises(access_head.HeadError):
                    access_head.read_head(self.path, "one")
                with self.assertRaises(access_head.HeadError):
                    self._write(1)
                with open(self.path) as file:
                    self.assertEqual(file.read(), text)

    def test_a_file_that_others_may_write(self):
        self._write(1)
        os.chmod(self.path, 0o620)
        with self.assertRaises(access_head.HeadError) as caught:
            self._seq()
        self.assertIn("chmod 600", str(caught.exception))

    def test_no_such_folder(self):
        self.path = os.path.join(self.folder, "not", "there")
        self.assertIsNone(self._seq())
        with self.assertRaises(access_head.HeadError):
            self._write(1)
