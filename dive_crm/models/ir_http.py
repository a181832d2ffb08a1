"""What Odoo translates in the browser on the pages of the portal."""

from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Add the terms of the chatter: divers read and write under their tickets."""
        return [*super()._get_translation_frontend_modules_name(), "mail"]
