"""How divers and staff are told: all in batches, nothing sent here."""

from odoo import models

from .res_partner_way import Way

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

    def _dive_tell_all(self, due, error=""):
        """Make the marks, the messages of the divers, and the activities of staff."""
        forms = self.env["dive.medical.form"].browse(row.form_id for row in due)
        plans = self._dive_plans_due(due)
        user = self.env.company._dive_medical_caretaker()
        told = []
        for row, form in zip(due, forms, strict=True):
            way = form.partner_id._dive_way(channel=plans[row].channel)
            if error:
                way = Way(way.recipient, reason="error", error=error)
            # Whom nobody could tell of is told of when somebody works here.
            if (way.channel or user) and not self._dive_waits(way):
                told.append((row, way))
        alerts = self.create([self._dive_mark(row, way, user) for row, way in told])
        ways = {alert: way for alert, (_row, way) in zip(alerts, told, strict=True)}
        papers = alerts.filtered(lambda alert: alert.kind == "paper")
        for some in (papers, alerts - papers):
            some._dive_write_all(ways)
        if user:
            papers._dive_add_trip_activities(user)
            (alerts - papers)._dive_add_form_activities(user)
        return alerts

    def _dive_mark(self, row, way, user):
        """Return the values of a mark."""
        return {
            **self._dive_mark_of_way(way, user),
            "plan_id": row.plan_id,
            "form_id": row.form_id,
            "kind": row.kind,
            "days": row.days,
            "about_date": row.date,
            "seat_id": row.kind == "paper" and row.id,
            "trip_id": row.trip_id or False,
        }
