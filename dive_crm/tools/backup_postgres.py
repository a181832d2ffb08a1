"""The PostgreSQL server of a backup: connections, dumps, scratch databases.

A scratch database is a template as long as nobody shall find it: Odoo lists no
templates, so that no cron of a running server sends the messages of a copy.
"""

import os
import subprocess
import threading
from contextlib import contextmanager, suppress

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import make_dsn

from .backup_archive import BackupError

SCRATCH = "dive_scratch_"
PIECE = 1 << 18


class Server:
    """Where databases are, and the programs that dump and restore them."""

    def __init__(self, connection_info, find_tool, environ):
        """Take what Odoo's configuration says.

        :param connection_info: function: database → arguments of psycopg2.connect
        :param find_tool: function: name → path of a program of PostgreSQL
        :param environ: function: → environment of such a program; passwords are there,
            never among the arguments, which every user of the machine can read
        """
        self._info, self._find, self._environ = connection_info, find_tool, environ

    def connect(self, database):
        """Return a connection of its own.

        :raise BackupError: there is no such database or no server
        """
        try:
            return psycopg2.connect(**self._info(database))
        except psycopg2.OperationalError as error:
            said = " ".join(str(error).split())
            raise BackupError(f"{database}: {said}") from None

    def tool(self, name):
        """Return the path of a program of PostgreSQL.

        :raise BackupError: it is not on this machine
        """
        try:
            return self._find(name)
        except Exception:
            raise BackupError(
                f"{name} is not on this machine: install PostgreSQL's client programs"
                " (postgresql-client), or say where they are with pg_path"
            ) from None

    def dump(self, database, snapshot):
        """Give the pieces of a dump of one snapshot."""
        program = self.tool("pg_dump")
        arguments = [
            program,
            "--format=custom",
            "--compress=6",
            f"--snapshot={snapshot}",
            "--lock-wait-timeout=600s",
            "--no-password",
            f"--dbname={make_dsn(dbname=database)}",
        ]
        with self._program(arguments, stdout=subprocess.PIPE) as process:
            while piece := process.stdout.read(PIECE):
                yield piece

    def restore(self, database, pieces):
        """Fill an empty database from the pieces of a dump."""
        arguments = [
            self.tool("pg_restore"),
            "--exit-on-error",
            # the roles of another machine are not on this one
            "--no-owner",
            "--no-privileges",
            "--no-password",
            f"--dbname={make_dsn(dbname=database)}",
        ]
        with self._program(arguments, stdin=subprocess.PIPE) as process:
            for piece in pieces:
                process.stdin.write(piece)

    @contextmanager
    def _program(self, arguments, **pipes):
        """Run a program; what goes wrong with it is an error with its own words."""
        name = os.path.basename(arguments[0])
        environ = {**self._environ(), "LC_ALL": "C"}
        with subprocess.Popen(
            arguments, env=environ, stderr=subprocess.PIPE, **pipes
        ) as process:
            said = []
            listener = threading.Thread(target=_listen, args=[process.stderr, said])
            listener.start()
            broken = False
            try:
                yield process
                if process.stdin:
                    process.stdin.close()
            except BrokenPipeError:
                broken = True
                with suppress(OSError):
                    process.stdin.close()
            except BaseException:
                process.kill()
                with suppress(OSError):
                    if process.stdin:
                        process.stdin.close()
                raise
            finally:
                listener.join()
            if process.wait() or broken:
                why = "; ".join(said) or f"it ended with status {process.returncode}"
                raise BackupError(f"{name}: {why}")

    def exists(self, database):
        """Say whether there is a database of this name."""
        with self.admin() as cr:
            cr.execute("SELECT FROM pg_database WHERE datname = %s", [database])
            return bool(cr.rowcount)

    @contextmanager
    def admin(self):
        """Give a cursor for what is done to whole databases, outside transactions."""
        connection = self.connect("postgres")
        try:
            connection.autocommit = True
            with connection.cursor() as cr:
                yield cr
        finally:
            connection.close()

    @contextmanager
    def scratch(self):
        """Give the name of a new, empty database; dropped unless it was renamed."""
        name = SCRATCH + os.urandom(8).hex()
        with self.admin() as cr:
            # as long as this connection lives, it is in use
            cr.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            try:
                cr.execute(
                    sql.SQL(
                        "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'"
                        " LC_COLLATE 'C' IS_TEMPLATE true"
                    ).format(sql.Identifier(name))
                )
                yield name
            except psycopg2.Error as error:
                raise BackupError(str(error).strip().splitlines()[0]) from None
            finally:
                drop(cr, name)

    def clear(self, forget=lambda _name: None):
        """Drop the scratch databases of programs that were killed.

        :param forget: function of a name: removes what else is left of it
        """
        with self.admin() as cr:
            cr.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s"
                " AND datdba = (SELECT oid FROM pg_roles WHERE rolname = current_user)",
                [SCRATCH.replace("_", r"\_") + "%"],
            )
            for (name,) in cr.fetchall():
                cr.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name])
                if cr.fetchone()[0]:
                    drop(cr, name)
                    forget(name)
                    cr.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])


def drop(cr, name):
    """Drop a database, unless it is not there any more."""
    cr.execute("SELECT FROM pg_database WHERE datname = %s", [name])
    if not cr.rowcount:
        return
    close(cr, name)
    for statement in (
        "ALTER DATABASE {} IS_TEMPLATE false",
        "DROP DATABASE IF EXISTS {}",
    ):
        cr.execute(sql.SQL(statement).format(sql.Identifier(name)))


def close(cr, name):
    """Let nobody into a database, and send those away who are."""
    cr.execute(
        sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(
            sql.Identifier(name)
        )
    )
    for _attempt in range(50):
        cr.execute(
            "SELECT count(pg_terminate_backend(pid)), pg_sleep(0.02)"
            " FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
        if not cr.fetchone()[0]:
            break


def rename(cr, old, new):
    """Rename a database that nobody uses; it stays as it is, closed or not."""
    cr.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
            sql.Identifier(old), sql.Identifier(new)
        )
    )


def show(cr, name, shown=True):
    """Let everybody find and use a database."""
    cr.execute(
        sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true IS_TEMPLATE {}").format(
            sql.Identifier(name), sql.SQL("false" if shown else "true")
        )
    )


def _listen(pipe, said, most=3):
    """Keep the errors of a program; what they quote of rows is left out."""
    for line in pipe:
        text = line.decode(errors="replace").strip()
        if "error:" in text and len(said) < most:
            said.append(text.split("error:", 1)[1].strip()[:300])
