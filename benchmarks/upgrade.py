"""Upgrade a filled database from each landed version of dive_crm to this one.

    python benchmarks/upgrade.py [--keep]

The old version comes out of git, is installed with its demo data and used as somebody
in a dive centre would; then Odoo updates dive_crm to what lies here. No step may log an
error or a warning, no row of ours may be lost, and the tables must be those that a
fresh installation makes. Leaves with 1 if any of it fails.
"""

import argparse
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import databases
from databases import PREFIX, ROOT, say
from reinstall import CATALOGUE, TOUCHED, complaints, snapshot

#: What has landed, and may be in use: version → commit.
LANDED = {"19.0.1.0.0": "ecfeaaf471ad2ece9541cfe102f078d746944005"}
NAME = f"{PREFIX}upgrade"
FRESH = f"{PREFIX}fresh"
USER_DATA = Path(__file__).with_name("user_data.py")


def unpack(commit, folder):
    """Put the add-on as it was at ``commit`` into ``folder``."""
    done = subprocess.run(
        ["git", "-C", str(ROOT), "archive", commit, "dive_crm"],
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(
            f"commit {commit[:12]} is not in this checkout: fetch its whole history"
            f" (git fetch --unshallow)\n{done.stderr.decode()}"
        )
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder, filter="data")


def our_rows(name):
    """Return the rows of our tables: table → id → column → value."""
    rows = {}
    with databases.server(name) as cr:
        cr.execute(
            "SELECT table_name FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = current_schema AND table_type = 'BASE TABLE'"
            r" AND table_name LIKE 'dive\_%' AND column_name = 'id'"
        )
        for (table,) in cr.fetchall():
            cr.execute(f'SELECT id, to_jsonb(t) FROM "{table}" t')
            rows[table] = dict(cr.fetchall())
    return rows


class Upgrade:
    """One pass from an old version to this one; collects findings."""

    def __init__(self, version):
        self.version = version
        self.findings = []
        self.folder = Path(tempfile.mkdtemp(prefix="dive-upgrade-"))

    def odoo(self, step, *args, addons=None, script=None):
        """Run an Odoo command, with another version on the addons path if asked."""
        say(step)
        command = [sys.executable, "-m", "odoo", *args]
        if addons:
            path = [str(addons), *self.other_addons()]
            command.append(f"--addons-path={','.join(path)}")
        done = subprocess.run(
            command, input=script, capture_output=True, text=True, check=False
        )
        log = done.stdout + done.stderr
        (self.folder / f"{step.replace(' ', '-')}.log").write_text(log)
        self.findings += [f"{step}: {line}" for line in complaints(log)]
        if done.returncode:
            raise RuntimeError(f"{step} failed:\n{log[-3000:]}")

    @staticmethod
    def other_addons():
        """Return the addons path without this checkout."""
        paths = databases._configured()["addons_path"]
        return [path for path in paths if Path(path).resolve() != ROOT]

    def go(self):
        """Install the old version, use it, update, compare; return the findings."""
        old = self.folder / "old"
        unpack(LANDED[self.version], old)
        databases.clone(databases.ensure_demo(), NAME)
        base = ("-d", NAME, "--stop-after-init", "--no-http")
        self.odoo(f"install {self.version}", *base, "-i", "dive_crm", addons=old)
        script = f"{USER_DATA.read_text()}\nuse_it(env)\nenv.cr.commit()\n"
        self.odoo("use it", "shell", "-d", NAME, "--no-http", addons=old, script=script)
        before = our_rows(NAME)
        self.odoo("update", *base, "-u", "dive_crm")
        self.compare_rows(before, our_rows(NAME))
        updated = snapshot(NAME)
        databases.clone(databases.ensure_demo(), FRESH)
        self.odoo(
            "install this version",
            *("-d", FRESH, "--stop-after-init", "--no-http", "-i", "dive_crm"),
        )
        self.compare_catalogue(snapshot(FRESH), updated)
        return self.findings

    def compare_rows(self, before, after):
        """Find rows of ours that were lost, and values that are others now."""
        for table, rows in before.items():
            kept = after.get(table, {})
            if lost := rows.keys() - kept.keys():
                self.findings.append(f"{table}: {len(lost)} rows lost")
            for row_id in rows.keys() & kept.keys():
                changed = {
                    column: (value, kept[row_id][column])
                    for column, value in rows[row_id].items()
                    if column not in TOUCHED
                    and column in kept[row_id]
                    and kept[row_id][column] != value
                }
                if changed:
                    self.findings.append(f"{table} {row_id} changed: {changed}")

    def compare_catalogue(self, fresh, after):
        """Find what differs between an updated database and a fresh one."""
        for kind in CATALOGUE:
            wanted, there = fresh["catalogue"][kind], after["catalogue"][kind]
            self.findings += [f"{kind}: missing: {one}" for one in wanted - there]
            self.findings += [f"{kind}: left over: {one}" for one in there - wanted]


def main(argv=None):
    """Upgrade from each landed version, print the findings; return 1 if any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", action="store_true", help="keep the databases")
    options = parser.parse_args(argv)
    count = 0
    for version in LANDED:
        run = Upgrade(version)
        say(f"from {version}; logs in {run.folder}")
        findings = run.go()
        print(f"from {version}: {len(findings)} findings")
        for finding in sorted(findings):
            print(f"  {finding}")
        count += len(findings)
    if not options.keep:
        databases.drop(NAME)
        databases.drop(FRESH)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
