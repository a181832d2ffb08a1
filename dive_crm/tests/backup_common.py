"""Backups without an Odoo in them: a key file, a folder, a small database."""

import io
import os
import shutil
import tempfile
from unittest.mock import patch

import psycopg2
from psycopg2 import sql

from odoo.sql_db import connection_info_for
from odoo.tools.misc import exec_pg_environ, find_pg_tool

from ..tools import backup_archive, backup_create, backup_postgres, keyring

#: What a database has to have for a backup, and some odd types and names.
SCHEMA = """
    CREATE TABLE ir_attachment (id serial, store_fname text, file_size int);
    CREATE TABLE ir_config_parameter (key text, value text);
    CREATE TABLE ir_module_module (name text, latest_version text, state text);
    INSERT INTO ir_config_parameter VALUES ('database.uuid', 'the-uuid');
    INSERT INTO ir_module_module VALUES ('base', '19.0.1.3', 'installed');
    CREATE TABLE "Odd ""name" (id serial PRIMARY KEY, a text, b jsonb, c float8,
        d bytea, e timestamptz, gone int, f numeric, g date[]);
    ALTER TABLE "Odd ""name" DROP COLUMN gone;
    INSERT INTO "Odd ""name" (a, b, c, d, e, f, g)
        SELECT 'Łódź 🤿 <b> שלום ' || n, jsonb_build_object('en_US', n), 0.1 * n,
               decode(md5(n::text), 'hex'), now() + n * interval '1 hour', n / 3.0,
               ARRAY[current_date + n]
          FROM generate_series(1, 500) n;
    CREATE TABLE twins (a int);
    INSERT INTO twins VALUES (1), (1), (2);
    CREATE TABLE dive_secret (key_id text);
    INSERT INTO dive_secret VALUES ('0badc0de'), ('0badc0de');
"""


class BackupMixin:
    """A folder of its own, and a key file in it."""

    def setUp(self):
        super().setUp()
        self.place = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.place)
        self.key_file = os.path.join(self.place, "keys.json")
        keyring.create_keyring(self.key_file)
        self.folder = os.path.join(self.place, "backups")
        os.mkdir(self.folder)

    @property
    def keys(self):
        return keyring.load_keyring(self.key_file)

    def _archive(self, *parts):
        """Return the bytes of an archive with parts of (kind, content)."""
        file = io.BytesIO()
        writer = backup_archive.Writer(file, self.keys)
        for kind, content in parts:
            writer.add(kind, content)
        writer.close()
        return file.getvalue()

    def _read(self, data):
        """Read all of an archive; return its parts."""
        reader = backup_archive.Reader(io.BytesIO(data), self.keys)
        kinds = range(backup_archive.HEAD, backup_archive.END)
        parts = [(kind, reader.whole(kind)) for kind in kinds]
        reader.finish()
        return [(kind, content) for kind, content in parts if content]


class SmallDatabaseMixin(BackupMixin):
    """A database of a few tables with its filestore, on the server of the tests."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = backup_postgres.Server(
            lambda database: connection_info_for(database)[1],
            find_pg_tool,
            exec_pg_environ,
        )
        # other processes run the same tests on this server
        cls.database = f"dive_test_backup_{os.urandom(4).hex()}"
        prefix = patch.object(backup_postgres, "SCRATCH", f"{cls.database}_scratch_")
        cls.enterClassContext(prefix)
        with cls.server.admin() as cr:
            cr.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(
                    sql.Identifier(cls.database)
                )
            )
        cls.addClassCleanup(cls._drop, cls.database)
        cls._sql(cls.database, SCHEMA)

    @classmethod
    def _drop(cls, database):
        with cls.server.admin() as cr:
            backup_postgres.drop(cr, database)

    @classmethod
    def _sql(cls, database, query):
        connection = psycopg2.connect(**connection_info_for(database)[1])
        try:
            with connection, connection.cursor() as cr:
                cr.execute(query)
                return cr.fetchall() if cr.description else None
        finally:
            connection.close()

    @classmethod
    def _databases(cls):
        with cls.server.admin() as cr:
            cr.execute("SELECT datname FROM pg_database")
            names = {name for (name,) in cr.fetchall()}
        return {name for name in names if name.startswith(cls.database)}

    def setUp(self):
        super().setUp()
        self.data = os.path.join(self.place, "filestore")
        os.mkdir(self.data)
        self._sql(self.database, "TRUNCATE ir_attachment")

    def _filestore(self, database):
        return os.path.join(self.data, database)

    def _put_file(self, name, content, times=1):
        path = os.path.join(self._filestore(self.database), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
        self._sql(
            self.database,
            "INSERT INTO ir_attachment (store_fname, file_size)"
            f" SELECT '{name}', {len(content)} FROM generate_series(1, {times})",
        )

    def _create(self, **options):
        options.setdefault("about", {"series": "19.0"})
        return backup_create.create(
            self.server,
            self.database,
            self.folder,
            self.keys,
            self._filestore(self.database),
            **options,
        )
