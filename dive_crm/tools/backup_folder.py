"""The folder that backups lie in: whole files only, for their owner only."""

import fcntl
import json
import os
import re
from collections import namedtuple
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from . import backup_archive, backup_rotation
from .backup_archive import BackupError

SUFFIX = ".dive"
PART = ".part"
#: A small file beside a backup: it was verified, and when.
VERIFIED = ".verified"

#: A backup in a folder: its ``head``, or the ``error`` why it cannot be read.
Found = namedtuple("Found", ["path", "size", "head", "verified", "error"])


def check_folder(folder):
    """Return the whole path of a folder that can be written into.

    :raise BackupError: it is not there, or may not be written
    """
    if not folder:
        raise BackupError(
            "no folder is named: say --to DIR, or set one in the settings"
        )
    folder = os.path.abspath(folder)
    if not os.path.isdir(folder):
        raise BackupError(f"{folder}: there is no such folder: make it first")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BackupError(f"{folder}: may not be written by the user that Odoo runs as")
    return folder


def check_space(folder, needed):
    """Refuse to begin what cannot end.

    :raise BackupError:
    """
    stat = os.statvfs(folder)
    free = stat.f_bavail * stat.f_frsize
    if free < needed:
        raise BackupError(
            f"{folder}: {needed // 10**6} MB are needed and {free // 10**6} MB free"
        )


def file_name(database, when, archive_id):
    """Return the name of a new backup: no two are the same."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", database)
    return f"{plain}-{when:%Y%m%dT%H%M%SZ}-{archive_id[:8]}{SUFFIX}"


@contextmanager
def new_file(folder, database, when):
    """Give a file to write, which gets its name only when the block ends well.

    Yields the file and a function that is told the archive's id. What a killed program
    left is removed by the next one (:func:`clear`).
    """
    named = []
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", database)
    part = os.path.join(folder, f".{stem}-{os.getpid()}-{os.urandom(4).hex()}{PART}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with os.fdopen(descriptor, "wb") as file:
            yield file, named.append
            file.flush()
            os.fsync(file.fileno())
            path = os.path.join(folder, file_name(database, when, named[0]))
            os.rename(part, path)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(part)
        raise
    _sync(folder)


def _sync(folder):
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def clear(folder):
    """Remove unfinished files that nobody writes any more."""
    for name in os.listdir(folder):
        if not (name.startswith(".") and name.endswith(PART)):
            continue
        path = os.path.join(folder, name)
        with suppress(OSError), open(path, "rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)


def read_head(reader):
    """Return what an archive says of itself, before what is in it."""
    return json.loads(reader.whole(backup_archive.HEAD))


def listing(folder, keys):
    """Return the backups in a folder, the newest first, those that do not open last."""
    try:
        names = [name for name in os.listdir(folder) if name.endswith(SUFFIX)]
    except OSError as error:
        raise BackupError(f"{folder}: {error.strerror}") from None
    found = [_look(os.path.join(folder, name), keys) for name in sorted(names)]
    return sorted(
        found, key=lambda one: one.head["when"] if one.head else "", reverse=True
    )


def _look(path, keys):
    head = error = None
    size = 0
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            head = read_head(backup_archive.Reader(file, keys))
    except BackupError as fault:
        error = str(fault)
    except OSError as fault:
        error = fault.strerror
    return Found(path, size, head, head and verified_on(path, head["id"]), error)


def mark_verified(path, archive_id):
    """Remember beside a backup that it was restored and was the same."""
    mark = {"id": archive_id, "when": datetime.now(UTC).isoformat(timespec="seconds")}
    new = f"{path}{VERIFIED}.{os.getpid()}"
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(mark, file)
    os.replace(new, path + VERIFIED)


def unmark_verified(path):
    """Forget that a backup was good: it is no longer."""
    with suppress(OSError):
        os.unlink(path + VERIFIED)


def verified_on(path, archive_id):
    """Return when a backup was verified, as ISO text; None: never."""
    try:
        with open(path + VERIFIED) as file:
            mark = json.load(file)
    except (OSError, ValueError):
        return None
    # of a file that was replaced by another, it says nothing
    whole = isinstance(mark, dict) and mark.get("id") == archive_id
    return mark.get("when") if whole else None


def remove(found):
    """Delete a backup."""
    os.unlink(found.path)
    unmark_verified(found.path)


def to_prune(found, keep, database=None):
    """Return which backups need not be kept.

    Each database has its own rotation, and one that was made anew under an old name is
    another one. What cannot be read is never deleted.

    :param found: made by :func:`listing`
    :param keep: how many daily, weekly and monthly ones
    :param database: only of this one
    """
    groups = {}
    for one in found:
        if one.head and database in (None, one.head["database"]):
            of = one.head["database"], one.head["uuid"]
            groups.setdefault(of, []).append(one)
    return [one for group in groups.values() for one in _not_kept(group, keep)]


def _not_kept(group, keep):
    by_key = {
        (datetime.fromisoformat(one.head["when"]), bool(one.verified), one.path): one
        for one in group
    }
    kept = backup_rotation.kept(by_key, backup_rotation.Keep(*keep))
    return [one for key, one in by_key.items() if key not in kept]
