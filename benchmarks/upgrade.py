"""Upgrade a filled database from each landed version of dive_crm to this one.

    scripts/upgrade [--keep] [--demo | --no-demo] [VERSION …]

The old version comes out of git, is installed and used as somebody in a dive centre
would; then Odoo updates dive_crm to what lies here. Twice: with demo data, and without,
as at customers'. No step may log an error or a warning, no row may be lost or changed;
the tables, and the records that the add-on brings, must be those of a fresh
installation; and the new version must work there. Leaves with 1 if any of it fails.
"""

import argparse
import io
import itertools
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import databases
from databases import PREFIX, ROOT, say
from reinstall import CATALOGUE, TOUCHED, complaints, snapshot, user_script

#: What has landed, and may be in use: version → commit.
LANDED = {
    "19.0.1.0.0": "ecfeaaf471ad2ece9541cfe102f078d746944005",
    "19.0.1.1.0": "fe3e8a7e1bf5f42a9844a33da6891af2be88f81d",
    "19.0.1.1.1": "b1efd7e6597ea04aa321827363c57e946c3f23f9",
    "19.0.1.2.0": "1e58ea272af0b28156f5971ae3647e10f4b9ed90",
    "19.0.1.2.1": "ecb09b2d20a28aa6345123f87e8f0d6a5e226911",
    "19.0.1.3.0": "af00e0f6c1052d752f86edc9de701c9106ef7c59",
    "19.0.1.3.1": "7438b4bf8b04ff2832f6fc06eaa1946a609d102e",
    "19.0.1.4.0": "1ec090b91d95b5c3c8112c1cc68337e47a0d5e69",
    "19.0.1.4.1": "bad449ea86fa67224e0d6097671cdb00e2e04d20",
    "19.0.1.4.2": "0bb3072c3d6952f0dd7327b55fd769777593598b",
    "19.0.1.5.0": "a9eb54aa4bb11299135c3011d72f52a25e9325e2",
    "19.0.1.6.0": "379bcd8773b86d74cf2daa8cf70432a8729b76ba",
    "19.0.1.7.0": "d5a71cb5ac3eea03948f9919c5798453126119b2",
}
NAME = f"{PREFIX}upgrade"
FRESH = f"{PREFIX}fresh"
#: Tables of Odoo's own whose rows must come through as well.
EXTENDED = (
    "account_move account_move_line mail_activity mail_message product_template"
    " res_company res_partner res_users"
).split()
#: Where the table is not called as the model is.
TABLES = {
    "ir.actions.client": "ir_act_client",
    "ir.actions.act_window": "ir_act_window",
    "ir.actions.act_window.view": "ir_act_window_view",
    "ir.actions.act_url": "ir_act_url",
    "ir.actions.report": "ir_act_report_xml",
    "ir.actions.server": "ir_act_server",
}
#: What Odoo derives from the code: that it is there is enough.
NAMES_ONLY = ("ir.model.inherit", "ir.model.constraint")
#: Columns that each database fills in by itself.
OWN = (
    "uid access_token signup_token password arch_prev parent_path ref name_sort".split()
)
#: What a new version adds to by itself: it notes which standard rows it has made.
GROWING = {("res_company", "dive_plans_made")}
#: What demo data of a new version does to what is there.
BY_DEMO = {
    ("dive_trip_type", "name"),
    ("dive_trip_type", "level_id"),
    # divers of the demo courses have dived there
    ("res_partner", "dive_logged_dives"),
    ("res_partner", "dive_last_dive_date"),
    ("res_partner", "dive_deepest_m"),
    # dives that are logged in demo data
    ("dive_booking_diver", "max_depth_m"),
}
#: What demo data is made to do when it is installed, and is not when it is updated.
BY_DEMO_STEPS = {
    ("dive.booking", "invoice_state"),
    ("dive.booking", "wait_state"),
    ("dive.trip.recurrence", "state"),
    ("res.partner", "tz"),
    # who gets a brochure has an address, and an invitation
    ("res.partner", "street"),
    ("res.partner", "zip"),
    ("res.partner", "city"),
    ("res.partner", "signup_type"),
}
#: Tables that have another name since: their rows are looked for there.
RENAMED = {"dive_trip_message": "dive_message_plan"}
#: Lists of days: the same with spaces or without.
DAYS = {
    ("res_company", "dive_certification_alert_days"),
    ("res_company", "dive_medical_alert_days"),
    ("res_company", "dive_card_alert_days"),
}
#: What follows from use: of a new installation the demo data's, of an updated one what
#: its users did before. Both have answered the questionnaire, or one of them.
BY_USE = {("dive.medical.questionnaire", "in_use")}


