"""A prepaid card: who holds it, what is left on it, and what became of it."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError

from .dive_booking import STAFF
from .dive_discount_type import UNITS, WHO
from .dive_discount_type_tax import TREATMENTS

#: what a card takes over from its type on the day it is made
FROM_TYPE = {
    "compute": "_compute_from_type",
    "store": True,
    "readonly": True,
    "precompute": True,
}
#: states of a card that was sold and is not over
OPEN_STATES = ("unpaid", "active")


class DiveDiscountCard(models.Model):
    _name = "dive.discount.card"
    _description = "Prepaid card"
    _inherit = [
        "dive.guarded.mixin",
        "dive.queue.mixin",
        "dive.portal.page.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_names_search = ["name", "partner_id.name"]
    _check_company_auto = True
    _dive_guarded = {
        "state": "draft",
        "balance": 0.0,
        "visits": 0.0,
        "consumed": 0.0,
        "consumed_booked": 0.0,
        "booked": 0.0,
        "expiry_date": False,
        "sold_on": False,
        "delivery": False,
        "value": None,
        "price": None,
        "whole": None,
        "unit": None,
        "treatment": None,
        "who": None,
        "family_cap": None,
        "weights": None,
        "currency_id": None,
        "company_id": None,
        "service_ids": None,
        "name": None,
        "offer_used_id": False,
    }

    name = fields.Char("Number", readonly=True, copy=False, index="trigram")
    partner_id = fields.Many2one(
        "res.partner",
        "Holder",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    type_id = fields.Many2one(
        "dive.discount.type",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one("res.company", index=True, **FROM_TYPE)
    currency_id = fields.Many2one("res.currency", **FROM_TYPE)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the books"
    )
    unit = fields.Selection(UNITS, "Counts", **FROM_TYPE)
    value = fields.Monetary(**FROM_TYPE)
    price = fields.Monetary(**FROM_TYPE)
    treatment = fields.Selection(TREATMENTS, "Taxed", groups=STAFF, **FROM_TYPE)
    service_ids = fields.Many2many(
        "product.product",
        "dive_discount_card_product_rel",
        "card_id",
        "product_id",
        "Services",
        ondelete="restrict",
        context={"active_test": False},
        **FROM_TYPE,
    )
    who = fields.Selection(WHO, "Used by", **FROM_TYPE)
    family_cap = fields.Float("At most per family member", digits=(16, 3), **FROM_TYPE)
    weights = fields.Json(
        help="How many visits a use of a service takes, where it is not one.",
        **FROM_TYPE,
    )
    whole = fields.Float(
        "Good for",
        digits=(16, 3),
        help="The value, or the number of visits.",
        **FROM_TYPE,
    )
    balance = fields.Float(
        digits=(16, 3),
        readonly=True,
        copy=False,
        tracking=True,
        help="What is left: money, or visits.",
    )
    visits = fields.Float(
        "Visits used",
        digits=(16, 3),
        readonly=True,
        copy=False,
        aggregator="sum",
        help="How often the card was used; cards of visits: how many they took.",
    )
    consumed = fields.Monetary(
        "Price consumed",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="How much of the price the uses have consumed so far.",
    )
    consumed_booked = fields.Monetary(
        "Consumed in the books",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="The same in the books, at the rate of the sale.",
    )
    booked = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        groups=STAFF,
        help="What the sale has put on the account of prepaid cards.",
    )
    state = fields.Selection(
        [
            ("draft", "New"),
            ("unpaid", "To pay"),
            ("active", "Active"),
            ("used", "Used up"),
            ("expired", "Expired"),
            ("refunded", "Refunded"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    sold_on = fields.Date(readonly=True, copy=False)
    expiry_date = fields.Date(
        "Valid until",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        help="The last day on which the card can be used.",
    )
    # whoever has it may use a card that anyone may use: no number to be guessed
    code = fields.Char(
        readonly=True,
        copy=False,
        groups="dive_crm.group_front_desk",
    )
    entry_ids = fields.One2many("dive.discount.card.entry", "card_id", "Movements")
    sale_line_ids = fields.One2many(
        "account.move.line",
        "dive_card_id",
        "Sale",
        groups=STAFF,
        domain=[
            ("display_type", "=", "product"),
            ("move_id.move_type", "in", ("out_invoice", "out_refund")),
        ],
    )

    _code_once = models.UniqueIndex("(code)")
    # The guard of the last cent: whatever two desks do at one moment, the second
    # UPDATE waits for the first and is then refused here or by its own WHERE.
    _balance_range = models.Constraint(
        "CHECK (balance >= 0 AND balance <= whole)",
        "A card is not used for more than is left on it.",
    )
    _consumed_range = models.Constraint(
        "CHECK (consumed >= 0 AND consumed <= price)",
        "A card's uses consume at most its price.",
    )

    @api.depends("type_id")
    def _compute_from_type(self):
        """Take what the type says now: what it says later is about later cards."""
        for card in self:
            kind = card.type_id
            # without one the form would offer no type at all
            card.company_id = kind.company_id or self.env.company
            card.currency_id = kind.currency_id
            card.unit = kind.unit
            card.value = kind.value
            card.price = kind.price
            card.treatment = kind.treatment
            card.service_ids = kind.service_ids
            card.who = kind.who
            card.family_cap = kind.family_cap
            card.weights = {
                str(row.product_id.id): row.weight for row in kind.weight_ids
            }
            card.whole = kind.visits if kind.unit == "visits" else kind.value

    @api.depends("name", "type_id.name")
    def _compute_display_name(self):
        for card in self:
            name = card.name or self.env._("New card")
            card.display_name = f"{name} · {card.type_id.name or ''}"

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"]
        kinds = self.env["dive.discount.type"]
        numbered = []
        for vals in vals_list:
            number = sequence.with_company(kinds.browse(vals.get("type_id")).company_id)
            self.browse()._dive_check_guarded(vals)
            numbered.append(
                {
                    **vals,
                    "name": number.next_by_code("dive.discount.card"),
                    "code": secrets.token_urlsafe(12),
                }
            )
        cards = super(DiveDiscountCard, self._dive_unlocked()).create(numbered)
        return cards.with_env(self.env)

    def write(self, vals):
        if self._dive_is_unlocked():
            return super().write(vals)
        if "code" in vals:
            raise UserError(self.env._("The code of a card cannot be chosen."))
        if vals.keys() & {"type_id", "partner_id"}:
            for card in self:
                if card.state != "draft":
                    raise UserError(
                        self.env._(
                            "%(card)s is sold: its type stays, and another holder needs"
                            " a transfer.",
                            card=card.display_name,
                        )
                    )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_sold(self):
        for card in self:
            if card.state != "draft" or card.entry_ids:
                raise UserError(
                    self.env._(
                        "%(card)s was sold, so it stays on record.",
                        card=card.display_name,
                    )
                )
