"""Backups on a bad day: killed anywhere, on a full disk, of a large filestore.

    scripts/backup_check [--kills N] [--gigabytes N]

A small database with a filestore of its own is backed up and restored by processes
that are killed (SIGKILL) at random moments, or have no space. After each: no backup
that is not whole, no database and no files that look restored; and the next one clears
away what was left. Then the memory for much is compared with that for little. Leaves
with 1 if any of it fails.
"""

import argparse
import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

import databases
from databases import PREFIX, ROOT, say

NAME = f"{PREFIX}backup"
RESTORED = f"{PREFIX}backup_restored"
SMALL = 64 * 2**20
#: More memory for a hundred times as much: what Python keeps for itself.
GROWTH = 24 * 2**20
SCHEMA = """
    CREATE TABLE ir_attachment (id serial, store_fname text, file_size bigint);
    CREATE TABLE ir_config_parameter (key text, value text);
    CREATE TABLE ir_module_module (name text, latest_version text, state text);
    CREATE TABLE rows AS
        SELECT n, md5(n::text) AS text FROM generate_series(1, 300000) n;
"""


def tool(name):
    """Return a module of the add-on's tools/, once Odoo is configured."""
    databases._configured()
    sys.modules.get("odoo.addons.dive_crm.tools") or _find_addon()
    return import_module(f"odoo.addons.dive_crm.tools.{name}")


def _find_addon():
    import odoo.addons

    if str(ROOT) not in odoo.addons.__path__:
        odoo.addons.__path__.append(str(ROOT))


def server():
    """Return the server of the tests, as the command sees it."""
    from odoo.sql_db import connection_info_for
    from odoo.tools.misc import exec_pg_environ, find_pg_tool

    return tool("backup_postgres").Server(
        lambda database: connection_info_for(database)[1], find_pg_tool, exec_pg_environ
    )


# --- what a child does ------------------------------------------------------


