"""How far the import is, shown while it works although all is one transaction."""

import logging
import time

import psycopg2

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)

CHANNEL = "dive_crm.customer_import/progress"
#: Seconds between two messages: more often nobody can see.
INTERVAL = 0.3


class Progress:
    """Tells the user's browser how many rows are done.

    The messages go through a transaction of their own, which is over at once: those of
    the import's would arrive after its end.

    :param record: the ``dive.customer.import`` that works
    """

    def __init__(self, record):
        self.env = record.env
        self.import_id = record.id
        self._next = 0.0

    def phase(self, name):
        """Return the function to call with the rows done and their total.

        :param str name: ``check`` or ``write``
        """
        self._next = 0.0

        def tell(done, total):
            now = time.monotonic()
            if now >= self._next or done == total:
                self._next = now + INTERVAL
                self._send(name, done, total)

        return tell

    def _send(self, phase, done, total):
        payload = {
            "import_id": self.import_id,
            "phase": phase,
            "done": done,
            "total": total,
        }
        partner = self.env.user.partner_id
        try:
            with self.env.registry.cursor() as cr:
                # The bus is written to by the system, and this transaction knows
                # nothing of what the user's has not committed yet.
                system = api.Environment(cr, SUPERUSER_ID, {})
                system["bus.bus"]._sendone(partner, CHANNEL, payload)
        except psycopg2.Error:
            # An import is not to fail because nobody can see how far it is.
            _logger.info("no connection for the progress of an import", exc_info=True)
