"""Restoring a backup into a scratch database, and what is done with it then.

Verifying throws it away, restoring gives it its name. Until everything was compared, no
database and no folder of files has a name that somebody would take for whole.
"""

import json
import os
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime

from psycopg2 import Error

from . import (
    backup_archive,
    backup_files,
    backup_folder,
    backup_postgres,
    backup_tables,
)
from .backup_archive import BackupError
from .backup_create import FORMAT, NoProgress

#: How many differences are told.
TOLD = 10


class Different(BackupError):
    """What was restored is not what was backed up."""


def verify(server, path, keys, progress=None, only_read=False):
    """Restore a backup into a scratch database, compare, and throw that away.

    :param only_read: do not restore: check that nothing was cut or altered
    :return: head and manifest
    :raise BackupError: the backup is not good, or could not be tried
    """
    with _opened(path, keys) as (archive, head):
        if only_read:
            for _piece in archive.chunks(backup_archive.DATABASE):
                pass
            return head, _rest(archive, None, head, progress)
        server.clear()
        with server.scratch() as name:
            manifest = _fill(server, archive, head, name, None, progress)
            return head, manifest


def restore(server, path, keys, database, filestore, **options):
    """Restore a backup as a new database with its files.

    :param database: its name
    :param filestore: function: name of a database → folder of its files
    :param options: ``series``: the only series of Odoo that may be restored;
        ``after``: function called with the scratch database's name, head and manifest,
        before anybody finds it; ``replace``: a database of that name is renamed, not
        lost; ``progress``
    :return: head, manifest and the name that a replaced database has now
    :raise BackupError: nothing is left behind
    """
    _check_target(server, database, filestore, options.get("replace"))
    with _opened(path, keys) as (archive, head):
        _check_series(head, options.get("series"))
        data = os.path.dirname(filestore(database))
        os.makedirs(data, mode=0o700, exist_ok=True)
        backup_folder.check_space(data, head["files"]["bytes"])
        server.clear(lambda name: _forget(filestore(name)))
        with server.scratch() as name:
            files = filestore(name)
            try:
                os.mkdir(files, 0o700)
                manifest = _fill(
                    server, archive, head, name, files, options.get("progress")
                )
                options.get("after", lambda *_args: None)(name, head, manifest)
                os.sync()
                former = _place(server, name, database, filestore)
            finally:
                _forget(files)
            return head, manifest, former


@contextmanager
def _opened(path, keys):
    try:
        file = open(path, "rb")
    except OSError as error:
        raise BackupError(f"{path}: {error.strerror}") from None
    with file:
        try:
            archive = backup_archive.Reader(file, keys)
            head = backup_folder.read_head(archive)
            if head["format"] != FORMAT:
                raise BackupError("made by a newer dive_crm: update dive_crm first")
            yield archive, head
        except backup_archive.ArchiveError as error:
            error.args = (f"{path}: {error}",)
            raise


def _check_series(head, series):
    if series and head.get("series") != series:
        raise BackupError(
            f"this is a backup of Odoo {head.get('series')}, and here is Odoo {series}:"
            f" restore it with Odoo {head.get('series')}, then upgrade"
        )


def _check_target(server, database, filestore, replace):
    if not database or database.startswith(backup_postgres.SCRATCH):
        raise BackupError(f"“{database}” is no name for a database")
    if len(database.encode()) > 63:
        raise BackupError("the name of a database has 63 characters at most")
    if os.path.basename(filestore(database)) != database or database in (".", ".."):
        raise BackupError(f"“{database}” is no name for a database")
    if replace:
        return
    if server.exists(database):
        raise BackupError(
            f"there is a database {database}: restore under another name, or say"
            " --replace: it is renamed then, and kept"
        )
    if os.path.lexists(filestore(database)):
        raise BackupError(
            f"{filestore(database)}: files of a database of this name are there: move"
            " them away first"
        )


def _fill(server, archive, head, name, files, progress):
    """Restore into the database and the folder, compare, return the manifest."""
    progress = progress or NoProgress()
    server.restore(name, _counted(archive, progress))
    manifest = _rest(archive, files, head, progress)
    connection = server.connect(name)
    try:
        with connection.cursor() as cr:
            tables, sequences = backup_tables.fingerprint(
                cr, lambda done, total: progress.show("Compared", done, total)
            )
    finally:
        connection.close()
    found = backup_tables.differences(manifest, tables, sequences)
    if found:
        more = f" and {len(found) - TOLD} more" if len(found) > TOLD else ""
        raise Different(f"what was restored differs: {'; '.join(found[:TOLD])}{more}")
    return manifest


def _counted(archive, progress):
    done = 0
    for piece in archive.chunks(backup_archive.DATABASE):
        done += len(piece)
        progress.show("Database", done, unit="B")
        yield piece


def _rest(archive, files, head, progress):
    """Read what comes after the database; return the manifest."""
    progress = progress or NoProgress()
    done = 0

    def tell(number):
        nonlocal done
        done += number
        progress.show("Files", done, head["files"]["bytes"], unit="B")

    found = backup_files.read_files(archive.chunks(backup_archive.FILES), files, tell)
    manifest = json.loads(archive.whole(backup_archive.MANIFEST) or b"{}")
    archive.finish()
    if any(manifest["files"][key] != value for key, value in found.items()):
        raise Different("the files in it are not those of the manifest")
    return manifest


def _place(server, name, database, filestore):
    """Give database and files their names; what has them keeps others."""
    former = None
    with server.admin() as cr:
        cr.execute("SELECT FROM pg_database WHERE datname = %s", [database])
        if cr.rowcount or os.path.lexists(filestore(database)):
            former = _move_away(cr, database, filestore)
        # nobody is in it: our own connection would keep the name
        backup_postgres.close(cr, name)
        os.rename(filestore(name), filestore(database))
        try:
            backup_postgres.rename(cr, name, database)
        except Error as error:
            os.rename(filestore(database), filestore(name))
            if former:
                _move_back(cr, former, database, filestore)
            raise BackupError(f"{database}: {str(error).splitlines()[0]}") from None
        backup_postgres.show(cr, database)
    return former


def _move_away(cr, database, filestore):
    """Rename a database and its files; Odoo does not find it any more."""
    mark = f"_until_{datetime.now(UTC):%Y%m%d_%H%M%S}"
    former = database.encode()[: 63 - len(mark)].decode(errors="ignore") + mark
    cr.execute("SELECT FROM pg_database WHERE datname = %s", [database])
    if cr.rowcount:
        backup_postgres.close(cr, database)
        try:
            backup_postgres.rename(cr, database, former)
        except Error as error:
            backup_postgres.show(cr, database)
            raise BackupError(f"{database}: {str(error).splitlines()[0]}") from None
    if os.path.lexists(filestore(database)):
        os.rename(filestore(database), filestore(former))
    return former


def _move_back(cr, former, database, filestore):
    if os.path.lexists(filestore(former)):
        os.rename(filestore(former), filestore(database))
    cr.execute("SELECT FROM pg_database WHERE datname = %s", [former])
    if cr.rowcount:
        backup_postgres.rename(cr, former, database)
        backup_postgres.show(cr, database)


def _forget(folder):
    shutil.rmtree(folder, ignore_errors=True)
