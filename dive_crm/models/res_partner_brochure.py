from odoo import models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """A brochure is asked for with one click (rule P16)."""

    _inherit = "res.partner"

    def _dive_has_post(self):
        """Tell whether a letter would arrive."""
        return bool(self.street and (self.city or self.zip))

    def action_dive_brochure(self):
        """Note that this customer wants our brochure; of several, ask which."""
        self.ensure_one()
        requests = self.env["dive.brochure.request"]
        requests._dive_check_desk()
        self.check_access("read")
        brochures = self.env["dive.brochure"].search(
            [("company_id", "in", [*self.env.companies.ids, False])], limit=2
        )
        if not brochures:
            raise UserError(
                self.env._(
                    "There is no brochure yet. A manager adds one under Configuration, "
                    "Brochures."
                )
            )
        if len(brochures) > 1:
            return {
                "type": "ir.actions.act_window",
                "name": self.env._("Brochure"),
                "res_model": requests._name,
                "views": [
                    (self.env.ref("dive_crm.view_dive_brochure_request_ask").id, "form")
                ],
                "target": "new",
                "context": {"default_partner_id": self.id},
            }
        waiting = requests.search(
            [
                ("partner_id", "=", self.id),
                ("brochure_id", "=", brochures.id),
                ("company_id", "=", self.env.company.id),
                ("state", "=", "to_send"),
            ]
        )
        request = waiting or requests.create(
            {"partner_id": self.id, "brochure_id": brochures.id}
        )
        return request._dive_say_noted(bool(waiting))

    def action_dive_brochures(self):
        """Note a brochure for these customers; a dialog asks which."""
        return self.env["dive.brochure.ask"]._dive_open(self)
