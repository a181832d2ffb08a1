"""How many places a trip may sell: what it says, its boat takes, its guides can do."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools.seats import LIMIT_SQL, LIMITS

MAX_CAPACITY = 1000
#: A write of one of these changes how many places may be sold.
LIMITING = {
    "capacity",
    "boat_id",
    "boat_places",
    "guide_ids",
    "divers_per_guide",
    "type_id",
}
#: How many trips a message names.
TRIPS_SHOWN = 5


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    # Stored, for the CHECK of the table to know them: see tools/seats.py.
    boat_places = fields.Integer(
        "Places of the boat",
        compute="_compute_boat_places",
        store=True,
        precompute=True,
        aggregator=None,
    )
    divers_per_guide = fields.Integer(
        "Divers per guide",
        compute="_compute_divers_per_guide",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        aggregator=None,
        help="So many divers each guide takes: no more places are sold than all guides"
        " together can take, and none while there is no guide. 0: guides set no limit.",
    )
    guide_places = fields.Integer(
        "Places by guides",
        compute="_compute_guide_places",
        store=True,
        precompute=True,
        aggregator=None,
    )
    seats_limit = fields.Integer(
        "Places that can be sold",
        compute="_compute_seats_limit",
        help="The smallest of the trip's places, the boat's, and what guides can take.",
    )
    limit_reason = fields.Char(compute="_compute_limit_reason")

    _divers_per_guide_range = models.Constraint(
        "CHECK (divers_per_guide >= 0 AND divers_per_guide <= 1000)",
        "The divers per guide are a number, 0 or more; 0 sets no limit.",
    )

    @api.depends("boat_id")
    def _compute_boat_places(self):
        for trip in self:
            # sudo: the boat may be one of a parent company
            trip.boat_places = trip.boat_id.sudo().capacity

    @api.depends("type_id")
    def _compute_divers_per_guide(self):
        for trip in self:
            trip.divers_per_guide = trip.type_id.divers_per_guide

    @api.depends("guide_ids", "divers_per_guide")
    def _compute_guide_places(self):
        for trip in self:
            trip.guide_places = len(trip.guide_ids) * trip.divers_per_guide

    @api.depends("capacity", "boat_places", "divers_per_guide", "guide_places")
    def _compute_seats_limit(self):
        for trip in self:
            limits = [trip.capacity]
            if trip.boat_places:
                limits.append(trip.boat_places)
            if trip.divers_per_guide > 0:
                limits.append(trip.guide_places)
            trip.seats_limit = min(limits)

    @api.depends("seats_limit", "boat_id", "guide_ids")
    @api.depends_context("lang")
    def _compute_limit_reason(self):
        for trip in self:
            trip.limit_reason = trip._dive_limit_reason()

    def _dive_limit_reason(self):
        """Say why fewer places than planned can be sold; empty if all can be."""
        self.ensure_one()
        if self.seats_limit >= self.capacity:
            return ""
        if self.boat_places == self.seats_limit:
            return self.env._(
                "%(count)s can be sold: no more fit on the boat %(boat)s.",
                count=self.seats_limit,
                boat=self.boat_id.name,
            )
        guides = len(self.guide_ids)
        if not guides:
            return self.env._(
                "None can be sold yet: enter the guides, each of whom takes %(ratio)s"
                " divers.",
                ratio=self.divers_per_guide,
            )
        return self.env._(
            "%(count)s can be sold: each guide takes %(ratio)s divers, and there are"
            " %(guides)s guides. Enter another one to sell more.",
            count=self.seats_limit,
            ratio=self.divers_per_guide,
            guides=guides,
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr not in ("seats_limit", "seats_free"):
            return super()._field_to_sql(alias, field_expr, query)
        limit = SQL(
            LIMIT_SQL,
            **{name: self._field_to_sql(alias, name, query) for name in LIMITS},
        )
        if field_expr == "seats_limit":
            return limit
        return SQL("(%s - %s)", limit, self._field_to_sql(alias, "seats_taken", query))

    # ------------------------------------------------------------------
    # Lowering
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self._dive_pin_boats({vals.get("boat_id") for vals in vals_list})
        return super().create(vals_list)

    def write(self, vals):
        if not LIMITING & vals.keys():
            return super().write(vals)
        if "boat_id" in vals:
            self._dive_pin_boats({vals["boat_id"]})
        for trip in self:
            # friendlier than the CHECK, which speaks when this is flushed
            trip._dive_check_limits(vals)
        return super().write(vals)

    @api.model
    def _dive_pin_boats(self, boat_ids):
        """Make whoever changes the places of these boats right now see these trips.

        A trip copies its boat's places. To write the row, and not only to lock it, is
        what makes one of the two begin anew.
        """
        ids = tuple(int(boat_id) for boat_id in boat_ids if boat_id)
        if ids:
            self.env["dive.boat"].flush_model(["capacity"])
            self.env.cr.execute(
                SQL("UPDATE dive_boat SET capacity = capacity WHERE id IN %s", ids)
            )

    def _dive_check_limits(self, vals):
        """Refuse what would leave these divers without a place, and name them."""
        self.ensure_one()
        if "capacity" in vals:
            self._check_capacity(vals["capacity"])
        if not self.seats_taken:
            return
        # sudo: a boat or kind of a parent company counts as well
        boat = self.sudo().boat_id
        if "boat_id" in vals and vals["boat_id"] != boat.id:
            boat = boat.browse(vals["boat_id"])
            if boat and boat.capacity < self.seats_taken:
                self._dive_refuse_boat(boat, boat.capacity)
        if vals.get("boat_places") and vals["boat_places"] < self.seats_taken:
            self._dive_refuse_boat(boat, vals["boat_places"])
        self._dive_check_guides(vals)

    def _dive_check_guides(self, vals):
        ratio = self.divers_per_guide
        if vals.get("type_id", self.type_id.id) != self.type_id.id:
            # sudo: see _dive_check_limits
            kind = self.env["dive.trip.type"].sudo().browse(vals["type_id"])
            ratio = kind.divers_per_guide
        ratio = int(vals.get("divers_per_guide", ratio) or 0)
        guides = self.guide_ids
        if "guide_ids" in vals:
            guides = self.new({"guide_ids": vals["guide_ids"]}, origin=self).guide_ids
        if ratio > 0 and len(guides) * ratio < self.seats_taken:
            raise ValidationError(
                self.env._(
                    "“%(trip)s” has %(guides)s guides, and %(ratio)s divers for each:"
                    " that is less than the %(taken)s places taken, by %(who)s. Enter"
                    " another guide, or cancel or move one of these bookings first.",
                    trip=self.display_name,
                    guides=len(guides),
                    ratio=ratio,
                    taken=self.seats_taken,
                    who=self._dive_who(),
                )
            )

    def _dive_refuse_boat(self, boat, places):
        raise ValidationError(
            self.env._(
                "“%(trip)s” cannot go with %(boat)s, which takes %(places)s divers:"
                " %(taken)s places are taken, by %(who)s. Choose a bigger boat, or"
                " cancel or move one of these bookings first.",
                trip=self.display_name,
                boat=boat.name,
                places=places,
                taken=self.seats_taken,
                who=self._dive_who(),
            )
        )

    def _check_capacity(self, capacity):
        """Refuse a number of places that is none, absurd, or already sold."""
        try:
            capacity = int(capacity or 0)
        except (TypeError, ValueError):
            raise ValidationError(
                self.env._("The number of places must be a whole number.")
            ) from None
        if not 1 <= capacity <= MAX_CAPACITY:
            raise ValidationError(
                self.env._("A trip has between 1 and %(max)s places.", max=MAX_CAPACITY)
            )
        for trip in self:
            if trip.seats_taken > capacity:
                raise ValidationError(
                    self.env._(
                        "“%(trip)s” cannot have only %(capacity)s places:"
                        " %(taken)s are taken, by %(who)s. Cancel or move one of these"
                        " bookings first.",
                        trip=trip.display_name,
                        capacity=capacity,
                        taken=trip.seats_taken,
                        who=trip._dive_who(),
                    )
                )


class DiveBoat(models.Model):
    _inherit = "dive.boat"

    def write(self, vals):
        result = super().write(vals)
        if "capacity" in vals:
            self.flush_recordset(["capacity"])
            self._dive_limit_trips()
        return result

    def _dive_limit_trips(self):
        """Have the trips to come sell as many places as their boat takes now.

        :raises UserError: more are taken; the message names the trips and who
        """
        # sudo: branches use the boats of their parent company
        trips = (
            self.env["dive.trip"]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("boat_id", "in", self.ids),
                    ("state", "in", ("draft", "open")),
                    ("date_end", ">=", fields.Datetime.now()),
                ]
            )
        )
        full = trips.filtered(lambda trip: trip.seats_taken > trip.boat_id.capacity)
        if full:
            lines = [
                self.env._(
                    "“%(trip)s”: %(taken)s places are taken, by %(who)s.",
                    trip=trip.display_name,
                    taken=trip.seats_taken,
                    who=trip._dive_who(),
                )
                for trip in full[:TRIPS_SHOWN]
            ]
            raise UserError(
                self.env._(
                    "More places are sold on %(count)s trips than %(boat)s would have:",
                    count=len(full),
                    boat=", ".join(full.boat_id.mapped("name")),
                )
                + "\n"
                + "\n".join(lines)
                + "\n"
                + self.env._(
                    "Give these trips another boat, or cancel or move bookings first."
                )
            )
        for boat, mine in trips.grouped("boat_id").items():
            mine._dive_unlocked().write({"boat_places": boat.capacity})
