"""The file that holds the keys, outside the database, its files and its backups.

::

    {"version": 1, "current": "5f1c09ab",
     "keys": {"5f1c09ab": {"key": "<base64, 32 bytes>", "created": "2026-11-22T…"}}}

Only its owner may read it (mode 0400). ``current`` seals; the others only open what was
sealed before the last rotation. Of a key that was dropped, ``log_keys`` keeps what
checks the access log (see access_chain.py), which opens nothing. Nothing here writes a
key to a log or a message.
"""

import base64
import binascii
import json
import os
import tempfile
from datetime import UTC, datetime
from types import MappingProxyType

from . import access_chain, envelope

VARIABLE = "DIVE_CRM_KEYS"
OPTION = "dive_crm_keys"
FILE_VERSION = 1
MODE = 0o400


class KeyringError(Exception):
    """The keys cannot be had: ``code`` says why, ``path`` where they were sought."""

    code = "error"

    def __init__(self, path, why):
        super().__init__(f"{path}: {why}" if path else why)
        self.path = path
        self.why = why


class KeyringUnset(KeyringError):
    """Nobody has said where the key file is."""

    code = "unset"

    def __init__(self):
        super().__init__(None, f"no key file is named: set {VARIABLE} to its path")


class KeyringMissing(KeyringError):
    """There is no such file."""

    code = "missing"


class KeyringUnreadable(KeyringError):
    """The user that Odoo runs as may not read it, or it is no file."""

    code = "unreadable"


class KeyringExposed(KeyringError):
    """Others than its owner may read it."""

    code = "exposed"


class KeyringMalformed(KeyringError):
    """It is not what ``dive_keys create`` writes."""

    code = "malformed"


class KeyringEmpty(KeyringError):
    """It is empty, or has no key in it."""

    code = "empty"


class KeyringExists(KeyringError):
    """A new file would overwrite this one."""

    code = "exists"


class KeyringInUse(KeyringError):
    """The key that seals cannot be dropped."""

    code = "in_use"


class Keyring:
    """The keys of one file, at one moment."""

    __slots__ = ("_ciphers", "_log_keys", "created", "current", "path")

    def __init__(self, path, current, keys, created, log_keys=None):
        self.path = path
        self.current = current
        self.created = MappingProxyType(created)
        self._ciphers = {
            key_id: envelope.cipher_of(key) for key_id, key in keys.items()
        }
        self._log_keys = {
            **(log_keys or {}),
            **{key_id: access_chain.log_key_of(key) for key_id, key in keys.items()},
        }

    def __repr__(self):
        return f"<Keyring {self.path}: {len(self._ciphers)} keys, {self.current}>"

    @property
    def ids(self):
        """Return the ids of all keys, in the order of the file."""
        return tuple(self._ciphers)

    def seal(self, data, place):
        """Return ``data`` (bytes) sealed with the current key.

        :param bytes place: made by :func:`envelope.associated_data`
        """
        return envelope.seal(self.current, self._ciphers[self.current], data, place)

    def open(self, sealed, place):
        """Return what is in ``sealed``.

        :raise envelope.EnvelopeError: it does not open
        """
        return envelope.open_envelope(sealed, self._ciphers, place)

    def log_key(self, key_id):
        """Return what signs rows of the access log, also of a dropped key; or None."""
        return self._log_keys.get(key_id)


def key_path():
    """Return the path of the key file.

    :raise KeyringUnset: neither the environment nor Odoo's configuration names one
    """
    path = os.environ.get(VARIABLE) or _configured()
    if not path:
        raise KeyringUnset
    return os.path.abspath(path)


def _configured():
    from odoo.tools import config  # these tools work without Odoo as well

    return config.get(OPTION)


_cache = {}


def load_keyring(path=None):
    """Return the keys, read again only when the file has changed.

    :param path: of the file; default: :func:`key_path`
    :raise KeyringError: one of its subclasses
    """
    path = path or key_path()
    try:
        stat = os.stat(path)
    except FileNotFoundError:
        raise KeyringMissing(path, "there is no such file") from None
    except OSError as error:
        raise KeyringUnreadable(path, error.strerror) from None
    # ctime: of a file given to others, only that changes
    stamp = (path, stat.st_ino, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size)
    found = _cache.get("keyring")
    if not found or found[0] != stamp:
        found = _cache["keyring"] = (stamp, _read(path, stat))
    return found[1]


def _read(path, stat):
    if stat.st_mode & 0o077:
        raise KeyringExposed(
            path, f"others may read it (mode {stat.st_mode & 0o777:03o}): chmod 400"
        )
    return Keyring(path, *_parse(path, _read_json(path)))


