from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class DiveBookingAdd(models.TransientModel):
    """Many divers for a booking, with one click each."""

    _name = "dive.booking.add"
    _description = "Add divers to a booking"
    _inherit = ["dive.dialog.mixin"]
    _dive_about = ("booking_id",)

    booking_id = fields.Many2one("dive.booking", required=True, ondelete="cascade")
    # with the rights of who asks, here and below: any number can be put in
    company_id = fields.Many2one(related="booking_id.company_id", related_sudo=False)
    seats_free = fields.Integer(related="booking_id.seats_free", related_sudo=False)
    line_ids = fields.One2many("dive.booking.add.line", "wizard_id", "Suggested")
    has_lines = fields.Boolean(compute="_compute_has_lines")
    partner_ids = fields.Many2many(
        "res.partner",
        "dive_booking_add_partner_rel",
        string="Others",
        domain="[('is_company', '=', False)]",
    )

    @api.depends("line_ids")
    def _compute_has_lines(self):
        for wizard in self:
            wizard.has_lines = bool(wizard.line_ids)

    @api.model
    def default_get(self, fields):
        result = super().default_get(fields)
        booking = self.env["dive.booking"].browse(result.get("booking_id"))
        if "line_ids" in fields and booking:
            result["line_ids"] = [
                Command.create(
                    {"partner_id": partner.id, "reason": reason, "last_day": day}
                )
                for partner, reason, day in booking._dive_suggest_divers()
            ]
        return result

    def action_add(self):
        """Add those who are ticked, and the others who were looked for."""
        return self._add(self.line_ids.filtered("take"))

    def action_add_all(self):
        """Add all who are suggested, and the others who were looked for."""
        return self._add(self.line_ids)

    def _add(self, lines):
        self.ensure_one()
        partners = lines.partner_id | self.partner_ids
        if not partners:
            raise UserError(self.env._("Choose at least one diver."))
        return self.booking_id.action_add_divers(partners.ids)


class DiveBookingAddLine(models.TransientModel):
    """Somebody who is likely to come along."""

    _name = "dive.booking.add.line"
    _description = "Suggested diver"
    _inherit = ["dive.dialog.mixin"]
    _dive_about = ("partner_id",)

    wizard_id = fields.Many2one("dive.booking.add", required=True, ondelete="cascade")
    take = fields.Boolean("Add")
    partner_id = fields.Many2one("res.partner", "Diver", required=True)
    level_id = fields.Many2one(related="partner_id.dive_level_id", related_sudo=False)
    reason = fields.Char("Why")
    last_day = fields.Date("Last trip")
