"""What was told of tickets that have come in, in the list of messages."""

from odoo import api, models
from odoo.tools import SQL

from .dive_message_log import KINDS


class DiveMessageLog(models.Model):
    _inherit = "dive.message.log"
    _depends = {
        "dive.ticket": [
            "company_id",
            "receipt_address",
            "receipt_error",
            "receipt_message_id",
            "receipt_on",
            "receipt_partner_id",
            "receipt_plan_id",
        ]
    }

    @api.model
    def _dive_log_parts(self):
        told = SQL("ticket.receipt_message_id")
        return [
            *super()._dive_log_parts(),
            SQL(
                """
                SELECT ticket.id * %(kinds)s + %(number)s AS id,
                       ticket.receipt_plan_id AS plan_id, 'ticket' AS about,
                       ticket.company_id, ticket.receipt_on AS date,
                       ticket.receipt_partner_id AS recipient_id,
                       'email' AS channel, ticket.receipt_address AS address,
                       NULL AS reason, ticket.receipt_error AS error, 0 AS tries,
                       NULL::timestamp AS retry_on,
                       ticket.receipt_message_id AS mail_message_id,
                       'dive.ticket' AS res_model, ticket.id AS res_id,
                       CASE WHEN ticket.receipt_error IS NOT NULL OR %(failed)s
                            THEN 'failed'
                            WHEN %(queued)s THEN 'queued'
                            ELSE 'sent' END AS state
                  FROM dive_ticket ticket
                 WHERE ticket.receipt_on IS NOT NULL
                """,
                kinds=KINDS,
                number=9,
                failed=self._dive_any_sql(told, "failed"),
                queued=self._dive_any_sql(told, "queued"),
            ),
        ]
