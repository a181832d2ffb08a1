"""Put customers on a hand-made list, from the list of customers."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveSegmentAdd(models.TransientModel):
    _name = "dive.segment.add"
    _description = "Add customers to a list"

    partner_ids = fields.Many2many(
        "res.partner", "dive_segment_add_partner_rel", string="Customers"
    )
    number = fields.Integer("Customers to add", compute="_compute_number")
    segment_id = fields.Many2one(
        "dive.segment",
        "List",
        required=True,
        ondelete="cascade",
        domain="[('kind', '=', 'chosen')]",
    )

    @api.model
    def default_get(self, fields_list):
        """Take who was ticked; contacts who are no customers stay out."""
        values = super().default_get(fields_list)
        if "partner_ids" in fields_list and "partner_ids" not in values:
            ticked = self.env["res.partner"].browse(self.env.context.get("active_ids"))
            ours = ticked.filtered("dive_customer")
            if not ours:
                raise UserError(self.env._("Tick the customers first."))
            values["partner_ids"] = [(6, 0, ours.ids)]
        return values

    @api.depends("partner_ids")
    def _compute_number(self):
        for dialog in self:
            dialog.number = len(dialog.partner_ids)

    def action_add(self):
        """Add them; who is on it already stays on it once."""
        self.ensure_one()
        self.segment_id.partner_ids |= self.partner_ids
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "“%(list)s” has %(number)s customers now.",
                    list=self.segment_id.name,
                    number=self.segment_id.count,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
