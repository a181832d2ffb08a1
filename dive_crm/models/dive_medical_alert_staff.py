"""The activities by which staff learn of it: one per form, one per trip."""

from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

FORM_ACTIVITY = "dive_crm.mail_activity_type_medical_form_ends"
TRIP_ACTIVITY = "dive_crm.mail_activity_type_medical_paper"


class DiveMedicalAlert(models.Model):
    _inherit = "dive.medical.alert"

    # ------------------------------------------------------------------
    # A form ends
    # ------------------------------------------------------------------

    def _dive_add_form_activities(self, user):
        """Give staff one activity per form; it takes the place of an earlier one."""
        earlier = self.search(
            [
                ("form_id", "in", self.form_id.ids),
                ("kind", "!=", "paper"),
                ("id", "not in", self.ids),
            ]
        )
        earlier.activity_id.filtered("active").unlink()
        self._dive_add_activities(
            user,
            FORM_ACTIVITY,
            [
                (
                    alert.form_id,
                    alert,
                    alert.with_context(lang=user.lang)._dive_form_summary(),
                )
                for alert in self
            ],
        )

    def _dive_form_summary(self):
        date = format_date(self.env, self.about_date)
        if self.kind == "ended":
            return self.env._("The diver's form ended on %(date)s", date=date)
        return self.env._("The diver's form ends on %(date)s", date=date)

    # ------------------------------------------------------------------
    # A paper for a trip
    # ------------------------------------------------------------------

    def _dive_add_trip_activities(self, user):
        """Give staff one activity per trip that says who lacks a paper.

        It takes the place of an earlier one, and of one that an earlier batch of the
        same run has begun.
        """
        earlier = self.search(
            [
                ("kind", "=", "paper"),
                ("trip_id", "in", self.trip_id.ids),
                ("id", "not in", self.ids),
                ("activity_id.active", "=", True),
            ]
        )
        before = earlier.activity_id
        stages = {(alert.trip_id, alert.about_date, alert.days) for alert in self}
        same_stage = earlier.filtered(
            lambda alert: (alert.trip_id, alert.about_date, alert.days) in stages
        )
        me = self.with_context(lang=user.lang)
        self._dive_add_activities(
            user,
            TRIP_ACTIVITY,
            [
                (trip, alerts, me.env._("Papers for this trip are missing"))
                for trip, alerts in (self | same_stage).grouped("trip_id").items()
            ],
        )
        before.unlink()

    # ------------------------------------------------------------------
    # Both
    # ------------------------------------------------------------------

    def _dive_staff_note(self, user):
        """Return what was done about the divers of these marks, or is left to do."""
        # in the words of who reads it
        me = self.with_context(lang=user.lang)
        if me[0].kind != "paper":
            return me[0]._dive_alert_note(me[0]._dive_told())
        lines = Markup("").join(alert._dive_staff_line() for alert in me)
        return Markup("<p>{}</p><ul>{}</ul><p>{}</p>").format(
            me.env._("For these divers a paper is still missing:"),
            lines,
            me.env._("Who lacks what today is behind the button “Papers missing”."),
        )

    def _dive_staff_line(self):
        """Return one diver's line; it begins with the name unless the note has it."""
        note = self._dive_alert_note(self._dive_told()).striptags()
        if self.recipient_id == self.partner_id:
            return Markup("<li>{}</li>").format(note)
        name = self.partner_id.name or ""
        return Markup("<li><b>{}</b>: {}</li>").format(name, note)
