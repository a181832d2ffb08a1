from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..tools.yes_no import yes_no_domain
from .dive_equipment_loan import LENT


class DiveEquipment(models.Model):
    """An item that is lent: one BCD, with its number."""

    _name = "dive.equipment"
    _description = "Item of equipment"
    _inherit = ["dive.guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "kind_id, name, id"
    _rec_names_search = ["name", "serial", "barcode", "size_id.name"]
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of
    _dive_guarded = {"state": "in_use", "service_noted": False}

    name = fields.Char(required=True, help="What is written on it: BCD 07.")
    kind_id = fields.Many2one(
        "dive.equipment.kind",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("counted", "=", False)],
    )
    size_id = fields.Many2one(
        "dive.equipment.size",
        ondelete="restrict",
        domain="[('kind_id', '=', kind_id)]",
    )
    kind_has_sizes = fields.Boolean(compute="_compute_kind_has_sizes")
    serial = fields.Char("Serial number", index="btree_not_null")
    barcode = fields.Char(copy=False, help="What a scanner reads from its label.")
    state = fields.Selection(
        [("in_use", "In use"), ("service", "In service"), ("out", "Out of use")],
        default="in_use",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    next_service_date = fields.Date(
        "Next service", tracking=True, help="From this day on it is lent no more."
    )
    last_service_date = fields.Date("Last service", tracking=True, copy=False)
    # the date that the activity was made for: once for each, see _cron_dive_service
    service_noted = fields.Date(copy=False, readonly=True)
    service_reminded = fields.Boolean(
        compute="_compute_service_reminded", search="_search_service_reminded"
    )
    purchase_date = fields.Date("Bought on")
    note = fields.Html("Notes")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        default=lambda self: self.env.company,
        index=True,
        help="Empty: every company lends it.",
    )
    loan_ids = fields.One2many("dive.equipment.loan", "equipment_id", "Loans")
    holder_id = fields.Many2one(
        "res.partner",
        "Is with",
        compute="_compute_holder",
        help="Who has it now, until it is taken back.",
    )
    back_due = fields.Datetime("Back by", compute="_compute_holder")
    # only to search by: items that may be lent for the time of a trip
    free_for_trip_id = fields.Many2one(
        "dive.trip",
        "Free for",
        compute="_compute_free_for_trip_id",
        search="_search_free_for_trip_id",
    )

    _barcode_once = models.UniqueIndex(
        "(barcode, COALESCE(company_id, 0)) WHERE barcode IS NOT NULL",
        lambda env, diag: env._("Another item has this barcode already."),
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("next_service_date", "service_noted")
    def _compute_service_reminded(self):
        for item in self:
            date = item.next_service_date
            item.service_reminded = bool(date) and item.service_noted == date

    @api.model
    def _search_service_reminded(self, operator, value):
        return yes_no_domain(
            operator,
            value,
            lambda model, alias: SQL(
                "COALESCE(%s = %s, FALSE)",
                model._field_to_sql(alias, "next_service_date"),
                model._field_to_sql(alias, "service_noted"),
            ),
        )

    @api.depends("kind_id")
    def _compute_kind_has_sizes(self):
        for item in self:
            item.kind_has_sizes = bool(item.kind_id.size_ids)

    @api.depends("name", "size_id.name")
    def _compute_display_name(self):
        for item in self:
            item.display_name = " · ".join(filter(None, [item.name, item.size_id.name]))

    @api.depends("loan_ids.state")
    def _compute_holder(self):
        loans = self.env["dive.equipment.loan"].search(
            [("equipment_id", "in", self.ids), ("state", "=", "out")]
        )
        out = {loan.equipment_id: loan for loan in loans}
        for item in self:
            loan = out.get(item._origin, loans.browse())
            item.holder_id = loan.partner_id
            item.back_due = loan.date_to

    def _compute_free_for_trip_id(self):
        self.free_for_trip_id = False

    @api.model
    def _search_free_for_trip_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        trips = self.env["dive.trip"].browse(value).exists()
        found = trips._dive_gear_items()
        free = [row.equipment_id for row in found if row.verdict == "free"]
        return Domain("id", "in", free)

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("kind_id", "size_id")
    def _check_size(self):
        for item in self:
            if item.size_id and item.size_id.kind_id != item.kind_id:
                raise ValidationError(
                    self.env._(
                        "“%(size)s” is no size of %(kind)s: choose another size.",
                        size=item.size_id.name,
                        kind=item.kind_id.name,
                    )
                )
            if item.kind_id.counted:
                raise ValidationError(
                    self.env._(
                        "%(kind)s is given by number: it has no items. Choose another"
                        " kind.",
                        kind=item.kind_id.name,
                    )
                )

    @api.onchange("kind_id")
    def _onchange_kind_id(self):
        if self.size_id.kind_id != self.kind_id:
            self.size_id = False

    def _dive_why_not_lent(self, day):
        """Say in words why this item may not be lent on ``day``; empty if it may."""
        self.ensure_one()
        if not self.active or self.state == "out":
            return self.env._("%(item)s is out of use.", item=self.display_name)
        if self.state == "service":
            return self.env._("%(item)s is in service.", item=self.display_name)
        if self.next_service_date and self.next_service_date <= day:
            return self.env._(
                "%(item)s is due for service on %(date)s.",
                item=self.display_name,
                date=format_date(self.env, self.next_service_date),
            )
        return ""

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model
    def _dive_clean(self, vals):
        """Return ``vals`` with codes as scanners give them; none at all is NULL."""
        return {
            **vals,
            **{
                name: (vals[name] or "").strip() or False
                for name in ("barcode", "serial")
                if name in vals
            },
        }

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._dive_clean(vals) for vals in vals_list]
        mine = self.env.company.id
        self._check_barcodes_free(
            [(vals.get("barcode"), vals.get("company_id", mine)) for vals in vals_list]
        )
        return super().create(vals_list)

    def write(self, vals):
        vals = self._dive_clean(vals)
        if vals.get("barcode") or "company_id" in vals:
            self._check_barcodes_free(
                [
                    (
                        vals.get("barcode", item.barcode),
                        vals.get("company_id", item.company_id.id),
                    )
                    for item in self
                ]
            )
        if vals.get("active") is False:
            self._dive_leave_use()
        if "company_id" in vals or "kind_id" in vals:
            self._check_not_lent(vals)
        return super().write(vals)

    def _check_barcodes_free(self, labels):
        """Refuse a barcode that a company would see twice; archived items count.

        :param labels: (barcode, company id or False) that ``self`` is about to have
        """
        labels = [label for label in labels if label[0]]
        # sudo: items of all companies see what is shared
        others = self.sudo().with_context(active_test=False)
        taken = [
            (item.barcode, item.company_id.id)
            for item in others.search(
                [
                    ("barcode", "in", [barcode for barcode, _company in labels]),
                    ("id", "not in", self.ids),
                ]
            )
        ]
        for place, (barcode, company) in enumerate(labels):
            for other, theirs in [*taken, *labels[:place]]:
                if other == barcode and (
                    not company or not theirs or company == theirs
                ):
                    raise ValidationError(
                        self.env._(
                            "The barcode %(code)s is on another item already, maybe an"
                            " archived one: each item needs its own.",
                            code=barcode,
                        )
                    )

    def _check_not_lent(self, vals):
        """Keep kind and company of an item that somebody has or is to get."""
        changed = self.filtered(
            lambda item: any(
                item[name].id != (vals[name] or False)
                for name in ("company_id", "kind_id")
                if name in vals
            )
        )
        loan = changed._dive_lent()[:1]
        if loan:
            raise UserError(
                self.env._(
                    "%(item)s is lent to %(who)s: take it back first, or give them"
                    " another one.",
                    item=loan.equipment_id.display_name,
                    who=loan._dive_who(),
                )
            )

    def _dive_lent(self):
        """Return the loans by which somebody has these items, or is to get them."""
        # sudo: loans of other companies count as well
        return (
            self.env["dive.equipment.loan"]
            .sudo()
            .search(
                [("equipment_id", "in", self.ids), ("state", "in", LENT)],
                order="date_from, id",
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_lent(self):
        # sudo: loans of other companies count as well
        loans = self.env["dive.equipment.loan"].sudo()
        loan = loans.search([("equipment_id", "in", self.ids)], limit=1)
        if loan:
            raise UserError(
                self.env._(
                    "%(item)s has been lent, which stays on record. Archive it.",
                    item=loan.equipment_id.display_name,
                )
            )
