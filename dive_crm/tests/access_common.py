"""What tests about the access log share."""

import os
from contextlib import contextmanager, nullcontext
from unittest.mock import patch

from psycopg2 import sql

from ..tools import access_head, access_store, keyring
from .common import RaceCase
from .sealed_common import SealedMixin

#: Who tells the log of the server about the access log.
QUIET_LOG = "odoo.addons.dive_crm.models.dive_access_log"


class LookMixin:
    """For tests within one transaction: what was noted is written within it as well."""

    @contextmanager
    def _looks(self):
        """Collect the rows that the block adds, in their order."""
        Log = self.env["dive.access.log"].sudo()
        self._end_of_looks()
        begun = (access_store.last(self.env.cr) or (0,))[0]
        rows = []
        yield rows
        self._end_of_looks()
        rows += Log.search([("seq", ">", begun)], order="seq")

    def _end_of_looks(self):
        """Write what was noted, as the end of the transaction does."""
        patched = type(self)._registry_patched
        with nullcontext() if patched else self.enter_registry_test_mode():
            self.env.cr.postcommit.run()


class AccessLogCase(SealedMixin, RaceCase):
    """An access log that is committed, empty at first, and with a key file of its own.

    What the database has is put back at the end.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()
        cls.head_file = cls.key_file + access_head.SUFFIX
        environment = patch.dict(os.environ, {access_head.VARIABLE: cls.head_file})
        environment.start()
        cls.addClassCleanup(environment.stop)

    def setUp(self):
        super().setUp()
        self.told = []
        columns = sql.SQL(", ").join(map(sql.Identifier, ("id", *access_store.COLUMNS)))
        with self._unguarded() as cr:
            delete = sql.SQL("DELETE FROM dive_access_log RETURNING {}")
            cr.execute(delete.format(columns))
            before = cr.fetchall()

        def restore():
            with self._unguarded() as cr:
                cr.execute("DELETE FROM dive_access_log")
                if before:
                    insert = sql.SQL("INSERT INTO dive_access_log ({}) VALUES %s")
                    cr.execute_values(insert.format(columns), before)

        self.addCleanup(restore)
        self.addCleanup(self._forget_head)

    def _forget_head(self):
        if os.path.exists(self.head_file):
            os.unlink(self.head_file)

    @contextmanager
    def _unguarded(self):
        """Give a cursor that may change the log, as somebody with the database may."""
        with self.registry.cursor() as cr:
            cr.execute("ALTER TABLE dive_access_log DISABLE TRIGGER USER")
            yield cr
            cr.execute("ALTER TABLE dive_access_log ENABLE TRIGGER USER")

    def _rows(self):
        with self.registry.cursor() as cr:
            return [row for row, _code in access_store.read(cr)]

    def _check(self):
        """Return the number of faults; ``self.told`` says which."""
        self.told = []
        keys = keyring.load_keyring(self.key_file)
        with self.registry.cursor() as cr:
            return access_store.check(cr, keys, self.head_file, self.told.append)

    def _told(self):
        return "\n".join(self.told)
