"""What a prepaid card is good for, what it costs, and until when."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: the value that a type suggests: so many times the prices of its services
SUGGESTED_TIMES = 10
UNITS = [("money", "Money"), ("visits", "Visits")]
WHO = [
    ("holder", "The holder"),
    ("family", "The holder and the family"),
    ("anyone", "Whoever has the code"),
]


class DiveDiscountType(models.Model):
    _name = "dive.discount.type"
    _description = "Type of prepaid card"
    _inherit = ["mail.thread", "dive.number.mixin"]
    _order = "sequence, name, id"
    _check_company_auto = True

    # name → whether it is counted in whole numbers
    _dive_numbers = {
        "price": False,
        "value": False,
        "visits": True,
        "validity_months": True,
        "family_cap": False,
    }

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(
        default=True, help="An archived type is sold no more; its cards stay good."
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        ondelete="restrict",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    unit = fields.Selection(
        UNITS,
        "Counts",
        required=True,
        default="money",
        help="Money: each use takes its price. Visits: each use takes one visit,"
        " whatever it costs.",
    )
    service_ids = fields.Many2many(
        "product.product",
        "dive_discount_type_product_rel",
        "type_id",
        "product_id",
        "Services",
        ondelete="restrict",
        context={"active_test": False},
        domain=[("sale_ok", "=", True)],
        check_company=True,
        help="What the card pays for. Empty: everything.",
    )
    weight_ids = fields.One2many(
        "dive.discount.weight",
        "type_id",
        "Weights",
        copy=True,
        help="What counts as more or less than one visit: a night dive as 1.5.",
    )
    visits = fields.Integer("Number of visits", default=10, aggregator=None)
    suggested_value = fields.Monetary(compute="_compute_suggested_value")
    value = fields.Monetary(
        compute="_compute_value",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="What the customer may use, as customers see prices.",
    )
    price = fields.Monetary(
        required=True, tracking=True, help="What the customer pays, taxes included."
    )
    saving = fields.Float(
        compute="_compute_saving", help="What the customer saves, of the value."
    )
    validity = fields.Selection(
        [("months", "Months"), ("date", "A fixed date")],
        required=True,
        default="months",
    )
    validity_months = fields.Integer(
        "Months", default=6, aggregator=None, tracking=True
    )
    valid_until = fields.Date("Until", tracking=True)
    who = fields.Selection(
        WHO,
        "Used by",
        required=True,
        default="holder",
    )
    family_cap = fields.Float(
        "At most per family member",
        digits=(16, 3),
        help="How much of a card each other member of the family may use. 0: all.",
    )

    _validity_months_range = models.Constraint(
        "CHECK (validity != 'months' OR validity_months BETWEEN 1 AND 120)",
        "A card is valid for 1 to 120 months.",
    )
    _visits_range = models.Constraint(
        "CHECK (unit != 'visits' OR (visits >= 1 AND visits <= 10000))",
        "A card is good for 1 to 10,000 visits.",
    )
    _family_cap_range = models.Constraint(
        "CHECK (family_cap >= 0)", "What a family member may use is 0 or more."
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("company_id")
    def _compute_currency_id(self):
        for kind in self:
            if not kind.currency_id:
                kind.currency_id = kind.company_id.currency_id

    @api.depends(
        "service_ids.lst_price",
        "unit",
        "visits",
        "weight_ids.product_id",
        "weight_ids.weight",
        "currency_id",
        "company_id",
    )
    def _compute_suggested_value(self):
        for kind in self:
            kind.suggested_value = kind._dive_suggested_value()

    def _dive_suggested_value(self):
        """Return ten times the sum of the services' prices; 0 without services.

        Of visits: their number, times what one pays of the services on the average.
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        currency = self.currency_id or company.currency_id
        prices = {
            service._origin: service.currency_id._convert(
                service.lst_price, currency, company, fields.Date.context_today(self)
            )
            for service in self.service_ids
        }
        if self.unit != "visits" or not prices:
            return currency.round(SUGGESTED_TIMES * sum(prices.values()))
        weights = {row.product_id._origin: row.weight for row in self.weight_ids}
        # a weight that is being typed may be 0
        of_one = [
            price / (weights.get(service) or 1.0) for service, price in prices.items()
        ]
        return currency.round(self.visits * sum(of_one) / len(of_one))

    # Not of the prices: a price list that changes later changes no type.
    @api.depends("service_ids")
    def _compute_value(self):
        for kind in self:
            kind.value = kind._dive_suggested_value() or kind.value

    # In the form only: a value that is there is not changed behind anybody's back.
    @api.onchange("unit", "visits")
    def _onchange_visits(self):
        self.value = self._dive_suggested_value() or self.value

    @api.depends("value", "price")
    def _compute_saving(self):
        for kind in self:
            kind.saving = 1 - kind.price / kind.value if kind.value else 0

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    def write(self, vals):
        if "company_id" in vals:
            self._dive_check_company_stays(vals["company_id"])
        # the services first: weights are checked against them
        vals = dict(sorted(vals.items(), key=lambda item: item[0] == "weight_ids"))
        return super().write(vals)

    def _dive_check_company_stays(self, company_id):
        """Refuse another company once there are cards: they are in its books."""
        moved = self.filtered(lambda kind: kind.company_id.id != company_id)
        # sudo: cards of a company that the user does not see count
        card = (
            self.env["dive.discount.card"]
            .sudo()
            .search([("type_id", "in", moved.ids)], limit=1)
        )
        if card:
            raise UserError(
                self.env._(
                    "“%(type)s” has cards, and stays with %(company)s: make a type of"
                    " its own for the other company.",
                    type=card.type_id.name,
                    company=card.type_id.company_id.display_name,
                )
            )

    @api.constrains("price", "value", "currency_id", "unit")
    def _check_price(self):
        for kind in self:
            if reason := kind._dive_why_not_priced():
                raise ValidationError(reason)

    def _dive_why_not_priced(self):
        """Say why nobody would buy this card, or sell it; empty if they would."""
        self.ensure_one()
        currency = self.currency_id
        amounts = {
            "type": self.name,
            "price": currency.format(self.price),
            "value": currency.format(self.value),
        }
        if currency.compare_amounts(self.price, 0) <= 0:
            return self.env._(
                "“%(type)s” costs %(price)s: enter what the customer pays, more"
                " than 0.",
                **amounts,
            )
        if currency.compare_amounts(self.price, self.value) >= 0:
            return self.env._(
                "“%(type)s” costs %(price)s and is worth %(value)s: nobody saves"
                " anything. Lower the price, or raise the value.",
                **amounts,
            )
        return ""

    @api.constrains("validity", "valid_until")
    def _check_valid_until(self):
        for kind in self:
            if kind.validity == "date" and not kind.valid_until:
                raise ValidationError(
                    self.env._(
                        "“%(type)s” is valid until a fixed date: enter it.",
                        type=kind.name,
                    )
                )

    @api.constrains("service_ids", "weight_ids")
    def _check_weights(self):
        self.weight_ids._check_service()

    # ------------------------------------------------------------------
    # What cards ask
    # ------------------------------------------------------------------

    def _dive_expiry(self, day):
        """Return the last day of a card of this type that is sold on ``day``."""
        self.ensure_one()
        if self.validity == "date":
            return self.valid_until
        return fields.Date.add(day, months=self.validity_months)
