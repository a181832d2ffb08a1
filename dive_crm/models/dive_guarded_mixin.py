"""Fields that only methods may change, whoever asks."""

from odoo import api, models
from odoo.exceptions import UserError

#: Its identity is the secret: the context of an RPC call is JSON, and no JSON value
#: ``is`` this object. A plain context flag could be forged by any user.
_KEY = object()


def unlocked(records):
    """Return records of any model with the right to write what methods write."""
    return records.with_context(dive_unlock=_KEY)


def is_unlocked(env):
    """Say whether it is a method of ours that writes."""
    return env.context.get("dive_unlock") is _KEY


class DiveGuardedMixin(models.AbstractModel):
    """Refuse direct writes of seats, money marks and states.

    ``readonly`` keeps a field out of the form, not out of the web API. A model lists
    such fields in ``_dive_guarded`` with the value a new record starts with (None: the
    field is computed); its own methods write through :meth:`_dive_unlocked`.
    """

    _name = "dive.guarded.mixin"
    _description = "Fields that only methods may change"

    _dive_guarded = {}

    def _dive_unlocked(self):
        """Return ``self`` allowed to write the guarded fields."""
        return unlocked(self)

    def _dive_is_unlocked(self):
        return is_unlocked(self.env)

    def _dive_may_set(self, field_name, value):
        """Say whether ``value`` is harmless: no change at all, or a new record's own.

        Called with an empty ``self`` for a record about to be created.
        """
        if not self:
            return value == self._dive_guarded[field_name]
        field = self._fields[field_name]
        return all(
            field.convert_to_write(record[field_name], record) == value
            for record in self
        )

    def _dive_check_guarded(self, vals):
        if self._dive_is_unlocked():
            return
        for name in self._dive_guarded.keys() & vals.keys():
            if not self._dive_may_set(name, vals[name]):
                # sudo: the name of a model, for those who may not read models
                raise UserError(
                    self.env._(
                        "“%(field)s” of a %(model)s cannot be set directly. It follows"
                        " from the buttons: confirm, cancel, create the invoice.",
                        field=self._fields[name]._description_string(self.env),
                        model=self.env["ir.model"]._get(self._name).sudo().name,
                    )
                )

    @api.model
    def default_get(self, fields):
        """Take no default from the context or from saved defaults for guarded fields.

        ``default_state`` in the context of a call would otherwise do what a write of
        ``state`` is refused.
        """
        free = [name for name in fields if name not in self._dive_guarded]
        result = super().default_get(free)
        for name in self._dive_guarded.keys() & set(fields):
            if self._dive_guarded[name] is not None:
                result[name] = self._dive_guarded[name]
        return result

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self.browse()._dive_check_guarded(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._dive_check_guarded(vals)
        return super().write(vals)
