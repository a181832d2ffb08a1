from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_datetime

from ..tools.day_words import day_format
from ..tools.seats import LIMIT_OF_ROW


class DiveTrip(models.Model):
    """A trip with places to sell; a course or a service is one too."""

    _name = "dive.trip"
    _description = "Trip"
    _inherit = [
        "dive.guarded.mixin",
        "dive.queue.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "date_start, id"
    _rec_names_search = ["name", "type_id.name", "boat_id.name"]
    _check_company_auto = True
    _dive_guarded = {
        "seats_taken": 0,
        "state": "open",
        "boat_places": None,
        "guide_places": None,
        "wait_last": 0,
        # what divers are told, and since when: dive_trip_change, dive_message_plan_trip
        "changed_on": False,
        "change_from": False,
        "messages_since": False,
        # the roll call: dive_trip_roll
        "back_by": False,
        "recurrence_id": False,
        "recurrence_day": False,
        "recurrence_exception": False,
    }

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
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
    color = fields.Integer(related="type_id.color")
    date_start = fields.Datetime("Start", required=True, index=True, tracking=True)
    date_end = fields.Datetime(
        "End",
        compute="_compute_date_end",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
    )
    boat_id = fields.Many2one(
        "dive.boat", ondelete="restrict", index="btree_not_null", check_company=True
    )
    site_ids = fields.Many2many("dive.site", string="Dive sites", check_company=True)
    guide_ids = fields.Many2many(
        "res.partner",
        "dive_trip_guide_rel",
        "trip_id",
        "partner_id",
        string="Guides",
        check_company=True,
        tracking=True,
        help="Instructors and guides; they need no login.",
    )
    dives = fields.Integer(
        compute="_compute_dives",
        store=True,
        readonly=False,
        precompute=True,
        help="Added to each diver's logged dives when the trip is done.",
    )
    requirements = fields.Text(help="What a diver must hold or bring.")
    capacity = fields.Integer(
        "Places",
        compute="_compute_capacity",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        tracking=True,
    )
    seats_taken = fields.Integer("Places taken", default=0, readonly=True, copy=False)
    seats_free = fields.Integer(
        "Free places", compute="_compute_seats_free", search="_search_seats_free"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("open", "Open"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        group_expand=True,
        help="Draft: planned, not on sale yet. Open: places can be booked.",
    )
    active = fields.Boolean(default=True)
    product_id = fields.Many2one(
        "product.product",
        compute="_compute_product_id",
        store=True,
        readonly=False,
        precompute=True,
        domain=[("sale_ok", "=", True)],
        ondelete="restrict",
        check_company=True,
        help="Price, taxes and account of one place.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    booking_ids = fields.One2many("dive.booking", "trip_id", "Bookings")
    booking_count = fields.Integer(compute="_compute_booking_count")
    seat_ids = fields.One2many("dive.booking.diver", "trip_id", "Divers")
    trip_properties = fields.Properties(
        "Details", definition="type_id.trip_properties_definition", copy=True
    )
    note = fields.Html("Notes")

    # The guard of the last place: whatever two people do at the same moment, the
    # second UPDATE waits for the first and is then refused here or by its own WHERE.
    _seats_in_capacity = models.Constraint(
        f"CHECK (seats_taken >= 0 AND seats_taken <= {LIMIT_OF_ROW})",
        "There are more divers booked than places on this trip.",
    )
    _dates_in_order = models.Constraint(
        "CHECK (date_end >= date_start)", "A trip cannot end before it starts."
    )
    _dives_range = models.Constraint(
        "CHECK (dives >= 0 AND dives <= 20)", "A trip has between 0 and 20 dives."
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("type_id")
    def _compute_name(self):
        for trip in self:
            trip.name = trip.name or trip.type_id.name

    @api.depends("date_start", "type_id")
    def _compute_date_end(self):
        for trip in self:
            start, end = trip.date_start, trip.date_end
            if start and (not end or end < start):
                trip.date_end = start + timedelta(hours=trip.type_id.duration or 0)
            else:
                trip.date_end = end

    @api.depends("type_id")
    def _compute_dives(self):
        for trip in self:
            trip.dives = trip.type_id.dives

    @api.depends("type_id")
    def _compute_product_id(self):
        for trip in self:
            product = trip.type_id.product_id
            if product or not trip.product_id:
                trip.product_id = product

    @api.depends("boat_id")
    def _compute_capacity(self):
        for trip in self:
            trip.capacity = trip.boat_id.capacity or trip.capacity or 12

    @api.depends("seats_limit", "seats_taken")
    def _compute_seats_free(self):
        for trip in self:
            trip.seats_free = trip.seats_limit - trip.seats_taken

    @api.model
    def _search_seats_free(self, operator, value):
        operators = {"in": "IN", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
        if operator not in operators:
            return NotImplemented
        sql_value = tuple(int(v) for v in value) if operator == "in" else int(value)
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s %s",
                model._field_to_sql(alias, "seats_free", query),
                SQL(operators[operator]),
                sql_value,
            )
        )

    @api.depends("booking_ids.state")
    def _compute_booking_count(self):
        counts = dict(
            self.env["dive.booking"]._read_group(
                [("trip_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["trip_id"],
                ["__count"],
            )
        )
        for trip in self:
            trip.booking_count = counts.get(trip._origin, 0)

    @api.depends("name", "date_start", "capacity", "seats_taken")
    @api.depends_context("lang", "tz", "dive_show_free", "dive_hide_date")
    def _compute_display_name(self):
        context = self.env.context
        for trip in self:
            name = trip.name or ""
            if trip.date_start and not context.get("dive_hide_date"):
                name = f"{trip._dive_when()} · {name}"
            if trip.date_start and context.get("dive_show_free"):
                name = f"{name} ({trip._dive_free_text()})"
            trip.display_name = name

    def _dive_name(self):
        """Return the name as people of the user's language read it.

        A trip that is named like its kind, in whatever language it was made, is called
        as its kind is in theirs.
        """
        self.ensure_one()
        # sudo: kinds of trips have no secrets, and portal users no right to them; all
        # languages in one query
        kind = self.type_id.sudo().with_context(prefetch_langs=True)
        if self.name != kind.name and any(
            kind.with_context(lang=code).name == self.name
            for code, _label in self.env["res.lang"].get_installed()
        ):
            return kind.name
        return self.name or ""

    def _dive_free_text(self):
        self.ensure_one()
        if self.seats_free <= 0:
            return self.env._("full")
        return self.env._("%(count)s free", count=self.seats_free)

    def _dive_when(self):
        """The start as people of the user's language say it: "Sat, Nov 28 09:00".

        With the year where it is another one: a wrong year is seen then.
        """
        self.ensure_one()
        zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
        other_year = self.date_start.year != fields.Date.today().year
        pattern = day_format(self.env, year=other_year, time=True)
        return format_datetime(self.env, self.date_start, tz=zone, dt_format=pattern)

    def _dive_day(self):
        """The trip's first day as a date in the zone of its company."""
        self.ensure_one()
        return self.company_id._dive_day_of(self.date_start)

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def _dive_may_set(self, field_name, value):
        if field_name != "state":
            return super()._dive_may_set(field_name, value)
        if not self:
            # a new trip has no divers yet, so that every state is harmless
            return True
        planned = value in ("draft", "open") and all(
            trip.state in ("draft", "open") for trip in self
        )
        return planned or super()._dive_may_set(field_name, value)

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        for trip in self:
            self._check_dates_of(trip.name, trip.date_start, trip.date_end)

    @api.model
    def _check_dates_of(self, name, start, end):
        if start and end and end < start:
            raise ValidationError(
                self.env._(
                    "“%(trip)s” would end before it starts: set the end after the"
                    " start.",
                    trip=name or self.env._("New trip"),
                )
            )

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if "capacity" in vals:
                self.browse()._check_capacity(vals["capacity"])
            start = fields.Datetime.to_datetime(vals.get("date_start"))
            end = fields.Datetime.to_datetime(vals.get("date_end"))
            self._check_dates_of(vals.get("name"), start, end)
        return super().create(vals_list)

    def write(self, vals):
        if "company_id" in vals:
            self._check_company_kept(vals["company_id"])
        if vals.get("active") is False:
            self._check_archive()
        return super().write(vals)

    def _check_company_kept(self, company_id):
        for trip in self:
            # sudo: bookings count that the user, of another company, does not see
            if trip.company_id.id != company_id and trip.sudo().booking_ids:
                raise UserError(
                    self.env._(
                        "“%(trip)s” has bookings, so it stays with its company.",
                        trip=trip.display_name,
                    )
                )

    def _check_archive(self):
        for trip in self:
            if trip.state in ("draft", "open") and trip.seats_taken:
                raise UserError(
                    self.env._(
                        "“%(trip)s” has divers booked: mark it as done or cancel it"
                        " before you archive it.",
                        trip=trip.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        for trip in self:
            # sudo: bookings count that the user, of another company, does not see
            if trip.sudo().booking_ids:
                raise UserError(
                    self.env._(
                        "“%(trip)s” has bookings, which must stay on record. Cancel"
                        " the trip, or archive it.",
                        trip=trip.display_name,
                    )
                )
