from odoo import fields, models


class DiveEquipmentSize(models.Model):
    _name = "dive.equipment.size"
    _description = "Size of equipment"
    _order = "kind_id, sequence, id"

    kind_id = fields.Many2one(
        "dive.equipment.kind", "Kind", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char("Size", required=True, help="M, 42/43, 152")
    sequence = fields.Integer(default=10)

    _once = models.UniqueIndex(
        "(kind_id, lower(name))",
        lambda env, diag: env._("This kind has that size already."),
    )