def _same(table, column, before, after):
    """Say whether a value is what it was."""
    if (table, column) in DAYS and before and after:
        return before.replace(" ", "") == after.replace(" ", "")
    return before == after


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


def rows_of(name):
    """Return the rows of our tables, and of Odoo's that we extend.

    Table → key → column → value; the key of a row without id is all of it.
    """
    rows = {}
    with databases.server(name) as cr:
        cr.execute(
            "SELECT table_name, bool_or(column_name = 'id')"
            " FROM information_schema.columns"
            " JOIN information_schema.tables USING (table_schema, table_name)"
            " WHERE table_schema = current_schema AND table_type = 'BASE TABLE'"
            r" AND (table_name LIKE 'dive\_%%' OR table_name = ANY(%s)) GROUP BY 1",
            [list(EXTENDED)],
        )
        for table, has_id in cr.fetchall():
            key = "id" if has_id else "to_jsonb(t)::text"
            cr.execute(f'SELECT {key}, to_jsonb(t) FROM "{table}" t')
            rows[table] = dict(cr.fetchall())
    return rows


def brought(name):
    """Return the records that the add-on brings: external id → column → value.

    Without numbers and moments, which differ from one database to the other.
    """
    records = {}
    with databases.server(name) as cr:
        cr.execute(
            "SELECT model, array_agg(name), array_agg(res_id) FROM ir_model_data"
            " WHERE module = 'dive_crm' GROUP BY 1"
        )
        for model, names, ids in cr.fetchall():
            by_id = dict(zip(ids, names, strict=True))
            records.update({f"{model} {name}": {} for name in names})
            table = TABLES.get(model, model.replace(".", "_"))
            if model in NAMES_ONLY:
                continue
            cr.execute(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = %s AND table_schema = current_schema"
                " AND data_type IN ('boolean', 'character varying', 'text', 'jsonb')"
                " AND NOT column_name = ANY(%s)",
                [table, list(OWN)],
            )
            columns = ", ".join(f'"{column}"' for (column,) in cr.fetchall())
            if not columns:  # only numbers: that it is there is enough
                continue
            cr.execute(
                f"SELECT id, to_jsonb(r) - 'id' FROM (SELECT id, {columns}"
                f' FROM "{table}" WHERE id = ANY(%s)) r',
                [ids],
            )
            for record_id, values in cr.fetchall():
                records[f"{model} {by_id[record_id]}"] = {
                    column: re.sub(r"\d+", "#", json.dumps(value))
                    for column, value in values.items()
                }
    return records


