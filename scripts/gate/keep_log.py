"""Keep what the tests log at WARNING or above: a plugin of pytest's.

``pytest -p keep_log --keep-log=FILE`` writes FILE, a worker of xdist FILE.gwN, as Odoo
writes its own log, so that ``check_log.py`` judges it like that of Odoo's own run.
What a test expects and silences (``mute_logger``, ``assertLogs``) is not in it.
"""

import logging
import os

FORMAT = "%(asctime)s %(process)d %(levelname)s ? %(name)s: %(message)s"


def pytest_addoption(parser):
    parser.addoption("--keep-log", help="where warnings and errors are written")


def pytest_configure(config):
    path = config.getoption("--keep-log")
    if not path:
        return
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        path = f"{path}.{worker}"
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter(FORMAT))
    logging.getLogger().addHandler(handler)
