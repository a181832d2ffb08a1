from odoo import api, fields, models

from ..models.dive_link_mixin import TOKEN
from ..tools.qr_code import qr_code


class DiveMedicalLinkWizard(models.TransientModel):
    """Hand the questions to a diver at the desk: on a tablet, or on their phone.

    The address opens without a login and leads nowhere else, so that nobody who holds
    the tablet is in the staff's Odoo.
    """

    _name = "dive.medical.link.wizard"
    _description = "Answer the medical questionnaire here"

    partner_id = fields.Many2one("res.partner", "Diver", required=True, readonly=True)
    # In the memory of this request only: the database has the hash.
    url = fields.Char("Address", compute="_compute_url")
    qr_code = fields.Binary("To scan", compute="_compute_url")

    @api.depends_context("dive_medical_token")
    def _compute_url(self):
        token = self.env.context.get("dive_medical_token")
        # what anybody can put there: an address of ours, or none
        if not isinstance(token, str) or not TOKEN.fullmatch(token):
            token = None
        for wizard in self:
            if not token:
                wizard.url = wizard.qr_code = False
                continue
            wizard.url = f"{wizard.get_base_url()}/dive/medical/{token}"
            wizard.qr_code = qr_code(wizard.url)
