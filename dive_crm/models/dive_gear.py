from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.seats import SEAT_COMING
from .dive_equipment_loan import LENT

#: who hands gear out and takes it back: of every trip, and of those they guide
DESK = "dive_crm.group_front_desk"
LENDERS = (DESK, "dive_crm.group_instructor")


class DiveGear(models.Model):
    """What one diver needs on one trip: a kind, in a size, own or lent.

    How it is lent: dive_gear_lend; what is charged for it: dive_gear_invoice.
    """

    _name = "dive.gear"
    _description = "Gear of a diver"
    _inherit = ["dive.guarded.mixin"]
    _order = "trip_id desc, seat_id, kind_sequence, id"
    _rec_names_search = ["kind_id.name", "seat_id.partner_id.name"]
    _check_company_auto = True
    _dive_guarded = {
        "handed": "reserved",
        "trip_id": None,
        "partner_id": None,
        "company_id": None,
        "state": None,
        "invoice_state": None,
    }

    # cascade for rows taken out of a form; a seat deletes its gear through the ORM
    seat_id = fields.Many2one(
        "dive.booking.diver",
        "Diver",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    partner_id = fields.Many2one(
        related="seat_id.partner_id",
        store=True,
        index=True,
        precompute=True,
        string="Customer",
    )
    trip_id = fields.Many2one(
        related="seat_id.trip_id", store=True, index=True, precompute=True
    )
    company_id = fields.Many2one(
        related="seat_id.company_id", store=True, index=True, precompute=True
    )
    date_start = fields.Datetime("Trip date", related="trip_id.date_start")
    trip_state = fields.Selection(related="trip_id.state", string="State of the trip")
    seat_state = fields.Selection(related="seat_id.state", string="State of the place")
    kind_id = fields.Many2one(
        "dive.equipment.kind",
        "What",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    kind_sequence = fields.Integer(
        related="kind_id.sequence", store=True, precompute=True, string="Order"
    )
    counted = fields.Boolean(related="kind_id.counted")
    has_sizes = fields.Boolean(compute="_compute_has_sizes")
    size_id = fields.Many2one(
        "dive.equipment.size",
        ondelete="restrict",
        domain="[('kind_id', '=', kind_id)]",
    )
    quantity = fields.Float(
        digits=(6, 1),
        default=1,
        aggregator=None,
        help="Kilograms of lead, cylinders.",
    )
    own = fields.Boolean(help="The diver brings it along.")
    note = fields.Char()
    loan_ids = fields.One2many("dive.equipment.loan", "gear_id", "Loans")
    equipment_id = fields.Many2one(
        "dive.equipment",
        "Item",
        compute="_compute_equipment_id",
        inverse="_inverse_equipment_id",
        store=True,
        domain="[('kind_id', '=', kind_id), ('free_for_trip_id', '=', trip_id)]",
        check_company=True,
    )
    # of what is given by number, and so has no loans
    handed = fields.Selection(
        [("reserved", "Ready"), ("out", "Out"), ("back", "Returned")],
        "Handed out",
        default="reserved",
        required=True,
        copy=False,
    )
    state = fields.Selection(
        [
            ("own", "Own"),
            ("missing", "Missing"),
            ("reserved", "Ready"),
            ("out", "Out"),
            ("back", "Returned"),
        ],
        compute="_compute_state",
        store=True,
        index=True,
    )
    hint = fields.Char("Why missing", compute="_compute_hint")

    _quantity_range = models.Constraint(
        "CHECK (quantity > 0 AND quantity <= 100)",
        "The number of something that a diver gets is more than 0, at most 100.",
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("kind_id.size_ids")
    def _compute_has_sizes(self):
        for gear in self:
            gear.has_sizes = bool(gear.kind_id.size_ids)

    @api.depends("kind_id.name", "partner_id.name")
    def _compute_display_name(self):
        for gear in self:
            gear.display_name = f"{gear.kind_id.name or ''} · {gear.partner_id.name}"

    # apart from the state: while somebody chooses an item, this one is protected
    @api.depends("loan_ids.state", "loan_ids.equipment_id", "loan_ids.exchanged")
    def _compute_equipment_id(self):
        for gear in self:
            gear.equipment_id = gear._dive_last_loan().equipment_id

    @api.depends(
        "own", "handed", "kind_id.counted", "loan_ids.state", "loan_ids.exchanged"
    )
    def _compute_state(self):
        for gear in self:
            if gear.own:
                gear.state = "own"
            elif gear.kind_id.counted:
                gear.state = gear.handed
            else:
                gear.state = gear._dive_last_loan().state or "missing"

    def _dive_last_loan(self):
        """Return the loan that counts: none where the item is to be exchanged."""
        loans = self.loan_ids.sorted(lambda loan: (loan.state in LENT, loan.id))
        return loans[-1:].filtered(lambda loan: not loan.exchanged)

    @api.depends("state", "size_id", "kind_id", "trip_id.date_start", "seat_id.state")
    def _compute_hint(self):
        """Say of what is missing why, and what there is instead; for many at once."""
        missing = self._dive_to_come().filtered(lambda gear: gear.state == "missing")
        (self - missing).hint = False
        stock = defaultdict(list)
        for row in missing.trip_id._dive_gear_items(missing.kind_id):
            stock[row.trip_id, row.kind_id].append(row)
        for gear in missing:
            rows = stock[gear.trip_id._origin.id, gear.kind_id._origin.id]
            gear.hint = gear._dive_hint(rows)

    def _dive_hint(self, rows):
        self.ensure_one()
        if not rows:
            return self.env._("No such item: add one, or mark the kind as by number.")
        if self.has_sizes and not self.size_id:
            return self.env._("Which size?")
        mine = [row for row in rows if row.size_id == (self.size_id._origin.id or None)]
        counts = defaultdict(int)
        for row in mine:
            counts[row.verdict] += 1
        if counts["free"]:
            return self.env._("%(count)s free: prepare the gear.", count=counts["free"])
        words = {
            "lent": self.env._("lent"),
            "service": self.env._("in service or due for it"),
            "late": self.env._("not brought back"),
        }
        parts = [f"{counts[key]} {word}" for key, word in words.items() if counts[key]]
        text = ", ".join(parts) or self.env._("none in this size")
        others = {row.size_id for row in rows if row.verdict == "free" and row.size_id}
        if others:
            sizes = self.kind_id.size_ids.filtered(lambda size: size.id in others)
            text = self.env._(
                "%(why)s; free: %(sizes)s",
                why=text,
                sizes=", ".join(sizes.mapped("name")),
            )
        return text

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("kind_id", "size_id")
    def _check_size(self):
        for gear in self:
            if gear.size_id and gear.size_id.kind_id != gear.kind_id:
                raise ValidationError(
                    self.env._(
                        "“%(size)s” is no size of %(kind)s: choose another size.",
                        size=gear.size_id.name,
                        kind=gear.kind_id.name,
                    )
                )

    @api.onchange("kind_id")
    def _onchange_kind_id(self):
        """Suggest size and number as the customer's preferences say."""
        if self.size_id.kind_id != self.kind_id:
            self.size_id = False
        if self.kind_id and self.partner_id:
            for name, value in self.partner_id._dive_gear_wish(self.kind_id).items():
                self[name] = value

    def _dive_check_may_lend(self):
        """Raise unless this user hands out gear, and may here."""
        if not self.env.su and not any(map(self.env.user.has_group, LENDERS)):
            raise AccessError(
                self.env._("Gear is lent by the front desk and by instructors.")
            )
        self.trip_id._dive_check_guides_gear()
        self.check_access("write")

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        needs = super().create(vals_list)
        for gear in needs:
            if gear.seat_state == "cancelled":
                raise UserError(
                    self.env._(
                        "%(seat)s is cancelled: no gear is needed.",
                        seat=gear.seat_id.display_name,
                    )
                )
        return needs

    def write(self, vals):
        if {"kind_id", "seat_id"} & vals.keys():
            self._check_not_handed_out(vals)
        if vals.get("own"):
            self.filtered(lambda gear: not gear.own)._dive_check_none_out()
        result = super().write(vals)
        if vals.get("own") or {"kind_id", "size_id"} & vals.keys():
            self._dive_drop_unfit()
        return result

    def _check_not_handed_out(self, vals):
        for gear in self:
            changed = any(
                gear[name].id != vals[name]
                for name in ("kind_id", "seat_id")
                if name in vals
            )
            if changed and gear.state in ("out", "back") and not gear.own:
                raise UserError(
                    self.env._(
                        "%(gear)s was handed out, which stays on record: add a line"
                        " for what is needed besides.",
                        gear=gear.display_name,
                    )
                )

    def _dive_drop_unfit(self):
        """Give up reservations that do not suit what is needed now."""
        for gear in self:
            # sudo: reservations are released by our doors only
            loan = gear.sudo().loan_ids.filtered(lambda loan: loan.state == "reserved")
            item = loan.equipment_id
            if item and (
                gear.own
                or item.kind_id != gear.kind_id
                or (gear.size_id and item.size_id != gear.size_id)
            ):
                loan._dive_release()

    def _dive_loans(self, *states):
        """Return the loans of these needs in some states."""
        # sudo: who may see what a diver needs may see by what it is met
        return self.sudo().loan_ids.filtered(lambda loan: loan.state in states)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        if self._dive_is_unlocked():
            # An administrator's erasure: see ResPartner._dive_erase_bookings.
            return
        for gear in self.sudo():  # sudo: invoices count for those who may not read them
            if (
                gear.invoice_line_ids
                or gear._dive_loans("out", "back")
                or gear.handed != "reserved"
            ):
                raise UserError(
                    self.env._(
                        "%(gear)s was handed out or invoiced, which stays on record.",
                        gear=gear.display_name,
                    )
                )

    def unlink(self):
        self._unlink_except_on_record()
        self._dive_check_none_out()
        loans = self._dive_loans("reserved", "back")
        loans._dive_release()
        loans.exists()._dive_unlocked().write({"gear_id": False})
        return super().unlink()

    def _dive_not_on_record(self):
        """Those of these needs that may still go or move: see the checks above."""
        return self.filtered(
            lambda gear: (
                gear.state in ("own", "missing", "reserved")
                and gear.invoice_state == "none"
                and not gear._dive_loans("out", "back")
            )
        )

    def _dive_check_none_out(self):
        """Raise if any of this is out; the message says what and with whom."""
        out = self.filtered(lambda gear: gear.state == "out")
        if out:
            raise UserError(
                self.env._(
                    "Gear is out with %(who)s (%(what)s): take it back first.",
                    who=", ".join(out.partner_id.mapped("name")),
                    what=", ".join(gear._dive_words() for gear in out),
                )
            )

    def _dive_words(self):
        """Say what is needed in short: "BCD L", "Lead 6 kg"."""
        self.ensure_one()
        words = [self.kind_id.name, self.size_id.name]
        if self.counted:
            words = [self.kind_id.name, f"{self.quantity:g}", self.kind_id.unit]
        return " ".join(filter(None, words))

    def _dive_to_come(self):
        """Those of these needs whose divers are still to come."""
        return self.filtered(lambda gear: gear.seat_state in SEAT_COMING)
