from odoo import models
from odoo.exceptions import MissingError

from .dive_sealed_field import SealedFile


class IrBinary(models.AbstractModel):
    _inherit = "ir.binary"

    def _record_to_stream(self, record, field_name):
        """Stream no encrypted file from ``/web/image`` and ``/web/content``.

        They let browsers keep what they show. ``/dive/file`` does not.
        """
        if isinstance(record._fields.get(field_name), SealedFile):
            raise MissingError(self.env._("This file has an address of its own."))
        return super()._record_to_stream(record, field_name)
