"""When somebody was last in touch: column, filter and group, without a scan."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

#: field → what marks the rows of the register that count for it
MARKS = {"dive_last_contact": "touch", "dive_last_heard": "heard"}


class ResPartner(models.Model):
    _inherit = "res.partner"

    dive_last_contact = fields.Datetime(
        string="Last contact",
        compute="_compute_dive_last_contact",
        search="_search_dive_last_contact",
        help="The latest call, e-mail, SMS or portal message that reached this "
        "customer or came from them. Internal notes, mailings to many, calls that "
        "nobody answered and messages that did not arrive do not count.",
    )
    dive_last_heard = fields.Datetime(
        string="Last heard from",
        compute="_compute_dive_last_contact",
        search="_search_dive_last_heard",
        help="The latest e-mail or portal message from this customer, or call in which "
        "somebody spoke with them.",
    )

    @api.depends("message_ids")
    def _compute_dive_last_contact(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, max(date) FILTER (WHERE touch),"
                " max(date) FILTER (WHERE heard)"
                " FROM dive_contact WHERE partner_id IN %s AND touch IS TRUE"
                " GROUP BY partner_id",
                tuple(self._origin.ids) or (0,),
            )
        )
        dates = {id_: (touched, heard) for id_, touched, heard in rows}
        for partner in self:
            touched, heard = dates.get(partner._origin.id, (False, False))
            partner.dive_last_contact = touched
            partner.dive_last_heard = heard

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr in MARKS:
            return SQL(
                "(SELECT max(contact.date) FROM dive_contact contact WHERE %s)",
                self._dive_contact_sql(alias, field_expr),
            )
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _dive_contact_sql(self, alias, name):
        """SQL: a row of the register that counts for a field of a partner."""
        return SQL(
            "contact.partner_id = %s AND contact.%s IS TRUE",
            SQL.identifier(alias, "id"),
            SQL.identifier(MARKS[name]),
        )

    @api.model
    def _search_dive_last_contact(self, operator, value):
        return self._dive_search_contact("dive_last_contact", operator, value)

    @api.model
    def _search_dive_last_heard(self, operator, value):
        return self._dive_search_contact("dive_last_heard", operator, value)

    @api.model
    def _dive_search_contact(self, name, operator, value):
        """Search by the latest contact.

        Who was never in touch has none, and is found by ``= False`` only.
        """
        if operator == "in" and set(value) == {False}:
            return self._dive_contact_domain(name, SQL("IS NULL"))
        if operator in ("<", "<="):
            # one look at an index for each customer, however many messages there are
            return self._dive_contact_domain(name, SQL("%s %s", SQL(operator), value))
        if operator in (">", ">="):
            return Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "EXISTS (SELECT FROM dive_contact contact"
                    " WHERE %s AND contact.date %s %s)",
                    model._dive_contact_sql(alias, name),
                    SQL(operator),
                    value,
                )
            )
        return NotImplemented

    @api.model
    def _dive_contact_domain(self, name, condition):
        """Return the domain of those whose latest contact satisfies a condition."""
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s", model._field_to_sql(alias, name, query), condition
            )
        )

    # ------------------------------------------------------------------
    # Whoever becomes a customer brings their messages along
    # ------------------------------------------------------------------

    def write(self, vals):
        newcomers = self.browse()
        if vals.get("dive_customer"):
            newcomers = self.filtered(lambda partner: not partner.dive_customer)
        result = super().write(vals)
        self.env["dive.contact"]._dive_note_partners(newcomers)
        return result

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_dive_call(self):
        """Open the dialog in which a call is noted."""
        self.ensure_one()
        return self.env["dive.call.dialog"]._dive_open(partner_id=self.id)

    def action_dive_contacts(self):
        """Show how we were in touch with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_contact_log"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.id)],
            "context": {"dive_contact_of_one": True},
            "path": False,
        }
