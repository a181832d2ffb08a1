"""Run Odoo's own tests with and without dive_crm, and print which results differ.

    scripts/upstream [--keep] [--list] [MODULE or PATH ...]

Two copies of one database (what dive_crm depends on, with demo data) run the same
test files on the full registry: one plain, one with dive_crm installed. Some tests fail
on the plain one already, so results are compared test by test. Leaves with 1 if any
differs. Takes some twenty minutes; with names of modules, only theirs.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import databases
from databases import ADDON, say

PREFIX = "dive_upstream_"
#: Test files by module: all that speak of what we extend.
FILES = {
    "base": (
        "test_res_partner.py",
        "test_res_partner_bank.py",
        "test_res_partner_merge.py",
        "test_search.py",
    ),
    "contacts": ("test_ui.py",),
    "mass_mailing": (
        "test_mailing_controllers.py",
        "test_mailing_internals.py",
        "test_mailing_list.py",
        "test_mailing_retry.py",
        "test_mailing_mailing_schedule_date.py",
    ),
    "portal": (
        "test_addresses.py",
        "test_login.py",
        "test_message_format_portal.py",
        "test_pager.py",
        "test_portal.py",
        "test_portal_wizard.py",
        "test_tours.py",
    ),
    "phone_validation": (
        "test_phonenumbers.py",
        "test_phonenumbers_blacklist.py",
        "test_phonenumbers_patch.py",
    ),
    "sms": ("test_sms_composer.py", "test_sms_template.py"),
    "mail": (
        "test_res_partner.py",
        "test_res_users.py",
        "test_mail_composer.py",
        "test_mail_template.py",
        "test_uninstall.py",
    ),
    "account": (
        "test_account_partner.py",
        "test_res_partner_merge.py",
        "test_account_merge_wizard.py",
        "test_portal_invoice.py",
        "test_account_invoice_report.py",
        "test_fiscal_position.py",
        # taxes and payments: what cards extend
        "test_account_move_out_invoice.py",
        "test_account_move_out_refund.py",
        "test_account_move_payments_widget.py",
        "test_account_move_reconcile.py",
        "test_account_payment.py",
        "test_account_payment_register.py",
        "test_early_payment_discount.py",
        "test_tax.py",
        "test_taxes_computation.py",
        "test_taxes_downpayment.py",
        "test_taxes_global_discount.py",
        "test_taxes_tax_totals_summary.py",
    ),
    "privacy_lookup": ("test_privacy_wizard.py",),
    "rating": ("test_controller.py", "test_security.py"),
}
#: Debian's package lacks this file, which the web assets list: every tour would fail.
MISSING_ASSET = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def paths_of(module):
    """Return the test files of a module that this Odoo has."""
    import odoo.addons

    for folder in odoo.addons.__path__:
        tests = Path(folder) / module / "tests"
        if tests.is_dir():
            found = [tests / file for file in FILES[module]]
            for file in found:
                if not file.exists():
                    say(f"this Odoo has no {file}: left out")
            return [file for file in found if file.exists()]
    raise RuntimeError(f"this Odoo has no tests of {module}")


def repair_assets(name):
    """Take the file that is not there out of the assets, in this database."""
    import odoo.addons

    if any((Path(path) / MISSING_ASSET).exists() for path in odoo.addons.__path__):
        return
    with databases.server(name) as cr:
        cr.execute(
            "INSERT INTO ir_asset (name, bundle, directive, path, active, sequence) "
            "VALUES ('missing in Debian', 'web.assets_backend', 'remove', %s,"
            " true, 99)",
            [MISSING_ASSET],
        )


def prepare(keep):
    """Make both databases afresh (or keep the last run's); return their names."""
    plain, dive = f"{PREFIX}plain", f"{PREFIX}dive"
    demo = databases.ensure_demo()

    def make_plain():
        databases.clone(demo, plain)
        repair_assets(plain)

    def make_dive():
        say("installing dive_crm")
        databases.clone(demo, dive)
        databases.odoo(dive, "-i", "dive_crm")
        repair_assets(dive)

    mark = databases.stamp(databases.stamp_of(demo))
    if not keep:
        databases.drop(plain)
    databases.ensure(plain, mark, make_plain)
    databases.ensure(dive, databases.stamp(mark, ADDON), make_dive)
    return plain, dive


def run(name, paths, folder):
    """Run test files on a database; return ``{test: (outcome, why)}``."""
    report = Path(folder) / f"{name}.xml"
    log = Path(folder) / f"{name}.log"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["--import-mode=prepend", "--tb=short", "--odoo-http"]
    command += [f"--odoo-database={name}", f"--odoo-config={os.environ['ODOO_RC']}"]
    # Test ids are relative to this root: they say which module a test is from.
    root = os.path.commonpath([path.parent for path in paths])
    command += [f"--junit-xml={report}", f"--rootdir={root}", "-c", os.devnull]
    with log.open("w") as output:
        subprocess.run(
            [*command, *map(str, paths)],
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
            # Odoo's folder may be read-only, and is not ours to write to.
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    if not report.exists():
        raise RuntimeError(f"pytest gave no results:\n{log.read_text()[-3000:]}")
    return read(report)


def read(report):
    """Return ``{test: (outcome, why)}`` of a JUnit report."""
    results = {}
    for case in ElementTree.parse(report).iter("testcase"):
        test = f"{case.get('classname')}::{case.get('name')}"
        outcome, why = "passed", ""
        for kind in ("skipped", "failure", "error"):
            element = case.find(kind)
            if element is not None:
                outcome = kind
                why = element.get("message") or element.text or ""
        # A test may be listed twice: once for itself, once for its teardown.
        if results.get(test, ("passed",))[0] == "passed":
            results[test] = outcome, why
    return results


def compare(plain, dive):
    """Return ``[(test, plain's outcome, dive_crm's, why)]`` of those that differ."""
    different = []
    for test in sorted(plain.keys() | dive.keys()):
        before = plain.get(test, ("not run", ""))
        after = dive.get(test, ("not run", ""))
        if before[0] != after[0]:
            different.append((test, before[0], after[0], after[1] or before[1]))
    return different


def again(different, paths, names, folder):
    """Run the files of tests that differ once more; return those that differ again.

    A browser on a busy machine sometimes takes too long: that is no difference.
    """
    tests = {test for test, *_outcomes in different}
    files = [
        path
        for path in paths
        if any(
            f"{path.parent.parent.name}.tests.{path.stem}." in test for test in tests
        )
    ]
    if not files:
        return different
    say(f"{len(tests)} differ: running {len(files)} files once more")
    plain, dive = (run(name, files, folder) for name in names)
    return [result for result in compare(plain, dive) if result[0] in tests]


def main(argv=None):
    """Run, compare, print; return 1 if results differ."""
    parser = argparse.ArgumentParser(
        prog="scripts/upstream",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--keep", action="store_true", help="keep the databases")
    parser.add_argument("--list", action="store_true", help="print the test files")
    parser.add_argument("--plain", help="a JUnit report of plain Odoo, not run again")
    parser.add_argument("tests", nargs="*", metavar="MODULE or PATH")
    options = parser.parse_args(argv)
    paths = []
    for test in options.tests or FILES:
        paths += paths_of(test) if test in FILES else [Path(test).resolve()]
    if options.list:
        print(*paths, sep="\n")
        return 0
    plain_name, dive_name = prepare(options.keep)
    folder = tempfile.mkdtemp(prefix="dive-upstream-")
    say(f"{len(paths)} files of Odoo's tests; reports and logs in {folder}")
    if options.plain:
        plain = read(options.plain)
    else:
        plain = run(plain_name, paths, folder)
    say(f"plain: {_count(plain)}")
    dive = run(dive_name, paths, folder)
    say(f"with dive_crm: {_count(dive)}")
    different = again(compare(plain, dive), paths, (plain_name, dive_name), folder)
    for test, before, after, why in different:
        print(f"{test}\n    plain: {before}, with dive_crm: {after}")
        print("    " + why.strip().replace("\n", "\n    ")[:1500])
    if not plain:
        print("No test ran.")
        return 1
    print(
        f"{len(plain)} of Odoo's tests: plain {_count(plain)}; "
        f"with dive_crm {_count(dive)}; {len(different)} differ."
    )
    return 1 if different else 0


def _count(results):
    """Return the outcomes in words: ``120 passed, 4 failure``."""
    outcomes = [outcome for outcome, _why in results.values()]
    kinds = ("passed", "failure", "error", "skipped")
    return ", ".join(
        f"{outcomes.count(kind)} {kind}" for kind in kinds if kind in outcomes
    )


if __name__ == "__main__":
    sys.exit(main())
