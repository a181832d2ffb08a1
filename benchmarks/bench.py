"""Print how dive_crm compares with the same Odoo without it, as ratios of this run.

    scripts/bench [--quick] [--count N] [--rounds N] [FIGURE ...]

Two databases are made and kept: plain Odoo with 200,000 invented partners, and a copy
with dive_crm installed and half of them dive customers. Each figure is measured in
turns, plain and dive_crm, in two processes of their own; a ratio is that of two
neighbouring measurements, and the table gives the median and the range of them.
Leaves with 1 if a figure misses its target.
"""

import argparse
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import alerts
import cards
import contacts
import databases
import messages
import portal
import seats
import texts
from databases import ADDON, PREFIX, ROOT, say
from worker import Worker

HERE = Path(__file__).resolve().parent
#: A list reads a few pages of an index; more rows than these would be a scan. The web
#: client's own counter ("1-80 / 10000+") reads on until it has found 10,001, past those
#: of the other status.
ROWS_READ = 4 * 10001
CUSTOMERS = ROOT.parent / "shared" / "data" / "customers.csv"
FIGURES = (
    "search",
    "list",
    "create",
    "install",
    "import",
    "alerts",
    "secret",
    "seats",
    "cards",
    "messages",
    "contact",
    "portal",
)
#: These make databases of their own, while nobody else works on those they copy.
APART = (
    "install",
    "alerts",
    "secret",
    "seats",
    "cards",
    "messages",
    "contact",
    "portal",
)
#: How much more memory ten times the reminders may take.
ALERTS_MIB = 50


@dataclass
class Figure:
    """One line of the table: a figure, its target, what came out."""

    name: str
    target: str
    result: str
    passed: bool
    plain: list = field(default_factory=list)
    dive: list = field(default_factory=list)


def _spread(values):
    """Return ``median (least–most)`` of some ratios."""
    digits = 0 if statistics.median(values) >= 20 else 2
    least, most = min(values), max(values)
    return (
        f"{statistics.median(values):.{digits}f} ×"
        f" ({least:.{digits}f}–{most:.{digits}f})"
    )


def _faster(name, at_least, plain, dive):
    """Judge how many times faster dive_crm is."""
    ratios = [a / b for a, b in zip(plain, dive, strict=True)]
    passed = statistics.median(ratios) >= at_least
    return Figure(name, f"≥ {at_least} × faster", _spread(ratios), passed, plain, dive)


def _slower(name, at_most, plain, dive):
    """Judge how many times the plain time dive_crm takes."""
    ratios = [b / a for a, b in zip(plain, dive, strict=True)]
    passed = statistics.median(ratios) <= at_most
    return Figure(name, f"≤ {at_most} × the time", _spread(ratios), passed, plain, dive)


def _queries(name, plain, dive):
    """Judge that dive_crm sends no more statements."""
    return Figure(name, "no more than plain", f"{plain} → {dive}", dive <= plain)


# --- the databases ----------------------------------------------------------------


def plain_database(count):
    """Make plain Odoo with ``count`` partners, unless it is there; return its name."""
    demo = databases.ensure_demo()
    name = f"{PREFIX}plain_{count}"
    sources = [HERE / file for file in ("names.py", "generate.py")]

    def build():
        say(f"inventing {count:,} partners (a minute for 200,000)")
        databases.clone(demo, name)
        with Worker(name) as worker:
            worker("fill", count=count)
        _settle(name)

    databases.ensure(
        name, databases.stamp(databases.stamp_of(demo), *sources, count), build
    )
    return name


def dive_database(plain, count, keep=False):
    """Make a copy of ``plain`` with dive_crm and customers; return its name."""
    name = f"{PREFIX}dive_{count}"

    def build():
        say("installing dive_crm into them, making half of them customers")
        databases.clone(plain, name)
        databases.odoo(name, "-i", "dive_crm")
        with Worker(name) as worker:
            worker("index")
            customers, bookings = worker("customers")
        say(f"{customers:,} customers, {bookings:,} bookings")
        _settle(name)

    mark = databases.stamp(databases.stamp_of(plain), HERE / "generate.py", ADDON)
    databases.ensure(name, mark, build, keep)
    return name


