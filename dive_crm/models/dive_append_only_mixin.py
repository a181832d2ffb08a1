from odoo import api, models
from odoo.exceptions import UserError

from ..tools import access_store


class DiveAppendOnlyMixin(models.AbstractModel):
    """Rows that are only ever added: nobody changes or deletes them, in SQL neither.

    They point to other records by plain numbers: a foreign key would keep those from
    being deleted or merged, as the database refuses the change that this makes here.
    """

    _name = "dive.append.only.mixin"
    _description = "Rows that are only added"

    def init(self):
        """Let the database itself refuse what changes or deletes rows."""
        super().init()
        if self._auto and not self._abstract:
            access_store.guard(self.env.cr, self._table)

    def write(self, vals):
        self._dive_refuse()

    def unlink(self):
        self._dive_refuse()

    @api.model
    def _dive_refuse(self):
        # sudo: the name of a model, for those who may not read models
        raise UserError(
            self.env._(
                "%(model)s: rows are only added, never changed or deleted.",
                model=self.env["ir.model"].sudo()._get(self._name).name,
            )
        )
