from odoo import api, fields, models


class ResPartner(models.Model):
    """What the history and the statement add to a customer."""

    _inherit = "res.partner"

    dive_history_count = fields.Integer(
        string="History entries", compute="_compute_dive_history_count"
    )
    dive_statement_recipient_id = fields.Many2one(
        "res.partner",
        string="Statement goes to",
        compute="_compute_dive_statement_recipient_id",
        help="The guardian of a minor, else the customer.",
    )

    @api.depends("dive_guardian_id", "birthdate_date")
    def _compute_dive_statement_recipient_id(self):
        for partner in self:
            partner.dive_statement_recipient_id = (
                partner.dive_guardian_id if partner.dive_is_minor else partner
            )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_dive_history_count(self):
        counts = {}
        history = self.env["dive.history"]
        if self.ids and history.has_access("read"):
            counts = dict(
                history._read_group(
                    [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
                )
            )
        for partner in self:
            partner.dive_history_count = counts.get(partner._origin, 0)

    def action_view_dive_history(self):
        """Return the action that lists all that happened with this customer."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_history"
        )
        action["domain"] = [("partner_id", "=", self.id)]
        action["context"] = {"dive_history_of_one": True}
        return action

    def action_dive_statement(self):
        """Return the action that asks what the statements of these shall show."""
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_statement_wizard"
        )
        action["context"] = {"active_model": "res.partner", "active_ids": self.ids}
        return action
