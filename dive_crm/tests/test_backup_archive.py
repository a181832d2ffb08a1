"""What is cut, altered, swapped, appended or of another key does not open."""

import io
import os
from unittest.mock import patch

from odoo.tests.common import BaseCase

from ..tools import backup_archive, keyring
from ..tools.backup_archive import DATABASE, FILES, HEAD, MANIFEST
from .backup_common import BackupMixin

#: Small chunks: what is tried at each byte is tried at each kind of byte.
CHUNK = 40
PARTS = [
    (HEAD, b'{"database": "x"}'),
    (DATABASE, bytes(range(100))),
    (FILES, b"f" * 90),
    (MANIFEST, b"{}"),
]


class TestArchive(BackupMixin, BaseCase):
    def setUp(self):
        super().setUp()
        self.enterContext(patch.object(backup_archive, "CHUNK", CHUNK))
        self.data = self._archive(*PARTS)

    def _frames(self):
        """Return where each chunk begins and ends."""
        start = backup_archive._START
        at = start.size + start.unpack(self.data[: start.size])[2]
        at += backup_archive.ID_BYTES
        frames = []
        while at < len(self.data):
            _kind, length = backup_archive._FRAME.unpack_from(self.data, at)
            end = at + backup_archive._FRAME.size + length + 16
            frames.append((at, end))
            at = end
        return frames

    def _refused(self, data, kind=backup_archive.ArchiveError):
        with self.assertRaises(kind):
            self._read(bytes(data))

    def test_what_goes_in_comes_out(self):
        self.assertEqual(self._read(self.data), PARTS)
        self.assertEqual(len(self._frames()), 1 + 3 + 3 + 1 + 1)
        self.assertNotIn(b"database", self.data)
        self.assertNotIn(b"ffff", self.data)

    def test_empty_parts(self):
        self.assertEqual(self._read(self._archive((HEAD, b"{}"))), [(HEAD, b"{}")])

    def test_cut_anywhere(self):
        for length in range(len(self.data)):
            self._refused(self.data[:length], backup_archive.CutArchive)

    def test_altered_anywhere(self):
        for at in range(len(self.data)):
            altered = bytearray(self.data)
            altered[at] ^= 1 << at % 8
            self._refused(altered)

    def test_appended(self):
        for tail in (b"\0", self.data, self.data[slice(*self._frames()[-1])]):
            self._refused(self.data + tail, backup_archive.AlteredArchive)

    def test_chunks_swapped_left_out_doubled(self):
        frames = self._frames()
        first = frames[0][0]
        pieces = [self.data[slice(*frame)] for frame in frames]
        for one in range(len(pieces)):
            left_out = pieces[:one] + pieces[one + 1 :]
            self._refused(self.data[:first] + b"".join(left_out))
            doubled = pieces[: one + 1] + pieces[one:]
            self._refused(self.data[:first] + b"".join(doubled))
            for other in range(one):
                swapped = list(pieces)
                swapped[one], swapped[other] = swapped[other], swapped[one]
                self._refused(self.data[:first] + b"".join(swapped))

    def test_chunks_of_another_archive(self):
        other = self._archive(*PARTS)
        for begin, end in self._frames():
            mixed = bytearray(self.data)
            mixed[begin:end] = other[begin:end]
            self._refused(mixed, backup_archive.AlteredArchive)

    def test_no_two_are_alike(self):
        self.assertNotEqual(self.data, self._archive(*PARTS))

    def test_another_key(self):
        key_id = self.keys.current
        os.unlink(self.key_file)
        keyring.create_keyring(self.key_file)
        with self.assertRaisesRegex(backup_archive.LockedArchive, key_id):
            self._read(self.data)

    def test_a_key_of_the_same_number(self):
        other = os.path.join(self.place, "other.json")
        with patch("os.urandom", lambda length: b"\x01" * length):
            keyring.create_keyring(other)
        with open(other) as file:
            forged = file.read().replace("01010101", self.keys.current)
        os.unlink(self.key_file)
        with open(os.open(self.key_file, os.O_CREAT | os.O_WRONLY, 0o400), "w") as file:
            file.write(forged)
        self._refused(self.data, backup_archive.AlteredArchive)

    def test_the_key_was_rotated_since(self):
        keyring.add_key(self.key_file)
        self.assertEqual(self._read(self.data), PARTS)
        keyring.drop_keys(
            self.key_file, [one for one in self.keys.ids if one != self.keys.current]
        )
        self._refused(self.data, backup_archive.LockedArchive)

    def test_something_else(self):
        for data in (b"", b"PK\3\4" + bytes(100), b"DIVECRM\x1a\x02" + bytes(200)):
            self._refused(data)
        with self.assertRaisesRegex(backup_archive.NotAnArchive, "version 2"):
            self._read(b"DIVECRM\x1a\x02" + bytes(200))

    def test_kinds_have_an_order(self):
        writer = backup_archive.Writer(io.BytesIO(), self.keys)
        writer.add(DATABASE, b"x")
        with self.assertRaises(ValueError):
            writer.add(HEAD, b"y")
