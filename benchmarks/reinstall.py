"""Install dive_crm into a database that lives already, uninstall it, install it again.

    scripts/reinstall [--keep] [--demo | --no-demo]

The database has Odoo's demo data, sale and crm. Twice: with dive_crm's demo data, and
without. After the uninstall, the catalogue must be what it was, every row that
was there before must be there unchanged, and what is left over must be the user's own
(partners, invoices, messages) and must not speak of us. No step may log an error or a
warning. Leaves with 1 if any of it fails.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import databases
from databases import PREFIX, say

BASE = f"{PREFIX}sale_crm"
NAME = f"{PREFIX}reinstall"
#: What somebody does in a dive centre, and what must survive it.
USER_DATA = ("user_data.py", "user_cards.py")
#: Lines of the log that are about this machine, not about the add-on.
HARMLESS = ("Running as user 'root' is a security risk", "wkhtmltopdf")

#: Defined by two fields of Odoo's, with different ``ondelete``: which of them holds
#: depends on the order in which the add-on loaded last sets up all models.
TWICE = "rule_group_rel.rule_group_rel_group_id_fkey "

CATALOGUE = {
    "relations": "SELECT relname || ' (' || relkind::text || ')' FROM pg_class "
    "WHERE relnamespace = current_schema::regnamespace "
    r"AND relname NOT LIKE 'ir\_sequence\_%'",
    "columns": "SELECT table_name || '.' || column_name "
    "|| ' ' || data_type || ' ' || is_nullable "
    "FROM information_schema.columns WHERE table_schema = current_schema",
    "constraints": "SELECT conrelid::regclass || '.' || conname || ' ' "
    "|| pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = current_schema::regnamespace",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema",
    "functions": "SELECT oid::regprocedure::text FROM pg_proc "
    "WHERE pronamespace = current_schema::regnamespace",
    "triggers": "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger "
    "WHERE NOT tgisinternal",
    "types": "SELECT typname FROM pg_type "
    "WHERE typnamespace = current_schema::regnamespace",
    "extensions": "SELECT extname FROM pg_extension",
    "comments": "SELECT description FROM pg_description "
    "WHERE classoid = 'pg_class'::regclass AND description ILIKE '%dive%'",
}
#: Rows that come and go by themselves, or count what happened.
VOLATILE = {
    "bus_bus",
    "bus_presence",
    "ir_attachment",
    "ir_cron_trigger",
    "ir_logging",
    "ir_model_inherit",
    "ir_profile",
    "orm_signaling_assets",
    "orm_signaling_default",
    "orm_signaling_groups",
    "orm_signaling_registry",
    "orm_signaling_routing",
    "orm_signaling_stable",
    "orm_signaling_templates",
    "res_device_log",
    "res_users_log",
}
#: What a user makes in the app and keeps without it.
KEPT = {
    "account_account",
    "account_account_res_company_rel",
    "account_full_reconcile",
    "account_journal",
    "account_move",
    "account_move_line",
    "account_move_line_account_tax_rel",
    "account_move__account_payment",
    # What Odoo's own dialogs were filled in with; it clears them away by itself.
    "account_move_reversal",
    "account_move_reversal_move",
    "account_move_reversal_new_move",
    "account_partial_reconcile",
    "account_payment",
    "account_payment_method_line",
    "account_payment_register",
    "account_payment_register_move_line_rel",
    "account_tax_sale_order_line_rel",
    "discuss_channel_member",
    "ir_sequence_date_range",
    "mail_alias",
    "mail_followers",
    "mail_followers_mail_message_subtype_rel",
    "mail_mail",
    "mail_mail_res_partner_rel",
    "mail_message",
    "mail_message_res_partner_rel",
    "mail_notification",
    "mail_presence",
    "mail_tracking_value",
    # Erasing a demo customer is recorded like erasing any other.
    "privacy_log",
    "product_product",
    "product_template",
    "product_taxes_rel",
    "product_supplier_taxes_rel",
    "res_company_users_rel",
    "res_groups_users_rel",
    "res_partner",
    "res_partner_category",
    "res_partner_res_partner_category_rel",
    "res_users",
    "res_users_settings",
    "sale_order",
    "sale_order_line",
}
#: Tables whose rows must come through unchanged, column by column.
UNCHANGED = (
    "account_move account_move_line crm_lead mail_message product_template res_company "
    "res_partner res_users sale_order sale_order_line ir_ui_view ir_ui_menu ir_cron "
    "res_groups ir_rule ir_model_access ir_act_window ir_sequence ir_config_parameter"
).split()
#: Columns that note when something was touched, not what it is.
TOUCHED = {"write_date", "write_uid"}


def snapshot(name):
    """Return what is in a database: catalogue, ids per table, contents of some."""
    with databases.server(name) as cr:
        found = {}
        for kind, query in CATALOGUE.items():
            cr.execute(query)
            found[kind] = {row[0] for row in cr.fetchall()}
        cr.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY column_name) "
            "FROM information_schema.columns JOIN information_schema.tables "
            "USING (table_schema, table_name) WHERE table_schema = current_schema "
            "AND table_type = 'BASE TABLE' GROUP BY 1"
        )
        columns = dict(cr.fetchall())
        rows, contents = {}, {}
        for table in columns:
            row = "id::text" if "id" in columns[table] else "t::text"
            cr.execute(f'SELECT {row} FROM "{table}" t')
            rows[table] = {row[0] for row in cr.fetchall()}
            if table in UNCHANGED:
                cr.execute(f'SELECT id::text, to_jsonb(t) FROM "{table}" t')
                contents[table] = dict(cr.fetchall())
    return {"catalogue": found, "rows": rows, "contents": contents, "columns": columns}


def compare_catalogue(before, after):
    """Return findings: what differs between two catalogues."""
    findings = []
    for kind, then in before["catalogue"].items():
        then, now = (
            {item for item in found if not item.startswith(TWICE)}
            for found in (then, after["catalogue"][kind])
        )
        findings += [f"{kind}: left behind: {item}" for item in sorted(now - then)]
        findings += [f"{kind}: lost: {item}" for item in sorted(then - now)]
    return findings


def compare_rows(before, after, excepted=frozenset()):
    """Return findings: rows lost or changed, and rows left that nobody's user made.

    ``excepted``: (table, id, column) that may change; None for all columns of a row.
    """
    findings = []
    for table, then in before["rows"].items():
        now = after["rows"].get(table, set())
        if table in VOLATILE:
            continue
        if lost := then - now:
            findings.append(f"{table}: {len(lost)} rows lost: {sorted(lost)[:5]}")
        if (left := now - then) and table not in KEPT:
            findings.append(f"{table}: {len(left)} rows left: {sorted(left)[:5]}")
    for table, then in before["contents"].items():
        now = after["contents"][table]
        for row_id, row in then.items():
            changed = {
                column: (value, now[row_id].get(column))
                for column, value in row.items()
                if not excepted & {(table, row_id, column), (table, row_id, None)}
                and column not in TOUCHED
                and now.get(row_id, row).get(column) != value
            }
            if changed:
                findings.append(f"{table} {row_id} changed: {changed}")
    return findings


def speaks_of_us(name, columns):
    """Return findings: rows that point to models, modules or records of ours."""
    findings = []
    pointing = ("model", "res_model", "model_name", "module", "resource_ref", "code")
    pointing += ("related_model", "relation", "res_model_name")
    with databases.server(name) as cr:
        for table, names in columns.items():
            for column in set(pointing) & set(names):
                cr.execute(
                    f'SELECT count(*), min("{column}"::text) FROM "{table}" WHERE '
                    f'"{column}"::text LIKE %s OR "{column}"::text LIKE %s',
                    [r"dive.%", r"dive\_crm%"],
                )
                count, example = cr.fetchone()
                if count:
                    findings.append(f"{table}.{column}: {count} rows say “{example}”")
    return findings


def complaints(log):
    """Return the lines of a log that are errors or warnings."""
    return [
        line[:400]
        for line in log.splitlines()
        if re.search(r" (WARNING|ERROR|CRITICAL) ", line)
        and not any(harmless in line for harmless in HARMLESS)
    ]


def user_script(call):
    """Return what lets Odoo's shell run a function of ``USER_DATA``, and keep it."""
    parts = [Path(__file__).with_name(name).read_text() for name in USER_DATA]
    return "\n".join([*parts, f"{call}(env)", "env.cr.commit()", ""])


