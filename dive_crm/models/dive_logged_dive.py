from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .dive_booking_diver_gas import GASES
from .dive_requirement_mixin import DEEPEST_M
from .dive_trip_emergency import ABOARD

#: more is a typing error
MOST_MINUTES = 600
MOST_DIVES = 20


class DiveLoggedDive(models.Model):
    """One dive of one diver on a trip: how deep, how long, on what gas."""

    _name = "dive.logged.dive"
    _description = "Logged dive"
    _order = "trip_id desc, seat_id, number, id"
    _rec_name = "number"
    _check_company_auto = True

    # cascade: a place is deleted through the ORM, and only if it may be
    seat_id = fields.Many2one(
        "dive.booking.diver", "Place", required=True, index=True, ondelete="cascade"
    )
    # a place moves to another trip only before the dive: see dive_booking_diver_dives
    trip_id = fields.Many2one(
        related="seat_id.trip_id", store=True, index=True, precompute=True
    )
    partner_id = fields.Many2one(
        related="seat_id.partner_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="seat_id.company_id", store=True, index=True, precompute=True
    )
    date = fields.Datetime(related="trip_id.date_start", string="Trip date")
    number = fields.Integer("Dive", required=True, default=1, aggregator=False)
    depth_m = fields.Float("Depth (m)", digits=(5, 1), aggregator="max")
    minutes = fields.Integer(aggregator="sum")
    gas = fields.Selection(GASES, required=True, default="air")
    note = fields.Char()

    _number_once = models.UniqueIndex(
        "(seat_id, number)",
        lambda env, diag: env._("This dive of this diver is in the table already."),
    )
    _ranges = models.Constraint(
        f"CHECK (number >= 1 AND number <= {MOST_DIVES}"
        f" AND COALESCE(depth_m, 0) BETWEEN 0 AND {DEEPEST_M}"
        f" AND COALESCE(minutes, 0) BETWEEN 0 AND {MOST_MINUTES})",
        f"A dive goes to at most {DEEPEST_M} m and takes at most {MOST_MINUTES}"
        f" minutes; a trip has at most {MOST_DIVES} dives.",
    )

    @api.constrains("seat_id")
    def _check_aboard(self):
        for dive in self:
            if dive.seat_id.state not in ABOARD:
                raise ValidationError(
                    self.env._(
                        "%(diver)s was not on this trip, so there is no dive to log.",
                        diver=dive.partner_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        seats = self.env["dive.booking.diver"].browse(
            [vals.get("seat_id") for vals in vals_list if vals.get("seat_id")]
        )
        return seats._dive_relogged(
            lambda: super(DiveLoggedDive, self).create(vals_list)
        )

    def write(self, vals):
        if "seat_id" in vals and any(d.seat_id.id != vals["seat_id"] for d in self):
            raise UserError(
                self.env._("A dive stays with its diver: delete it and log another.")
            )
        return self.seat_id._dive_relogged(
            lambda: super(DiveLoggedDive, self).write(vals)
        )

    def unlink(self):
        return self.seat_id._dive_relogged(lambda: super(DiveLoggedDive, self).unlink())

    # ------------------------------------------------------------------
    # Buttons above the table of a trip
    # ------------------------------------------------------------------

    def action_screen_as_first(self):
        """Fill in what is empty as it was for the first diver."""
        return self._dive_screen_trip().action_dives_as_first()

    def action_screen_unlog(self):
        """Delete all dives of the trip on the screen."""
        trip = self._dive_screen_trip()
        trip.action_unlog_dives()
        return {
            "type": "ir.actions.act_window",
            "res_model": "dive.trip",
            "res_id": trip.id,
            "views": [(False, "form")],
            "target": "main",
        }

    def _dive_screen_trip(self):
        trip = self.env["dive.trip"].browse(self.env.context.get("dive_log_trip_id"))
        if not trip.exists():
            raise UserError(self.env._("Open the dives from their trip."))
        return trip