class Upgrade:
    """One pass from an old version to this one; collects findings."""

    def __init__(self, version, demo):
        self.version = version
        self.demo = demo
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

    def shell(self, step, call, **options):
        """Run a function of ``user_data`` in Odoo's shell."""
        command = ("shell", "-d", NAME, "--no-http")
        self.odoo(step, *command, script=user_script(call), **options)

    def copy_base(self, name):
        """Make a database without dive_crm; return the arguments that work on it."""
        databases.clone(databases.ensure_demo(), name)
        if not self.demo:
            databases.without_demo(name)
        return ("-d", name, "--stop-after-init", "--no-http", "--max-cron-threads=0")

    def go(self):
        """Install the old version, use it, update, compare; return the findings."""
        old = self.folder / "old"
        unpack(LANDED[self.version], old)
        base = self.copy_base(NAME)
        self.odoo(f"install {self.version}", *base, "-i", "dive_crm", addons=old)
        self.check_version()
        self.shell("use it", "use_it", addons=old)
        before = rows_of(NAME)
        self.odoo("update", *base, "-u", "dive_crm")
        self.compare_rows(before, rows_of(NAME))
        updated, there = snapshot(NAME), brought(NAME)
        self.shell("look around", "look_around")
        self.shell("use the new version", "use_cards")
        self.shell("go on with prepaid cards", "go_on_with_prepaid")
        self.odoo("install this version", *self.copy_base(FRESH), "-i", "dive_crm")
        self.compare_catalogue(snapshot(FRESH), updated)
        self.compare_brought(brought(FRESH), there)
        return self.findings

    def check_version(self):
        """Make sure that what was installed is the old version."""
        with databases.server(NAME) as cr:
            cr.execute(
                "SELECT latest_version FROM ir_module_module WHERE name = 'dive_crm'"
            )
            installed = cr.fetchone()[0]
        if installed != self.version:
            raise RuntimeError(f"{installed} was installed, not {self.version}")

    def compare_rows(self, before, after):
        """Find rows that were lost, and values that are others now."""
        for table, rows in before.items():
            kept = after.get(RENAMED.get(table, table), {})
            if lost := rows.keys() - kept.keys():
                self.findings.append(f"{table}: {len(lost)} rows lost")
            for row_id in rows.keys() & kept.keys():
                changed = {
                    column: (value, kept[row_id][column])
                    for column, value in rows[row_id].items()
                    if column not in TOUCHED
                    and not (self.demo and (table, column) in BY_DEMO)
                    and not (
                        (table, column) in GROWING
                        and set(value) <= set(kept[row_id][column])
                    )
                    and column in kept[row_id]
                    and not _same(table, column, value, kept[row_id][column])
                }
                if changed:
                    self.findings.append(f"{table} {row_id} changed: {changed}")

    def compare_catalogue(self, fresh, after):
        """Find what differs between an updated database and a fresh one."""
        for kind in CATALOGUE:
            wanted, there = fresh["catalogue"][kind], after["catalogue"][kind]
            self.findings += [f"{kind}: missing: {one}" for one in wanted - there]
            self.findings += [f"{kind}: left over: {one}" for one in there - wanted]

    def compare_brought(self, fresh, after):
        """Find which of our records an update does not bring, or not as they are."""
        for name in sorted(fresh.keys() - after.keys()):
            self.findings.append(f"not brought: {name}")
        for name in sorted(after.keys() - fresh.keys()):
            self.findings.append(f"left from {self.version}: {name}")
        for name in sorted(fresh.keys() & after.keys()):
            wanted, there = fresh[name], after[name]
            if differ := {
                column: (value, there.get(column))
                for column, value in wanted.items()
                if there.get(column) != value
                and (name.split()[0], column) not in BY_USE
                and not (self.demo and (name.split()[0], column) in BY_DEMO_STEPS)
            }:
                self.findings.append(f"{name} differs: {differ}"[:400])


def main(argv=None):
    """Upgrade from each landed version, print the findings; return 1 if any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--demo", action="store_true", help="only with demo data")
    which.add_argument("--no-demo", action="store_true", help="only without")
    parser.add_argument("--keep", action="store_true", help="keep the databases")
    parser.add_argument(
        "versions", nargs="*", metavar="VERSION", help="only from these landed ones"
    )
    options = parser.parse_args(argv)
    unknown = set(options.versions) - set(LANDED)
    if unknown:
        parser.error(f"not landed: {', '.join(sorted(unknown))}")
    count = 0
    for version, demo in itertools.product(options.versions or LANDED, (False, True)):
        if (options.demo and not demo) or (options.no_demo and demo):
            continue
        run = Upgrade(version, demo)
        title = f"from {version} {'with' if demo else 'without'} demo data"
        say(f"{title}; logs in {run.folder}")
        findings = run.go()
        print(f"{title}: {len(findings)} findings")
        for finding in sorted(findings):
            print(f"  {finding}")
        count += len(findings)
    if not options.keep:
        databases.drop(NAME)
        databases.drop(FRESH)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
