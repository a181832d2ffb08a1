from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveEquipmentSize(models.Model):
    _name = "dive.equipment.size"
    _description = "Size of equipment"
    _order = "kind_id, sequence, id"

    kind_id = fields.Many2one(
        "dive.equipment.kind", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Size", required=True, help="M, 42/43, 152")
    sequence = fields.Integer(default=10)

    _once = models.UniqueIndex(
        "(kind_id, lower(name))",
        lambda env, diag: env._("This kind has that size already."),
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: items and divers of other companies count as well
        for model in ("dive.equipment", "dive.gear"):
            records = self.env[model].sudo().with_context(active_test=False)
            used = records.search([("size_id", "in", self.ids)], limit=1)
            if used:
                raise UserError(
                    self.env._(
                        "Size %(size)s of %(kind)s has items, or divers had it: rename"
                        " it, or leave it.",
                        size=used.size_id.name,
                        kind=used.size_id.kind_id.name,
                    )
                )
