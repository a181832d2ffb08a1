"""When the sale of a card is taxed: proposed by its services, said by an accountant."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

TREATMENTS = [
    ("single", "When sold (single-purpose)"),
    ("multi", "When used (multi-purpose)"),
]
#: why no tax of the sale is known: see ``_dive_proposed_treatment``
UNKNOWN = ("any", "mixed", "none", "fixed")
#: how taxes are worked out that are a part of the price: any other amount depends on
#: what is used, and how often
OF_THE_PRICE = ("percent", "division")
ACCOUNTANTS = ("account.group_account_user", "account.group_account_manager")


class DiveDiscountType(models.Model):
    _name = "dive.discount.type"
    _inherit = ["dive.discount.type", "dive.guarded.mixin"]

    _dive_guarded = {
        "treatment": None,
        "treatment_user_id": False,
        "treatment_date": False,
    }

    treatment = fields.Selection(
        TREATMENTS,
        "Taxed",
        compute="_compute_treatment",
        store=True,
        tracking=True,
        help="Proposed by the services; an accountant confirms it, or says otherwise."
        " Each card keeps what its type said when it was sold.",
    )
    treatment_reason = fields.Char("Because", compute="_compute_treatment_reason")
    treatment_user_id = fields.Many2one(
        "res.users", "Confirmed by", readonly=True, copy=False, tracking=True
    )
    treatment_date = fields.Date("Confirmed on", readonly=True, copy=False)
    tax_ids = fields.Many2many(
        "account.tax",
        string="Taxes of the sale",
        compute="_compute_treatment_reason",
        help="Those of the services, where the sale itself is taxed.",
    )

    @api.depends("service_ids", "company_id")
    def _compute_treatment(self):
        for kind in self:
            kind.treatment = kind._dive_proposed_treatment()[0]

    @api.depends("service_ids.taxes_id", "company_id", "treatment")
    @api.depends_context("lang")
    def _compute_treatment_reason(self):
        for kind in self:
            kind.tax_ids = kind._dive_sale_taxes()
            kind.treatment_reason = kind._dive_treatment_reason()

    # ------------------------------------------------------------------
    # The proposal
    # ------------------------------------------------------------------

    def _dive_service_taxes(self):
        """Return the taxes of each service, as the type's company charges them.

        :return: one recordset of ``account.tax`` per service
        :rtype: list
        """
        self.ensure_one()
        company = self.company_id
        return [
            service.with_company(company).taxes_id._filter_taxes_by_company(company)
            for service in self.service_ids
        ]

    def _dive_proposed_treatment(self):
        """Return when the sale is to be taxed, as the services say, and why.

        Single-purpose: the tax is known when the card is sold, and so is the country
        where it is due. Else multi-purpose: taxed on the price paid, when used. (In the
        EU: directive 2006/112/EC, articles 30a, 30b and 73a.)

        :return: (treatment, code of the reason)
        """
        self.ensure_one()
        sets = self._dive_service_taxes()
        if not sets:
            return "multi", "any"
        taxes = sets[0]
        if any(other != taxes for other in sets):
            return "multi", "mixed"
        if not taxes:
            return "multi", "none"
        if self._dive_taxes_not_of_the_price(taxes):
            return "multi", "fixed"
        country = self.company_id.account_fiscal_country_id
        if any(tax.country_id != country for tax in taxes):
            return "multi", "abroad"
        return "single", "one"

    @api.model
    def _dive_taxes_not_of_the_price(self, taxes):
        """Return those taxes that nobody knows when a card is sold; groups opened."""
        # sudo: whoever makes a type reads of its taxes how they are worked out
        return (
            taxes.sudo()
            .flatten_taxes_hierarchy()
            .filtered(lambda tax: tax.amount_type not in OF_THE_PRICE)
        )

    def _dive_treatment_reason(self):
        treatment, code = self._dive_proposed_treatment()
        words = {
            "any": self.env._("any service can be paid with it"),
            "mixed": self.env._("its services have different taxes"),
            "none": self.env._("its services have no taxes"),
            "fixed": self.env._(
                "a tax of its services is no percentage of the price, and depends on"
                " what the card is used for"
            ),
            "abroad": self.env._("a tax is due in another country"),
            "one": self.env._("all its services have the same taxes, in one country"),
        }
        label = dict(self._fields["treatment"]._description_selection(self.env))
        if self.treatment and self.treatment != treatment:
            return self.env._(
                "The services propose “%(treatment)s”: %(reason)s.",
                treatment=label[treatment],
                reason=words[code],
            )
        return words[code][:1].upper() + words[code][1:] + "."

    def _dive_sale_taxes(self):
        """Return the taxes of the sale: none where each use is taxed."""
        self.ensure_one()
        sets = self._dive_service_taxes()
        if self.treatment != "single" or not sets:
            return self.env["account.tax"]
        return sets[0]

    def write(self, vals):
        """Other services: what an accountant has said was about those before."""
        result = super().write(vals)
        if vals.keys() & {"service_ids", "company_id"}:
            self._dive_unlocked().write(
                {"treatment_user_id": False, "treatment_date": False}
            )
        return result

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_confirm_treatment(self):
        """Confirm that the sale of these types is taxed as they say.

        :raise AccessError: for who is no accountant
        """
        return self._dive_confirm_treatment()

    def action_switch_treatment(self):
        """Say that the sale of these types is taxed the other way, and confirm it.

        :raise AccessError: for who is no accountant
        """
        for kind in self:
            other = "multi" if kind.treatment == "single" else "single"
            kind._dive_confirm_treatment(treatment=other)
        return True

    def _dive_confirm_treatment(self, **values):
        self.check_access("read")
        user = self.env.user
        if not (self.env.su or any(user.has_group(name) for name in ACCOUNTANTS)):
            raise AccessError(
                self.env._("How a card is taxed is said by an accountant.")
            )
        for kind in self:
            kind._dive_check_treatment(values.get("treatment", kind.treatment))
        # sudo: an accountant confirms, and otherwise changes no type
        self.sudo()._dive_unlocked().write(
            {
                **values,
                "treatment_user_id": user.id,
                "treatment_date": fields.Date.context_today(self),
            }
        )
        return True

    def _dive_check_treatment(self, treatment):
        """Raise a UserError if nobody knows with which taxes the sale is taxed."""
        self.ensure_one()
        if treatment == "single" and self._dive_proposed_treatment()[1] in UNKNOWN:
            raise UserError(
                self.env._(
                    "“%(type)s” cannot be taxed when sold: %(reason)s So its tax is not"
                    " known then.",
                    type=self.name,
                    reason=self._dive_treatment_reason(),
                )
            )
