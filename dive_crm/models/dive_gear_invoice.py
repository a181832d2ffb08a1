"""What is charged for gear: a line on the booking's invoice, once."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools.seats import SEAT_SOLD
from .dive_booking_invoice import ACCOUNTING

#: who says what is paid for gear; instructors say what is needed
PRICERS = ("dive_crm.group_front_desk", "account.group_account_invoice")
PRICES = {"price", "price_by_hand", "price_key"}


class DiveGear(models.Model):
    _inherit = "dive.gear"

    price = fields.Monetary(
        compute="_compute_price",
        store=True,
        readonly=False,
        precompute=True,
        help="Price of the rental, by the payer's pricelist until it is changed here."
        " 0: in the price of the trip, the diver's own, or free.",
    )
    price_key = fields.Char(
        compute="_compute_price", store=True, precompute=True, copy=False
    )
    price_by_hand = fields.Boolean(
        "Changed by hand",
        copy=False,
        help="This price was entered, and stays when the list price changes.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    invoice_line_ids = fields.One2many(
        "account.move.line", "dive_gear_id", "Invoice lines", groups=ACCOUNTING
    )
    invoice_state = fields.Selection(
        [
            ("none", "Not invoiced"),
            ("draft", "Draft invoice"),
            ("invoiced", "Invoiced"),
            ("credited", "Credited"),
        ],
        "Invoice",
        compute="_compute_invoice_state",
        store=True,
    )

    _price_positive = models.Constraint(
        "CHECK (price >= 0)", "A price cannot be negative."
    )

    # the key of the place's price says which trip, which payer, how many divers
    @api.depends("kind_id", "own", "trip_id", "seat_id.price_key", "price_by_hand")
    def _compute_price(self):
        todo = []
        for gear in self:
            key = gear._dive_price_key()
            if gear._dive_is_billed() or gear.price_by_hand or gear.price_key == key:
                continue
            gear.price_key = key
            if gear._dive_is_free():
                gear.price = 0
            else:
                todo.append((gear, gear.kind_id.product_id))
        prices = self.env["dive.booking.diver"]._dive_prices(
            [(gear.seat_id, gear.trip_id, product) for gear, product in todo]
        )
        for (gear, _product), price in zip(todo, prices, strict=True):
            gear.price = price

    def _dive_price_key(self):
        self.ensure_one()
        seat_key = self.seat_id.price_key or ""
        return f"{seat_key}/{self.kind_id.id}/{self.own:d}/{self.trip_id.id}"

    def _dive_is_billed(self):
        self.ensure_one()
        return self.invoice_state in ("draft", "invoiced")

    def _dive_is_free(self):
        self.ensure_one()
        free = self.trip_id.type_id.gear_free_ids
        return self.own or not self.kind_id.product_id or self.kind_id in free

    @api.onchange("price")
    def _onchange_price(self):
        self.price_by_hand = self._dive_is_by_hand()

    @api.onchange("kind_id", "own")
    def _onchange_kind_own(self):
        self.price_by_hand = False

    def _dive_is_by_hand(self):
        """Say whether the price is another than the lists say."""
        self.ensure_one()
        if self._dive_is_free():
            price = 0
        else:
            price = self.seat_id._dive_prices(
                [(self.seat_id, self.trip_id, self.kind_id.product_id)]
            )[0]
        currency = self.currency_id or self.env.company.currency_id
        return bool(currency.compare_amounts(self.price, price))

    # not from the price, which asks whether it is invoiced already
    @api.depends(
        "invoice_line_ids.price_total",
        "invoice_line_ids.move_id.state",
        "invoice_line_ids.move_id.move_type",
    )
    def _compute_invoice_state(self):
        for gear in self:
            lines = gear.invoice_line_ids.filtered(
                lambda line: line.move_id.state != "cancel"
            )
            charges = lines.filtered(lambda x: x.move_id.move_type == "out_invoice")
            credited = sum(
                lines.filtered(
                    lambda x: (
                        x.move_id.move_type == "out_refund"
                        and x.move_id.state == "posted"
                    )
                ).mapped("price_total")
            )
            left = sum(charges.mapped("price_total")) - credited
            if not charges:
                gear.invoice_state = "none"
            elif credited and charges.currency_id[:1].compare_amounts(left, 0) <= 0:
                gear.invoice_state = "credited"
            elif any(line.move_id.state == "draft" for line in charges):
                gear.invoice_state = "draft"
            else:
                gear.invoice_state = "invoiced"

    def _dive_charged(self):
        """Those of these needs that the payer is to pay for, invoiced or not.

        A diver who did not come pays for the place, and for gear only that went out.
        """
        return self.filtered(
            lambda gear: (
                gear.price
                and gear.seat_state != "cancelled"
                and (gear.seat_state != "no_show" or gear.state in ("out", "back"))
            )
        )

    def _dive_not_invoiced(self):
        return self._dive_charged().filtered(
            lambda gear: (
                gear.seat_state in SEAT_SOLD
                and gear.invoice_state in ("none", "credited")
            )
        )

    def _dive_claim_for_invoice(self):
        """Mark these needs as being invoiced; return those that nobody else marked."""
        if not self:
            return self
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "UPDATE dive_gear SET invoice_state = 'draft'"
                " WHERE id IN %s AND invoice_state IN ('none', 'credited')"
                " RETURNING id",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["invoice_state"], flush=False)
        return self.browse(sorted(row[0] for row in rows))

    def write(self, vals):
        self._dive_check_prices(vals)
        if {"price", "own", "kind_id", "seat_id"} & vals.keys():
            self._check_charge_open(vals)
        if {"own", "kind_id"} & vals.keys() and "price" not in vals:
            vals = {**vals, "price_by_hand": False}
        result = super().write(vals)
        if "price" in vals:
            self._dive_mark_prices()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        may = self._dive_may_price()
        # a form sends the list price along: taken as what it is, and no other
        kept = [
            vals if may else {name: vals[name] for name in vals.keys() - PRICES}
            for vals in vals_list
        ]
        needs = super().create(kept)
        for gear, vals in zip(needs, vals_list, strict=True):
            gear._dive_check_prices(
                {name: vals[name] for name in vals.keys() & {"price", "price_by_hand"}}
            )
        if may:
            self.browse(
                gear.id
                for gear, vals in zip(needs, vals_list, strict=True)
                if "price" in vals
            )._dive_mark_prices()
        return needs

    @api.model
    def _dive_may_price(self):
        return self.env.su or any(map(self.env.user.has_group, PRICERS))

    def _dive_check_prices(self, vals):
        """Refuse another price, and another payer, to those who hand out gear."""
        if self._dive_may_price():
            return
        for gear in self:
            if any(
                gear._fields[name].convert_to_write(gear[name], gear) != vals[name]
                for name in vals.keys() & {*PRICES, "seat_id"}
            ):
                raise AccessError(
                    self.env._(
                        "What is paid for gear, and by whom, the front desk says: ask"
                        " there to change it."
                    )
                )

    def _dive_mark_prices(self):
        """Mark which of these prices are not the lists'."""
        for gear in self:
            by_hand = gear._dive_is_by_hand()
            if gear.price_by_hand != by_hand:
                gear.price_by_hand = by_hand

    def _check_charge_open(self, vals):
        for gear in self.sudo():  # sudo: the price counts for those who do not see it
            if gear.invoice_state not in ("draft", "invoiced"):
                continue
            if any(
                gear._fields[name].convert_to_write(gear[name], gear) != vals[name]
                for name in ("price", "own", "kind_id", "seat_id")
                if name in vals
            ):
                raise UserError(
                    self.env._(
                        "%(gear)s is invoiced: change it on the invoice, or make a"
                        " credit note first.",
                        gear=gear.display_name,
                    )
                )
