"""What a trip asks of its divers, and how many of them want a look."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError

from .res_partner import STAFF_GROUPS

REQUIREMENTS = (
    "min_level_id",
    "depth_m",
    "gas",
    "autonomous",
    "min_age",
    "min_dives",
    "refresher_months",
)
FROM_TYPE = {
    "compute": "_compute_requirements",
    "store": True,
    "readonly": False,
    "precompute": True,
    "tracking": True,
}


class DiveTripType(models.Model):
    _name = "dive.trip.type"
    _inherit = ["dive.trip.type", "dive.requirement.mixin"]

    fitness_rule_ids = fields.One2many(
        "dive.fitness.rule",
        "type_id",
        "Rules",
        help="What weighs more or less here than elsewhere.",
    )


class DiveTrip(models.Model):
    _name = "dive.trip"
    _inherit = ["dive.trip", "dive.requirement.mixin"]

    min_level_id = fields.Many2one(**FROM_TYPE)
    depth_m = fields.Float(**FROM_TYPE)
    gas = fields.Selection(**FROM_TYPE)
    autonomous = fields.Boolean(**FROM_TYPE)
    min_age = fields.Integer(**FROM_TYPE)
    min_dives = fields.Integer(**FROM_TYPE)
    refresher_months = fields.Integer(**FROM_TYPE)
    fitness_red = fields.Integer(
        "Not allowed", compute="_compute_fitness_counts", groups=STAFF_GROUPS
    )
    fitness_amber = fields.Integer(
        "To look at", compute="_compute_fitness_counts", groups=STAFF_GROUPS
    )

    fitness_html = fields.Html(
        "What to look at",
        compute="_compute_fitness_html",
        sanitize=False,
        groups=STAFF_GROUPS,
    )

    @api.depends("type_id")
    def _compute_requirements(self):
        for trip in self:
            for name in REQUIREMENTS:
                trip[name] = trip.type_id[name]

    @api.model_create_multi
    def create(self, vals_list):
        trips = super().create(vals_list)
        trips._dive_check_not_below_kind()
        return trips

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(REQUIREMENTS):
            self._dive_check_not_below_kind()
        return result

    def _dive_check_not_below_kind(self):
        """What the kind of trip asks for, only a manager lets go of.

        Else who may not let a diver come along anyway would ask for less instead.
        """
        if self.env.su or self.env.user.has_group("dive_crm.group_manager"):
            return
        for trip in self:
            for name in trip._dive_below_kind():
                raise AccessError(
                    self.env._(
                        "“%(field)s” asks for less than “%(kind)s” does. Ask a manager"
                        " to change it.",
                        field=self._fields[name]._description_string(self.env),
                        kind=trip.type_id.display_name,
                    )
                )

    def _dive_below_kind(self):
        """Return the names of what this trip asks less of than its kind."""
        self.ensure_one()
        kind = self.type_id
        below = [
            name
            for name in ("depth_m", "autonomous", "min_age", "min_dives")
            if self[name] < kind[name]
        ]
        if self.min_level_id.rank < kind.min_level_id.rank or (
            kind.min_level_id and not self.min_level_id
        ):
            below.append("min_level_id")
        gases = [False, *(gas for gas, _label in kind._fields["gas"].selection)]
        if gases.index(self.gas) < gases.index(kind.gas):
            below.append("gas")
        # the longer the break may be, the less is asked; 0: no matter how long
        if kind.refresher_months and not (
            0 < self.refresher_months <= kind.refresher_months
        ):
            below.append("refresher_months")
        return below

    @api.depends("seat_ids.fitness")
    @api.depends_context("lang", "tz")
    def _compute_fitness_counts(self):
        for trip in self:
            lights = trip.seat_ids.mapped("fitness")
            trip.fitness_red = lights.count("red")
            trip.fitness_amber = lights.count("amber")

    @api.depends("seat_ids.fitness_html")
    @api.depends_context("lang", "tz")
    def _compute_fitness_html(self):
        for trip in self:
            reasons = trip.seat_ids.mapped("fitness_html")
            trip.fitness_html = Markup().join(filter(None, reasons))
