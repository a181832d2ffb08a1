"""Which database serves what: what only reads comes from the replica, at the first go.

    scripts/replica check [DB]

Odoo is started with a replica beside its database. As a manager, a front desk and an
instructor would, each window of the menu is opened: its views, the first page of its
list, groups, measures, one form, the names that a field proposes; then the reports as
pages, and the calls of our own screens. Odoo says of each request which cursor it used
(``ro``, ``rw``, or ``ro->rw``: tried on the replica in vain, then again); both servers
write down the statements that they were sent. Leaves with 1 if a request that reads
was sent elsewhere, or was tried twice, or if what writes does not arrive.
"""

import argparse
import collections
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import requests
from replica_client import Client, expected

#: Who asks, by the logins of demo data (the password is the login).
ROLES = ("manager", "front", "instructor")
#: Odoo's line of a request: its number (ours), then the cursor that it ended with.
REQUEST = re.compile(r'\?dive_request=(\d+)\S* HTTP/1\.[01]" (\d+) .* (ro|rw|ro->rw)$')
SECONDS = 120


def free_port():
    """Return a port of this machine that nobody listens on; nothing is reserved."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def serve(database, replica_port, log):
    """Start Odoo with the replica; return the process and its address."""
    with psycopg2.connect(dbname="postgres") as connection:
        host = connection.info.host
    port = free_port()
    command = [sys.executable, "-m", "odoo", "-d", database, "--http-port", str(port)]
    command += ["--db-filter", f"^{database}$", "--max-cron-threads=0", "--workers=0"]
    command += ["--db_replica_host", host, "--db_replica_port", str(replica_port)]
    with open(log, "w") as file:
        server = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit(f"Odoo does not start with a replica: see {log}")
        try:
            requests.get(f"{url}/web/login", timeout=SECONDS)
            return server, url
        except requests.ConnectionError:
            time.sleep(0.5)
    server.kill()
    raise SystemExit(f"Odoo does not answer: see {log}")


def catch_up():
    """Wait until the replica has all that the primary has."""
    with psycopg2.connect(dbname="postgres") as connection:
        cr = connection.cursor()
        for _try in range(SECONDS * 10):
            cr.execute(
                "SELECT count(*) FROM pg_stat_replication"
                " WHERE state = 'streaming'"
                " AND replay_lsn >= pg_current_wal_insert_lsn()"
            )
            if cr.fetchone()[0]:
                return
            connection.rollback()
            time.sleep(0.1)
    raise SystemExit("the replica does not follow the primary")


class Statements:
    """How many statements a server has written down since one asked last."""

    def __init__(self, log):
        self.log = Path(log)
        self.position = self.log.stat().st_size

    def since(self):
        with self.log.open("rb") as file:
            file.seek(self.position)
            text = file.read()
        self.position += len(text)
        # the lines that open and end a transaction say nothing of who serves
        lines = re.findall(rb"LOG:  statement: (\w+)", text)
        ends = (b"BEGIN", b"COMMIT", b"ROLLBACK", b"SET", b"SHOW")
        return sum(1 for word in lines if word not in ends)


def ask(url, database, logs):
    """Do what each role does; return what was asked, in order of its number."""
    asked = []

    def note(what, kind, touched):
        asked.append((what, kind, *[log.since() for log in logs], touched))

    for role in ROLES:
        client = Client(url, database, role, first=len(asked), note=note)
        for log in logs:
            log.since()  # to log in is to write
        client.walk()
        if role == "manager":
            client.reports()
            client.write(catch_up)
    return asked


def modes(log, count):
    """Return the cursor of each request, from Odoo's log."""
    found = {}
    for _try in range(50):
        for line in Path(log).read_text().splitlines():
            match = REQUEST.search(line)
            if match:
                found[int(match[1])] = (match[3], int(match[2]))
        if len(found) >= count:
            break
        time.sleep(0.1)
    return found


def judge(asked, found):
    """Return the faults, and how many requests of each kind went where."""
    faults, counts = [], collections.Counter()
    for number, (what, kind, primary, replica, touched) in enumerate(asked):
        mode, status = found.get(number, ("no line in Odoo's log", 0))
        if status >= 400 and status != 422:
            faults.append(f"{what}: HTTP {status}")
        elif mode != expected(kind):
            faults.append(f"{what}: {mode}, expected {expected(kind)}")
        elif kind == "read" and not replica:
            faults.append(f"{what}: the replica was not asked")
        elif kind == "read" and primary and not touched:
            faults.append(f"{what}: {primary} statements to the primary as well")
        elif kind == "write" and not primary:
            faults.append(f"{what}: the primary was not asked")
        counts[kind, mode] += 1
    return faults, counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("--port", required=True, type=int, help="the replica's")
    parser.add_argument("--primary-log", required=True)
    parser.add_argument("--replica-log", required=True)
    parser.add_argument("--log", required=True, help="where Odoo's log goes")
    options = parser.parse_args()
    catch_up()
    server, url = serve(options.database, options.port, options.log)
    try:
        logs = [Statements(options.primary_log), Statements(options.replica_log)]
        asked = ask(url, options.database, logs)
        faults, counts = judge(asked, modes(options.log, len(asked)))
    finally:
        server.terminate()
        server.wait(30)
    for (kind, mode), count in sorted(counts.items()):
        print(f"{count:5} requests that {kind}: {mode}")
    if "retrying with a read/write cursor" in Path(options.log).read_text():
        faults.append("Odoo tried again what had been sent to the replica")
    for fault in faults:
        print("not as it should be:", fault)
    print(f"{len(asked)} requests, {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
