from odoo import api, fields, models
from odoo.exceptions import UserError

from .dive_medical_form import RESULTS


class DiveMedicalFormEntry(models.Model):
    """What was noted about a signed form. Rows are never edited or deleted."""

    _name = "dive.medical.form.entry"
    _description = "Note on a medical form"
    _inherit = ["dive.guarded.mixin"]
    _order = "date desc, id desc"
    _rec_name = "kind"

    form_id = fields.Many2one(
        "dive.medical.form",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(
        [("physician", "Physician's word"), ("confirmed", "Nothing has changed")],
        "What",
        required=True,
        readonly=True,
    )
    date = fields.Date(
        required=True, readonly=True, help="On which it was said or signed."
    )
    result = fields.Selection(RESULTS, readonly=True)
    fit_until = fields.Date("Fit until", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Noted by", required=True, readonly=True, ondelete="restrict"
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._dive_refuse_change()
        return super().create(vals_list)

    def write(self, vals):
        self._dive_refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._dive_refuse_change()

    def _dive_refuse_change(self):
        if not self._dive_is_unlocked():
            raise UserError(
                self.env._(
                    "What was noted stays as it was noted: note what is right now."
                )
            )
