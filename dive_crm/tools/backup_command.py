"""What the command ``dive_backup`` needs of Odoo: its server, its keys, its rows."""

import signal
from contextlib import contextmanager, suppress

from odoo import SUPERUSER_ID
from odoo.api import Environment
from odoo.modules.module import Manifest
from odoo.modules.registry import Registry
from odoo.sql_db import connection_info_for
from odoo.tools import parse_version
from odoo.tools.misc import exec_pg_environ, find_pg_tool

from . import backup_folder, backup_postgres, keyring
from .backup_archive import BackupError, Reader

try:
    import resource
except ImportError:  # no limits where there is no such thing
    resource = None


class Journal:
    """The row of a run in the database; what is not there is not written."""

    def __init__(self, database, row_id=None):
        self._database, self._row = database, row_id

    def note(self, method, *args):
        """Call a method of the row, in a transaction of its own."""
        if not self._database:
            return
        with rows_of(self._database) as rows:
            row = rows.browse(self._row).exists()
            self._row = (getattr(row, method)(*args) or row).id


@contextmanager
def rows_of(database):
    """Give the rows of backups of a database, in a transaction of their own."""
    # a name that is wrong is told in words
    server().connect(database).close()
    with Registry(database).cursor() as cr:
        env = Environment(cr, SUPERUSER_ID, {})
        if "dive.backup" not in env:
            raise BackupError(f"{database}: dive_crm is not installed there")
        yield env["dive.backup"]


def known_database(path):
    """Return the database that a backup is of, if it is here and has rows."""
    with (
        suppress(OSError, BackupError),
        open(path, "rb") as file,
    ):
        reader = Reader(file, keys())
        head = backup_folder.read_head(reader)
        with rows_of(head["database"]):
            return head["database"]
    return None


def server():
    """Return the server that Odoo's configuration names."""
    return backup_postgres.Server(
        lambda database: connection_info_for(database)[1], find_pg_tool, exec_pg_environ
    )


def keys():
    """Return the keys of the key file, as it is now."""
    return keyring.load_keyring()


def why_of(fault):
    """Return why something went wrong, for a person."""
    if isinstance(fault, OSError) and fault.strerror:
        where = f"{fault.filename}: " if fault.filename else ""
        return f"{where}{fault.strerror}. Nothing unfinished was kept."
    if isinstance(fault, (KeyboardInterrupt, SystemExit)):
        return "It was stopped. Nothing unfinished was kept."
    return str(fault) or type(fault).__name__


def row_of(made):
    """Return what a row says of a backup: the place, and values."""
    files = made.manifest["files"]
    return (
        made.path,
        made.head["id"],
        {
            "size": made.size,
            "seconds": made.manifest["seconds"],
            "table_count": len(made.manifest["tables"]),
            "row_count": sum(table[0] for table in made.manifest["tables"].values()),
            "file_count": files["count"],
            "file_faults": files["missing"] + files["damaged"],
            "file_fault_names": "\n".join(files["names"]),
            "key_ids": ", ".join(made.manifest["keys"]),
        },
    )


def upgrade_of(head):
    """Return how the registry of a restored database is loaded.

    :raise BackupError: its dive_crm is newer than this one
    """
    ours, theirs = (
        Manifest.for_addon("dive_crm")["version"],
        head["modules"]["dive_crm"],
    )
    if theirs == ours:
        return {}
    if parse_version(theirs) > parse_version(ours):
        raise BackupError(
            f"the backup has dive_crm {theirs}, and here is {ours}: update it first"
        )
    return {"update_module": True, "upgrade_modules": ["dive_crm"]}


def lift_limits():
    """Take over no limit of a worker of Odoo that began this: those are of requests."""
    for name in ("RLIMIT_CPU", "RLIMIT_AS") if resource else ():
        limit = getattr(resource, name)
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (hard, hard))


@contextmanager
def ended_by_signals():
    """Let SIGTERM end this as Ctrl+C does: with everything cleared away."""

    def stop(_signal, _frame):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
