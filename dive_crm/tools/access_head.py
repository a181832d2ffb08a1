"""Where the access log ends, kept in a file outside the database.

::

    {"version": 1, "heads": {"dive": {
        "seq": 812, "code": "9f…", "date": "2026-11-22T08:00:00"}}}

A chain shows what was changed in its middle; that its last rows were cut off shows only
if somebody else remembers the last one. The file lies beside the key file, or where
``DIVE_CRM_LOG_HEAD`` says. It holds nothing secret; who may write it can hide a cut.
"""

import fcntl
import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime

from . import keyring

VARIABLE = "DIVE_CRM_LOG_HEAD"
OPTION = "dive_crm_log_head"
SUFFIX = ".head"
FILE_VERSION = 1
MODE = 0o600


class HeadError(Exception):
    """The file cannot be read or written; ``path`` says which."""

    def __init__(self, path, why):
        super().__init__(f"{path}: {why}")
        self.path = path


class HeadUnset(HeadError):
    """Nobody has said where it shall be: there is no key file either."""

    def __init__(self):
        super().__init__(VARIABLE, "neither this nor a key file is set")


class HeadBehind(HeadError):
    """What the file remembers is not in the log: its end was cut off, or changed.

    ``head`` is what it remembers.
    """

    def __init__(self, path, head):
        super().__init__(
            path,
            f"the log does not have row {head['seq']} as it was on {head['date']}",
        )
        self.head = head


def head_path(key_file=None):
    """Return the path of the file.

    :param key_file: the key file, if it is another than the configured one
    :raise HeadUnset:
    """
    path = os.environ.get(VARIABLE) or _configured()
    if path:
        return os.path.abspath(path)
    try:
        return (key_file or keyring.key_path()) + SUFFIX
    except keyring.KeyringUnset:
        raise HeadUnset from None


def _configured():
    from odoo.tools import config  # these tools work without Odoo as well

    return config.get(OPTION)


def read_head(path, database):
    """Return what is remembered of a database: a dict, or None.

    :raise HeadError: the file is damaged, or others than its owner may write it
    """
    try:
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_mode & 0o022:
                raise HeadError(path, "others than its owner may write it: chmod 600")
            content = json.load(file)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HeadError(path, error.strerror) from None
    except ValueError:
        raise HeadError(path, "this is not JSON") from None
    return _heads(path, content).get(database)


def _heads(path, content):
    try:
        if content["version"] != FILE_VERSION:
            raise HeadError(path, "written by another version of this program")
        heads = content["heads"]
        whole = all(
            isinstance(head["seq"], int)
            and isinstance(head["code"], str)
            and isinstance(head["date"], str)
            for head in heads.values()
        )
    except (KeyError, TypeError, AttributeError):
        whole = False
    if not whole:
        raise HeadError(path, "it is damaged")
    return heads


def write_head(path, database, seq, code, code_at=None):
    """Remember the last row of a database's log.

    :param int seq: its number
    :param str code: its code
    :param code_at: a function: number of a row → its code, or None. What is remembered
        must still be there, or the cut would be forgotten. None: it need not, as after
        a backup was restored; then the file keeps what it remembered as ``former``.
    :raise HeadBehind: it is not
    :raise HeadError: the file cannot be read or written
    """
    with _alone(path):
        head = read_head(path, database)
        content = _content(path)
        new = {"seq": seq, "code": code, "date": _now()}
        former = list((head or {}).get("former", ()))
        if head and code_at and code_at(head["seq"]) != head["code"]:
            raise HeadBehind(path, head)
        if head and not code_at:
            former.append({name: head[name] for name in ("seq", "code", "date")})
        if former:
            new["former"] = former
        content["heads"][database] = new
        _replace(path, content)


def _now():
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _content(path):
    if not os.path.exists(path):
        return {"version": FILE_VERSION, "heads": {}}
    with open(path, "rb") as file:
        return json.load(file)


@contextmanager
def _alone(path):
    """Let the databases that share a file write it one after the other."""
    folder = os.path.dirname(path)
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise HeadError(path, error.strerror) from None
    try:
        # of the folder: the file itself is another one after each writing
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path, content):
    """Put a whole file in place of the old one, on the disk."""
    try:
        new = keyring.write_beside(path, content, ".dive_log_head.", MODE)
        try:
            os.replace(new, path)
        except OSError:
            os.unlink(new)
            raise
    except OSError as error:
        raise HeadError(path, error.strerror) from None