class Run:
    """One pass over a copy of the database; collects findings."""

    def __init__(self, demo):
        self.demo = demo
        self.findings = []
        self.folder = Path(tempfile.mkdtemp(prefix="dive-reinstall-"))

    def odoo(self, step, *args, script=None):
        """Run an Odoo command; its complaints are findings."""
        say(step)
        command = [sys.executable, "-m", "odoo", *args]
        done = subprocess.run(
            command,
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )
        log = done.stdout + done.stderr
        (self.folder / f"{step.replace(' ', '-')}.log").write_text(log)
        self.findings += [f"{step}: {line}" for line in complaints(log)]
        if done.returncode:
            raise RuntimeError(f"{step} failed:\n{log[-3000:]}")

    def install(self, step):
        """Install dive_crm through the command line."""
        self.odoo(step, "-d", NAME, "-i", "dive_crm", "--stop-after-init", "--no-http")

    def shell(self, step, call):
        """Run a function of ``USER_DATA`` in Odoo's shell."""
        self.odoo(step, "shell", "-d", NAME, "--no-http", script=user_script(call))

    def expect(self, step, findings):
        """Collect what a comparison found."""
        self.findings += [f"{step}: {finding}" for finding in findings]

    def changed_by_demo(self):
        """Return what our demo data changes.

        Odoo's demo portal user dives with us, its company has the clock of Spain.
        """
        if not self.demo:
            return frozenset()
        with databases.server(NAME) as cr:
            cr.execute(
                "SELECT res_id::text, CASE name WHEN 'main_partner' THEN 'tz' END"
                " FROM ir_model_data WHERE module = 'base'"
                " AND name IN ('partner_demo_portal', 'main_partner')"
            )
            return {("res_partner", *row) for row in cr.fetchall()}

    def go(self):
        """Install, use, uninstall, compare, install again, uninstall, compare."""
        databases.clone(BASE, NAME)
        if not self.demo:
            databases.without_demo(NAME)
        self.shell("live before", "live_before")
        self.shell("look before", "look_around")
        before = snapshot(NAME)
        self.install("install")
        installed = snapshot(NAME)
        self.shell("use", "use_it")
        for again in ("", " again"):
            self.odoo(
                "uninstall" + again, "module", "uninstall", "dive_crm", "-d", NAME
            )
            self.shell("look after" + again, "look_around")
            after = snapshot(NAME)
            self.expect("after uninstall" + again, compare_catalogue(before, after))
            rows = compare_rows(before, after, self.changed_by_demo())
            self.expect("after uninstall" + again, rows)
            self.expect("after uninstall" + again, speaks_of_us(NAME, after["columns"]))
            if not again:
                self.install("install again")
                anew = snapshot(NAME)
                self.expect("installed again", compare_catalogue(installed, anew))
                self.shell("use again", "use_it")
        return self.findings


def base_database():
    """Make the database with demo data, sale and crm, unless it is there."""
    demo = databases.ensure_demo()

    def build():
        say("installing sale and crm (a minute)")
        databases.clone(demo, BASE)
        databases.odoo(BASE, "-i", "sale,crm")

    databases.ensure(BASE, databases.stamp(databases.stamp_of(demo), "sale,crm"), build)


def main(argv=None):
    """Run both passes, print the findings; return 1 if there are any."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--demo", action="store_true", help="only with demo data")
    which.add_argument("--no-demo", action="store_true", help="only without")
    parser.add_argument("--keep", action="store_true", help="keep the database")
    options = parser.parse_args(argv)
    base_database()
    count = 0
    for demo in (False, True):
        if (options.demo and not demo) or (options.no_demo and demo):
            continue
        run = Run(demo)
        title = f"dive_crm {'with' if demo else 'without'} demo data"
        say(f"{title}; logs in {run.folder}")
        findings = run.go()
        print(f"{title}: {len(findings)} findings")
        for finding in findings:
            print(f"  {finding}")
        count += len(findings)
    if not options.keep:
        databases.drop(NAME)
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
