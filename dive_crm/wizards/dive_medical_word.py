from odoo import fields, models

from ..models.dive_medical_form import RESULTS


class DiveMedicalWord(models.TransientModel):
    """The dialog in which a medical officer notes what a physician has said."""

    _name = "dive.medical.word"
    _description = "Physician's word"

    form_id = fields.Many2one(
        "dive.medical.form", required=True, readonly=True, ondelete="cascade"
    )
    result = fields.Selection(RESULTS, "The physician says", required=True)
    date = fields.Date("Signed by the physician on", required=True)
    until = fields.Date("Fit until", help="The last day that is good for diving.")
    page_on = fields.Datetime("Page arrived on", related="form_id.physician_page_on")

    def action_open_page(self):
        """Open the page that the physician has signed, beside the dialog."""
        self.ensure_one()
        return self.form_id.action_open_page()

    def action_note(self):
        """Note it with the form; the form checks who may, and what can be."""
        self.ensure_one()
        self.form_id.action_physician_word(self.result, self.date, self.until)
        return {"type": "ir.actions.act_window_close"}
