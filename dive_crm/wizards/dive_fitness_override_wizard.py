from odoo import fields, models


class DiveFitnessOverrideWizard(models.TransientModel):
    """Ask a manager why a diver comes along in spite of what speaks against it."""

    _name = "dive.fitness.override.wizard"
    _description = "Take a diver along anyway"

    seat_ids = fields.Many2many("dive.booking.diver", string="Divers", readonly=True)
    fitness_text = fields.Text(
        "What speaks against it", compute="_compute_fitness_text"
    )
    reason = fields.Char(required=True)

    def _compute_fitness_text(self):
        for wizard in self:
            wizard.fitness_text = "\n".join(
                f"{seat.partner_id.name}: {finding.text}"
                for seat, findings in wizard.seat_ids._dive_findings().items()
                for finding in findings
                if finding.blocks
            )

    def action_take(self):
        """Keep the reason; the divers may be booked then."""
        self.ensure_one()
        self.env["dive.fitness.override"]._dive_add(self.seat_ids, self.reason)
        return {"type": "ir.actions.act_window_close"}
