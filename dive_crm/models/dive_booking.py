from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

#: who reads what the pages of the portal do not show
STAFF = "base.group_user"


class DiveBooking(models.Model):
    """One payer, one trip, one or more divers."""

    _name = "dive.booking"
    _description = "Booking"
    _inherit = [
        "dive.guarded.mixin",
        "dive.portal.page.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id.name", "diver_ids.partner_id.name"]
    _check_company_auto = True
    _dive_guarded = {
        "state": "draft",
        "invoice_state": None,
        "company_id": None,
        "wait_state": None,
        "wait_held_up": False,
        "amount_total": None,
        "online_key": False,
        "offer_used_id": False,
    }

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    partner_id = fields.Many2one(
        "res.partner",
        "Payer",
        required=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Who gets the invoice: a diver, a parent, an agency.",
    )
    # lives in the form only: the diver that the form filled in, so that another payer
    # replaces this diver, and never one whom somebody chose
    payer_as_diver_id = fields.Many2one("res.partner", store=False)
    payer_status = fields.Selection(
        related="partner_id.dive_status", string="Status of the payer"
    )
    trip_id = fields.Many2one(
        "dive.trip",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    trip_boat_id = fields.Many2one(related="trip_id.boat_id", string="Boat")
    trip_site_ids = fields.Many2many(related="trip_id.site_ids", string="Dive sites")
    trip_guide_ids = fields.Many2many(related="trip_id.guide_ids", string="Guides")
    trip_state = fields.Selection(related="trip_id.state", string="State of the trip")
    seats_free = fields.Integer(related="trip_id.seats_free")
    date_start = fields.Datetime(
        "Trip date", related="trip_id.date_start", store=True, index=True
    )
    diver_ids = fields.One2many("dive.booking.diver", "booking_id", "Divers")
    diver_count = fields.Integer("Number of divers", compute="_compute_diver_count")
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("confirmed", "Confirmed"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    source = fields.Selection(
        [
            ("desk", "At the desk"),
            ("phone", "Telephone"),
            ("email", "E-mail"),
            ("online", "On-line"),
            ("agency", "Travel agency"),
        ],
        default="desk",
        groups=STAFF,
        help="How the booking came in.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Taken by",
        default=lambda self: self.env.user,
        check_company=True,
        groups=STAFF,
    )
    note = fields.Text(
        "Special requirements",
        groups=STAFF,
        help="Wishes of this group: diet, pick-up, equipment.",
    )
    company_id = fields.Many2one(
        related="trip_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amount_total = fields.Monetary(
        "Total",
        compute="_compute_amount_total",
        store=True,
        tracking=True,
        # in the portal a diver would learn what the others pay
        groups=STAFF,
    )

    # status of a payer: see res_partner_booking
    _partner_sold = models.Index("(partner_id) WHERE state IN ('confirmed', 'done')")
    _partner = models.Index("(partner_id)")

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("diver_ids.state")
    def _compute_diver_count(self):
        for booking in self:
            booking.diver_count = len(booking._active_seats())

    def _price_with_taxes(self, price, product=None, payer=None, position=None):
        """Return a price with its taxes.

        :param product: what it is the price of, if not of a place on the trip
        :param payer: who pays it, if not the payer of the booking
        :param position: the fiscal position of that payer, if known already
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        product = product or self.trip_id.product_id
        taxes = product.taxes_id._filter_taxes_by_company(company)
        if not taxes or not price:
            return price
        if position is None:
            position = self._dive_fiscal_position(payer)
        mapped = position.map_tax(taxes)
        price = product._get_tax_included_unit_price_from_price(
            price, taxes, product_taxes_after_fp=mapped
        )
        totals = mapped.compute_all(
            price,
            currency=company.currency_id,
            product=product,
            partner=payer or self.partner_id,
        )
        return totals["total_included"]

    def _dive_fiscal_position(self, payer=None):
        """Return the fiscal position of an invoice of this booking, maybe none.

        A dive is supplied, and taxed, where it takes place and not where the payer
        lives (in the EU: article 54 of the VAT directive): the company's own address
        is what counts as delivered to. A position set on the payer by hand wins, as
        in Odoo.
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        return (
            self.env["account.fiscal.position"]
            .with_company(company)
            ._get_fiscal_position(payer or self.partner_id, delivery=company.partner_id)
        )

    def _dive_known_position(self, payer, known):
        """Return the fiscal position of a payer, looked for once for many payers.

        :param dict known: what was found already; equal keys, equal positions
        """
        company = self.company_id or self.env.company
        partner = payer.with_company(company)
        key = (
            company,
            partner.property_account_position_id,
            bool(partner.country_id),
            partner.vat and partner.id,
        )
        if key not in known:
            known[key] = self._dive_fiscal_position(payer)
        return known[key]

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        # sudo: who sees a booking may see who pays
        for booking in self.sudo():
            payer = booking.partner_id.name
            name = booking.name or self.env._("New booking")
            booking.display_name = f"{name} · {payer}" if payer else name

    def _active_seats(self):
        """The divers of these bookings who are not cancelled."""
        return self.diver_ids.filtered(lambda seat: seat.state != "cancelled")

    # ------------------------------------------------------------------
    # Defaults and form
    # ------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """A booking for a person starts with this person as its first diver."""
        result = super().default_get(fields)
        payer = self.env["res.partner"].browse(result.get("partner_id"))
        if "diver_ids" in fields and payer and not payer.is_company:
            result.setdefault("diver_ids", [Command.create({"partner_id": payer.id})])
            result["payer_as_diver_id"] = payer.id
        return result

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        """Put a payer who is a person in as diver, until somebody chooses another."""
        payer, filled_in = self.partner_id, self.payer_as_diver_id
        if not payer or self.state != "draft":
            return
        divers = self.diver_ids.partner_id
        if divers and not (divers == filled_in and len(self.diver_ids) == 1):
            return
        self.payer_as_diver_id = False if payer.is_company else payer
        self.diver_ids = [
            Command.clear(),
            *([] if payer.is_company else [Command.create({"partner_id": payer.id})]),
        ]

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.context.get("import_file"):
            self.env["dive.trip"]._dive_stand_in_line(only_first=True)
        default = self.default_get(["trip_id"]).get("trip_id")
        for vals in vals_list:
            trip = self.env["dive.trip"].browse(vals.get("trip_id", default))
            # sudo: whether the user may book on this trip is said by its own checks
            company = trip.sudo().company_id or self.env.company
            vals["name"] = self._next_number(company)
        return super().create(vals_list)

    def _dive_check_guarded(self, vals):
        """Number and token are made here, and what a payer asks is the payer's."""
        super()._dive_check_guarded(vals)
        if self.env.su or self._dive_is_unlocked():
            return
        for name in vals.keys() & {"name", "access_token", "cancel_asked"}:
            # a new booking gets its number by create()
            known = self.mapped(name) if self else [vals[name] if name == "name" else 0]
            if vals[name] and any(value != vals[name] for value in known):
                raise UserError(
                    self.env._(
                        "“%(field)s” of a booking cannot be set by hand.",
                        field=self._fields[name]._description_string(self.env),
                    )
                )

    @api.model
    def _next_number(self, company):
        # sudo: the sequence is the house's, whoever books
        sequences = self.env["ir.sequence"].sudo().with_company(company)
        return sequences.next_by_code("dive.booking")

    def write(self, vals):
        if "partner_id" in vals:
            self._check_payer_kept(vals["partner_id"])
        moved = "trip_id" in vals and self.filtered(
            lambda booking: booking.trip_id.id != vals["trip_id"]
        )
        if not moved:
            return super().write(vals)
        seats = moved._check_move(self.env["dive.trip"].browse(vals["trip_id"]))
        before = seats._held_by_trip()
        result = super().write(vals)
        seats._apply_held_since(before)
        seats._dive_rename_invoice_lines()
        return result

    def _check_payer_kept(self, partner_id):
        for booking in self:
            billed = {"draft", "invoiced"} & set(
                booking.diver_ids.mapped("invoice_state")
            )
            if billed and booking.partner_id.id != partner_id:
                raise UserError(
                    self.env._(
                        "%(booking)s is invoiced: cancel the draft invoice, or make a"
                        " credit note, before somebody else pays.",
                        booking=booking.display_name,
                    )
                )

    def _check_move(self, trip):
        """Check that these bookings may go over to ``trip``; return all their seats."""
        for booking in self:
            if booking.state in ("done", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(booking)s is closed, so it stays with its trip.",
                        booking=booking.display_name,
                    )
                )
            # sudo: invoices count for those as well who may not read them
            if booking.company_id != trip.company_id and booking.sudo().invoice_ids:
                raise UserError(
                    self.env._(
                        "%(booking)s is invoiced by another company: cancel it and"
                        " book anew.",
                        booking=booking.display_name,
                    )
                )
            if booking.state == "confirmed":
                trip._dive_check_bookable()
            for seat in booking.diver_ids:
                seat._dive_check_move_invoice(trip)
        seats = self.diver_ids
        active = self._active_seats()
        active._check_one_seat([(trip.id, seat.partner_id.id) for seat in active])
        return seats

    @api.constrains("diver_ids", "state")
    def _check_has_diver(self):
        for booking in self:
            if booking.state in ("confirmed", "done") and not booking._active_seats():
                raise ValidationError(
                    self.env._(
                        "%(booking)s has no diver left: add one, or cancel the"
                        " booking.",
                        booking=booking.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_on_record(self):
        if self._dive_is_unlocked():
            # An administrator's erasure: see ResPartner._dive_erase_bookings.
            return
        for booking in self:
            if booking.state in ("confirmed", "done") or booking.sudo().invoice_ids:
                raise UserError(
                    self.env._(
                        "%(booking)s stays on record: cancel it instead.",
                        booking=booking.display_name,
                    )
                )

    def unlink(self):
        # through the ORM, one by one, so that each place goes back to its trip
        self._unlink_except_on_record()
        self.diver_ids.unlink()
        return super().unlink()
