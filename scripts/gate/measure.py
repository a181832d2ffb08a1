"""Which lines and branches of dive_crm the tests run: a plugin of pytest's.

A tracer makes every line slower that Python runs, Odoo's as well, and of Odoo's there
are a hundred to each of ours: coverage.py nearly doubled the time of the tests.
SlipCover puts probes into the code that is measured, and nowhere else.

``pytest -p measure --measure=DATA`` writes DATA, a worker of xdist DATA.gwN;
``measure.py DATA…`` adds them up and prints the table.
"""

import ast
import json
import os
import sys
from fnmatch import fnmatch
from importlib.machinery import SourceFileLoader
from pathlib import Path

import slipcover
from slipcover.branch import preinstrument

ROOT = Path(__file__).resolve().parents[2]
SOURCE = str(ROOT / "dive_crm")
OMIT = ("*/tests/*", "*/__manifest__.py", "*/migrations/*")
#: Probes stay where they are: to take them out again costs more than they do.
NEVER = 2**30


def is_measured(path):
    return path.startswith(f"{SOURCE}{os.sep}") and not any(
        fnmatch(path, pattern) for pattern in OMIT
    )


def put_probes(measured):
    """Have Python put probes into each module of ours that it loads from now on.

    At the loader: SlipCover's own finder and Odoo's call each other for ever.
    """
    get_code = SourceFileLoader.get_code

    def get_code_with_probes(loader, name):
        path = os.path.realpath(loader.get_filename(name))
        if not is_measured(path):
            return get_code(loader, name)
        tree = preinstrument(ast.parse(Path(path).read_bytes()))
        return measured.instrument(compile(tree, path, "exec"))

    SourceFileLoader.get_code = get_code_with_probes


def pytest_addoption(parser):
    parser.addoption("--measure", metavar="DATA", help="where to write what was run")


def pytest_configure(config):
    config.measured = None
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if config.getoption("measure") and (worker or not config.getoption("-n", None)):
        config.measured = slipcover.Slipcover(
            branch=True, d_miss_threshold=NEVER, source=[SOURCE], omit=OMIT
        )
        put_probes(config.measured)


def pytest_unconfigure(config):
    if config.measured:
        worker = os.environ.get("PYTEST_XDIST_WORKER")
        name = config.getoption("measure") + (f".{worker}" if worker else "")
        Path(name).write_text(json.dumps(config.measured.get_coverage()))


def main(names):
    total, *others = (json.loads(Path(name).read_text()) for name in names)
    for other in others:
        slipcover.merge_coverage(total, other)
    slipcover.print_coverage(total, skip_covered=True)


if __name__ == "__main__":
    main(sys.argv[1:])
