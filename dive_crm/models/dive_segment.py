"""Saved segments of customers: always as they are now; for mailings, SMS, lists."""

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class DiveSegment(models.Model):
    _name = "dive.segment"
    _description = "Segment of customers"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, aggregator=None)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    kind = fields.Selection(
        [("rule", "By a rule"), ("chosen", "Chosen by hand")],
        "Who",
        required=True,
        default="rule",
        help="By a rule: whoever fulfils it at that time. Chosen by hand: a list to"
        " which customers are added from the list of customers.",
    )
    domain = fields.Char("Rule", required=True, default="[]")
    partner_ids = fields.Many2many(
        "res.partner",
        "dive_segment_partner_rel",
        string="Chosen customers",
        domain="[('dive_customer', '=', True)]",
    )
    count = fields.Integer(
        "Customers", compute="_compute_count", help="Of those that you may see, now."
    )

    def _compute_count(self):
        partners = self.env["res.partner"]
        for segment in self:
            try:
                segment.count = partners.search_count(segment._dive_domain())
            except UserError:
                segment.count = 0  # the field is gone, or not for this user

    @api.constrains("domain", "kind")
    def _check_domain(self):
        partners = self.env["res.partner"]
        for segment in self:
            # asks for the right to each field, and reads nothing
            partners._search(segment._dive_domain())

    def _dive_domain(self):
        """Return the condition as a domain of customers.

        :raise ValidationError: it is none, or names a field that is not there
        """
        self.ensure_one()
        ours = Domain("dive_customer", "=", True)
        if self.kind == "chosen":
            return ours & Domain("dive_segment_ids", "in", self.ids)
        partners = self.env["res.partner"]
        try:
            domain = Domain(literal_eval(self.domain or "[]"))
            domain.validate(partners)
        except UserError:
            raise
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "“%(name)s” says nothing about customers that Odoo understands:"
                    " choose who is meant once more.",
                    name=self.name or "",
                )
            ) from error
        return ours & domain

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_customers(self):
        """List the customers of this segment."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_customer"
        )
        return {
            **action,
            "name": self.name,
            "domain": list(self._dive_domain()),
            "context": {},
        }

    def action_email(self):
        """Open the composer of an e-mail to all of this segment."""
        self.ensure_one()
        return self._dive_composer(
            "mail.compose.message",
            self.env._("E-mail to “%(segment)s”", segment=self.name),
            {
                "default_composition_mode": "mass_mail",
                "default_model": "res.partner",
                "default_res_ids": self._dive_ids(),
                "default_dive_marketing": True,
            },
        )

    def action_sms(self):
        """Open the composer of an SMS to all of this segment."""
        self.ensure_one()
        return self._dive_composer(
            "sms.composer",
            self.env._("SMS to “%(segment)s”", segment=self.name),
            {
                "default_composition_mode": "mass",
                "default_mass_keep_log": True,
                "default_res_model": "res.partner",
                "default_res_ids": repr(self._dive_ids()),
                "default_dive_marketing": True,
            },
        )

    def action_mailing(self):
        """Begin a mailing to this segment, as it will be when it is sent."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mass_mailing.mailing_mailing_action_mail"
        )
        return {
            **action,
            "views": [(False, "form")],
            "context": {
                "default_mailing_type": "mail",
                "default_mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "default_dive_segment_id": self.id,
            },
        }

    def _dive_ids(self):
        """Return the numbers of the customers, as they are now.

        :raise UserError: there are none
        """
        ids = self.env["res.partner"].search(self._dive_domain()).ids
        if not ids:
            raise UserError(self.env._("Nobody is in this segment now."))
        return ids

    def _dive_composer(self, model, name, context):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": context,
        }
