from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .res_partner_unique import Claim

#: Everybody who works in the dive centre.
STAFF_GROUPS = (
    "dive_crm.group_front_desk,dive_crm.group_instructor,dive_crm.group_medical"
)
GENDERS = [("female", "Female"), ("male", "Male"), ("other", "Other")]


class ResPartner(models.Model):
    """A diver is a partner: who they are, and what makes them a customer of ours."""

    _inherit = "res.partner"

    dive_customer = fields.Boolean(
        string="Dive customer",
        help="Divers and those who pay for them. They get a customer number and appear "
        "in the Dive Centre app.",
    )
    # A prefetch group of its own: what only our screens show, here and in the other
    # res_partner files, is not read along with every partner.
    dive_customer_since = fields.Date(
        string="Customer since", copy=False, prefetch="dive"
    )
    birthdate_date = fields.Date(string="Date of birth", tracking=True)
    dive_age = fields.Integer(string="Age", compute="_compute_dive_age")
    dive_is_minor = fields.Boolean(
        string="Minor", compute="_compute_dive_age", search="_search_dive_is_minor"
    )
    dive_gender = fields.Selection(GENDERS, string="Gender", prefetch="dive")
    dive_nationality_id = fields.Many2one(
        "res.country", string="Nationality", prefetch="dive"
    )
    dive_guardian_id = fields.Many2one(
        "res.partner",
        string="Guardian",
        index="btree_not_null",
        tracking=True,
        domain="[('dive_customer', '=', True)]",
        help="Who decides for a minor, and is written to instead.",
    )
    dive_ward_ids = fields.One2many(
        "res.partner", "dive_guardian_id", string="Guardian of"
    )
    dive_guardian_missing = fields.Boolean(
        string="Guardian missing",
        compute="_compute_dive_age",
        search="_search_dive_guardian_missing",
    )
    dive_emergency_contact_ids = fields.One2many(
        "dive.emergency.contact",
        "partner_id",
        string="Emergency contacts",
        # Who may not read them can still read all of a contact.
        groups=STAFF_GROUPS,
    )

    # The first page of the customer list, in its order, without a look at anybody else.
    # Predicates are written as the ORM writes conditions: PostgreSQL compares them.
    _dive_list_idx = models.Index(
        "(complete_name, id DESC) WHERE dive_customer IS TRUE AND active IS TRUE"
    )
    _dive_since_idx = models.Index("(dive_customer_since) WHERE dive_customer IS TRUE")
    _dive_birthdate_idx = models.Index("(birthdate_date) WHERE dive_customer IS TRUE")
    # Archived customers keep their number: it stands on papers that are still around.
    _dive_ref_uniq = models.UniqueIndex(
        "(ref, COALESCE(company_id, 0))"
        " WHERE dive_customer IS TRUE AND ref IS NOT NULL",
        lambda env, diag: env._("Another customer already has this number."),
    )

    @api.depends("birthdate_date", "dive_guardian_id", "dive_customer")
    def _compute_dive_age(self):
        today = self.env.company._dive_today()
        limit = self.env["res.company"]._dive_minor_limit()
        for partner in self:
            born = partner.birthdate_date
            had_birthday = born and (today.month, today.day) >= (born.month, born.day)
            partner.dive_age = born and today.year - born.year - (not had_birthday)
            partner.dive_is_minor = bool(born and born > limit)
            partner.dive_guardian_missing = bool(
                partner.dive_customer
                and partner.dive_is_minor
                and not partner.dive_guardian_id
            )

    def _search_dive_is_minor(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain(
            "birthdate_date", ">", self.env["res.company"]._dive_minor_limit()
        )

    def _search_dive_guardian_missing(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("dive_customer", "=", True) & Domain(
            [("dive_is_minor", "=", True), ("dive_guardian_id", "=", False)]
        )

    # ------------------------------------------------------------------
    # Becoming a customer: number and date
    # ------------------------------------------------------------------

    def _dive_is_customer_in(self, vals):
        """Tell whether a partner created with ``vals`` is a dive customer."""
        return vals.get("dive_customer", self.env.context.get("default_dive_customer"))

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            self._dive_customer_defaults(vals)
            if self._dive_is_customer_in(vals)
            else vals
            for vals in vals_list
        ]
        self._dive_check_number(self._dive_claims("ref", vals_list))
        return super().create(vals_list)

    def write(self, vals):
        newcomers = self.browse()
        if vals.get("dive_customer"):
            newcomers = self.filtered(lambda partner: not partner.dive_customer)
        self._dive_check_number(self._dive_claims_after("ref", vals))
        result = super().write(vals)
        for partner in newcomers:
            missing = partner._dive_customer_defaults(
                {"ref": partner.ref, "company_id": partner.company_id.id}
            )
            super(ResPartner, partner).write(
                {
                    "ref": missing["ref"],
                    "dive_customer_since": partner.dive_customer_since
                    or missing["dive_customer_since"],
                }
            )
        return result

    def copy_data(self, default=None):
        """Give a copy a number and an e-mail of its own."""
        vals_list = super().copy_data(default=default)
        for partner, vals in zip(self, vals_list, strict=True):
            if partner.dive_customer:
                for name in ("ref", "email"):
                    if name not in (default or {}):
                        vals.pop(name, None)
        return vals_list

    def _dive_customer_defaults(self, vals):
        """Return ``vals`` with customer number and date filled in where missing."""
        vals = dict(vals)
        company = self.env["res.company"].browse(vals.get("company_id") or [])
        company = company or self.env.company
        if not vals.get("dive_customer_since"):
            vals["dive_customer_since"] = company._dive_today()
        if not vals.get("ref"):
            vals["ref"] = self._dive_next_number(company)
        return vals

    def _dive_next_number(self, company):
        """Return the next customer number that nobody has, imported ones included."""
        sequence = self.env["ir.sequence"].with_company(company)
        while number := sequence.next_by_code("dive.customer"):
            # Numbers of archived and of other companies' customers count as well.
            taken = (
                self.sudo()
                .with_context(active_test=False)
                .search_count([("ref", "=", number)], limit=1)
            )
            if not taken:
                return number
        raise UserError(
            self.env._(
                "There is no sequence for customer numbers. Ask an administrator to "
                "create one with the code “dive.customer”."
            )
        )

    # ------------------------------------------------------------------
    # What cannot be
    # ------------------------------------------------------------------

    @api.constrains("birthdate_date")
    def _check_birthdate_date(self):
        today = self.env.company._dive_today()
        for partner in self:
            born = partner.birthdate_date
            if born and born > today:
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be born in the future (%(date)s).",
                        name=partner.display_name,
                        date=fields.Date.to_string(born),
                    )
                )
            if born and born.year < today.year - 125:
                raise ValidationError(
                    self.env._(
                        "%(name)s would be over 125 years old: check the date of birth "
                        "(%(date)s).",
                        name=partner.display_name,
                        date=fields.Date.to_string(born),
                    )
                )

    @api.constrains("dive_guardian_id")
    def _check_dive_guardian_id(self):
        for partner in self.filtered("dive_guardian_id"):
            if partner._has_cycle("dive_guardian_id"):
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be their own guardian.",
                        name=partner.display_name,
                    )
                )

    def _dive_check_number(self, claims):
        """Refuse a customer number that somebody has, or had before being archived."""
        taken = self._dive_find_owner("ref", claims)
        if taken:
            claim, other = taken
            raise ValidationError(
                self.env._(
                    "The customer number %(number)s already belongs to %(name)s.",
                    number=claim.value,
                    name=self._dive_owner_name(other),
                )
            )

    def _dive_owner_name(self, owner):
        """Return the name of a claim's owner, if the user may know it."""
        if isinstance(owner, Claim):
            return owner.name
        visible = self.with_context(active_test=False).search([("id", "=", owner.id)])
        return visible.name or self.env._("a customer of another company")

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_dive_open_customer(self):
        """Open this contact as a dive customer."""
        return self._dive_open_action()

    def _dive_open_action(self):
        """Return the action that opens this customer's form in the Dive Centre app."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "res.partner",
            "res_id": self.id,
            "views": [(self.env.ref("dive_crm.view_partner_dive_form").id, "form")],
            "target": "current",
        }
