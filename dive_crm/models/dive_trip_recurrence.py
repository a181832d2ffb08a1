"""A trip that comes again every week: what it is like, and on which days."""

from odoo import api, fields, models

from .dive_trip_fitness import FROM_TYPE, REQUIREMENTS

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
#: what each trip gets from its series, by the same names
SHARED = (
    "name",
    "type_id",
    "boat_id",
    "site_ids",
    "guide_ids",
    "capacity",
    "divers_per_guide",
    "dives",
    "product_id",
    "requirements",
    *REQUIREMENTS,
)
#: what says when
PATTERN = (
    *WEEKDAYS,
    "every_weeks",
    "time",
    "duration",
    "date_from",
    "end_type",
    "date_until",
    "count",
)


class DiveTripRecurrence(models.Model):
    """A series of trips. Once it runs, a change makes a new series from a day on.

    On which days: dive_trip_recurrence_days; how trips are made: …_run; what a series
    says before: …_plan; how it changes and ends: …_change; what it refuses: …_check.
    """

    _name = "dive.trip.recurrence"
    _description = "Recurring trip"
    _inherit = ["dive.guarded.mixin", "dive.requirement.mixin", "mail.thread"]
    _order = "state desc, time, id"
    _check_company_auto = True
    _dive_guarded = {
        "state": "draft",
        "previous_id": False,
        "runs": 0,
        "problem": False,
    }

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
    )
    state = fields.Selection(
        [("draft", "Draft"), ("running", "Running"), ("ended", "Ended")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    type_id = fields.Many2one(
        "dive.trip.type",
        "Kind of trip",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    kind = fields.Selection(related="type_id.kind")
    boat_id = fields.Many2one(
        "dive.boat", ondelete="restrict", index="btree_not_null", check_company=True
    )
    site_ids = fields.Many2many("dive.site", string="Dive sites", check_company=True)
    guide_ids = fields.Many2many(
        "res.partner",
        "dive_trip_recurrence_guide_rel",
        "recurrence_id",
        "partner_id",
        string="Guides",
        check_company=True,
    )
    capacity = fields.Integer(
        "Places",
        compute="_compute_capacity",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        aggregator=None,
    )
    divers_per_guide = fields.Integer(
        "Divers per guide",
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
        help="So many divers each guide takes. 0: guides set no limit.",
    )
    dives = fields.Integer(
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("sale_ok", "=", True)],
        ondelete="restrict",
        check_company=True,
        help="Price, taxes and account of one place.",
    )
    requirements = fields.Text(help="What a diver must hold or bring.")
    min_level_id = fields.Many2one(**FROM_TYPE)
    depth_m = fields.Float(**FROM_TYPE)
    gas = fields.Selection(**FROM_TYPE)
    autonomous = fields.Boolean(**FROM_TYPE)
    min_age = fields.Integer(**FROM_TYPE)
    min_dives = fields.Integer(**FROM_TYPE)
    refresher_months = fields.Integer(**FROM_TYPE)

    monday = fields.Boolean()
    tuesday = fields.Boolean()
    wednesday = fields.Boolean()
    thursday = fields.Boolean()
    friday = fields.Boolean()
    saturday = fields.Boolean()
    sunday = fields.Boolean()
    every_weeks = fields.Integer(
        "Every … weeks", default=1, required=True, aggregator=None
    )
    time = fields.Float(
        default=9.0,
        required=True,
        aggregator=None,
        help="By the clock where the dive centre is, in summer and in winter.",
    )
    duration = fields.Float(
        "Hours",
        compute="_compute_from_type",
        store=True,
        readonly=False,
        precompute=True,
        aggregator=None,
    )
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: self.env.company._dive_today(),
    )
    end_type = fields.Selection(
        [("never", "No end"), ("until", "Until a day"), ("count", "A number of trips")],
        "Ends",
        default="never",
        required=True,
    )
    date_until = fields.Date("Until")
    count = fields.Integer("Number of trips", default=10, aggregator=None)
    weeks_ahead = fields.Integer(
        "Weeks ahead",
        default=8,
        required=True,
        aggregator=None,
        help="Trips are put into the calendar so many weeks before they take place.",
    )
    not_on_sale = fields.Boolean(
        "As drafts", help="New trips are drafts: nobody can book until they are opened."
    )
    skip_ids = fields.One2many(
        "dive.trip.recurrence.skip", "recurrence_id", "Days without a trip"
    )
    trip_ids = fields.One2many("dive.trip", "recurrence_id", "Trips")
    trip_count = fields.Integer(compute="_compute_trip_count")
    days_text = fields.Char("Days", compute="_compute_days_text")
    zone_name = fields.Char("Time zone", compute="_compute_zone")
    zone_missing = fields.Boolean(compute="_compute_zone")

    _every_range = models.Constraint(
        "CHECK (every_weeks >= 1 AND every_weeks <= 52)",
        "A trip comes again every 1 to 52 weeks.",
    )
    _time_range = models.Constraint(
        "CHECK (time >= 0 AND time < 24)", "The time is between 00:00 and 23:59."
    )
    _duration_range = models.Constraint(
        "CHECK (duration >= 0 AND duration <= 2000)",
        "The duration is a number of hours, 0 or more.",
    )
    _ahead_range = models.Constraint(
        "CHECK (weeks_ahead >= 1 AND weeks_ahead <= 104)",
        "Trips are made between 1 and 104 weeks ahead.",
    )
    _count_range = models.Constraint(
        "CHECK (end_type != 'count' OR (count >= 1 AND count <= 1000))",
        "The number of trips is between 1 and 1,000.",
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("type_id")
    def _compute_name(self):
        for series in self:
            series.name = series.name or series.type_id.name

    @api.depends("type_id")
    def _compute_from_type(self):
        for series in self:
            kind = series.type_id
            series.duration = kind.duration
            series.dives = kind.dives
            series.divers_per_guide = kind.divers_per_guide
            series.product_id = kind.product_id

    @api.depends("type_id")
    def _compute_requirements(self):
        for series in self:
            for name in REQUIREMENTS:
                series[name] = series.type_id[name]

    @api.depends("boat_id")
    def _compute_capacity(self):
        for series in self:
            series.capacity = series.boat_id.capacity or series.capacity or 12

    def _compute_trip_count(self):
        counts = dict(
            self.env["dive.trip"]._read_group(
                [("recurrence_id", "in", self.ids)], ["recurrence_id"], ["__count"]
            )
        )
        for series in self:
            series.trip_count = counts.get(series._origin, 0)

    @api.depends("company_id")
    def _compute_zone(self):
        for series in self:
            company = series.company_id
            series.zone_name = company._dive_zone().key
            # sudo: the partner behind a company may belong to another one
            series.zone_missing = not company.sudo().partner_id.tz

    @api.depends(*WEEKDAYS, "every_weeks")
    @api.depends_context("lang")
    def _compute_days_text(self):
        short = {
            "monday": self.env._("Mon"),
            "tuesday": self.env._("Tue"),
            "wednesday": self.env._("Wed"),
            "thursday": self.env._("Thu"),
            "friday": self.env._("Fri"),
            "saturday": self.env._("Sat"),
            "sunday": self.env._("Sun"),
        }
        for series in self:
            days = ", ".join(short[name] for name in WEEKDAYS if series[name])
            if all(series[name] for name in WEEKDAYS):
                days = self.env._("Daily")
            if series.every_weeks > 1:
                days = self.env._(
                    "%(days)s, every %(number)s weeks",
                    days=days,
                    number=series.every_weeks,
                )
            series.days_text = days
