from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.medical_outcome import Question


class DiveMedicalQuestion(models.Model):
    """A question that is answered with yes or no, and what a yes means."""

    _name = "dive.medical.question"
    _description = "Medical question"
    _order = "questionnaire_id, sequence, id"
    _rec_name = "code"

    questionnaire_id = fields.Many2one(
        "dive.medical.questionnaire", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    code = fields.Char(
        "Number", required=True, help="As on the paper: 1, A2. Answers go by it."
    )
    box = fields.Char(
        help="The box that the question stands in, a letter. Empty: asked of everybody."
    )
    text = fields.Text("Question", required=True, translate=True)
    yes_means = fields.Selection(
        [("physician", "See a physician"), ("box", "Answer a box")],
        "Yes means",
        required=True,
        default="physician",
    )
    opens_box = fields.Char("Opens", help="The box to answer after a yes.")
    min_age = fields.Integer(
        "From age",
        help="For people of this age or older, on the day that the answers are for."
        " 0: for everybody. Asked as well where the date of birth is not known.",
    )
    age_decides = fields.Boolean(
        "Birth date answers",
        help="The age itself is asked: where the date of birth is known, it answers.",
    )

    _code_unique = models.UniqueIndex(
        "(questionnaire_id, code)",
        lambda env, diag: env._("Two questions have the same number."),
    )
    _age_range = models.Constraint(
        "CHECK (min_age BETWEEN 0 AND 120)", "An age is between 0 and 120 years."
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._dive_tidy(vals) for vals in vals_list]
        self._dive_owners(vals_list)._dive_check_unused()
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        owners = self.questionnaire_id | self._dive_owners([vals])
        owners._dive_check_unused()
        return super().write(self._dive_tidy(vals))

    @api.model
    def _dive_owners(self, vals_list):
        """Return the questionnaires that values name."""
        ids = {vals.get("questionnaire_id") for vals in vals_list} - {None, False}
        return self.env["dive.medical.questionnaire"].browse(ids)

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # the dialog of translations does not pass by ``write``
        self.questionnaire_id._dive_check_unused()
        return super()._update_field_translations(
            field_name, translations, digest, source_lang
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self.questionnaire_id._dive_check_unused()

    @api.model
    def _dive_tidy(self, vals):
        """Return ``vals`` with letters in capitals and without blanks."""
        marks = {
            name: "".join(vals[name].split()).upper() or False
            for name in ("code", "box", "opens_box")
            if vals.get(name)
        }
        return {**vals, **marks}

    @api.constrains("code", "box", "yes_means", "opens_box", "min_age", "age_decides")
    def _check_rule(self):
        for question in self:
            reason = question._dive_fault()
            if reason:
                raise ValidationError(
                    self.env._(
                        "Question %(code)s: %(reason)s",
                        code=question.code,
                        reason=reason,
                    )
                )

    def _dive_fault(self):
        """Return in words what is wrong with the rule, or None."""
        if self.yes_means == "box" and not self.opens_box:
            return self.env._("say which box a yes opens.")
        if self.yes_means == "physician" and self.opens_box:
            return self.env._("a yes means a physician or opens a box, not both.")
        if self.box and self.opens_box:
            return self.env._("a question in a box opens no other box.")
        if self.age_decides and not self.min_age:
            return self.env._("say from which age on the date of birth answers yes.")
        return None

    def _dive_rule(self):
        """Return the question as the rules see it."""
        self.ensure_one()
        return Question(
            code=self.code,
            box=self.box or "",
            opens=self.opens_box or "",
            min_age=self.min_age,
            age_decides=self.age_decides,
        )
