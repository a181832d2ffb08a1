from odoo import api, fields, models


class DiveTripRecurrenceEnd(models.TransientModel):
    """On which day does this series end, and what becomes of its trips?"""

    _name = "dive.trip.recurrence.end"
    _description = "End a recurring trip"

    recurrence_id = fields.Many2one("dive.trip.recurrence", required=True)
    last_day = fields.Date(
        "Last day", required=True, default=lambda self: self.env.company._dive_today()
    )
    gone_count = fields.Integer(compute="_compute_what_happens")
    kept_text = fields.Text(compute="_compute_what_happens")

    @api.depends("recurrence_id", "last_day")
    @api.depends_context("lang", "tz")
    def _compute_what_happens(self):
        for wizard in self:
            trips = self.env["dive.trip"]
            if wizard.last_day:
                after = fields.Date.add(wizard.last_day, days=1)
                trips = wizard.recurrence_id._dive_trips_from(after)
            gone, kept = trips._dive_part_bare()
            wizard.gone_count = len(gone)
            wizard.kept_text = "\n".join(kept._dive_lines())

    def action_end(self):
        """End the series."""
        self.ensure_one()
        return self.recurrence_id.action_end(self.last_day)
