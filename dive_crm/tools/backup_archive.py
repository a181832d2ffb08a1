"""The file that a backup is: encrypted chunks in their order, with a marked end.

Layout: magic (8 bytes) · version (1) · length of the next (2) · data key in an
envelope · id (16), then chunks: kind (1) · length of content (4) · ciphertext · tag
(16). The key of the data is made for this archive alone and lies in an envelope (see
envelope.py), which names the key of the key file that opens it. The number of a chunk
is its nonce, and header, kind and length are authenticated with it: what is cut,
altered, swapped, left out or put in does not open. The last chunk says that it is the
last.
"""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from . import envelope

MAGIC = b"DIVECRM\x1a"
VERSION = 1
ID_BYTES = 16
#: Content of a chunk at most: this is what is in the memory at a time.
CHUNK = 1 << 20
LABEL = "dive_crm/backup"
#: Kinds of chunks, in the order in which they come.
HEAD, DATABASE, FILES, MANIFEST, END = range(1, 6)
_FRAME = struct.Struct(">BI")
_START = struct.Struct(">8sBH")


class BackupError(Exception):
    """What was asked for cannot be done; the message says why and what to do."""


class ArchiveError(BackupError):
    """The archive cannot be used; the message says why and names no content."""


class NotAnArchive(ArchiveError):
    """Something else, or written by a newer version of this program."""


class CutArchive(ArchiveError):
    """Its end is missing."""


class AlteredArchive(ArchiveError):
    """It is not as it was written."""


class LockedArchive(ArchiveError):
    """The key that it was sealed with is not at hand; ``key_id`` says which."""

    def __init__(self, key_id, where):
        super().__init__(
            f"sealed with key {key_id}, which is not in the key file {where}: put the"
            " key file of that time in its place (a copy is in your safe)"
        )
        self.key_id = key_id


def _nonce(number):
    return number.to_bytes(envelope.NONCE_BYTES, "big")


def _place(archive_id):
    return envelope.associated_data(LABEL, 0, archive_id.hex())


class Writer:
    """Write an archive into a binary file, from its first byte to its end."""

    def __init__(self, file, keys):
        """:param Keyring keys: its current key seals the archive's own."""
        self._file = file
        archive_id, key = os.urandom(ID_BYTES), os.urandom(envelope.KEY_BYTES)
        sealed = keys.seal(key, _place(archive_id))
        self._header = _START.pack(MAGIC, VERSION, len(sealed)) + sealed + archive_id
        self._cipher = AESGCM(key)
        self._number = 0
        self._kind, self._waiting = HEAD, bytearray()
        self.archive_id = archive_id.hex()
        self.key_id = keys.current
        file.write(self._header)

    def add(self, kind, data):
        """Add content of a kind: kinds come in their order."""
        if kind < self._kind:
            raise ValueError("the kinds of chunks have an order")
        if kind != self._kind:
            self._flush()
            self._kind = kind
        self._waiting += data
        while len(self._waiting) >= CHUNK:
            self._chunk(self._kind, bytes(self._waiting[:CHUNK]))
            del self._waiting[:CHUNK]

    def close(self):
        """Mark the end. Without it the archive counts as cut."""
        self._flush()
        self._chunk(END, b"")

    def _flush(self):
        if self._waiting:
            self._chunk(self._kind, bytes(self._waiting))
            self._waiting.clear()

    def _chunk(self, kind, content):
        frame = _FRAME.pack(kind, len(content))
        sealed = self._cipher.encrypt(
            _nonce(self._number), content, self._header + frame
        )
        self._number += 1
        self._file.write(frame)
        self._file.write(sealed)


class Reader:
    """Read an archive: nothing is given out that was not checked."""

    def __init__(self, file, keys):
        """Read the header.

        :param Keyring keys: the key file as it is now
        :raise ArchiveError: one of its subclasses
        """
        self._file = file
        start = self._exactly(_START.size, "it is too short to be a backup")
        magic, version, length = _START.unpack(start)
        if magic != MAGIC:
            raise NotAnArchive("this is no backup of dive_backup")
        if version != VERSION:
            raise NotAnArchive(
                f"written in version {version} of the format, not {VERSION}: update"
                " dive_crm first"
            )
        rest = self._exactly(length + ID_BYTES, "it is cut within its header")
        self._header = start + rest
        sealed, archive_id = rest[:length], rest[length:]
        self._cipher = AESGCM(self._open_key(keys, sealed, archive_id))
        self._number = 0
        self.archive_id = archive_id.hex()
        self.key_id = envelope.key_id_of(sealed)
        self._next = None
        self._advance()

    @staticmethod
    def _open_key(keys, sealed, archive_id):
        try:
            return keys.open(sealed, _place(archive_id))
        except envelope.UnknownKey as error:
            raise LockedArchive(error.key_id, keys.path) from None
        except envelope.EnvelopeError:
            raise AlteredArchive(
                "its header was altered, or it has another key of the same number"
            ) from None

    def chunks(self, kind):
        """Give the content of a kind, chunk by chunk."""
        while self._next[0] == kind:
            content = self._next[1]
            self._advance()
            yield content

    def whole(self, kind, most=64 * CHUNK):
        """Return all content of a kind that fits into the memory."""
        content = bytearray()
        for chunk in self.chunks(kind):
            content += chunk
            if len(content) > most:
                raise AlteredArchive("a part of it is larger than it can be")
        return bytes(content)

    def finish(self):
        """Check that all was read and nothing comes after the end."""
        if self._next[0] != END:
            raise AlteredArchive("there is content that belongs nowhere")
        if self._file.read(1):
            raise AlteredArchive("something was appended to it")

    def _advance(self):
        frame = self._exactly(_FRAME.size, "its end is missing")
        kind, length = _FRAME.unpack(frame)
        before = self._next[0] if self._next else HEAD
        if not before <= kind <= END or length > CHUNK:
            raise AlteredArchive(f"chunk {self._number} was altered")
        sealed = self._exactly(length + envelope.TAG_BYTES, "its end is missing")
        try:
            content = self._cipher.decrypt(
                _nonce(self._number), sealed, self._header + frame
            )
        except InvalidTag:
            raise AlteredArchive(
                f"chunk {self._number} was altered or is not in its place"
            ) from None
        self._number += 1
        self._next = kind, content

    def _exactly(self, length, why):
        data = self._file.read(length)
        if len(data) < length:
            raise CutArchive(f"it is cut: {why}")
        return data