def _settle(name):
    """Leave no dead rows behind: both sides start from the same kind of table."""
    with databases.server(name) as cr:
        cr.execute("VACUUM FULL res_partner")
        cr.execute("VACUUM ANALYZE")


# --- the figures ------------------------------------------------------------------


def _turns(plain, dive, rounds, function, kwargs_plain, kwargs_dive=None):
    """Call a measure in turns, ``rounds`` times each; the first of each is thrown away.

    The order changes from round to round, so that neither always comes second.
    """
    sides = (plain, kwargs_plain), (dive, kwargs_dive or kwargs_plain)
    results = [], []
    for turn in range(-1, rounds):
        for side in (0, 1) if turn % 2 else (1, 0):
            worker, kwargs = sides[side]
            result = worker(function, **kwargs)
            if turn >= 0:
                results[side].append(result)
    return results


def _seconds(results):
    return [result["seconds"] for result in results]


def figures_search(plain, dive, rounds):
    """name_search by name part, number, e-mail and phone."""
    texts = plain("terms", count=max(rounds, 5))
    targets = {"name": 100, "number": 100, "phone": 100, "e-mail": 30}
    for kind, at_least in targets.items():
        times = [], []
        missing = 0
        for said, text in zip(texts[kind], texts["name"], strict=False):
            plain_text = text if kind == "phone" else said
            slow, fast = _turns(
                plain, dive, 3, "name_search", {"text": plain_text}, {"text": said}
            )
            times[0].extend(_seconds(slow))
            times[1].extend(_seconds(fast))
            expected = 1 if kind == "phone" else slow[0]["found"]
            missing += fast[0]["found"] < expected
        figure = _faster(f"name_search by {kind}", at_least, *times)
        if missing:
            figure.result += f", but {missing} texts found fewer than they should"
            figure.passed = False
        yield figure


def figures_list(plain, dive, rounds):
    """The contacts' first page, and the customers' filtered by status."""
    a, b = _turns(plain, dive, rounds * 6, "listing", {})
    yield _slower("list 80 contacts", 1.1, _seconds(a), _seconds(b))
    yield _queries("list 80 contacts: statements", a[-1]["queries"], b[-1]["queries"])
    for status in ("guest", "existing"):
        domain = [("dive_customer", "=", True), ("dive_status", "=", status)]
        kwargs = {"view": "dive_crm.view_partner_dive_list", "domain": domain}
        times = [dive("listing", **kwargs) for _turn in range(rounds + 1)][1:]
        if times[0]["found"] < 80:
            raise AssertionError(f"status {status}: only {times[0]} in the data")
        plans = dive("plans", **kwargs)
        scans = sum(plan["scans"] for plan in plans)
        rows = max(plan["rows"] for plan in plans)
        result = f"{scans} scans, at most {rows:,} rows read"
        yield Figure(
            f"customers with status {status}, first 80",
            "no scan of res_partner",
            result,
            not scans and rows <= ROWS_READ,
            dive=_seconds(times),
        )
        if scans:
            for plan in plans:
                say(plan["sql"] + "\n" + plan["text"])


def figures_create(plain, dive, rounds):
    """Creating partners that are not customers."""
    for rows in (1, 100):
        turns = rounds * (12 if rows == 1 else 6)
        a, b = _turns(plain, dive, turns, "creating", {"rows": rows})
        name = f"create {rows} plain partner{'s' * (rows > 1)}"
        yield _slower(name, 1.2, _seconds(a), _seconds(b))
        yield _queries(f"{name}: statements", a[-1]["queries"], b[-1]["queries"])


