"""The answers of a form, as the medical officer reads them."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.medical_outcome import read_answers


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

    @api.depends("answers", "questionnaire_id")
    @api.depends_context("uid", "lang")
    def _compute_answers_shown(self):
        for form in self:
            answers = read_answers(form.answers)
            rows = [
                form._dive_answer_row(question, answers[question.code])
                for question in form.questionnaire_id.question_ids
                if question.code in answers
            ]
            form.answers_shown = Markup().join(rows) or Markup("<p>%s</p>") % (
                self.env._("No answers yet.")
            )

    def _dive_answer_row(self, question, answer):
        said = self.env._("Yes") if answer else self.env._("No")
        line = Markup("<strong>%s</strong> %s · %s") % (
            said,
            question.code,
            question.text,
        )
        return Markup("<p>%s</p>") % line

    def action_view_answers(self):
        """Open the answers beside the form; for medical officers.

        :raises AccessError: somebody else
        """
        self.ensure_one()
        if not self.env.user.has_group("dive_crm.group_medical"):
            raise AccessError(
                self.env._("Only a medical officer reads the answers of a diver.")
            )
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
