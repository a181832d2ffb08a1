from odoo import api, fields, models

from ..tools.card_number import number_key, tidy_number
from ..tools.months import months_later


class DiveCertification(models.Model):
    """A card that a diver holds: of which level, since when, until when."""

    _name = "dive.certification"
    _description = "Certification"
    _inherit = [
        "dive.guarded.mixin",
        "dive.access.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "issue_date desc, id desc"
    _rec_names_search = ["partner_id", "level_id", "number"]
    _dive_form_field = "check_ids"
    # What checks decide: see dive_certification_check.
    _dive_guarded = {
        "verification": None,
        "rejection_reason": None,
        "corrected": None,
        "next_check_date": None,
        "last_check_date": None,
        "last_alert_date": None,
        # a course of ours issues the card: dive_trip_course
        "trip_id": False,
        "booking_diver_id": False,
    }

    partner_id = fields.Many2one(
        "res.partner",
        "Diver",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("is_company", "=", False)],
        tracking=True,
    )
    level_id = fields.Many2one(
        "dive.certification.level",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    agency_id = fields.Many2one(
        related="level_id.agency_id", store=True, index=True, precompute=True
    )
    category = fields.Selection(related="level_id.category", string="Category")
    rank = fields.Integer(related="level_id.rank", string="Rank", aggregator=None)
    number = fields.Char(tracking=True, copy=False)
    # What two spellings of a number share; empty where there is nothing to compare.
    number_key = fields.Char(compute="_compute_number_key", store=True, precompute=True)
    issue_date = fields.Date("Issued", tracking=True)
    expiry_date = fields.Date(
        "Expires",
        compute="_compute_expiry_date",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        copy=False,
        help="The last day on which the card counts. Filled in for levels that must be"
        " renewed; empty: it never ends.",
    )
    renewal_months = fields.Integer(related="level_id.renewal_months")
    # No check_company: customers without a company are taught by guides of any.
    instructor_id = fields.Many2one(
        "res.partner",
        ondelete="restrict",
        index="btree_not_null",
        domain=[("is_company", "=", False)],
        help="If known here; else write the name.",
    )
    instructor_name = fields.Char("Name of the instructor")
    instructor_number = fields.Char("Number of the instructor")
    place = fields.Char("Course at", help="Where the course took place.")
    trip_id = fields.Many2one(
        "dive.trip", "Course", ondelete="restrict", index="btree_not_null", copy=False
    )
    booking_diver_id = fields.Many2one(
        "dive.booking.diver",
        "Place on the course",
        ondelete="restrict",
        index="btree_not_null",
        copy=False,
    )
    verification = fields.Selection(
        [
            ("unverified", "Not checked"),
            ("verified", "Verified"),
            ("rejected", "Rejected"),
        ],
        compute="_compute_verification",
        store=True,
        precompute=True,
        index=True,
        tracking=True,
        help="What the newest check said. A rejected card counts for nothing.",
    )
    rejection_reason = fields.Char(
        compute="_compute_verification", store=True, precompute=True
    )
    next_check_date = fields.Date(
        "Look again on",
        compute="_compute_verification",
        store=True,
        precompute=True,
        index="btree_not_null",
    )
    last_check_date = fields.Datetime(
        "Last look", compute="_compute_verification", store=True, precompute=True
    )
    check_ids = fields.One2many(
        "dive.certification.check", "certification_id", "Checks", copy=False
    )
    renewal_ids = fields.One2many(
        "dive.certification.renewal", "certification_id", "Renewals", copy=False
    )
    note = fields.Text("Notes")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(related="partner_id.company_id")

    # The same card of the same diver. The level belongs to it: several agencies give
    # one number to a diver, for all cards. The merge of customers resolves such pairs
    # before it moves rows (P15).
    _same_card = models.UniqueIndex(
        "(partner_id, level_id, number_key) WHERE number_key != '' AND active IS TRUE",
        lambda env, diag: env._("This diver has this card already."),
    )
    _number = models.Index("(number_key, agency_id) WHERE number_key != ''")
    _ends = models.Index("(expiry_date) WHERE expiry_date IS NOT NULL")
    _newest = models.Index("(issue_date DESC, id DESC)")
    _dates_in_order = models.Constraint(
        "CHECK (expiry_date >= issue_date)", "A card cannot end before it was issued."
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("number")
    def _compute_number_key(self):
        for card in self:
            card.number_key = number_key(card.number)

    @api.depends("level_id", "issue_date")
    def _compute_expiry_date(self):
        for card in self:
            months = card.level_id.renewal_months
            # on a form: what the card said before somebody changed the day of issue
            typed = card._origin != card and card._origin._dive_end_typed()
            if months and card.issue_date and not (card.renewed or typed):
                card.expiry_date = months_later(card.issue_date, months)
            else:
                # never ends, or a person typed it, or it was renewed
                card.expiry_date = card.expiry_date

    @api.onchange("level_id")
    def _onchange_level_id(self):
        """Take back the end that another level has filled in."""
        if self.level_id and not self.level_id.renewal_months:
            self.expiry_date = False

    @api.depends("partner_id.name", "level_id.display_name")
    @api.depends_context("lang", "dive_hide_diver")
    def _compute_display_name(self):
        hide = self.env.context.get("dive_hide_diver")
        for card in self:
            level = card.level_id.display_name or ""
            # Who may read a card may read whose it is, as with any many2one.
            diver = card.partner_id.sudo().name
            card.display_name = level if hide or not diver else f"{diver} · {level}"

    # ------------------------------------------------------------------
    # Create, write
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._tidy(vals) for vals in vals_list]
        # Indexes speak at the INSERT: what they would refuse is said before.
        self._check_before_create(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        vals = self._tidy(vals)
        self._check_before_write(vals)
        typed = self.browse()
        if "issue_date" in vals and "expiry_date" not in vals:
            typed = self.filtered(lambda card: card._dive_end_typed())
        with self.env.protecting([self._fields["expiry_date"]], typed):
            return super().write(vals)

    def _dive_end_typed(self):
        """Tell whether somebody read the end off the card: it does not follow then."""
        months, issued = self.level_id.renewal_months, self.issue_date
        follows = issued and months_later(issued, months)
        return bool(self.expiry_date) and self.expiry_date != follows

    @api.model
    def _tidy(self, vals):
        if "number" not in vals:
            return vals
        return dict(vals, number=tidy_number(vals["number"]))
