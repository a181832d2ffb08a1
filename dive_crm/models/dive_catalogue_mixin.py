from itertools import count

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, ValidationError


class DiveCatalogueMixin(models.AbstractModel):
    """What agencies and levels share: a code of their own, archived when used."""

    _name = "dive.catalogue.mixin"
    _description = "Entry of the catalogue of certifications"

    name = fields.Char(required=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Short and unique: imports know the entry by it.",
    )
    sequence = fields.Integer(default=100, help="Lower comes first in suggestions.")
    active = fields.Boolean(
        default=True, help="What is archived is kept and offered to nobody."
    )
    source = fields.Text(
        help="Document and section that the facts come from, or “unverified”."
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._dive_with_clean_code(vals) for vals in vals_list]
        self._dive_check_codes_free([vals.get("code") for vals in vals_list])
        return super().create(vals_list)

    def write(self, vals):
        vals = self._dive_with_clean_code(vals)
        if vals.get("code"):
            self._dive_check_codes_free([vals["code"]] * len(self))
        return super().write(vals)

    def copy_data(self, default=None):
        """Give each copy a free code, which its user then makes a good one."""
        copies = super().copy_data(default)
        entries = self.with_context(active_test=False)
        for entry, vals in zip(self, copies, strict=True):
            if not vals.get("code"):
                taken = set(
                    entries.search([("code", "=like", f"{entry.code}-%")]).mapped(
                        "code"
                    )
                )
                number = next(n for n in count(2) if f"{entry.code}-{n}" not in taken)
                vals["code"] = f"{entry.code}-{number}"
        return copies

    @api.model
    def _dive_with_clean_code(self, vals):
        """Return ``vals`` with the code in capitals, blanks as hyphens."""
        if not vals.get("code"):
            return vals
        return {**vals, "code": "-".join(vals["code"].split()).upper()}

    def _dive_check_codes_free(self, codes):
        """Refuse codes that another entry has; the database would, less kindly."""
        codes = [code for code in codes if code]
        twice = {code for code in codes if codes.count(code) > 1}
        if twice:
            raise ValidationError(
                self.env._(
                    "The code %(codes)s is given twice. Each entry needs its own.",
                    codes=", ".join(sorted(twice)),
                )
            )
        taken = self.with_context(active_test=False).search(
            [("code", "in", codes), ("id", "not in", self.ids)], limit=1
        )
        if taken and taken.active:
            raise ValidationError(
                self.env._(
                    "The code %(code)s belongs to %(name)s. Choose another one.",
                    code=taken.code,
                    name=taken.display_name,
                )
            )
        if taken:
            raise ValidationError(
                self.env._(
                    "The code %(code)s belongs to %(name)s, which is archived. "
                    "Unarchive it, or choose another code.",
                    code=taken.code,
                    name=taken.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        users = self._dive_used_by()
        if not users:
            return
        archive = self.env.ref("dive_crm.action_dive_archive_catalogue")
        raise RedirectWarning(
            self.env._(
                "%(names)s cannot be deleted: %(users)s. "
                "What is archived is offered no longer, and its history stays.",
                names=", ".join(self.mapped("display_name")),
                users="; ".join(users),
            ),
            archive.id,
            self.env._("Archive instead"),
            {"active_ids": self.ids, "active_model": self._name},
        )

    def _dive_used_by(self):
        """Return in words who refers to these entries and would lose by their end.

        :rtype: list of str
        """
        users = []
        for model_name, field in self._dive_restricting_fields():
            # Records of all companies count, also those that the user does not see.
            model = self.env[model_name].sudo().with_context(active_test=False)
            count = model.search_count([(field.name, "in", self.ids)])
            if count:
                users.append(
                    self.env._(
                        "used by “%(what)s” (%(count)s)",
                        what=self.env["ir.model"]._get(model_name).name,
                        count=count,
                    )
                )
        return users

    def _dive_restricting_fields(self):
        """Return the (model name, field) of all that forbid the deletion of ours."""
        return [
            (model_name, field)
            for model_name, model in self.env.registry.items()
            if not model._abstract and not model._transient
            for field in model._fields.values()
            if field.type == "many2one"
            and field.comodel_name == self._name
            and field.store
            and not field.related
            and field.ondelete == "restrict"
        ]
