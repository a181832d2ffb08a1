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


def pytest_collection_modifyitems(config, items):
    """Begin with those that drive a browser or ask over HTTP.

    They are the long ones: at the end one worker would be left alone with them.
    """
    if config.pluginmanager.hasplugin("odoo"):
        from odoo.tests.common import HttpCase

        items.sort(key=lambda item: not issubclass(item.cls or object, HttpCase))
