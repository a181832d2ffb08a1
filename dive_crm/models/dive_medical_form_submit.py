"""How a medical form is signed, and put aside."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import medical_outcome

ADULT = 18


class DiveMedicalForm(models.Model):
    _inherit = "dive.medical.form"

    def action_submit(self):
        """Hand in signed forms: from now on they count.

        :raises UserError: what is missing, in words for the diver; a form that is
            handed in already; a questionnaire that was withdrawn meanwhile. The draft
            and its answers stay then.
        """
        self.check_access("write")
        for form in self:
            form._dive_submit_one()
        return True

    def _dive_submit_one(self):
        self.ensure_one()
        self._dive_check_draft()
        self._dive_check_still_offered()
        day = self._dive_today()
        minor = self._dive_check_born(day)
        values = self._dive_judge(day)
        self._dive_check_signatures(minor)
        self._dive_take_draft(values["answered_outcome"], day)
        self._dive_unlocked().write(
            {
                **values,
                "signed_user_id": self.env.uid,
                "guardian_signed_on": minor and day,
            }
        )
        self._dive_close_older()
        self._message_log(
            body=self.env._("Signed by %(name)s.", name=self.signed_by),
        )

    # ------------------------------------------------------------------
    # What is missing
    # ------------------------------------------------------------------

    def _dive_check_draft(self):
        if self.state == "submitted":
            raise UserError(
                self.env._("This form has been signed already, on another page.")
            )
        if self.state == "closed":
            raise UserError(
                self.env._("This form is closed. Begin a new one, and sign that.")
            )

    def _dive_check_still_offered(self):
        """Raise if the version was withdrawn, also at this very moment."""
        self.questionnaire_id.flush_recordset(["state"])
        # The row stays shared until the end: who withdraws it now comes after us.
        [(state,)] = self.env.execute_query(
            SQL(
                "SELECT state FROM dive_medical_questionnaire WHERE id = %s FOR SHARE",
                self.questionnaire_id.id,
            )
        )
        if state != "active":
            raise UserError(
                self.env._(
                    "The questions have changed since this form was begun: “%(name)s”"
                    " is no longer in use. Begin a new form; this one is kept as a"
                    " draft.",
                    # sudo: its name, for whoever has a form of it
                    name=self.questionnaire_id.sudo().display_name,
                )
            )

    def _dive_check_born(self, day):
        """Return whether the diver is a minor on the day of signing."""
        born = self.partner_id.birthdate_date
        if not born or born > day:
            raise UserError(
                self.env._(
                    "The date of birth of %(name)s is missing. Fill it in: some"
                    " questions and the signature of a guardian depend on the age.",
                    name=self.partner_id.name,
                )
            )
        return medical_outcome.age_on(born, day) < ADULT

    def _dive_judge(self, day):
        """Return what follows from the answers, as values of the form."""
        born = self.partner_id.birthdate_date
        age = medical_outcome.age_on(born, max(day, self.for_date or day))
        questions = self.questionnaire_id._dive_rules()
        try:
            found = medical_outcome.outcome(questions, self._dive_answers(), age)
        except ValueError:
            found = medical_outcome.INCOMPLETE
        if found == medical_outcome.INCOMPLETE:
            # Not which ones: that a box is open says what was answered before it.
            raise UserError(
                self.env._(
                    "Not all questions are answered yet. Go through them once more,"
                    " also the boxes that a yes has opened."
                )
            )
        return {
            "answered_outcome": found,
            "asked_age": age,
            "next_age": medical_outcome.next_age(questions, age) or 0,
        }

    def _dive_check_signatures(self, minor):
        if not (self.signature and (self.signed_by or "").strip()):
            raise UserError(
                self.env._(
                    "The signature is missing: %(name)s writes the name and signs.",
                    name=self.partner_id.name,
                )
            )
        if minor and not (
            self.guardian_signature and (self.guardian_name or "").strip()
        ):
            raise UserError(
                self.env._(
                    "%(name)s is under %(age)s: a guardian writes the name and signs"
                    " as well.",
                    name=self.partner_id.name,
                    age=ADULT,
                )
            )

    # ------------------------------------------------------------------
    # Changing hands
    # ------------------------------------------------------------------

    def _dive_take_draft(self, outcome, day):
        """Make the draft a signed form, once: of two pages one comes too late."""
        self.flush_recordset()
        taken = self.env.execute_query(
            SQL(
                "UPDATE dive_medical_form SET state = 'submitted', signed_on = %s,"
                " signed_at = %s, answered_outcome = %s"
                " WHERE id = %s AND state = 'draft' RETURNING id",
                day,
                fields.Datetime.now(),
                outcome,
                self.id,
            )
        )
        names = ["state", "signed_on", "signed_at", "answered_outcome"]
        self.invalidate_recordset(names, flush=False)
        self.modified(names)
        if not taken:
            raise UserError(
                self.env._("This form has been signed already, on another page.")
            )

    def _dive_close_older(self):
        """Close the forms that this one replaces; they stay, and so does a word."""
        # sudo: forms of the diver from all companies, whoever signs
        older = self.sudo().search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("state", "=", "submitted"),
                ("id", "!=", self.id),
            ]
        )
        older._dive_unlocked().write({"state": "closed"})

    def action_close(self):
        """Put drafts aside: nobody is going to sign them.

        :raises UserError: a signed form, which the next one replaces by itself
        """
        self.check_access("write")
        if any(form.state != "draft" for form in self):
            raise UserError(
                self.env._("Only a draft can be put aside: signed forms stay.")
            )
        self._dive_unlocked().write({"state": "closed"})
        return True
