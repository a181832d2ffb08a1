from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.gear_size import best_size

#: Where a customer's wishes say which size they need: see res_partner_preference.
PREFERENCES = [
    ("dive_size_suit", "Suit"),
    ("dive_size_bcd", "BCD"),
    ("dive_size_fins", "Fins"),
    ("dive_size_boots", "Boots"),
    ("dive_weight_kg", "Lead (kg)"),
]


class DiveEquipmentKind(models.Model):
    """What a diver needs one of: a BCD, a suit, so many kilograms of lead."""

    _name = "dive.equipment.kind"
    _description = "Kind of equipment"
    _order = "sequence, name, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    usual = fields.Boolean(
        "Every diver needs it",
        default=True,
        help="Given to each diver where the kind of trip says nothing else.",
    )
    counted = fields.Boolean(
        "By number only",
        help="Lead, cylinders: a number per diver, and no item of its own to look for.",
    )
    unit = fields.Char(help="What the number counts: kg, pieces.", translate=True)
    size_ids = fields.One2many("dive.equipment.size", "kind_id", "Sizes", copy=True)
    preference = fields.Selection(
        PREFERENCES,
        "Size from",
        help="What a customer's preferences say about it; it suggests the size.",
    )
    service_months = fields.Integer(
        "Service every (months)",
        help="Gives an item its next service when it comes back from one. 0: none.",
    )
    product_id = fields.Many2one(
        "product.product",
        "Rental product",
        domain=[("sale_ok", "=", True)],
        ondelete="restrict",
        check_company=True,
        help="Price, taxes and account of the rental. Empty: it costs nothing.",
    )
    equipment_ids = fields.One2many("dive.equipment", "kind_id", "Items")
    equipment_count = fields.Integer("Items in use", compute="_compute_equipment_count")
    company_id = fields.Many2one(
        "res.company", help="Empty: every company uses it.", index=True
    )

    _service_months_range = models.Constraint(
        "CHECK (service_months >= 0 AND service_months <= 240)",
        "The months between two services are from 0 (none) to 240.",
    )

    @api.depends("equipment_ids.state", "equipment_ids.active")
    def _compute_equipment_count(self):
        counts = dict(
            self.env["dive.equipment"]._read_group(
                [("kind_id", "in", self.ids), ("state", "=", "in_use")],
                ["kind_id"],
                ["__count"],
            )
        )
        for kind in self:
            kind.equipment_count = counts.get(kind._origin, 0)

    def _dive_size_for(self, text):
        """Return the size of this kind that a customer's words mean, or none."""
        self.ensure_one()
        if not text:
            return self.env["dive.equipment.size"]
        place = best_size(text, self.size_ids.mapped("name"))
        return self.size_ids[place] if place is not None else self.size_ids.browse()

    def write(self, vals):
        if "counted" in vals:
            self._check_counted_kept(bool(vals["counted"]))
        return super().write(vals)

    def _check_counted_kept(self, counted):
        for kind in self.filtered(lambda kind: kind.counted != counted):
            # sudo: items and needs of other companies count as well
            everything = kind.sudo().with_context(active_test=False)
            needs = self.env["dive.gear"].sudo()
            if everything.equipment_ids or needs.search_count(
                [("kind_id", "=", kind.id)], limit=1
            ):
                raise UserError(
                    self.env._(
                        "“%(kind)s” is in use: make a new kind, and archive this one.",
                        kind=kind.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        # sudo: what other companies have of it counts as well
        everywhere = self.sudo().with_context(active_test=False)
        needs = dict(
            self.env["dive.gear"]
            .sudo()
            ._read_group([("kind_id", "in", self.ids)], ["kind_id"], ["__count"])
        )
        for kind in everywhere:
            if kind.equipment_ids or needs.get(kind):
                raise UserError(
                    self.env._(
                        "“%(kind)s” has items, or divers had some of it. Archive it"
                        " instead.",
                        kind=kind.name,
                    )
                )

    def action_view_items(self):
        """Open the items of this kind."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_equipment"
        )
        action["domain"] = [("kind_id", "=", self.id)]
        action["context"] = {"default_kind_id": self.id}
        return action
