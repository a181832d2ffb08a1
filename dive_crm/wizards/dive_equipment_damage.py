from odoo import api, fields, models


class DiveEquipmentDamage(models.TransientModel):
    """What is wrong with an item that goes to service."""

    _name = "dive.equipment.damage"
    _description = "Item to service"

    equipment_id = fields.Many2one("dive.equipment", "Item", required=True)
    gear_id = fields.Many2one("dive.gear")
    note = fields.Text("What is wrong", required=True)
    who = fields.Char("It is with", compute="_compute_who")
    reserved = fields.Text("Reserved for", compute="_compute_who")

    @api.depends("equipment_id")
    def _compute_who(self):
        for damage in self:
            lent = damage.equipment_id._dive_lent()
            out = lent.filtered(lambda loan: loan.state == "out")
            damage.who = out._dive_who()
            damage.reserved = (lent - out)._dive_who()

    def action_send(self):
        """Send the item to service; who was to get it next gets another one, if any."""
        self.ensure_one()
        item = self.equipment_id
        needs = item._dive_to_service(self.note)
        for trip in needs.trip_id:
            trip._dive_assign_gear()
        left = needs.filtered(lambda gear: gear.state == "missing")
        given = needs - left
        lines = [
            self.env._(
                "%(who)s: %(item)s instead",
                who=gear.partner_id.name,
                item=gear.equipment_id.display_name,
            )
            for gear in given
        ]
        lines += [
            self.env._(
                "%(who)s: nothing free (%(why)s)",
                who=gear.partner_id.name,
                why=gear.hint,
            )
            for gear in left
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "title": self.env._("%(item)s is in service", item=item.display_name),
                "message": "; ".join(lines),
                "sticky": bool(left),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
