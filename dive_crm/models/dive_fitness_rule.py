from odoo import api, fields, models
from odoo.tools import frozendict, ormcache

#: what is looked at, in this order
CODES = [
    ("elsewhere", "On another trip at that time"),
    ("unfit", "Not fit to dive"),
    ("medical", "Medical form or physician's word missing"),
    ("level", "Level"),
    ("depth", "Depth"),
    ("gas", "Gas"),
    ("autonomy", "Diving without a guide"),
    ("age", "Minimum age"),
    ("dives", "Logged dives"),
    ("refresher", "Long break"),
    ("guardian", "Guardian's consent"),
    ("emergency_contact", "Emergency contact"),
    ("insurance", "Insurance"),
    ("unverified", "Card not checked"),
    ("expiring", "Card ends soon"),
]


class DiveFitnessRule(models.Model):
    """How much a finding weighs: for all, for a kind of trip, for a company."""

    _name = "dive.fitness.rule"
    _description = "Rule on who may come along"
    _order = "sequence, code, type_id, company_id, id"
    _check_company_domain = models.check_company_domain_parent_of
    _check_company_auto = True

    sequence = fields.Integer(default=10)
    code = fields.Selection(CODES, "What", required=True)
    severity = fields.Selection(
        [
            ("block", "Block"),
            ("warn", "Warn"),
            ("inform", "Inform"),
            ("off", "Off"),
        ],
        "Then",
        required=True,
        default="warn",
        help="Block: no place without a manager. Warn: an amber light. Inform: told by"
        " the way. Off: not looked at.",
    )
    type_id = fields.Many2one(
        "dive.trip.type",
        "Kind of trip",
        ondelete="cascade",
        check_company=True,
        help="Empty: all kinds.",
    )
    company_id = fields.Many2one(
        "res.company", help="Empty: every company.", ondelete="cascade"
    )

    _once = models.UniqueIndex(
        "(code, COALESCE(type_id, 0), COALESCE(company_id, 0))",
        lambda env, diag: env._(
            "There is a rule on this already, for the same kind of trip and company:"
            " change that one."
        ),
    )

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["code"]._description_selection(self.env))
        for rule in self:
            rule.display_name = labels.get(rule.code, "")

    @api.model
    def _dive_severities(self, trips):
        """Return how much each finding weighs on each trip.

        The most specific rule counts: that of the company on the kind of trip, of
        anybody on the kind, of the company on all kinds, of all. Nearer companies come
        before their parents. What no rule speaks of is not looked at.

        :return: trip → {code: severity}
        :rtype: dict
        """
        return {
            trip: self._dive_severities_on(
                (trip.type_id._origin or trip.type_id).id,
                trip.sudo().company_id._origin.id,  # sudo: maybe another company's
            )
            for trip in trips
        }

    @api.model
    @ormcache("type_id", "company_id")
    def _dive_severities_on(self, type_id, company_id):
        company = self.env["res.company"].sudo().browse(company_id)
        companies = company.parent_ids.ids
        found = {}
        # sudo: a rule of the house holds for the portal as well
        rules = self.sudo().search([])  # pylint: disable=no-search-all
        for rule in rules:
            if rule.type_id and rule.type_id.id != type_id:
                continue
            if rule.company_id and rule.company_id.id not in companies:
                continue
            near = companies.index(rule.company_id.id) + 1 if rule.company_id else 0
            weight = (bool(rule.type_id), near)
            if rule.code not in found or weight > found[rule.code][0]:
                found[rule.code] = (weight, rule.severity)
        return frozendict(
            {
                code: severity
                for code, (_weight, severity) in found.items()
                if severity != "off"
            }
        )

    # ------------------------------------------------------------------
    # Each place that is taken asks: what was found is kept until a rule changes
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
