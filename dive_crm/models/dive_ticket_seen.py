"""Where tickets are seen: on customers and on bookings."""

from odoo import api, fields, models
from odoo.fields import Domain

from .dive_ticket import OPEN
from .res_partner import STAFF_GROUPS


class ResPartner(models.Model):
    _inherit = "res.partner"

    dive_ticket_count = fields.Integer(
        "Open tickets", compute="_compute_dive_ticket_count", groups=STAFF_GROUPS
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_dive_ticket_count(self):
        tickets = self.env["dive.ticket"]
        counts = {}
        if self.ids and tickets.has_access("read"):
            counts = dict(
                tickets._read_group(
                    OPEN & Domain("partner_id", "in", self.ids),
                    ["partner_id"],
                    ["__count"],
                )
            )
        for partner in self:
            partner.dive_ticket_count = counts.get(partner._origin, 0)

    def action_view_dive_tickets(self):
        """List the tickets of this customer, also those that are closed."""
        self.ensure_one()
        return self.env["dive.ticket"]._dive_action(
            [("partner_id", "=", self.id)], {"default_partner_id": self.id}
        )

    # ------------------------------------------------------------------
    # Who goes, and what stays
    # ------------------------------------------------------------------

    def _dive_with_tickets(self):
        """Return those who have asked something, also what is closed or put away."""
        # sudo: tickets of all companies count, also those that the user does not see
        tickets = self.env["dive.ticket"].sudo().with_context(active_test=False)
        rows = tickets._read_group([("partner_id", "in", self.ids)], ["partner_id"])
        ids = {partner.id for (partner,) in rows}
        return self.filtered(lambda partner: partner.id in ids)

    def _dive_erase_tickets(self):
        """Delete the tickets of somebody who is erased, with all that was written."""
        # sudo: an administrator of the system need not have a role in the dive centre
        tickets = self.env["dive.ticket"].sudo().with_context(active_test=False)
        tickets.search([("partner_id", "in", self.ids)]).unlink()


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    ticket_ids = fields.One2many("dive.ticket", "booking_id", groups=STAFF_GROUPS)
    ticket_count = fields.Integer(
        "Tickets", compute="_compute_ticket_count", groups=STAFF_GROUPS
    )

    @api.depends("ticket_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ticket_count(self):
        tickets = self.env["dive.ticket"]
        counts = {}
        if self.ids and tickets.has_access("read"):
            counts = dict(
                tickets._read_group(
                    [("booking_id", "in", self.ids)], ["booking_id"], ["__count"]
                )
            )
        for booking in self:
            booking.ticket_count = counts.get(booking._origin, 0)

    def _dive_ticket_defaults(self):
        return {
            "default_partner_id": self.partner_id.id,
            "default_booking_id": self.id,
            "default_company_id": (self.company_id or self.env.company).id,
        }

    def action_new_ticket(self):
        """Open a new ticket about this booking."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New ticket"),
            "res_model": "dive.ticket",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": self._dive_ticket_defaults(),
        }

    def action_view_tickets(self):
        """List the tickets about this booking."""
        self.ensure_one()
        return self.env["dive.ticket"]._dive_action(
            [("booking_id", "=", self.id)], self._dive_ticket_defaults()
        )


class DiveTicket(models.Model):
    _inherit = "dive.ticket"

    @api.model
    def _dive_action(self, domain, context):
        """Return the action that lists some tickets, the open ones and the closed."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_ticket"
        )
        action.update(
            domain=domain,
            context=context,
            views=[(False, "list"), (False, "kanban"), (False, "form")],
            view_mode="list,kanban,form",
        )
        return action
