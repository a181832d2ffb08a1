"""The answers of a form, as the medical officer reads them."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.medical_outcome import by_age, read_answers, standing


class DiveMedicalForm(models.Model):
    _inherit = "dive.medical.form"

    # Read through the encrypted field, which asks for the right and logs the look.
    answers_shown = fields.Html(
        "Answers in words",
        compute="_compute_answers_shown",
        exportable=False,
        sanitize=False,
        groups="dive_crm.group_medical,dive_crm.group_manager",
    )

    @api.depends("answers", "questionnaire_id", "signed_at")
    @api.depends_context("uid", "lang")
    def _compute_answers_shown(self):
        for form in self:
            answers = read_answers(form.answers)
            # a draft shows all that there is to answer
            age = form.asked_age if form.signed_at else None
            texts = {
                question.code: question.text
                for question in form.questionnaire_id.question_ids
            }
            said = standing(form.questionnaire_id._dive_rules(), answers, age)
            form.answers_shown = Markup().join(
                form._dive_answer_row(question, texts, answer, by_age(question, age))
                for question, answer in said
            )

    def _dive_answer_row(self, question, texts, answer, from_birth_date):
        """Return a line: what was said, or not yet, to which question."""
        said = self.env._("Yes") if answer else self.env._("No")
        if answer is None:
            said = self.env._("Not answered")
        elif from_birth_date:
            said = self.env._("%(answer)s (by date of birth)", answer=said)
        return Markup('<p class="%s"><strong class="%s">%s</strong> %s · %s</p>') % (
            "ps-4" if question.box else "",
            "text-danger" if answer else "",
            said,
            question.code,
            texts[question.code],
        )

    def action_view_answers(self):
        """Open the answers beside the form.

        A manager is asked for a reason first.

        :raises AccessError: neither a medical officer nor a manager
        """
        self.ensure_one()
        if not self.env.user.has_group("dive_crm.group_medical"):
            if not self.env.user.has_group("dive_crm.group_manager"):
                raise AccessError(
                    self.env._("Only a medical officer reads the answers of a diver.")
                )
            if not self.partner_id._dive_access_reason():
                ask = self.partner_id.action_dive_access_reason()
                ask["context"]["dive_answers_next"] = self.id
                return ask
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answers of %(diver)s", diver=self.partner_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [
                (self.env.ref("dive_crm.view_dive_medical_form_answers").id, "form")
            ],
            "target": "new",
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_reason_given(self):
        """Go on to the answers that a manager has asked for."""
        forms = self.env["dive.medical.form"]
        if form_id := self.env.context.get("dive_answers_next"):
            form = forms.search(
                [("id", "=", form_id), ("partner_id", "=", self.id)], limit=1
            )
            if form:
                return form.action_view_answers()
        return super()._dive_reason_given()