def figures_install(plain_name, rounds):
    """Installing dive_crm among many partners, and into demo data only."""
    demo, times = databases.ensure_demo(), ([], [])
    for turn in range(max(rounds // 3, 2)):
        for side in (0, 1) if turn % 2 else (1, 0):
            name = databases.clone((demo, plain_name)[side], f"{PREFIX}install")
            times[side].append(databases.odoo(name, "-i", "dive_crm"))
            say(f"installed in {times[side][-1]:.1f} s")
            if side:
                # by a scheduled action, while everybody works
                with Worker(name) as worker:
                    say(f"then the index of the search in {worker('index'):.1f} s")
            databases.drop(name)
    yield _slower("install among the partners / in demo data", 1.3, *times)


def figures_import(plain, dive, rounds):
    """Importing a file of 5,000 customers, against ``load`` of Odoo's own columns."""
    if not CUSTOMERS.exists():
        say(f"no {CUSTOMERS}: the import is not measured")
        return
    times = [], []
    for turn in range(max(rounds // 3, 2)):
        for side in (0, 1) if turn % 2 else (1, 0):
            worker, function = ((plain, "load"), (dive, "customer_import"))[side]
            done = worker(function, path=str(CUSTOMERS))
            times[side].append(done["seconds"])
            say(f"{function}: {done['rows']:,} rows in {done['seconds']:.1f} s")
    yield _slower("import 5,000 rows / Odoo's load", 1.5, *times)


def figures_alerts(dive_name, count, rounds):
    """Reminders of certifications, against those of hr_skills; memory of a night."""
    plain, dive, peaks = alerts.measure(dive_name, count, rounds)
    name = "remind of a certification / hr_skills' activity"
    yield _slower(name, 1, plain, dive)
    (few, _time_few, low), (many, seconds, high) = peaks
    yield Figure(
        f"memory of {many:,} reminders",
        f"≤ {ALERTS_MIB} MiB over {few:,}",
        f"{high - low:+.0f} MiB ({low:.0f} → {high:.0f})",
        high - low <= ALERTS_MIB,
        dive=[seconds],
    )


def figures_secret(dive_name, rounds):
    """Encrypted texts against plain ones: a list of 80 × 3, a form, other keys."""
    times = texts.measure(dive_name, rounds)
    yield _slower("list 80 × 3 encrypted texts / plain", 4, *times["list"])
    yield _slower("the same with its access log / plain", 6, *times["log"])
    yield _slower("form of 5 encrypted texts, HTTP / plain", 3, *times["form"])
    yield _slower("seal with a new key / rewrite plain", 3, *times["keys"])


def figures_seats(dive_name, rounds):
    """Bookings one by one against event's registrations; several writers on a trip."""
    times, crowds = seats.measure(dive_name, rounds)
    rows = seats.ROWS
    yield _slower(f"book and confirm {rows} divers / register", 1, *times["book"])
    yield _slower(f"the same, nobody is written to, {rows}", 1, *times["bare"])
    yield _slower("open trip, 40 lights / event, 40 people", 2, *times["form"])
    yield _slower("the same with its messages and followers", 2, *times["page"])
    (_one, alone), (writers, many) = crowds.items()
    yield Figure(
        f"{writers} writers on one trip",
        "none refused or sold twice",
        f"{many['rate']:.0f} bookings/s beside {alone['rate']:.0f}/s of one alone,"
        f" {len(many['refused'])} of {many['asked']} refused",
        many["taken"] == many["held"] == many["asked"] and not many["refused"],
    )


def figures_messages(dive_name, rounds):
    """Reminders of trips, planned and queued, beside those of Odoo's events."""
    times = messages.measure(dive_name, rounds)
    yield _slower(f"remind {messages.ROWS:,} divers / event.mail", 1.2, *times)


def figures_cards(dive_name, rounds):
    """The card liability beside a plain sum; paying with a card beside a payment."""
    times = cards.measure(dive_name, rounds)
    name = f"card liability of {cards.CARDS:,} cards / plain SQL sum"
    yield _slower(name, 3, *times["today"])
    yield _slower("the same / plain SQL sum per card", 3, *times["per card"])
    yield _slower("as of 300 days ago / plain SQL sum", 3, *times["long ago"])
    yield _slower("use a card and post / post and pay", 1.5, *times["pay"])


def figures_contact(dive_name, rounds):
    """The contact log beside the messages themselves; last contact without a scan."""
    times, scans = contacts.measure(dive_name, rounds)
    name = f"contact log, {contacts.MESSAGES:,} messages / mail.message"
    yield _slower(f"{name}, first 80", 1.2, *times["page"])
    yield _slower("post an e-mail with its register / without", 1.5, *times["post"])
    for what, (seconds, count) in scans.items():
        yield Figure(
            f"customers by last contact: {what}",
            "no scan of messages",
            f"{count} scans",
            not count,
            dive=[seconds],
        )


def figures_portal(plain_name, dive_name, rounds):
    """The diver's page in the portal, against Odoo's own home page, over HTTP."""
    times = portal.measure(plain_name, dive_name, rounds)
    yield _slower("portal: diver's page / Odoo's home", 1.5, *times)


# --- the table --------------------------------------------------------------------


def _time(values):
    """Return the median of some seconds, in a unit that reads well."""
    if not values:
        return ""
    seconds = statistics.median(values)
    if seconds >= 1:
        return f"{seconds:.1f} s"
    return f"{seconds * 1000:.{1 if seconds < 0.1 else 0}f} ms"


def table(figures):
    """Return the figures as a simple table of reStructuredText."""
    rows = [("Figure", "Plain", "dive_crm", "Ratio (range)", "Target", "")]
    rows += [
        (
            figure.name,
            _time(figure.plain),
            _time(figure.dive),
            figure.result,
            figure.target,
            "met" if figure.passed else "MISSED",
        )
        for figure in figures
    ]
    # An empty first cell would continue the row above; empty others are fine.
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    rule = "  ".join("=" * width for width in widths)
    lines = [
        "  ".join(
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
    return "\n".join([rule, lines[0], rule, *lines[1:], rule])


def machine(count, rounds):
    """Return one sentence on what this was measured with."""
    from odoo import release

    with databases.server() as cr:
        cr.execute("SHOW server_version")
        postgres = cr.fetchone()[0].split()[0]
        cr.execute("SHOW shared_buffers")
        buffers = cr.fetchone()[0]
    model = "unknown processor"
    if Path("/proc/cpuinfo").exists():
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return (
        f"{count:,} partners; {rounds} rounds; {model}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB; PostgreSQL {postgres} (shared_buffers {buffers}), "
        f"Odoo {release.version}, Python {sys.version.split()[0]}; "
        f"dive_crm {commit or 'of no commit'}."
    )


def main(argv=None):
    """Make the databases, measure, print; return 1 if a target was missed."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="20,000 partners")
    parser.add_argument("--count", type=int, help="how many partners (200,000)")
    parser.add_argument("--rounds", type=int, default=7, help="repeats (7)")
    parser.add_argument(
        "--keep", action="store_true", help="keep a database of an older dive_crm"
    )
    parser.add_argument(
        "figures", nargs="*", metavar="FIGURE", help=f"some of: {', '.join(FIGURES)}"
    )
    options = parser.parse_args(argv)
    wanted = options.figures or FIGURES
    if unknown := set(wanted) - set(FIGURES):
        parser.error(f"no such figure: {', '.join(sorted(unknown))}")
    count = options.count or (20_000 if options.quick else 200_000)
    figures = []

    def collect(some):
        for figure in some:
            figures.append(figure)
            say(f"{figure.name}: {figure.result} [{figure.target}]")

    plain_name = plain_database(count)
    if "install" in wanted:
        collect(figures_install(plain_name, options.rounds))
    if set(wanted) - {"install"}:
        dive_name = dive_database(plain_name, count, options.keep)
    if together := [name for name in wanted if name not in APART]:
        with Worker(plain_name) as plain, Worker(dive_name) as dive:
            for name in together:
                measure = globals()[f"figures_{name}"]
                collect(measure(plain, dive, options.rounds))
    if "alerts" in wanted:
        collect(figures_alerts(dive_name, count, options.rounds))
    if "secret" in wanted:
        collect(figures_secret(dive_name, options.rounds))
    if "seats" in wanted:
        collect(figures_seats(dive_name, options.rounds))
    if "cards" in wanted:
        collect(figures_cards(dive_name, options.rounds))
    if "messages" in wanted:
        collect(figures_messages(dive_name, options.rounds))
    if "contact" in wanted:
        collect(figures_contact(dive_name, options.rounds))
    if "portal" in wanted:
        collect(figures_portal(plain_name, dive_name, options.rounds))
    print(table(figures))
    print()
    print(machine(count, options.rounds))
    if count != 200_000:
        print("The targets are for 200,000 partners.")
    return 0 if all(figure.passed for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
