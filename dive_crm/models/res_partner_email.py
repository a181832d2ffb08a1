from odoo import api, fields, models, tools
from odoo.exceptions import RedirectWarning, ValidationError
from odoo.fields import Domain

from ..tools.partner_query import is_email
from .res_partner_unique import Claim

_SPACE = (
    # The company's own customers meet each other and those without a company, who meet
    # everybody: a range of one company or of all.
    "(CASE WHEN company_id IS NULL THEN int4range(NULL, NULL)"
    " ELSE int4range(company_id, company_id, '[]') END) WITH &&"
)

# What may bring two customers with one address together.
_EMAIL_KEYS = {"email", "dive_customer", "company_id", "active"}


def _hash_range(column):
    """Return the SQL of a range of one number that stands for the text in ``column``.

    GiST knows ranges without any extension. The hash has 63 bits: two addresses meet by
    chance in one of 10^9 centres with 100,000 customers.
    """
    number = f"(hashtextextended({column}, 0) >> 1)"
    return f"int8range({number}, {number}, '[]') WITH &&"


def _bare_address(text):
    """Return the address in ``Anna <a@b.com>``; leave anything odd as it is."""
    text = text.strip()
    addresses = tools.email_split(text) if text.endswith(">") else []
    if len(addresses) == 1 and is_email(addresses[0]):
        return addresses[0]
    return text or False


class ResPartner(models.Model):
    """An e-mail address identifies one active dive customer (rule P8)."""

    _inherit = "res.partner"

    dive_email_owner_id = fields.Many2one(
        "res.partner",
        string="Customer with this e-mail",
        compute="_compute_dive_email_owner_id",
        help="Shown while typing, before the address is refused.",
    )

    _dive_email_uniq = models.UniqueIndex(
        "(email_normalized, COALESCE(company_id, 0))"
        " WHERE dive_customer IS TRUE AND active IS TRUE"
        " AND email_normalized IS NOT NULL",
        lambda env, diag: env._("Another customer already has this e-mail address."),
    )
    # What a unique index cannot say: a customer of all companies against one of company
    # 1.
    _dive_email_shared = models.Constraint(
        f"EXCLUDE USING gist ({_hash_range('email_normalized')}, {_SPACE})"
        " WHERE (dive_customer IS TRUE AND active IS TRUE"
        " AND email_normalized IS NOT NULL)",
        lambda env, diag: env._("Another customer already has this e-mail address."),
    )
    _dive_ref_shared = models.Constraint(
        f"EXCLUDE USING gist ({_hash_range('ref')}, {_SPACE})"
        " WHERE (dive_customer IS TRUE AND ref IS NOT NULL)",
        lambda env, diag: env._("Another customer already has this number."),
    )
    # The search by e-mail, as somebody types it from the left.
    _dive_email_prefix_idx = models.Index(
        "(email_normalized text_pattern_ops) WHERE email_normalized IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            dict(vals, email=_bare_address(vals["email"]))
            if vals.get("email") and self._dive_is_customer_in(vals)
            else vals
            for vals in vals_list
        ]
        self._dive_check_email_free(
            self._dive_claims(
                "email_normalized",
                [
                    dict(vals, email_normalized=tools.email_normalize(vals["email"]))
                    for vals in vals_list
                    if vals.get("email")
                    and vals.get("active", True)
                    and self._dive_is_customer_in(vals)
                ],
            )
        )
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("email") and any(partner.dive_customer for partner in self):
            vals = dict(vals, email=_bare_address(vals["email"]))
        after = dict(vals)
        if "email" in vals:
            after["email_normalized"] = tools.email_normalize(vals["email"])
        if _EMAIL_KEYS & vals.keys() and vals.get("active", True):
            active = self if "active" in vals else self.filtered("active")
            active._dive_check_email_free(
                active._dive_claims_after("email_normalized", after)
            )
        return super().write(vals)

    @api.depends("email", "dive_customer", "active", "company_id")
    def _compute_dive_email_owner_id(self):
        for partner in self:
            owner = partner.browse()
            address = tools.email_normalize(partner.email)
            if partner.dive_customer and address:
                owner = partner._dive_email_owners(address)[:1]
            partner.dive_email_owner_id = owner

    def _dive_email_owners(self, address):
        """Return the other active dive customers that the user sees with ``address``.

        :param str address: a normalised address
        """
        domain = Domain(
            [("email_normalized", "=", address), ("dive_customer", "=", True)]
        ) & Domain("id", "not in", self._origin.ids)
        if self.company_id:
            domain &= Domain("company_id", "in", [False, self.company_id.id])
        return self.search(domain, limit=5)

    @api.constrains("email", "dive_customer")
    def _check_dive_email(self):
        for partner in self:
            if partner.dive_customer and partner.email:
                partner._dive_check_one_address()

    def _dive_check_email_free(self, claims):
        """Refuse an address that another active customer has."""
        taken = self._dive_find_owner("email_normalized", claims, archived=False)
        if taken:
            self._dive_refuse_email(*taken)

    def _dive_check_one_address(self):
        """Refuse what is not exactly one e-mail address."""
        if is_email(self.email):
            return
        if len(tools.email_split(self.email)) > 1:
            raise ValidationError(
                self.env._(
                    "Only one e-mail address per customer: “%(email)s” holds several. "
                    "Further people get a customer record of their own.",
                    email=self.email,
                )
            )
        raise ValidationError(
            self.env._(
                "“%(email)s” is not an e-mail address. It should look like "
                "name@example.com.",
                email=self.email,
            )
        )

    def _dive_refuse_email(self, claim, owner):
        """Refuse an address that ``owner`` has; only staff learn who that is."""
        if not self.env.user._is_internal():
            raise ValidationError(
                self.env._(
                    "This e-mail address cannot be used. "
                    "Please contact the dive centre."
                )
            )
        if isinstance(owner, Claim):
            raise ValidationError(
                self.env._(
                    "%(one)s and %(two)s cannot share the e-mail address %(email)s.",
                    one=owner.name,
                    two=claim.name,
                    email=claim.value,
                )
            )
        visible = self.search([("id", "=", owner.id)])
        if not visible:
            raise ValidationError(
                self.env._(
                    "The e-mail address %(email)s already belongs to a customer of "
                    "another company.",
                    email=claim.value,
                )
            )
        raise RedirectWarning(
            self.env._(
                "The e-mail address %(email)s already belongs to %(name)s "
                "(%(number)s). Two customers cannot share one: open that customer, or "
                "use another address. A child needs none: give it a guardian.",
                email=claim.value,
                name=visible.display_name,
                number=visible.ref or "-",
            ),
            visible._dive_open_action(),
            self.env._("Open %(name)s", name=visible.display_name),
        )
