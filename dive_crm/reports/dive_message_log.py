"""One list of what was written to divers by itself, or had to be told by staff."""

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.dive_alert_mixin import STATUSES
from ..models.res_partner_preference import CHANNELS
from ..models.res_partner_way import REASONS

#: More kinds of marks than there will ever be: their numbers tell ids apart.
KINDS = 16


class DiveMessageLog(models.Model):
    """The marks of all rooms side by side; each room adds its own.

    Nothing is kept twice: it is a question, asked anew by each list.
    """

    _name = "dive.message.log"
    _description = "Message sent by itself"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "about"

    plan_id = fields.Many2one("dive.message.plan", "Planned by", readonly=True)
    event = fields.Selection(related="plan_id.event")
    about = fields.Selection(
        lambda self: self.env["dive.message.plan"]._fields["about"].selection,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime("Told on", readonly=True)
    recipient_id = fields.Many2one("res.partner", "Told", readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    address = fields.Char("To", readonly=True)
    reason = fields.Selection(REASONS, "Why not told", readonly=True)
    error = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("staff", "To staff"),
        ],
        "Status",
        readonly=True,
    )
    tries = fields.Integer("Tried again", readonly=True, aggregator=None)
    retry_on = fields.Datetime("Goes out on", readonly=True)
    res_model = fields.Char("Model of the record", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    subject = fields.Char(compute="_compute_subject")

    @property
    def _table_query(self):
        return SQL(" UNION ALL ").join(self._dive_log_parts())

    @api.model
    def _dive_log_parts(self):
        """Return SQL of the marks of each room; a hook."""
        return []

    @api.model
    def _dive_log_part(self, number, about, marks, record, company=None, joined=None):
        """SQL: the marks of one model, as rows of this list.

        :param int number: which of the parts it is; for good
        :param str about: see ``dive.message.plan``
        :param str marks: model of the marks
        :param record: model and column of what the message is about
        :param company: SQL of the company; the marks' own
        :param joined: SQL of further tables
        """
        model, column = record
        told = SQL("mark.mail_message_id")
        return SQL(
            """
            SELECT mark.id * %(kinds)s + %(number)s AS id, mark.plan_id,
                   %(about)s AS about, %(company)s AS company_id, mark.date,
                   mark.recipient_id, mark.channel, mark.address, mark.reason,
                   mark.error, mark.tries, mark.retry_on, mark.mail_message_id,
                   %(model)s AS res_model, %(column)s AS res_id,
                   CASE WHEN mark.channel IS NULL THEN 'staff'
                        WHEN mark.mail_message_id IS NULL AND mark.retry_on IS NOT NULL
                        THEN 'queued'
                        WHEN %(failed)s THEN 'failed'
                        WHEN %(queued)s THEN 'queued'
                        ELSE 'sent' END AS state
              FROM %(table)s mark %(joined)s
            """,
            kinds=KINDS,
            number=number,
            about=about,
            company=company or SQL("mark.company_id"),
            model=model,
            column=SQL.identifier("mark", column),
            failed=self._dive_any_sql(told, "failed"),
            queued=self._dive_any_sql(told, "queued"),
            table=SQL.identifier(self.env[marks]._table),
            joined=joined or SQL(),
        )

    @api.model
    def _dive_any_sql(self, message, state):
        return SQL(
            "EXISTS (SELECT FROM mail_notification told"
            " WHERE told.mail_message_id = %s AND told.notification_status IN %s)",
            message,
            STATUSES[state],
        )

    def _compute_subject(self):
        """Return what the message is called where it is noted."""
        rows = dict(
            self.env.execute_query(
                SQL(
                    "SELECT log.id, message.subject FROM (%s) log"
                    " JOIN mail_message message ON message.id = log.mail_message_id"
                    " WHERE log.id IN %s",
                    self._table_query,
                    self._ids or (0,),
                )
            )
        )
        for row in self:
            row.subject = rows.get(row.id)

    def action_open(self):
        """Open what the message is about, where it can be read as a whole."""
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id)
        record.check_access("read")
        return record.get_formview_action()
