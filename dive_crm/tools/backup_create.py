"""Making a backup: database and files as they are at one moment.

A transaction gives the moment (a snapshot): rows are counted, names of files read and
the dump made in it. It also holds a lock that keeps Odoo from collecting files that
nothing names any more, and nobody from working: what the snapshot names stays there.
"""

import json
import os
import time
from collections import namedtuple
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg2
from psycopg2 import sql

from . import backup_archive, backup_files, backup_folder, backup_tables
from .backup_archive import BackupError

FORMAT = 1
LOCK = "dive_crm: dive_backup"
#: Of a database's size: what its dump takes, with indexes left out and compressed.
DUMP_PART = 5

#: What was made: path, size in bytes, head, manifest.
Made = namedtuple("Made", ["path", "size", "head", "manifest"])


class Busy(BackupError):
    """Another backup of the same database is being made."""


class NoProgress:
    def show(self, *_args, **_options):
        pass


def create(server, database, folder, keys, files, **options):
    """Make a backup.

    :param Server server: see backup_postgres.py
    :param str folder: where the file is put
    :param Keyring keys: its current key seals the archive
    :param str files: the folder of the database's files
    :param options: ``about``: dict for the head; ``key_tables``: tables whose column
        ``key_id`` names keys; ``progress``; ``began``: function called when it runs
    :return: :class:`Made`
    :raise BackupError:
    """
    folder = backup_folder.check_folder(folder)
    server.tool("pg_dump")
    backup_folder.clear(folder)
    with _moment(server, database) as (cr, snapshot):
        head = _head(cr, database, options.get("about") or {})
        _check_files(files, head["files"])
        backup_folder.check_space(
            folder, head["files"]["bytes"] + head["size"] // DUMP_PART
        )
        options.get("began", lambda: None)()
        return _write(server, cr, snapshot, (folder, keys, files), head, options)


def _write(server, cr, snapshot, places, head, options):
    """Write the file, part after part."""
    folder, keys, files = places
    progress = options.get("progress") or NoProgress()
    began = time.monotonic()
    when = datetime.fromisoformat(head["when"])
    with backup_folder.new_file(folder, head["database"], when) as (file, name_it):
        archive = backup_archive.Writer(file, keys)
        head["id"] = archive.archive_id
        name_it(archive.archive_id)
        _put(archive, backup_archive.HEAD, head)
        tables, sequences = backup_tables.fingerprint(
            cr, lambda done, total: progress.show("Tables counted", done, total)
        )
        _write_dump(server, archive, head["database"], snapshot, progress)
        found = _write_files(archive, cr, files, head["files"], progress)
        manifest = {
            "tables": tables,
            "sequences": sequences,
            "files": found,
            "keys": sorted({keys.current, *_keys(cr, options.get("key_tables", ()))}),
            "seconds": round(time.monotonic() - began, 1),
        }
        _put(archive, backup_archive.MANIFEST, manifest)
        archive.close()
        size = file.tell()
    name = backup_folder.file_name(head["database"], when, head["id"])
    return Made(os.path.join(folder, name), size, head, manifest)


@contextmanager
def _moment(server, database):
    """Give a cursor and the name of its snapshot; two at once are refused."""
    connection = server.connect(database)
    try:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cr:
            cr.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [LOCK])
            if not cr.fetchone()[0]:
                raise Busy(f"{database}: another backup of it is being made: wait")
            cr.execute("SELECT to_regclass('public.ir_attachment')")
            if not cr.fetchone()[0]:
                raise BackupError(f"{database}: this is no database of Odoo")
            # the lock of the session stays
            connection.commit()
            backup_tables.settle(cr)
            # before the snapshot: no file goes between them
            cr.execute("SET LOCAL lock_timeout = '600s'")
            cr.execute("LOCK TABLE public.ir_attachment IN ROW EXCLUSIVE MODE")
            cr.execute("SELECT pg_export_snapshot()")
            yield cr, cr.fetchone()[0]
    except psycopg2.Error as error:
        said = str(error).strip().splitlines()[0]
        raise BackupError(f"{database}: {said}") from None
    finally:
        connection.close()


def _head(cr, database, about):
    """Return what is known before the dump is made."""
    cr.execute(
        "SELECT value FROM public.ir_config_parameter WHERE key = 'database.uuid'"
    )
    uuid = cr.fetchone()
    cr.execute(
        "SELECT name, latest_version FROM public.ir_module_module"
        " WHERE state IN ('installed', 'to upgrade', 'to remove')"
    )
    modules = dict(cr.fetchall())
    cr.execute(
        "SELECT count(*), coalesce(sum(size), 0)::bigint FROM ("
        " SELECT max(file_size) AS size FROM public.ir_attachment"
        " WHERE store_fname IS NOT NULL GROUP BY store_fname) files"
    )
    count, size = cr.fetchone()
    cr.execute("SELECT pg_database_size(current_database())")
    return {
        "format": FORMAT,
        "database": database,
        "uuid": uuid and uuid[0],
        "when": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "postgresql": cr.connection.server_version,
        "modules": modules,
        "files": {"count": count, "bytes": size},
        "size": cr.fetchone()[0],
        **about,
    }


def _check_files(files, expected):
    if expected["count"] and not os.path.isdir(files):
        raise BackupError(
            f"{files}: the database names {expected['count']} files, and their folder"
            " is not there: say where it is with --data-dir"
        )


def _put(archive, kind, content):
    archive.add(kind, json.dumps(content).encode())


def _write_dump(server, archive, database, snapshot, progress):
    done = 0
    for piece in server.dump(database, snapshot):
        archive.add(backup_archive.DATABASE, piece)
        done += len(piece)
        progress.show("Database", done, unit="B")


def _write_files(archive, cr, files, expected, progress):
    done = 0

    def tell(number):
        nonlocal done
        done += number
        progress.show("Files", done, expected["bytes"], unit="B")

    # a cursor on the server: the names need not fit into the memory
    with cr.connection.cursor("dive_backup_files") as names:
        names.execute(
            "SELECT DISTINCT store_fname FROM public.ir_attachment"
            " WHERE store_fname IS NOT NULL ORDER BY 1"
        )
        return backup_files.write_files(
            files,
            (name for (name,) in names),
            lambda data: archive.add(backup_archive.FILES, data),
            tell,
        )


def _keys(cr, tables):
    """Return the ids of the keys that something in the database is sealed with."""
    for table in tables:
        cr.execute(
            sql.SQL("SELECT DISTINCT key_id FROM public.{}").format(
                sql.Identifier(table)
            )
        )
        yield from (key_id for (key_id,) in cr.fetchall() if key_id)