def _read_json(path):
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError as error:
        raise KeyringUnreadable(path, error.strerror) from None
    if not text.strip():
        raise KeyringEmpty(path, "the file is empty")
    try:
        return json.loads(text)
    except ValueError:
        # not the parser's own words: they may quote the text
        raise KeyringMalformed(path, "this is not JSON") from None


def _parse(path, content):
    if not isinstance(content, dict) or not isinstance(content.get("keys"), dict):
        raise KeyringMalformed(path, "there is no list of keys in it")
    if content.get("version") != FILE_VERSION:
        raise KeyringMalformed(path, "written by another version of this program")
    if not content["keys"]:
        raise KeyringEmpty(path, "there is no key in it")
    keys, created = {}, {}
    for key_id, row in content["keys"].items():
        keys[key_id] = _parse_key(path, key_id, row)
        created[key_id] = row.get("created")
    if content.get("current") not in keys:
        raise KeyringMalformed(path, "the current key is not in it")
    log_keys = {
        key_id: _parse_key(path, key_id, {"key": text})
        for key_id, text in _log_keys_in(path, content).items()
    }
    return content["current"], keys, created, log_keys


def _log_keys_in(path, content):
    log_keys = content.get("log_keys", {})
    if not isinstance(log_keys, dict):
        raise KeyringMalformed(path, "its list of keys of the access log is damaged")
    return log_keys


def _parse_key(path, key_id, row):
    try:
        key = base64.b64decode(row["key"], validate=True)
        well_formed = (
            len(bytes.fromhex(key_id)) == envelope.KEY_ID_BYTES
            and key_id == key_id.lower()
            and len(key) == envelope.KEY_BYTES
        )
    except (KeyError, TypeError, ValueError, binascii.Error):
        well_formed = False
    if not well_formed:
        raise KeyringMalformed(path, "one of its keys is not whole") from None
    return key


# --- writing --------------------------------------------------------------


def create_keyring(path):
    """Write a new file with one key and return its id.

    :raise KeyringExists: there is a file already: its keys may be in use
    """
    content = {"version": FILE_VERSION, "current": None, "keys": {}}
    key_id = _add(content)
    path = os.path.abspath(path)
    new = write_beside(path, content)
    try:
        # a link, unlike a rename, never overwrites, and is there at once and whole
        os.link(new, path)
    except FileExistsError:
        raise KeyringExists(
            path, "there is a key file already; it is not overwritten"
        ) from None
    finally:
        os.unlink(new)
    return key_id


def add_key(path):
    """Add a key to the file, make it the current one and return its id."""
    content = _checked_content(path)
    key_id = _add(content)
    os.replace(write_beside(path, content), path)
    return key_id


def drop_keys(path, key_ids):
    """Remove keys from the file: what is still sealed with them is lost.

    The access log can be checked as before.

    :raise KeyringInUse: one of them is the current one
    """
    content = _checked_content(path)
    if content["current"] in key_ids:
        raise KeyringInUse(path, "the current key cannot be dropped")
    for key_id in key_ids:
        row = content["keys"].pop(key_id, None)
        if row:
            log_key = access_chain.log_key_of(base64.b64decode(row["key"]))
            content.setdefault("log_keys", {})[key_id] = base64.b64encode(
                log_key
            ).decode()
    os.replace(write_beside(path, content), path)


def _checked_content(path):
    load_keyring(path)
    return _read_json(path)


def _add(content):
    key_id = envelope.new_key_id()
    content["keys"][key_id] = {
        "key": base64.b64encode(os.urandom(envelope.KEY_BYTES)).decode(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    content["current"] = key_id
    return key_id


def write_beside(path, content, prefix=".dive_keys.", mode=MODE):
    """Write a whole file, on the disk and for its owner only, beside ``path``.

    It belongs to whom ``path`` does: an administrator changes it, Odoo's own user goes
    on.

    :param content: what it says, as JSON
    :return: its path
    """
    # mkstemp: O_EXCL, mode 0600, a name that nobody can have prepared
    descriptor, new = tempfile.mkstemp(dir=os.path.dirname(path), prefix=prefix)
    try:
        with os.fdopen(descriptor, "w") as file:
            json.dump(content, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
            give_to_owner_of(path, file.fileno())
            os.fchmod(file.fileno(), mode)
    except BaseException:
        os.unlink(new)
        raise
    return new


def give_to_owner_of(path, descriptor):
    """Let the file's owner keep it: root rotates the keys, another user reads them."""
    try:
        old = os.stat(path)
    except FileNotFoundError:
        return
    if old.st_uid != os.geteuid():
        os.fchown(descriptor, old.st_uid, old.st_gid)
