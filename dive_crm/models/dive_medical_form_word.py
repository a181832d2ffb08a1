"""What comes after a form was signed: a physician's word, and “nothing has changed”."""

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .dive_medical_form import RESULTS


class DiveMedicalForm(models.Model):
    _inherit = "dive.medical.form"

    # ------------------------------------------------------------------
    # The physician's word
    # ------------------------------------------------------------------

    def action_note_word(self):
        """Open the dialog in which the medical officer notes a physician's word."""
        self.ensure_one()
        self._dive_ask_medical()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Physician's word"),
            "res_model": "dive.medical.word",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_form_id": self.id},
        }

    def action_physician_word(self, result, date, until=None):
        """Note what a physician has said; for medical officers.

        :param str result: ``fit``, ``fit_until`` or ``unfit``
        :param date: the day on which the physician signed
        :param until: the last day that is good for diving, with ``fit_until``
        :raises AccessError: somebody else, also in ``sudo``
        :raises UserError: what cannot be, or a word older than the one noted already
        """
        self.ensure_one()
        self._dive_ask_medical()
        self.check_access("write")
        date, until = fields.Date.to_date(date), fields.Date.to_date(until)
        self._dive_check_word(result, date, until)
        until = until if result == "fit_until" else None
        self._dive_take_word(result, date, until)
        self._dive_note("physician", date, result=result, fit_until=until)
        if result != "unfit":
            self._dive_release_held()
        self._message_log(
            body=self.env._(
                "Physician's word of %(date)s: %(result)s.",
                date=fields.Date.to_string(date),
                result=dict(self._fields["physician_result"].selection)[result]
                if not until
                else self.env._(
                    "fit until %(until)s", until=fields.Date.to_string(until)
                ),
            )
        )
        return True

    def _dive_ask_medical(self):
        """Raise unless a medical officer stands behind the call: ``sudo`` is none."""
        if not self.env.user.has_group("dive_crm.group_medical"):
            raise AccessError(
                self.env._("Only a medical officer notes what a physician has said.")
            )

    def _dive_check_word(self, result, date, until):
        if result not in dict(RESULTS):
            raise UserError(self.env._("Choose what the physician has said."))
        if not self.signed_at:
            raise UserError(
                self.env._("This form is not signed yet: a word on it comes after.")
            )
        if not date or date > self._dive_today():
            raise UserError(
                self.env._("Fill in when the physician signed, today at the latest.")
            )
        if result == "fit_until" and (not until or until < date):
            raise UserError(
                self.env._("Fill in until when, on or after the day of the signature.")
            )

    def _dive_take_word(self, result, date, until):
        """Note the word, unless a newer one has been noted meanwhile."""
        self.flush_recordset()
        taken = self.env.execute_query(
            SQL(
                "UPDATE dive_medical_form SET physician_result = %s,"
                " physician_signed_on = %s, fit_until = %s"
                " WHERE id = %s AND (physician_signed_on IS NULL"
                " OR physician_signed_on <= %s) RETURNING id",
                result,
                date,
                until,
                self.id,
                date,
            )
        )
        names = ["physician_result", "physician_signed_on", "fit_until"]
        self.invalidate_recordset(names, flush=False)
        self.modified(names)
        if not taken:
            raise UserError(
                self.env._(
                    "A newer word of a physician, of %(date)s, is noted already.",
                    date=fields.Date.to_string(self.physician_signed_on),
                )
            )

    def _dive_release_held(self):
        """Let the merge's doubt go: a physician has spoken since."""
        # sudo: forms of the diver from all companies, whoever may note the word
        held = self.sudo().search(
            [("partner_id", "=", self.partner_id.id), ("held_status", "!=", False)]
        )
        held._dive_unlocked().write({"held_status": False})

    # ------------------------------------------------------------------
    # Nothing has changed
    # ------------------------------------------------------------------

    def action_confirm_unchanged(self):
        """Note that the diver said today that nothing has changed.

        A form that counts is not filled in again; how long it counts stays the same.
        Twice on one day is once.

        :raises UserError: a form that does not count today
        """
        self.check_access("write")
        for form in self:
            form._dive_confirm_one()
        return True

    def _dive_confirm_one(self):
        day = self._dive_today()
        # sudo: the status, which does not depend on who asks
        status = self.partner_id.sudo()._dive_medical_status(day)
        if self.state != "submitted" or set(status.values()) != {"fit"}:
            raise UserError(
                self.env._(
                    "This form does not count today, so there is nothing to confirm."
                    " The customer's medical status says what is needed."
                )
            )
        self.flush_recordset()
        first = self.env.execute_query(
            SQL(
                "UPDATE dive_medical_form SET confirmed_on = %s WHERE id = %s"
                " AND (confirmed_on IS NULL OR confirmed_on < %s) RETURNING id",
                day,
                self.id,
                day,
            )
        )
        self.invalidate_recordset(["confirmed_on"], flush=False)
        if first:
            self._dive_note("confirmed", day)

    def _dive_note(self, kind, date, **vals):
        """Add a row to what was noted about the form."""
        # sudo: rows are made by these methods alone; nobody has the right by hand
        self.env["dive.medical.form.entry"].sudo()._dive_unlocked().create(
            {
                "form_id": self.id,
                "kind": kind,
                "date": date,
                "user_id": self.env.uid,
                **vals,
            }
        )
