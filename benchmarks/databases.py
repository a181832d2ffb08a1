"""Databases that are made once, kept as templates, and made anew when stale.

A database carries a stamp (its comment): a hash of what it was made from. A name
starts with a prefix of its own, so that nothing of the user's is ever dropped.
Needs Odoo importable and PGHOST, PGUSER, ODOO_RC set, as ``scripts/odoo`` sets them.
"""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "dive_crm"
PREFIX = "dive_bench_"
#: What dive_crm depends on: "plain Odoo" has exactly these.
PLAIN_MODULES = (
    "contacts,account,sms,phone_validation,rating,portal,privacy_lookup".split(",")
)
#: Parts of the add-on that change nothing in a database.
UNSTAMPED = ("tests", "readme", "description", "i18n", "__pycache__")


def say(text):
    """Tell the user what is going on, apart from the results (stderr)."""
    sys.stderr.write(f"-- {text}\n")
    sys.stderr.flush()


def _configured():
    """Return Odoo's configuration, read once in this process."""
    from odoo.tools import config

    if not config.get("data_dir") or not getattr(_configured, "done", False):
        config.parse_config(["--log-level=critical"])
        _configured.done = True
    return config


@contextlib.contextmanager
def server(name="postgres"):
    """Yield an autocommit cursor on the database ``name``."""
    connection = psycopg2.connect(dbname=name)
    connection.autocommit = True
    try:
        with connection.cursor() as cr:
            yield cr
    finally:
        connection.close()


def stamp(*parts):
    """Return a hash of strings, and of the contents of files and folders."""
    digest = hashlib.sha256()
    for part in parts:
        if not isinstance(part, Path):
            digest.update(str(part).encode())
            continue
        files = sorted(part.rglob("*")) if part.is_dir() else [part]
        for file in files:
            if file.is_file() and not set(UNSTAMPED) & set(file.parts):
                digest.update(str(file.relative_to(ROOT)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def stamp_of(name):
    """Return the stamp of a finished database, or None if there is none."""
    with server() as cr:
        cr.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
            "WHERE datname = %s",
            [name],
        )
        row = cr.fetchone()
    return row and row[0]


def seal(name, mark):
    """Mark a database as finished, made from ``mark``."""
    with server() as cr:
        cr.execute(
            sql.SQL("COMMENT ON DATABASE {} IS %s").format(sql.Identifier(name)),
            [mark],
        )


def drop(name):
    """Drop a database of ours, with its files."""
    if not name.startswith("dive_"):
        raise ValueError(f"{name} is not a database of these scripts")
    with server() as cr:
        cr.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(
                sql.Identifier(name)
            )
        )
    shutil.rmtree(filestore(name), ignore_errors=True)


def filestore(name):
    """Return the folder of a database's attachments."""
    return Path(_configured().filestore(name))


def clone(source, name):
    """Make ``name`` a copy of ``source``, files (as hard links) and all."""
    drop(name)
    with server() as cr:
        cr.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [source],
        )
        cr.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(source)
            )
        )
    if filestore(source).is_dir():
        shutil.copytree(filestore(source), filestore(name), copy_function=os.link)
    # A checkpoint caused by the copy would be charged to whatever is timed next.
    with server() as cr, contextlib.suppress(psycopg2.Error):
        cr.execute("CHECKPOINT")
    return name


def odoo(name, *args, log=None):
    """Run Odoo's command line on a database until it has done; return the seconds.

    Raises ``RuntimeError`` with the end of the log when it fails. ``log`` is a path
    that gets all of it.
    """
    command = [sys.executable, "-m", "odoo", "-d", name, "--stop-after-init"]
    started = time.perf_counter()
    done = subprocess.run(
        [*command, "--no-http", "--max-cron-threads=0", *args],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    output = done.stdout + done.stderr
    if log:
        Path(log).write_text(output)
    if done.returncode or " CRITICAL " in output or "Traceback (most" in output:
        raise RuntimeError(f"odoo {' '.join(args)} failed on {name}:\n{output[-4000:]}")
    return seconds


def ensure(name, mark, build, keep=False):
    """Make the database ``name`` with ``build()`` unless it is there, made from mark.

    With ``keep``, one made from something else will do. Returns True when it was made.
    """
    there = stamp_of(name)
    if there == mark or (keep and there):
        return False
    drop(name)
    started = time.perf_counter()
    build()
    seal(name, mark)
    say(f"{name} made in {time.perf_counter() - started:.0f} s")
    return True


def ensure_demo():
    """Make plain Odoo (what dive_crm depends on) with demo data; return its name."""
    from odoo import release

    name = f"{PREFIX}demo"
    mark = stamp(release.version, *PLAIN_MODULES)

    def build():
        say("installing Odoo and what dive_crm depends on, with demo data (90 s)")
        odoo(name, "-i", ",".join(PLAIN_MODULES), "--with-demo")

    ensure(name, mark, build)
    return name


def without_demo(name):
    """Let what is installed into a database from now on bring no demo data.

    Odoo loads demo data where all that a module depends on has it.
    """
    with server(name) as cr:
        cr.execute("UPDATE ir_module_module SET demo = false WHERE name = 'contacts'")
