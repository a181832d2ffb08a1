"""Every export of ours is in the access log, whoever may make it."""

from odoo import models
from odoo.exceptions import UserError

from .dive_access_log import note_access


class Base(models.AbstractModel):
    _inherit = "base"

    def export_data(self, fields_to_export):
        """Note what is exported of ours; nothing is asked of others' records.

        Customers, certifications and what is encrypted write it down by themselves
        (``dive.access.mixin``).
        """
        if not self._name.startswith("dive.") or hasattr(self, "_dive_access_logged"):
            return super().export_data(fields_to_export)
        names = [str(name) for name in fields_to_export]
        try:
            result = super().export_data(fields_to_export)
        except UserError:  # an AccessError is one, a missing right to export is none
            note_access(self.browse(), names, "export", allowed=False)
            raise
        note_access(self, names, "export")
        return result
