"""What is owed on a booking, and how it is paid: at the desk, or by Odoo's link."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import str2bool

from ..tools.seats import SEAT_SOLD
from .dive_booking_invoice import SETTLED


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    amount_owed = fields.Monetary(
        "To pay",
        compute="_compute_amount_owed",
        compute_sudo=True,
        groups="dive_crm.group_front_desk,account.group_account_invoice",
        help="What all payers of this booking still have to pay: with what is not"
        " invoiced yet, less what is paid and credited.",
    )
    link_hint = fields.Char(
        compute="_compute_link_hint", compute_sudo=True, groups="base.group_user"
    )

    @api.depends("invoice_state", "amount_total", "split", "state")
    def _compute_amount_owed(self):
        for booking in self:
            booking.amount_owed = sum(booking._dive_owed_by_payer().values())

    @api.depends("partner_id", "company_id")
    def _compute_link_hint(self):
        """Say why no payment link can be sent, if so."""
        for booking in self:
            booking.link_hint = booking._dive_link_hint()

    # ------------------------------------------------------------------
    # What is owed
    # ------------------------------------------------------------------

    def _dive_owed(self, payer=None):
        """Return what is still to be paid, in the company's currency.

        Counts what is invoiced and not paid, and places that are sold and not invoiced
        yet; not what is only requested.

        :param payer: who is to pay; the payer of the booking if nobody is given
        """
        self.ensure_one()
        return self._dive_owed_by_payer().get(payer or self.partner_id, 0.0)

    def _dive_owed_by_payer(self):
        """Return payer → what is still to be paid, where it is more than nothing."""
        self.ensure_one()
        # sudo: what is owed counts for those as well who may not read invoices
        booking = self.sudo()
        owed, positions = {}, {}
        for seat in booking.diver_ids:
            payer = seat._dive_payer()
            owed[payer] = owed.get(payer, 0.0) + seat._dive_to_invoice(positions)
        for payer, amount in booking._dive_billed():
            owed[payer] = owed.get(payer, 0.0) + amount
        currency = booking.currency_id or self.env.company.currency_id
        return {
            payer.with_env(self.env): currency.round(amount)
            for payer, amount in owed.items()
            if currency.compare_amounts(amount, 0) > 0
        }

    def _dive_billed(self):
        """Return payer and open amount of each invoice; as superuser.

        A diver who moved with the invoice left a part of it to another booking: then
        each booking owes what its places have of the charge.
        """
        moves, shared = self.invoice_ids, self.env["account.move"]
        if moves.invoice_line_ids.dive_booking_diver_id.booking_id - self:
            roots = moves.reversed_entry_id | moves.filtered(
                lambda move: not move.reversed_entry_id
            )
            for root in roots:
                family = root | root.reversal_move_ids
                share = family._dive_share_of(self)
                if share < 1:
                    shared |= family
                    yield root.partner_id, share * sum(map(self._dive_open, family))
        for move in moves - shared:
            yield move.partner_id, self._dive_open(move)

    @api.model
    def _dive_open(self, move):
        if move.state == "posted":
            return move.amount_residual_signed
        if move.state != "draft" or move.move_type != "out_invoice":
            return 0.0
        if move.dive_card_use_ids:  # what cards hold is paid when it is posted
            return move._dive_left_in_all() / (move.invoice_currency_rate or 1.0)
        return move.amount_total_signed

    # ------------------------------------------------------------------
    # The payment link
    # ------------------------------------------------------------------

    def _dive_pay_url(self, payer=None):
        """Return the portal address where a posted invoice is paid by Odoo's link.

        :param payer: whose invoice; the payer of the booking if nobody is given
        :return: "" if nothing posted is open, or no provider is usable
        """
        self.ensure_one()
        payer = payer or self.partner_id
        move = self._dive_open_moves(payer)[:1]
        if not move or self._dive_link_hint(payer, move.amount_residual):
            return ""
        return move._get_portal_payment_link()

    def _dive_open_moves(self, payer):
        """Return the posted invoices on which this payer still owes, the oldest first.

        As superuser.
        """
        # sudo: the payer, or whoever helps them to pay, need not read invoices
        return (
            self.sudo()
            .invoice_ids.filtered(
                lambda move: (
                    move.partner_id == payer
                    and move.state == "posted"
                    and move.move_type == "out_invoice"
                    and move.payment_state in ("not_paid", "partial")
                    and not move.currency_id.is_zero(move.amount_residual)
                )
            )
            .sorted(lambda move: (move.invoice_date_due or move.date, move.id))
        )

    def _dive_link_hint(self, payer=None, amount=0.0):
        """Return why a payer cannot pay by link, and what to do; "" if they can."""
        _ = self.env._
        # sudo: which providers there are is the house's
        env = self.sudo().env
        if "payment.provider" not in env or not hasattr(
            env["account.move"], "_get_portal_payment_link"
        ):
            return _(
                "No payment link can be sent: install Odoo's app “Payment - Account”."
            )
        allowed = env["ir.config_parameter"].get_param(
            "account_payment.enable_portal_payment"
        )
        if not str2bool(allowed or "", False):
            return _(
                "No payment link can be sent: invoices are not paid on-line here."
                " Switch it on in Settings › Invoicing › Customer payments."
            )
        company = self.company_id or self.env.company
        providers = env["payment.provider"]._get_compatible_providers(
            company.id,
            (payer or self.partner_id).id,
            amount,
            currency_id=company.currency_id.id,
        )
        if not providers.filtered("is_published"):
            return _(
                "No payment link can be sent: no payment provider is ready. Set one"
                " up in Invoicing › Configuration › Payment providers, and publish it."
            )
        return ""

    def _dive_check_link(self, payer):
        hint = self._dive_link_hint(payer, self._dive_owed(payer))
        if hint:
            raise UserError(hint)

    # ------------------------------------------------------------------
    # At the desk
    # ------------------------------------------------------------------

    def action_take_payment(self):
        """Open Odoo's payment dialog with what is owed.

        Makes and posts the invoice if needed. Several payers: asks which of them.
        """
        return self._dive_for_payer("action_take_payment_of")

    def action_send_link(self):
        """Write to the payer where to pay; several payers: ask which of them."""
        return self._dive_for_payer("action_send_link_to")

    def _dive_for_payer(self, method):
        self.ensure_one()
        self._check_may_invoice()
        payers = list(self._dive_owed_by_payer())
        if not payers:
            raise UserError(
                self.env._("Nothing is owed in %(booking)s.", booking=self.display_name)
            )
        if len(payers) == 1:
            return getattr(self, method)(payers[0].id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who pays?"),
            "res_model": "dive.booking.pay",
            # saved: a button in a line acts on what is saved
            "res_id": self.env["dive.booking.pay"].create({"booking_id": self.id}).id,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
        }

    def action_take_payment_of(self, payer_id):
        """Open Odoo's payment dialog with what one payer owes.

        :param int payer_id: who pays
        """
        moves = self._dive_bill(self.env["res.partner"].browse(payer_id))
        action = moves.action_register_payment()
        # back to the booking, where the desk goes on
        context = {**action.get("context", {}), "dont_redirect_to_payments": True}
        return {**action, "context": context}

    def _dive_bill(self, payer):
        """Make and post what is not invoiced to this payer; return what they owe.

        :return: posted invoices that are open, with the rights of the user
        """
        self.ensure_one()
        self._check_may_invoice()
        if self.state in ("confirmed", "done"):
            self._create_invoices(payer)
        drafts = self.sudo().invoice_ids.filtered(
            lambda move: (
                move.partner_id == payer
                and move.state == "draft"
                and move.move_type == "out_invoice"
            )
        )
        # with the user's own rights
        self.env["account.move"].browse(drafts.ids).action_post()
        self.invalidate_recordset(["invoice_ids"])
        moves = self.env["account.move"].browse(self._dive_open_moves(payer).ids)
        if not moves:
            raise UserError(
                self.env._("%(payer)s owes nothing in this booking.", payer=payer.name)
            )
        return moves


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def _dive_to_invoice(self, positions):
        """Return what is charged for this place and its gear and not invoiced yet.

        :param dict positions: fiscal positions that are known already
        """
        return sum(price for _product, price in self._dive_charges(positions))

    def _dive_charges(self, positions):
        """Return (product, price with taxes) of what is not invoiced yet.

        :param dict positions: fiscal positions that are known already
        """
        self.ensure_one()
        if self.state not in SEAT_SOLD:
            return []
        booking, payer = self.booking_id, self._dive_payer()
        prices = []
        if self.invoice_state == "none":
            prices.append((self.price_unit, self.trip_id.product_id))
        prices += [
            (gear.price, gear.kind_id.product_id)
            for gear in self.gear_ids._dive_not_invoiced()
            if gear.invoice_state == "none"
        ]
        if not any(price for price, _product in prices):
            return [(product, 0.0) for _price, product in prices]
        position = booking._dive_known_position(payer, positions)
        return [
            (product, booking._price_with_taxes(price, product, payer, position))
            for price, product in prices
        ]

    def _dive_payment(self):
        """Return how far the payment for this diver is: a state of a booking's invoice.

        Where several pay, what the others owe does not count.
        """
        self.ensure_one()
        booking = self.booking_id
        if len({seat._dive_payer() for seat in booking.diver_ids}) < 2:
            return booking.invoice_state
        if self.invoice_state != "invoiced":
            sold = self.state in SEAT_SOLD
            return (
                "to_invoice"
                if sold and self.invoice_state == "none"
                else (self.invoice_state)
            )
        # sudo: whether it is paid counts for those as well who may not read invoices
        payments = {
            move.payment_state
            for move in self.sudo().invoice_line_ids.move_id
            if move.state == "posted" and move.move_type == "out_invoice"
        }
        if payments <= {*SETTLED, "reversed"}:
            return "paid"
        return "partial" if payments & {*SETTLED, "partial"} else "invoiced"


class AccountMove(models.Model):
    _inherit = "account.move"

    def _dive_share_of(self, booking):
        """Return which part of an invoice and its credit notes is a booking's.

        By what is charged for its places and not given back; lines that are nobody's
        go along with the others.
        """
        charged, left = {}, {}
        for line in self.invoice_line_ids.filtered("dive_booking_diver_id"):
            key = line.dive_booking_diver_id.booking_id == booking
            if line.move_id.move_type == "out_invoice":
                charged[key] = charged.get(key, 0.0) + line.price_total
                left[key] = left.get(key, 0.0) + line.price_total
            elif line.move_id.state == "posted":
                left[key] = left.get(key, 0.0) - line.price_total
        if not charged.get(False):
            return 1.0
        left = {key: max(amount, 0.0) for key, amount in left.items()}
        parts = left if any(left.values()) else charged
        return parts.get(True, 0.0) / (sum(parts.values()) or 1.0)
