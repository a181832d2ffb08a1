from psycopg2.extensions import TRANSACTION_STATUS_IDLE

from odoo import api, models
from odoo.tools import SQL


class DiveQueueMixin(models.AbstractModel):
    """What many take from at one moment: places of a trip, the balance of a card."""

    _name = "dive.queue.mixin"
    _description = "What is taken one after the other"

    @api.model
    def _dive_stand_in_line(self, only_first=False):
        """Wait until those who are taking something at this moment have done so.

        Under REPEATABLE READ, who reads before somebody else has taken a place cannot
        take one any more: PostgreSQL refuses, Odoo tries again after a random while.
        Who books without a pause would win against all who wait, and after the fifth
        time these would see an error. LOCK is the one statement that waits without
        reading: first in a transaction, everything after it sees what those before
        have done. Odoo's second try begins with it, and so succeeds.

        The lock keeps nobody from reading or writing the table, only from this line; it
        is given back with the transaction.

        :param bool only_first: wait only where it helps, at a transaction's begin
        """
        status = self.env.cr.connection.info.transaction_status
        if not only_first or status == TRANSACTION_STATUS_IDLE:
            self.env.cr.execute(
                SQL(
                    "LOCK TABLE %s IN SHARE UPDATE EXCLUSIVE MODE",
                    SQL.identifier(self._table),
                )
            )
