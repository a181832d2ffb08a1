"""What a campaign offers to those with the code: lower prices, a card, a present."""

from urllib.parse import urlencode

from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools import offer_code
from .dive_trip_online import PUBLIC

GIVES = [
    ("prices", "Lower prices on a booking"),
    ("card", "A type of prepaid card"),
    ("other", "Something else"),
]
AUDIENCE = [
    ("all", "Everybody who has the code"),
    ("mailed", "Those who got a mailing of the campaign"),
]
#: what may have an offer
SOLD_WITH = ("dive.booking", "dive.discount.card", "dive.online.request")


class DiveCampaignOffer(models.Model):
    """Prices come from Odoo's pricelists, by which bookings are priced anyway.

    A percentage that is entered here is a pricelist of one rule. It is archived: Odoo
    gives customers without a pricelist the first that is not.
    """

    _name = "dive.campaign.offer"
    _description = "Offer of a campaign"
    _inherit = ["dive.guarded.mixin", "mail.thread"]
    _order = "id desc"
    _rec_names_search = ["code", "name"]
    _check_company_auto = True
    _dive_guarded = {"uses": 0}

    name = fields.Char(
        "What it gives",
        required=True,
        translate=True,
        help="In a few words: the desk and the diver read them.",
    )
    terms = fields.Text(
        translate=True, help="For whom, on what, until when: the diver reads it too."
    )
    active = fields.Boolean(default=True, help="The code of an archived offer is over.")
    campaign_id = fields.Many2one(
        "utm.campaign", required=True, index=True, ondelete="restrict", tracking=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    code = fields.Char(
        required=True,
        copy=False,
        default=lambda self: offer_code.make(),
        tracking=True,
        help="Small and capital letters are the same, and spaces do not count.",
    )
    gives = fields.Selection(
        GIVES, "Kind of offer", required=True, default="prices", tracking=True
    )
    discount = fields.Float(
        "Discount (%)",
        compute="_compute_discount",
        inverse="_inverse_discount",
        digits=(5, 2),
        help="On the sales price of whatever is booked. For other rules choose a"
        " pricelist.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        copy=False,
        ondelete="restrict",
        check_company=True,
        context={"active_test": False},
        tracking=True,
        help="What a booking costs with the code, if that is less than without it.",
    )
    type_id = fields.Many2one(
        "dive.discount.type",
        "Prepaid card",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="Make a type of its own for the price of the campaign.",
    )
    date_from = fields.Date("Valid from", tracking=True)
    date_to = fields.Date(
        "Valid until",
        tracking=True,
        help="The last day on which it is booked or sold, whenever the trip is.",
    )
    uses_max = fields.Integer(
        "Number of uses",
        default=0,
        aggregator=None,
        tracking=True,
        help="0: as often as wished.",
    )
    uses = fields.Integer("Used", default=0, readonly=True, copy=False)
    audience = fields.Selection(
        AUDIENCE, "For", required=True, default="all", tracking=True
    )
    link = fields.Char(
        compute="_compute_link",
        help="Put it behind a button of the mailing: the form then has the code, and"
        " the booking its campaign.",
    )

    _code_once = models.UniqueIndex(
        "(company_id, code)",
        lambda env, diag: env._("Another offer has this code already."),
    )
    # The guard of the last use, whatever two do at one moment.
    _uses_range = models.Constraint(
        "CHECK (uses_max >= 0 AND uses >= 0 AND (uses_max = 0 OR uses <= uses_max))",
        "An offer is used as often as it says, and it has been used already as often"
        " as it has.",
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("code", "name")
    def _compute_display_name(self):
        for offer in self:
            words = filter(None, (offer.name, offer.code))
            offer.display_name = " · ".join(words)

    def _dive_own_rule(self):
        """Return the rule that a percentage has made, if the prices come from it."""
        # sudo: the rule is the offer's, for whoever may change the offer
        pricelist = self.sudo().pricelist_id
        rules = pricelist.item_ids
        simple = (
            len(rules) == 1
            and not pricelist.active
            and (rules.applied_on, rules.compute_price, rules.base)
            == ("3_global", "percentage", "list_price")
        )
        return rules if simple else rules.browse()

    @api.depends("pricelist_id")
    def _compute_discount(self):
        for offer in self:
            offer.discount = offer._dive_own_rule().percent_price

    def _inverse_discount(self):
        for offer in self:
            if rule := offer._dive_own_rule():
                rule.percent_price = offer.discount
            elif offer.discount and not offer.pricelist_id:
                offer.pricelist_id = offer._dive_make_pricelist()

    def _dive_make_pricelist(self):
        self.ensure_one()
        # sudo: who may make an offer may say what it takes off
        return (
            self.env["product.pricelist"]
            .sudo()
            .create(
                {
                    "name": self.code,
                    "active": False,
                    "company_id": self.company_id.id,
                    "currency_id": self.company_id.currency_id.id,
                    "item_ids": [
                        Command.create(
                            {
                                "applied_on": "3_global",
                                "compute_price": "percentage",
                                "percent_price": self.discount,
                            }
                        )
                    ],
                }
            )
        )

    @api.depends("code", "campaign_id.name")
    def _compute_link(self):
        for offer in self:
            asked = urlencode(
                {"code": offer.code or "", "utm_campaign": offer.campaign_id.name or ""}
            )
            offer.link = f"{offer.get_base_url()}{PUBLIC}?{asked}"

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        offers = super().create([self._dive_normal(vals) for vals in vals_list])
        offers._dive_check_gives()
        return offers

    def write(self, vals):
        if "company_id" in vals:
            self._dive_go_over(vals["company_id"])
        result = super().write(self._dive_normal(vals))
        if vals.keys() & {"gives", "discount", "pricelist_id", "type_id"}:
            self._dive_check_gives()
        return result

    def _dive_normal(self, vals):
        """Return the values with a normal code, which nobody else has."""
        if "code" in vals:
            code = offer_code.normal(vals["code"]) or offer_code.make()
            vals = {**vals, "code": code}
        if "code" in vals or "company_id" in vals:
            default = self.company_id[:1] or self.env.company
            self._dive_check_free(
                vals.get("code") or self[:1].code,
                vals.get("company_id") or default.id,
            )
        return vals

    def _dive_check_free(self, code, company_id):
        # the index would speak first, and does not know whose code it is
        other = self.with_context(active_test=False).search(
            [
                ("code", "=", code),
                ("company_id", "=", company_id),
                ("id", "not in", self.ids),
            ],
            limit=1,
        )
        if other:
            raise ValidationError(
                self.env._(
                    "“%(offer)s” of the campaign “%(campaign)s” has this code already:"
                    " choose another.",
                    offer=other.display_name,
                    campaign=other.campaign_id.title,
                )
            )

    def _dive_go_over(self, company_id):
        """Take the prices along to another company; what is used stays where it is."""
        company = self.env["res.company"].browse(company_id)
        for offer in self:
            if offer.company_id == company:
                continue
            if offer._dive_is_known():
                raise UserError(
                    self.env._(
                        "“%(offer)s” has been used, and stays with %(company)s: make"
                        " another for the other company.",
                        offer=offer.display_name,
                        company=offer.company_id.name,
                    )
                )
            offer._dive_own_rule().pricelist_id.write(
                {"company_id": company.id, "currency_id": company.currency_id.id}
            )

    def copy_data(self, default=None):
        """Let the copy of a percentage have a rule of its own."""
        return [
            {**vals, "discount": offer.discount}
            for offer, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.constrains("code")
    def _check_code(self):
        for offer in self:
            if not offer_code.is_code(offer.code):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is no code: take %(least)s to %(most)s letters and"
                        " digits, without other signs than - and _.",
                        code=offer.code,
                        least=offer_code.SHORTEST,
                        most=offer_code.LONGEST,
                    )
                )

    @api.constrains("uses_max")
    def _check_uses_max(self):
        for offer in self:
            if offer.uses_max and offer.uses_max < max(offer.uses, 0):
                raise ValidationError(
                    self.env._(
                        "“%(offer)s” has been used %(uses)s times: enter at least that"
                        " many, or 0 for as often as wished.",
                        offer=offer.display_name,
                        uses=offer.uses,
                    )
                )

    def _dive_check_gives(self):
        """Refuse an offer that gives nothing.

        No constraint: those are asked before a percentage has made its pricelist.
        """
        for offer in self:
            if offer.gives == "card" and not offer.type_id:
                raise ValidationError(
                    self.env._(
                        "“%(offer)s” gives a prepaid card: choose which.",
                        offer=offer.display_name,
                    )
                )
            if offer.gives != "prices":
                continue
            rule = offer._dive_own_rule()
            if not offer.pricelist_id or (rule and not 0 < rule.percent_price < 100):
                raise ValidationError(
                    self.env._(
                        "“%(offer)s” lowers prices: enter a discount of more than 0"
                        " and less than 100 %%, or choose a pricelist.",
                        offer=offer.display_name,
                    )
                )

    @api.constrains("date_from", "date_to")
    def _check_dates(self):
        for offer in self:
            if offer.date_from and offer.date_to and offer.date_from > offer.date_to:
                raise ValidationError(
                    self.env._(
                        "“%(offer)s” ends before it begins: change one of the dates.",
                        offer=offer.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for offer in self:
            if offer._dive_is_known():
                raise UserError(
                    self.env._(
                        "“%(offer)s” has been used, so it stays on record: archive it"
                        " instead.",
                        offer=offer.display_name,
                    )
                )

    def _dive_is_known(self):
        """Say whether a booking or a card has this offer, also one that is over."""
        # sudo: also those that this user does not see
        return any(
            self.env[model].sudo().search_count([("offer_id", "in", self.ids)], limit=1)
            for model in SOLD_WITH
        )
