from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DiveTripRecurrenceSkip(models.Model):
    """Days on which a series has no trip: holidays, the boat in the yard."""

    _name = "dive.trip.recurrence.skip"
    _description = "Days without a trip"
    _order = "date_from, id"
    _check_company_auto = True

    recurrence_id = fields.Many2one(
        "dive.trip.recurrence", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="recurrence_id.company_id", store=True, index=True, precompute=True
    )
    date_from = fields.Date("From", required=True)
    date_to = fields.Date(
        "Until",
        compute="_compute_date_to",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    name = fields.Char("Why")
    words = fields.Char("What happens", compute="_compute_words")

    _days_in_order = models.Constraint(
        "CHECK (date_to >= date_from)", "The last of these days is before the first."
    )

    @api.depends("date_from")
    def _compute_date_to(self):
        for skip in self:
            if skip.date_from and (not skip.date_to or skip.date_to < skip.date_from):
                skip.date_to = skip.date_from
            else:
                skip.date_to = skip.date_to

    @api.depends("date_from", "date_to", "recurrence_id")
    @api.depends_context("lang", "tz")
    def _compute_words(self):
        for skip in self:
            trips = skip._dive_trips()
            gone, kept = trips._dive_part_bare()
            words = []
            if gone:
                words.append(
                    self.env._("%(count)s trips are taken out.", count=len(gone))
                )
            if kept:
                words.append(
                    self.env._(
                        "These stay: %(trips)s.", trips=", ".join(kept._dive_lines())
                    )
                )
            skip.words = " ".join(words)

    def _dive_covers(self, day):
        """Say whether there is no trip on ``day``."""
        self.ensure_one()
        return bool(self.date_from and self.date_to) and (
            self.date_from <= day <= self.date_to
        )

    def _dive_trips(self):
        """Return the trips to come of these days that are still to take place."""
        self.ensure_one()
        series = self.recurrence_id._origin
        trips = series._dive_trips_from(series.company_id._dive_today())
        return trips.filtered(lambda trip: self._dive_covers(trip.recurrence_day))

    @api.constrains("date_from", "date_to")
    def _check_days(self):
        for skip in self:
            if skip.date_from and skip.date_to and skip.date_to < skip.date_from:
                raise ValidationError(
                    self.env._("The last of these days is before the first.")
                )

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        skips = super().create(vals_list)
        skips.recurrence_id._dive_follow_skips()
        return skips

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"date_from", "date_to"}:
            self.recurrence_id._dive_follow_skips()
        return result

    def unlink(self):
        series = self.recurrence_id
        result = super().unlink()
        series.exists()._dive_follow_skips()
        return result
