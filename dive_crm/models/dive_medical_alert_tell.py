"""How divers and staff are told: all in batches, nothing sent here."""

import logging

from odoo import api, models

from .dive_alert_mixin import OVERTAKEN
from .res_partner_way import Way

_logger = logging.getLogger(__name__)

#: Kind of reminder → external names of its templates: e-mail, SMS.
FORM_TEMPLATES = (
    "dive_crm.mail_template_medical_form_ends",
    "dive_crm.sms_template_medical_form_ends",
)
PAPER_TEMPLATES = (
    "dive_crm.mail_template_medical_paper",
    "dive_crm.sms_template_medical_paper",
)


class DiveMedicalAlert(models.Model):
    _inherit = "dive.medical.alert"

    def _dive_alert_xmlids(self):
        return PAPER_TEMPLATES if self[:1].kind == "paper" else FORM_TEMPLATES

    def _dive_threads(self):
        """Return the form on which each message is noted: whose readers know of it."""
        return {alert: alert.form_id for alert in self}

    @api.model
    def _dive_tell_due(self, due):
        """Tell divers and staff; mark that it was done.

        To be called with the company in charge as the current one. What cannot be
        written for one diver does not stop the others.

        :param list[Due] due:
        :return: the marks
        """
        # sudo: marks, mails and texts are nobody's to write; the run is nobody
        alerts = self.sudo()
        try:
            with self.env.cr.savepoint():
                return alerts._dive_tell_all(due)
        except OVERTAKEN:
            raise
        except Exception:
            # One of them is at fault: each on its own, to find out which.
            _logger.info("A batch of reminders failed, now one by one", exc_info=True)
        told = alerts
        for row in due:
            told += alerts._dive_tell_one(row)
        return told

    def _dive_tell_one(self, row):
        """Tell one; if that fails, tell staff that the diver was not told."""
        try:
            with self.env.cr.savepoint():
                return self._dive_tell_all([row])
        except OVERTAKEN:
            raise
        except Exception as error:
            _logger.warning("No reminder about form %s: %s", row.form_id, error)
            return self._dive_tell_all([row], error=str(error)[:200])

    def _dive_tell_all(self, due, error=""):
        """Make the marks, the messages of the divers, and the activities of staff."""
        forms = self.env["dive.medical.form"].browse(row.form_id for row in due)
        user = self.env.company._dive_medical_caretaker()
        told = []
        for row, form in zip(due, forms, strict=True):
            way = form.partner_id._dive_way()
            if error:
                way = Way(way.recipient, reason="error", error=error)
            # Whom nobody could tell of is told of when somebody works here.
            if way.channel or user:
                told.append((row, way))
        alerts = self.create([self._dive_mark(row, way, user) for row, way in told])
        ways = {alert: way for alert, (_row, way) in zip(alerts, told, strict=True)}
        papers = alerts.filtered(lambda alert: alert.kind == "paper")
        for some in (papers, alerts - papers):
            mine = {alert: ways[alert] for alert in some}
            messages = {**some._dive_write_mails(mine), **some._dive_write_texts(mine)}
            for alert, message in messages.items():
                alert.mail_message_id = message
        if user:
            papers._dive_add_trip_activities(user)
            (alerts - papers)._dive_add_form_activities(user)
        return alerts

    def _dive_mark(self, row, way, user):
        """Return the values of a mark."""
        return {
            "form_id": row.form_id,
            "company_id": self.env.company.id,
            "kind": row.kind,
            "days": row.days,
            "about_date": row.date,
            "seat_id": row.kind == "paper" and row.id,
            "trip_id": row.trip_id or False,
            "recipient_id": way.recipient.id,
            "channel": way.channel or False,
            "address": way.address or False,
            "reason": way.reason or False,
            "error": way.error or False,
            "user_id": user.id,
        }
