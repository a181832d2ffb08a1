"""Who pays for a diver's place, and how much that is with taxes and rental."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    payer_id = fields.Many2one(
        "res.partner",
        "Paid by",
        compute="_compute_payer_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        check_company=True,
        help="Who gets the invoice of this place and its rental: the payer of the"
        " booking, or, where each pays, the diver or a minor's guardian. Can be"
        " changed until it is invoiced.",
    )
    amount_total = fields.Monetary(
        "Total",
        compute="_compute_amount_total",
        store=True,
        groups="base.group_user",
        help="With taxes and the rental of gear.",
    )

    _payer = models.Index("(payer_id)")

    # ------------------------------------------------------------------
    # Who pays
    # ------------------------------------------------------------------

    @api.depends("booking_id.partner_id", "booking_id.split", "partner_id")
    def _compute_payer_id(self):
        for seat in self:
            if not (seat._dive_is_billed() and seat.payer_id):
                seat.payer_id = seat._dive_default_payer()

    def _dive_is_billed(self):
        """Say whether this place stands on an invoice."""
        self.ensure_one()
        return self.invoice_state in ("draft", "invoiced")

    def _dive_default_payer(self):
        """Return who pays for this diver as long as nobody says otherwise."""
        self.ensure_one()
        booking = self.booking_id
        if booking.split != "each":
            return booking.partner_id
        # sudo: a guardian may be nobody's to read; here it says who pays
        recipient = self.partner_id.sudo().dive_statement_recipient_id
        company = booking.company_id or self.env.company
        if (
            not recipient
            or not recipient.active
            or (recipient.company_id and recipient.company_id not in company.parent_ids)
        ):
            return booking.partner_id
        return recipient.with_env(self.env)

    def _dive_payer(self):
        """Return who pays: also where somebody emptied the field."""
        self.ensure_one()
        return self.payer_id or self.booking_id.partner_id

    def _check_write(self, vals):
        super()._check_write(vals)
        if "payer_id" not in vals:
            return
        for seat in self:
            if seat._dive_is_billed() and seat.payer_id.id != vals["payer_id"]:
                raise UserError(
                    self.env._(
                        "%(seat)s is invoiced to %(payer)s: cancel the draft invoice,"
                        " or make a credit note, before somebody else pays.",
                        seat=seat.display_name,
                        payer=seat._dive_payer().name,
                    )
                )

    def _dive_move_into(self, source, trip, seat_state, booking_state):
        """Who pays for them pays there, too, however a booking there is paid."""
        others = {seat: seat.payer_id for seat in self if seat.payer_id}
        target = super()._dive_move_into(source, trip, seat_state, booking_state)
        for seat, payer in others.items():
            if seat.payer_id != payer:
                seat.payer_id = payer
        return target

    # ------------------------------------------------------------------
    # How much
    # ------------------------------------------------------------------

    def _dive_fetch_positions(self):
        """Read the payers' fiscal positions, and nothing else.

        Read one by one they bring along whatever else of a partner depends on the
        company, which is a dozen subqueries.
        """
        for company, seats in self.grouped("company_id").items():
            company = company or self.env.company
            payers = company.partner_id.union(*(seat._dive_payer() for seat in seats))
            payers._origin.with_company(company).fetch(["property_account_position_id"])

    @api.depends(
        "price_unit",
        "payer_id",
        "trip_id",
        "state",
        "gear_ids.price",
        "gear_ids.state",
    )
    def _compute_amount_total(self):
        """What the payer will be asked for: with the taxes of the products."""
        positions = {}
        self._dive_fetch_positions()
        for seat in self:
            booking, payer = seat.booking_id, seat._dive_payer()
            if seat.state == "cancelled":
                seat.amount_total = 0
                continue
            position = booking._dive_known_position(payer, positions)
            prices = [
                (seat.price_unit, seat.trip_id.product_id),
                # sudo: what is charged counts for those who lend nothing
                *(
                    (gear.price, gear.kind_id.product_id)
                    for gear in seat.sudo().gear_ids._dive_charged()
                ),
            ]
            seat.amount_total = sum(
                booking._price_with_taxes(price, product, payer, position)
                for price, product in prices
            )
