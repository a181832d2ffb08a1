"""What would arrive too late is not sent, and the list of messages says so."""

import logging
from datetime import timedelta

from odoo import api, models
from odoo.fields import Datetime
from odoo.tools import SQL

from .dive_alert_mixin import OVERTAKEN

_logger = logging.getLogger(__name__)

#: So long after its moment a message is still of use: a server that stood still over a
#: weekend makes up for it. What is older startles, for they have asked at the desk.
LATE = timedelta(days=2)


class DiveAlertMixin(models.AbstractModel):
    _inherit = "dive.alert.mixin"

    @api.model
    def _dive_late_sql(self, now):
        """SQL: nobody needs ``mark`` any more, if it was not delivered; a hook."""
        return SQL("mark.date < %s", now - LATE)

    @api.model
    def _dive_take_back_late(self):
        """Take late ones out of the queues, unless they are sent right now."""
        # sudo: queues and marks are nobody's; the run is nobody
        marks = self.sudo()
        marks.flush_model()
        for queue in ("mail.mail", "sms.sms"):
            marks.env[queue].flush_model()
        rows = marks.env.execute_query(
            SQL(
                """SELECT mark.id
                     FROM (SELECT mail_message_id FROM mail_mail
                            WHERE state IN ('outgoing', 'exception')
                            UNION ALL
                           SELECT mail_message_id FROM sms_sms
                            WHERE state IN ('outgoing', 'error')
                              AND to_delete IS NOT TRUE) unsent
                     JOIN %s mark ON mark.mail_message_id = unsent.mail_message_id
                    WHERE mark.gave_up IS NOT TRUE AND (%s)""",
                SQL.identifier(self._table),
                self._dive_late_sql(Datetime.now()),
            )
        )
        if rows:
            late = marks.browse(id_ for (id_,) in rows)
            late.try_lock_for_update()._dive_be_late()

    def _dive_be_late(self):
        """Cancel what is in the queues, and say why."""
        mails, texts = (queue.try_lock_for_update() for queue in self._dive_unsent())
        unsent = mails.mail_message_id | texts.mail_message_id
        mails.cancel()
        texts.state = "canceled"
        late = self.filtered(lambda mark: mark.mail_message_id in unsent)
        late.mail_message_id.notification_ids.write(
            {"notification_status": "canceled", "failure_type": False}
        )
        late.write({"gave_up": True, "retry_on": False, "reason": "late"})

    @api.model
    def _dive_clean_queues(self):
        """Take late ones of all rooms out of the queues, before these are sent."""
        for name in sorted(self.env.registry.descendants([self._name], "_inherit")):
            model = self.env[name]
            if model._abstract:
                continue
            try:
                with self.env.cr.savepoint():
                    model._dive_take_back_late()
            except OVERTAKEN:
                _logger.info("Late messages of %s wait for the next run", name)


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model
    def process_email_queue(self, email_ids=(), batch_size=1000):
        """Send nothing of ours that would come too late: the server was off."""
        if not email_ids:
            self.env["dive.alert.mixin"]._dive_clean_queues()
        return super().process_email_queue(email_ids, batch_size)


class SmsSms(models.Model):
    _inherit = "sms.sms"

    @api.model
    def _process_queue(self):
        """Send nothing of ours that would come too late: the server was off."""
        self.env["dive.alert.mixin"]._dive_clean_queues()
        return super()._process_queue()
