"""From a booking to its invoices and back."""

from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..tools.seats import SEAT_SOLD

ACCOUNTING = "account.group_account_invoice,account.group_account_readonly"
#: payment states of an invoice on which nothing more is asked of the payer
SETTLED = ("paid", "in_payment")


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    invoice_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        compute="_compute_invoice_ids",
        search="_search_invoice_ids",
        compute_sudo=True,
        groups=ACCOUNTING,
    )
    invoice_count = fields.Integer(
        compute="_compute_invoice_ids", compute_sudo=True, groups=ACCOUNTING
    )
    invoice_state = fields.Selection(
        [
            ("none", "Nothing to invoice"),
            ("to_invoice", "To invoice"),
            ("draft", "Draft invoice"),
            ("invoiced", "Invoiced"),
            ("partial", "Partially paid"),
            ("paid", "Paid"),
            ("credited", "Credited"),
        ],
        "Invoice",
        compute="_compute_invoice_state",
        store=True,
        index=True,
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("diver_ids.invoice_line_ids.move_id")
    def _compute_invoice_ids(self):
        for booking in self:
            moves = booking.diver_ids.invoice_line_ids.move_id
            booking.invoice_ids = moves
            booking.invoice_count = len(moves)

    def _search_invoice_ids(self, operator, value):
        if operator in ("not in", "not any"):
            return NotImplemented
        return [("diver_ids.invoice_line_ids.move_id", operator, value)]

    @api.depends(
        "diver_ids.state",
        "diver_ids.invoice_state",
        "diver_ids.invoice_line_ids.move_id.payment_state",
    )
    def _compute_invoice_state(self):
        for booking in self:
            booking.invoice_state = booking._invoice_state()

    def _invoice_state(self):
        """One word for the front desk; what is left to do comes first."""
        self.ensure_one()
        states = set(self.diver_ids.mapped("invoice_state"))
        sold = self.diver_ids.filtered(lambda seat: seat.state in SEAT_SOLD)
        if "none" in sold.mapped("invoice_state"):
            return "to_invoice"
        if "draft" in states:
            return "draft"
        if "invoiced" in states:
            return self._payment_state()
        return "credited" if "credited" in states else "none"

    def _payment_state(self):
        payments = set(self._live_invoices().mapped("payment_state"))
        if payments <= set(SETTLED):
            return "paid"
        if payments & {*SETTLED, "partial"}:
            return "partial"
        return "invoiced"

    def _live_invoices(self):
        """Posted invoices of these bookings that no credit note has reversed."""
        seats = self.diver_ids.filtered(lambda seat: seat.invoice_state == "invoiced")
        return seats.invoice_line_ids.move_id.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.state == "posted"
                and move.payment_state != "reversed"
            )
        )

    # ------------------------------------------------------------------
    # Invoicing
    # ------------------------------------------------------------------

    def action_create_invoice(self):
        """Make a draft invoice per payer, with a line per diver not invoiced yet.

        May be called again, and by two people at once: each place is invoiced once.

        :returns: an action showing the new invoices or, if nothing is left to invoice,
            those that exist
        :raises AccessError: for users who may not invoice
        :raises UserError: not confirmed yet, no product, no price
        """
        self._check_may_invoice()
        moves = self._create_invoices()
        if not moves:
            moves = self.invoice_ids.filtered(lambda move: move.state != "cancel")
        if not moves:
            raise UserError(self.env._("There is nothing to invoice in this booking."))
        return self._action_open_moves(moves)

    def _check_may_invoice(self):
        self.check_access("read")
        if not (
            self.env.su or self.env.user.has_group("account.group_account_invoice")
        ):
            raise AccessError(
                self.env._("Only the front desk and accountants make invoices.")
            )

    def _create_invoices(self, payer=None):
        """Return the new draft invoices, one per booking and payer with places to
        invoice.

        :param payer: only what this one pays for and was never charged; without one,
            what was credited is charged again
        """
        moves = self.env["account.move"]
        for booking in self:
            moves |= booking._create_invoice(payer)
        return moves

    def _create_invoice(self, payer=None):
        self.ensure_one()
        if self.state not in ("confirmed", "done"):
            raise UserError(
                self.env._(
                    "%(booking)s is not confirmed: confirm it before you invoice it.",
                    booking=self.display_name,
                )
            )
        seats = self.diver_ids._not_invoiced()
        if payer:
            # to pay is no decision to charge again what was given back
            seats = seats.filtered(
                lambda seat: (
                    seat._dive_payer() == payer and seat.invoice_state == "none"
                )
            )
        if seats:
            self._check_billable(seats)
            seats = seats._claim_for_invoice()
        lines = self._prepare_invoice_lines(seats, payer)
        moves = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create([self._prepare_invoice(*item) for item in lines.items()])
        )
        moves._dive_adapt_prices()
        return moves

    def _check_billable(self, seats):
        trip = self.trip_id
        if not trip.product_id:
            raise UserError(
                self.env._(
                    "“%(trip)s” has no product: set one on the trip, so that the"
                    " invoice knows its taxes and account.",
                    trip=trip.display_name,
                )
            )
        if self.currency_id.is_zero(self._dive_sum_to_bill(seats)):
            raise UserError(
                self.env._(
                    "Every price in %(booking)s is 0: enter the price of each diver.",
                    booking=self.display_name,
                )
            )

    def _dive_sum_to_bill(self, seats):
        """Return the prices of what is charged with these places, without taxes."""
        return sum(seats.mapped("price_unit"))

    def _prepare_invoice(self, payer, lines):
        self.ensure_one()
        return {
            "move_type": "out_invoice",
            "partner_id": payer.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "fiscal_position_id": self._dive_fiscal_position(payer).id,
            "invoice_origin": self.name,
            "invoice_line_ids": [Command.create(line) for line in lines],
        }

    def _prepare_invoice_lines(self, seats, payer=None):
        """Return the lines of the invoices: payer → values, one per place of ``seats``.

        What else a booking charges adds its own, each claimed before, once.

        :param payer: only what this one pays for
        """
        lines = defaultdict(list)
        for seat in seats:
            lines[seat._dive_payer()].append(self._prepare_invoice_line(seat))
        return lines

    def _prepare_invoice_line(self, seat):
        # the payer reads it, so it is in the payer's language
        payer = seat._dive_payer()
        env = self.with_context(lang=payer.lang or self.env.lang).env
        trip = self.trip_id.with_env(env)
        return {
            "product_id": trip.product_id.id,
            "quantity": 1,
            "price_unit": seat.price_unit,
            "name": env._(
                "%(trip)s, %(date)s: %(diver)s",
                trip=trip._dive_name(),
                date=format_date(env, trip._dive_day()),
                diver=seat.partner_id.name,
            ),
            "dive_booking_diver_id": seat.id,
        }

    def _action_open_moves(self, moves):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        action["context"] = {"default_move_type": "out_invoice"}
        if len(moves) == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = moves.id
        else:
            action["domain"] = [("id", "in", moves.ids)]
        return action

    def action_view_invoices(self):
        """Open the invoices and credit notes of these bookings."""
        self.check_access("read")
        return self._action_open_moves(self.invoice_ids)

    # ------------------------------------------------------------------
    # Credit notes
    # ------------------------------------------------------------------

    def _moves_to_credit(self):
        """Posted invoices that charge a place which was cancelled."""
        # sudo: an instructor who calls a trip off learns that credit notes are due
        seats = self.sudo().diver_ids.filtered(
            lambda seat: seat.state == "cancelled" and seat.invoice_state == "invoiced"
        )
        return seats.booking_id._live_invoices() & seats.invoice_line_ids.move_id

    def action_credit_note(self):
        """Open Odoo's credit note dialog on what these bookings have been charged."""
        self._check_may_invoice()
        # sudo: only to find them; the dialog opens them with the user's own rights
        moves = self.env["account.move"].browse(
            (self._moves_to_credit() or self.sudo()._live_invoices()).ids
        )
        if not moves:
            raise UserError(
                self.env._("There is no posted invoice to make a credit note for.")
            )
        action = moves.action_reverse()
        action["context"] = {"active_model": "account.move", "active_ids": moves.ids}
        return action
