"""The envelope that a secret is stored in: AES-256-GCM with its key named outside.

Layout: version (1 byte) · key id (4) · nonce (12) · ciphertext · tag (16). The id names
the key, so that keys can be replaced one value at a time; the tag covers the
associated data as well, so that an envelope opens only where it was sealed.
"""

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = 1
KEY_BYTES = 32
KEY_ID_BYTES = 4
NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES
#: How much longer an envelope is than what is in it.
OVERHEAD = HEADER_BYTES + TAG_BYTES


class EnvelopeError(Exception):
    """An envelope that cannot be opened. The message names no content."""


class UnknownVersion(EnvelopeError):
    """Sealed by a newer version of this program, or not an envelope at all."""


class Cut(EnvelopeError):
    """Too short to be an envelope."""


class UnknownKey(EnvelopeError):
    """Sealed with a key that is not at hand; ``key_id`` says which."""

    def __init__(self, key_id):
        super().__init__(f"sealed with key {key_id}, which is not in the key file")
        self.key_id = key_id


class Altered(EnvelopeError):
    """The bytes, their place or the key are not those it was sealed with."""


def new_key_id():
    """Return a random id (8 hexadecimal digits): two centres' keys never share one."""
    return os.urandom(KEY_ID_BYTES).hex()


def new_uid():
    """Return a random id for a record: its number is used again after a reinstall."""
    return os.urandom(16).hex()


def associated_data(label, record_id, uid):
    """Return the bytes that say where a value belongs.

    :param str label: what it is, a name that never changes (``model/field``)
    :param int record_id: the record it belongs to
    :param str uid: the record's random id (:func:`new_uid`)
    """
    parts = [label.encode(), struct.pack(">q", record_id), uid.encode()]
    # with its length before each part: "ab" + "c" must not be "a" + "bc"
    return b"".join(struct.pack(">I", len(part)) + part for part in parts)


def seal(key_id, cipher, data, place):
    """Return ``data`` (bytes) in an envelope.

    :param str key_id: id of the key of ``cipher``
    :param AESGCM cipher: made by :func:`cipher_of`
    :param bytes place: made by :func:`associated_data`
    """
    nonce = os.urandom(NONCE_BYTES)
    header = bytes([VERSION]) + bytes.fromhex(key_id) + nonce
    return header + cipher.encrypt(nonce, data, header[:-NONCE_BYTES] + place)


def open_envelope(envelope, ciphers, place):
    """Return what is in ``envelope``.

    :param Mapping ciphers: key id → cipher
    :raise EnvelopeError: one of its subclasses
    """
    key_id = key_id_of(envelope)
    cipher = ciphers.get(key_id)
    if cipher is None:
        raise UnknownKey(key_id)
    header = bytes(envelope[: HEADER_BYTES - NONCE_BYTES])
    nonce = envelope[HEADER_BYTES - NONCE_BYTES : HEADER_BYTES]
    try:
        return cipher.decrypt(nonce, envelope[HEADER_BYTES:], header + place)
    except InvalidTag:
        raise Altered(
            f"altered, moved or sealed with another key than {key_id}"
        ) from None


def key_id_of(envelope):
    """Return the id of the key that opens ``envelope``.

    :raise EnvelopeError: it is none
    """
    if not envelope:
        raise Cut("nothing is there")
    if envelope[0] != VERSION:
        raise UnknownVersion(f"an envelope of version {envelope[0]}, not {VERSION}")
    if len(envelope) < OVERHEAD:
        raise Cut(f"{len(envelope)} bytes are too few for an envelope")
    return bytes(envelope[1 : 1 + KEY_ID_BYTES]).hex()


def cipher_of(key):
    """Return the cipher of a ``key`` of 32 bytes."""
    return AESGCM(key)
