"""What pytest needs beside pytest-odoo."""

import os
import shutil
from unittest.mock import patch

import pytest


@pytest.fixture(scope="session", autouse=True)
def files_of_its_own(request):
    """Give each worker a file store, as it has a database.

    pytest-odoo lets all workers share one. At the end of each class of tests Odoo
    removes the files that no attachment of *its* database names: what another worker
    has just stored is garbage to it.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker or not request.config.pluginmanager.hasplugin("odoo"):
        yield
        return
    request.getfixturevalue("load_registry")
    from odoo.tests.common import get_db_name
    from odoo.tools import config

    shared = config.filestore(get_db_name())
    own = f"{shared}-{worker}"
    shutil.rmtree(own, ignore_errors=True)
    # hard links: Odoo never changes a file, it removes and makes them
    shutil.copytree(shared, own, copy_function=os.link)
    try:
        with patch.object(config, "filestore", lambda _database: own):
            yield
    finally:
        shutil.rmtree(own, ignore_errors=True)


#: Caches of the registry that no test changes but by changing what is below.
KEPT = ("routing", "assets")


@pytest.fixture(scope="session", autouse=True)
def caches_are_kept(request):
    """Keep which address is whose, and which files a bundle has, from test to test.

    After each test Odoo empties all caches, for what a test has written is rolled back.
    These two are made of code and files: the first page of each test spent a third of
    its time on them. If a class of tests empties one itself, what it holds from then on
    is not kept. Gives who is to be told that a class is over.
    """
    if not request.config.pluginmanager.hasplugin("odoo"):
        yield lambda: None
        return
    request.getfixturevalue("load_registry")
    from odoo.modules.registry import _CACHES_BY_KEY, Registry
    from odoo.tests.common import get_db_name

    registry = Registry(get_db_name())
    caches = registry._Registry__caches
    emptied = set()
    clear_cache, clear_all_caches = registry.clear_cache, registry.clear_all_caches

    def clear_and_note(*names):
        for name in names or ("default",):
            emptied.update(_CACHES_BY_KEY[name])
        clear_cache(*names)

    def clear_but_kept():
        kept = {name: caches[name].snapshot for name in KEPT if name not in emptied}
        clear_all_caches()
        for name, values in kept.items():
            for key, value in values.items():
                caches[name][key] = value

    def end_class():
        for name in emptied.intersection(KEPT):
            caches[name].clear()
        emptied.clear()

    with (
        patch.object(registry, "clear_cache", clear_and_note),
        patch.object(registry, "clear_all_caches", clear_but_kept),
    ):
        yield end_class


@pytest.fixture(scope="class", autouse=True)
def class_of_tests(caches_are_kept):
    yield
    caches_are_kept()


def pytest_collection_modifyitems(config, items):
    """Begin with those that drive a browser or ask over HTTP.

    They are the long ones: at the end one worker would be left alone with them.
    """
    if config.pluginmanager.hasplugin("odoo"):
        from odoo.tests.common import HttpCase

        items.sort(key=lambda item: not issubclass(item.cls or object, HttpCase))
