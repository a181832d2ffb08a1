from odoo import api, models


class ResPartner(models.Model):
    """Odoo's own import knows what a list of dive customers looks like."""

    _inherit = "res.partner"

    @api.model
    def get_import_templates(self):
        """Offer a template for customers where customers are imported."""
        if not self.env.context.get("default_dive_customer"):
            return super().get_import_templates()
        return [
            {
                "label": self.env._("Import template for dive customers"),
                "template": "/dive_crm/static/xls/customers_odoo_import_template.xlsx",
            }
        ]