def child(what, place, limit):
    """Do one thing and print what came of it, as JSON."""
    place = Path(place)
    os.environ["DIVE_CRM_KEYS"] = str(place / "keys.json")
    keys = tool("keyring").load_keyring()
    engine, error = server(), tool("backup_archive").BackupError
    if limit:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    result = {}
    try:
        if what == "create":
            made = tool("backup_create").create(
                engine,
                NAME,
                str(place / "backups"),
                keys,
                str(place / "filestore" / NAME),
                about={"series": "19.0"},
            )
            result["path"] = made.path
        elif what == "restore":
            tool("backup_restore").restore(
                engine,
                str(newest(place)),
                keys,
                RESTORED,
                lambda name: str(place / "filestore" / name),
                series="19.0",
            )
    except (error, OSError) as fault:
        result["error"] = str(fault)
    result["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.write(json.dumps(result))


# --- what is made and looked at ----------------------------------------------


def start(what, place, limit=0):
    """Start a child."""
    command = [sys.executable, __file__, "--child", what, str(place), str(limit)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)


def run(what, place, limit=0):
    """Run a child to its end; return what came of it."""
    out, _none = start(what, place, limit).communicate()
    return json.loads(out)


def newest(place):
    """Return the path of the newest backup."""
    return max((place / "backups").glob("*.dive"), key=os.path.getmtime)


def fill(place, size, pieces=16):
    """Give the database files of so many bytes together; holes take no disk."""
    folder = place / "filestore" / NAME
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "aa").mkdir(parents=True)
    for number in range(pieces):
        with open(folder / "aa" / str(number), "wb") as file:
            file.truncate(size // pieces)
    with databases.server(NAME) as cr:
        cr.execute("TRUNCATE ir_attachment")
        cr.execute(
            "INSERT INTO ir_attachment (store_fname, file_size)"
            " SELECT 'aa/' || n, %s FROM generate_series(0, %s) n",
            [size // pieces, pieces - 1],
        )


def names(pattern):
    """Return the databases whose names are like a pattern."""
    with databases.server() as cr:
        cr.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        return {name for (name,) in cr.fetchall()}


def drop(name):
    """Drop a database, if it is there."""
    with server().admin() as cr:
        tool("backup_postgres").drop(cr, name)


def whole(place):
    """Return the faults of the backups in the folder: each must be whole."""
    keys = tool("keyring").load_keyring(str(place / "keys.json"))
    faults = []
    for path in (place / "backups").glob("*.dive"):
        try:
            tool("backup_restore").verify(server(), str(path), keys, only_read=True)
        except tool("backup_archive").BackupError as error:
            faults.append(str(error))
    return faults


# --- the bad days --------------------------------------------------------------


def killed(place, what, times, seconds):
    """Kill a child at random moments; return what is wrong afterwards."""
    chance, wrong, ended = random.Random(8), [], 0
    for _time in range(times):
        process = start(what, place)
        time.sleep(chance.uniform(0, seconds))
        ended += process.poll() is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        wrong += whole(place)
        if what == "restore" and process.returncode and names(RESTORED):
            # renamed, and killed before it could say so: it must be whole then
            wrong += [] if rows(RESTORED) == rows(NAME) else ["half a restore shows"]
        drop(RESTORED)
        shutil.rmtree(place / "filestore" / RESTORED, ignore_errors=True)
    say(f"{what}: killed {times - ended} times of {times}")
    result = run(what, place)
    if result.get("error"):
        wrong.append(f"after all the kills: {result['error']}")
    parts = [
        path.name for path in (place / "backups").iterdir() if path.suffix == ".part"
    ]
    if what == "create" and parts:
        wrong.append(f"left: {parts}")
    if what == "restore":
        left = names(tool("backup_postgres").SCRATCH.replace("_", r"\_") + "%")
        wrong += [f"left: {name}" for name in left - place_before.get("scratch", set())]
        folders = {path.name for path in (place / "filestore").iterdir()}
        wrong += [f"left: {name}" for name in folders - {NAME, RESTORED}]
    return wrong


place_before = {}


def rows(name):
    """Return how many rows a database has, or None."""
    with databases.server(name) as cr:
        cr.execute("SELECT count(*) FROM rows")
        return cr.fetchone()[0]


def full_disk(place):
    """Let the disk be full after some bytes; return what is wrong."""
    wrong = []
    drop(RESTORED)
    shutil.rmtree(place / "filestore" / RESTORED, ignore_errors=True)
    before = set((place / "backups").iterdir())
    for limit in (1, 5000, 2**20, SMALL // 2):
        result = run("create", place, limit)
        say(f"create, full after {limit} bytes: {result.get('error')}")
        if not result.get("error") or set((place / "backups").iterdir()) != before:
            wrong.append(f"a backup on a disk full after {limit} bytes")
        result = run("restore", place, min(limit, SMALL // 32))
        say(f"restore, full after {limit} bytes: {result.get('error')}")
        if not result.get("error") or names(RESTORED):
            wrong.append(f"a restore on a disk full after {limit} bytes")
    return wrong


def full_tmpfs(place):
    """Back up into a file system of 14 MB; return what is wrong."""
    folder = place / "backups"
    kept = place / "kept"
    folder.rename(kept)
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=14m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        if not done:
            say("no small file system can be mounted here: left out")
            return []
        fill(place, 2**20)  # passes the first check, then the dump does not fit
        with databases.server(NAME) as cr:
            cr.execute(
                "CREATE TABLE noise AS SELECT string_agg(md5(random()::text), '') AS a"
                " FROM generate_series(1, 700000) n GROUP BY n % 1000"
            )
        result = run("create", place)
        say(f"create on 14 MB: {result.get('error')}")
        left = list(folder.iterdir())
        return [] if result.get("error") and not left else ["a backup on 14 MB", *left]
    finally:
        if done:
            subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()
        kept.rename(folder)


def memory(place, gigabytes):
    """Back up and restore little and much; return what is wrong."""
    wrong, peaks = [], {}
    for size in (SMALL, int(gigabytes * 2**30)):
        fill(place, size)
        for path in (place / "backups").iterdir():
            path.unlink()
        for what in ("create", "restore"):
            began = time.monotonic()
            result = run(what, place)
            seconds = time.monotonic() - began
            if result.get("error"):
                wrong.append(f"{what} of {size >> 20} MiB: {result['error']}")
            peaks.setdefault(what, []).append(result["memory"])
            say(
                f"{what} of {size >> 20} MiB: {seconds:.1f} s,"
                f" {result['memory'] / 2**20:.0f} MiB of memory"
            )
        drop(RESTORED)
        shutil.rmtree(place / "filestore" / RESTORED, ignore_errors=True)
    for what, (little, much) in peaks.items():
        if much - little > GROWTH:
            wrong.append(f"{what}: {(much - little) >> 20} MiB more for more files")
    return wrong


def main():
    """Run all of it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=25, help="of each kind (25)")
    parser.add_argument("--gigabytes", type=float, default=5, help="of files (5)")
    options = parser.parse_args()
    place = Path(tempfile.mkdtemp(dir=os.environ.get("DIVE_HOME")))
    try:
        wrong = check(place, options)
    finally:
        drop(RESTORED)
        drop(NAME)
        shutil.rmtree(place)
    for line in wrong:
        sys.stdout.write(f"WRONG: {line}\n")
    sys.stdout.write(f"{len(wrong)} things wrong\n" if wrong else "All is well.\n")
    return bool(wrong)


def check(place, options):
    """Make what is needed, and go through the bad days."""
    (place / "backups").mkdir()
    tool("keyring").create_keyring(str(place / "keys.json"))
    drop(NAME)
    place_before["scratch"] = names("dive\\_scratch\\_%")
    with databases.server() as cr:
        cr.execute(f"CREATE DATABASE {NAME} TEMPLATE template0")
    with databases.server(NAME) as cr:
        cr.execute(SCHEMA)
    fill(place, SMALL)
    wrong = []
    for what in ("create", "restore"):
        began = time.monotonic()
        run(what, place)
        seconds = time.monotonic() - began
        drop(RESTORED)
        shutil.rmtree(place / "filestore" / RESTORED, ignore_errors=True)
        wrong += killed(place, what, options.kills, seconds)
    wrong += full_disk(place)
    wrong += full_tmpfs(place)
    return wrong + memory(place, options.gigabytes)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        sys.exit(main())
