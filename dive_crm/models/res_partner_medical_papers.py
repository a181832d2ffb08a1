from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_dive_send_papers(self):
        """Send the physician's papers of the form that counts."""
        self.ensure_one()
        form = self.env["dive.medical.form"].search(
            [("partner_id", "=", self.id), ("state", "=", "submitted")], limit=1
        )
        if not form:
            raise UserError(
                self.env._("There is no signed form yet. Begin one with the diver.")
            )
        return form.action_send_papers()
