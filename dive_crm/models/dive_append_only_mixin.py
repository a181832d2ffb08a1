from odoo import api, models
from odoo.exceptions import UserError

from ..tools import access_store

#: Its identity is the secret: the context of an RPC call is JSON, and no JSON value
#: ``is`` this object.
_ADDING = object()


class DiveAppendOnlyMixin(models.AbstractModel):
    """Rows that are only ever added: nobody changes or deletes them, in SQL neither.

    A model's own methods add them through :meth:`_dive_adding`. They point to other
    records by plain numbers: a foreign key would keep those from being deleted or
    merged, as the database refuses the change that this makes here.
    """

    _name = "dive.append.only.mixin"
    _description = "Rows that are only added"

    def init(self):
        """Let the database itself refuse what changes or deletes rows."""
        result = super().init()
        if self._auto and not self._abstract:
            access_store.guard(self.env.cr, self._table)
        return result

    def _dive_adding(self):
        """Return ``self`` allowed to add rows."""
        return self.with_context(dive_adding=_ADDING)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("dive_adding") is not _ADDING:
            self._dive_refuse()
        return super().create(vals_list)

    def write(self, vals):
        self._dive_refuse()
        return super().write(vals)

    def unlink(self):
        self._dive_refuse()
        return super().unlink()

    def _get_redirect_suggested_company(self):
        """Of no company: Odoo asks this for its refusal, and here it is a number."""
        return self.env["res.company"]

    @api.model
    def _dive_refuse(self):
        # sudo: the name of a model, for those who may not read models
        raise UserError(
            self.env._(
                "%(model)s: rows add themselves. They are never changed or deleted.",
                model=self.env["ir.model"].sudo()._get(self._name).name,
            )
        )
