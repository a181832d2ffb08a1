"""How the add-on bears a million partners: each figure beside the same at ten thousand.

    scripts/bench scale [--partners N] [--beside N] [--rounds N] [--keep]

Two databases are made by the same generator: for N partners (half of them customers)
2 N bookings on trips of five years, N movements of prepaid cards with their books, and
N / 10 messages. Then both are asked for what people and the scheduler ask: lists,
search, a customer's history and statement, the day, reports, scheduled actions. The
table shows the median of the rounds, and how it grows from one to the other: what grows
with n by nature is said in docs/scaling.md. A million takes half an hour and 20 GB.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path

import databases
from databases import ADDON, PREFIX, say
from worker import Worker

HERE = Path(__file__).resolve().parent
SOURCES = "names generate cards contacts scale_fill".split()
#: What grows less than this with a hundred times the rows does not grow with them.
FLAT = 3


def database(count, keep):
    """Make the database of ``count`` partners unless it is there; return its name."""
    demo = databases.ensure_demo()
    name = f"{PREFIX}scale_{count}"

    def build():
        say(f"{count:,} partners: installing dive_crm")
        databases.clone(demo, name)
        databases.without_demo(name)
        databases.odoo(name, "-i", "dive_crm")
        with Worker(name) as worker:
            _fill(worker, count)
        with databases.server(name) as cr:
            cr.execute("VACUUM ANALYZE")

    files = [HERE / f"{source}.py" for source in SOURCES]
    mark = databases.stamp(databases.stamp_of(demo), *files, ADDON, count)
    databases.ensure(name, mark, build, keep)
    return name


def _fill(worker, count):
    began = time.monotonic()

    def tell(what):
        say(f"  {time.monotonic() - began:5.0f} s: {what}")

    tell("inventing people")
    customers = worker("scale_fill.people", count=count)
    tell(f"{customers:,} customers; trips")
    first, many = worker("scale_fill.trips", bookings=2 * count)
    pattern = worker("scale_fill.booking")
    divers = 10
    for place in range(divers):
        tell(f"{many:,} trips; diver {place + 1} of {divers} on each")
        worker(
            "scale_fill.bookings",
            pattern=pattern,
            first=first,
            many=many,
            place=place,
            customers=customers,
        )
    tell("what is kept beside the rows")
    worker("scale_fill.settle")
    tell("prepaid cards")
    worker("scale_fill.ledger", entries=count)
    tell("messages")
    worker("scale_fill.talk", count=count // 10)
    tell("the index of the search")
    worker("index")


def ask(name, rounds):
    """Return {figure: (seconds, statements)} of a database."""
    import scale_ask

    figures = {}

    def take(label, function, **kwargs):
        results = [worker(f"scale_ask.{function}", **kwargs) for _ in range(rounds + 1)]
        seconds, queries = zip(*results[1:], strict=True)
        figures[label] = statistics.median(seconds), max(queries)

    with Worker(name) as worker:
        for label, action in scale_ask.LISTS.items():
            take(f"list: {label}", "opened", action=action)
        for kind in ("name", "phone", "e-mail", "number"):
            take(f"search: {kind}", "searched", kind=kind)
        for what in ("form", "suits", "history", "statement"):
            take(f"customer: {what}", "customer", what=what)
        take("today", "today")
        for label in scale_ask.REPORTS:
            take(f"report: {label}", "report", name=label)
        for xmlid, label in worker("scale_ask.crons").items():
            # the first run does what is due; the next ones find that nothing is
            take(f"cron: {label}", "cron", name=xmlid)
    return figures


def table(small, large, before, after):
    """Print the figures beside each other."""
    width = max(map(len, after))
    print(f"{'':{width}} {small:>12,} {large:>12,}  grows  statements")
    for label, (seconds, queries) in after.items():
        first, asked = before[label]
        growth = seconds / first
        print(
            f"{label:{width}} {first * 1000:9.1f} ms {seconds * 1000:9.1f} ms"
            f" {growth:5.1f} ×  {asked} → {queries}"
            f"{'' if growth < FLAT else '  ← with n'}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--partners", type=int, default=1_000_000)
    parser.add_argument("--beside", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", action="store_true", help="take what is there")
    options = parser.parse_args()
    results = []
    for count in (options.beside, options.partners):
        name = database(count, options.keep)
        with Worker(name) as worker:
            rows = worker("scale_fill.counts")
        size = rows.pop("bytes") / 2**30
        print(", ".join(f"{table} {many:,}" for table, many in rows.items()))
        print(f"{size:.1f} GiB")
        results.append(ask(name, options.rounds))
    table(options.beside, options.partners, *results)
    sys.exit(0)


if __name__ == "__main__":
    main()
