"""Tickets of a company: their address, how long they may take, who gets them."""

from odoo import api, fields, models

from .dive_ticket import ROLES

#: The address that a company begins with; a manager gives another.
NAME = "help"
HOURS = {"0": 48, "1": 24, "2": 4}


class ResCompany(models.Model):
    """One inbox per company: no teams, which a dive centre does not have."""

    _inherit = "res.company"

    dive_ticket_alias_id = fields.Many2one(
        "mail.alias", readonly=True, copy=False, ondelete="set null"
    )
    dive_ticket_alias_name = fields.Char(
        "Address for tickets",
        compute="_compute_dive_ticket_alias_name",
        inverse="_inverse_dive_ticket_alias_name",
        help="What is before the @: an e-mail to it becomes a ticket.",
    )
    dive_ticket_address = fields.Char(compute="_compute_dive_ticket_address")
    dive_ticket_hours_normal = fields.Integer("Normal", default=HOURS["0"])
    dive_ticket_hours_high = fields.Integer("High", default=HOURS["1"])
    dive_ticket_hours_urgent = fields.Integer("Urgent", default=HOURS["2"])
    dive_ticket_user_id = fields.Many2one(
        "res.users",
        "Gets new tickets",
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", [self.env.ref(role).id for role in ROLES]),
        ],
        ondelete="set null",
        help="Nobody chosen: new tickets are of nobody until somebody takes them.",
    )
    dive_ticket_feedback = fields.Selection(
        [
            ("0", "Never"),
            ("1", "Unhappy"),
            ("3", "Unhappy or neutral"),
        ],
        "Feedback that opens a ticket",
        required=True,
        default="1",
    )
    dive_ticket_rating = fields.Boolean(
        "Ask how satisfied the customer is",
        default=True,
        help="By e-mail, once, when a ticket is closed.",
    )

    _dive_ticket_hours_possible = models.Constraint(
        "CHECK (dive_ticket_hours_normal BETWEEN 0 AND 8760"
        " AND dive_ticket_hours_high BETWEEN 0 AND 8760"
        " AND dive_ticket_hours_urgent BETWEEN 0 AND 8760)",
        "Hours until a ticket is overdue: from 0, which means never, to 8760, a year.",
    )

    @api.depends("dive_ticket_alias_id.alias_name")
    def _compute_dive_ticket_alias_name(self):
        for company in self:
            # sudo: an address is no secret
            company.dive_ticket_alias_name = (
                company.sudo().dive_ticket_alias_id.alias_name
            )

    @api.depends(
        "dive_ticket_alias_id.alias_full_name", "dive_ticket_alias_id.alias_domain_id"
    )
    def _compute_dive_ticket_address(self):
        for company in self:
            # sudo: an address is no secret
            alias = company.sudo().dive_ticket_alias_id
            whole = alias.alias_name and alias.alias_domain_id
            company.dive_ticket_address = alias.alias_full_name if whole else False

    def _inverse_dive_ticket_alias_name(self):
        for company in self:
            # sudo: who writes settings need not be allowed addresses
            alias = company.sudo().dive_ticket_alias_id
            name = company.dive_ticket_alias_name
            if alias:
                alias.alias_name = name
            elif name:
                company._dive_add_ticket_alias(name)

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        for company in companies.filtered(lambda one: not one.dive_ticket_alias_id):
            company._dive_add_ticket_alias()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "alias_domain_id" in vals:
            for company in self:
                # sudo: as in _inverse_dive_ticket_alias_name
                alias = company.sudo().dive_ticket_alias_id
                alias.alias_domain_id = company.alias_domain_id
        return result

    def unlink(self):
        """An address of a company that is gone would take e-mails in for nobody."""
        aliases = self.sudo().dive_ticket_alias_id  # sudo: they go with it
        result = super().unlink()
        aliases.unlink()
        return result

    @api.model
    def _dive_add_ticket_aliases(self):
        """Give companies an address that are from before there were tickets."""
        # pylint: disable=no-search-all
        everybody = self.with_context(active_test=False).search([], order="id")
        for company in everybody.filtered(lambda one: not one.dive_ticket_alias_id):
            company._dive_add_ticket_alias()

    def _dive_add_ticket_alias(self, name=None):
        """Give this company an address for tickets, a free one unless one is named."""
        self.ensure_one()
        # sudo: as in _inverse_dive_ticket_alias_name
        company = self.sudo()
        aliases = company.env["mail.alias"]
        models_ = company.env["ir.model"]
        company.dive_ticket_alias_id = aliases.create(
            {
                "alias_name": name or company._dive_free_alias_name(),
                "alias_domain_id": company.alias_domain_id.id,
                "alias_model_id": models_._get_id("dive.ticket"),
                "alias_defaults": repr({"company_id": company.id}),
                "alias_parent_model_id": models_._get_id("res.company"),
                "alias_parent_thread_id": company.id,
                "alias_contact": "everyone",
            }
        )

    def _dive_free_alias_name(self):
        """Return a name that nobody has in the company's domain."""
        domain = self.alias_domain_id
        taken = {domain.bounce_alias, domain.catchall_alias}
        # pylint: disable=no-search-all
        others = self.env["mail.alias"].search([("alias_name", "=like", f"{NAME}%")])
        taken.update(others.mapped("alias_name"))
        names = (NAME, *(f"{NAME}-{number}" for number in range(2, len(taken) + 3)))
        return next(name for name in names if name not in taken)

    def _dive_ticket_hours(self, priority):
        """Return after how many hours a ticket is overdue; 0: never."""
        self.ensure_one()
        return {
            "1": self.dive_ticket_hours_high,
            "2": self.dive_ticket_hours_urgent,
        }.get(priority, self.dive_ticket_hours_normal)

    def _dive_ticket_person(self):
        """Return who gets new tickets, if somebody was chosen who can.

        :rtype: res.users
        """
        self.ensure_one()
        # sudo: whose groups and companies these are is not for everybody to read
        chosen = self.sudo().dive_ticket_user_id
        able = (
            chosen.active
            and self in chosen.company_ids
            and any(chosen.has_group(role) for role in ROLES)
        )
        return chosen if able else chosen.browse()

    def _dive_managers(self):
        """Return who runs the dive centre of this company, as superuser.

        :rtype: res.users
        """
        self.ensure_one()
        # sudo: who is in a group is for administrators to read
        people = self.env.ref("dive_crm.group_manager").sudo().all_user_ids
        # the robot reads no messages
        people -= self.env.ref("base.user_root")
        return people.filtered(lambda one: one.active and self in one.company_ids)


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_ticket_alias_name = fields.Char(
        related="company_id.dive_ticket_alias_name", readonly=False
    )
    dive_ticket_alias_domain = fields.Char(
        related="company_id.alias_domain_id.name", string="Domain of tickets"
    )
    dive_ticket_hours_normal = fields.Integer(
        related="company_id.dive_ticket_hours_normal", readonly=False
    )
    dive_ticket_hours_high = fields.Integer(
        related="company_id.dive_ticket_hours_high", readonly=False
    )
    dive_ticket_hours_urgent = fields.Integer(
        related="company_id.dive_ticket_hours_urgent", readonly=False
    )
    dive_ticket_user_id = fields.Many2one(
        related="company_id.dive_ticket_user_id", readonly=False
    )
    dive_ticket_feedback = fields.Selection(
        related="company_id.dive_ticket_feedback", readonly=False
    )
    dive_ticket_rating = fields.Boolean(
        related="company_id.dive_ticket_rating", readonly=False
    )
