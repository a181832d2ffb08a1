"""The function and the index that the search of contacts needs."""

import hashlib
from contextlib import contextmanager

from odoo import api, models
from odoo.tools import SQL

from .res_partner_search import FUNCTION, INDEX, LINE_FIELDS

#: Up to this size of the table (some 40,000 contacts) the index is made at once: it
#: takes less than two seconds, in which nobody can change a contact.
AT_ONCE_BYTES = 20 * 2**20
#: How long making it later may wait for somebody's long transaction, such as a backup.
PATIENCE = "10min"
MEMORY = "256MB"


class ResPartner(models.Model):
    """Installing must not stop a business that goes on: see :meth:`_cron_dive_index`.

    A scheduled action looks each day, so that an index which could not be made, or was
    lost, comes back by itself. Without it the search gives the same, slower.
    """

    _inherit = "res.partner"

    def init(self):
        result = super().init()
        self._dive_init_fold()
        if self._dive_index_wanted():
            self._dive_make_or_plan_index()
        return result

    def _dive_init_fold(self):
        """Make the function; with a change of it or of the index, that is made anew."""
        index = self.env.cr.mogrify(self._dive_index_sql()).decode()
        version = hashlib.sha256((FUNCTION + index).encode()).hexdigest()[:16]
        self.env.cr.execute(
            "SELECT obj_description(p.oid, 'pg_proc') FROM pg_proc p"
            " WHERE p.proname = 'dive_partner_fold'"
            " AND p.pronamespace = current_schema::regnamespace"
        )
        if (version,) in self.env.cr.fetchall():
            return
        self.env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(INDEX)))
        self.env.cr.execute(FUNCTION)
        self.env.cr.execute(SQL("COMMENT ON FUNCTION dive_partner_fold IS %s", version))

    @api.model
    def _dive_index_wanted(self):
        """Tell whether a whole index is missing, and the database could have it.

        Odoo asks for ``pg_trgm`` when it creates a database.
        """
        if not self.env.registry.has_trigram:
            return False
        # one that was not finished is there, and of no use
        self.env.cr.execute(
            "SELECT 1 FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
            " WHERE c.relname = %s AND i.indisvalid"
            " AND c.relnamespace = current_schema::regnamespace",
            [INDEX],
        )
        return not self.env.cr.fetchone()

    def _dive_make_or_plan_index(self):
        self.env.cr.execute("SELECT pg_relation_size('res_partner')")
        [size] = self.env.cr.fetchone()
        if size <= AT_ONCE_BYTES:
            self._dive_drop_index(self.env.cr)
            with self._dive_index_memory(self.env.cr):
                self.env.cr.execute(self._dive_index_sql())
            return
        # Being installed, the action is not there yet: it comes due at once.
        cron = self.env.ref("dive_crm.ir_cron_partner_index", raise_if_not_found=False)
        if cron:
            cron._trigger()

    @api.model
    def _cron_dive_index(self):
        """Make the index where it is missing, while everybody goes on working.

        It is committed by itself, on a connection of its own.
        """
        if not self._dive_index_wanted():
            return
        # What is made beside the work of others waits for transactions that have
        # begun before: this one as well.
        self.env["ir.cron"]._commit_progress()
        with self.env.registry.cursor() as cr, self._dive_no_transaction(cr):
            cr.execute(SQL("SET lock_timeout = %s", PATIENCE))
            self._dive_drop_index(cr, SQL("CONCURRENTLY"))
            with self._dive_index_memory(cr):
                cr.execute(self._dive_index_sql(SQL("CONCURRENTLY")))

    @api.model
    @contextmanager
    def _dive_no_transaction(self, cr):
        """Let each statement stand for itself, as ``CONCURRENTLY`` must."""
        cr.rollback()
        cr._cnx.autocommit = True
        try:
            yield
        finally:
            cr.execute("RESET lock_timeout")
            cr._cnx.autocommit = False

    @api.model
    @contextmanager
    def _dive_index_memory(self, cr):
        """Index a large table within memory, if less than that is allowed."""
        cr.execute(
            "SELECT current_setting('maintenance_work_mem'),"
            " pg_size_bytes(current_setting('maintenance_work_mem'))"
            " < pg_size_bytes(%s)",
            [MEMORY],
        )
        before, too_little = cr.fetchone()
        if too_little:
            cr.execute(SQL("SET maintenance_work_mem = %s", MEMORY))
        yield
        cr.execute(SQL("SET maintenance_work_mem = %s", before))

    @api.model
    def _dive_drop_index(self, cr, how=None):
        cr.execute(
            SQL("DROP INDEX %s IF EXISTS %s", how or SQL(), SQL.identifier(INDEX))
        )

    @api.model
    def _dive_index_sql(self, how=None):
        # Without a list of pending rows, which each search would have to read (4 ms).
        # Odoo inserts a contact and writes the complete name afterwards: only then it
        # enters the index, and not twice.
        return SQL(
            "CREATE INDEX %s %s ON res_partner"
            " USING gin (dive_partner_fold(%s) gin_trgm_ops)"
            " WITH (fastupdate = off) WHERE complete_name IS NOT NULL",
            how or SQL(),
            SQL.identifier(INDEX),
            SQL(", ").join(map(SQL.identifier, LINE_FIELDS)),
        )
