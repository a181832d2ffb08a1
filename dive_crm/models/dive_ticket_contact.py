"""Tickets in the contact log: what was written about them was a contact, too."""

from odoo import api, models


class DiveContact(models.Model):
    _inherit = "dive.contact"

    @api.model
    def _dive_owners(self):
        return super()._dive_owners() | {"dive.ticket": "partner_id"}


class DiveTicket(models.Model):
    _inherit = "dive.ticket"

    def write(self, vals):
        """Give what was written to the customer whom a ticket is found to be of."""
        result = super().write(vals)
        if "partner_id" in vals:
            # sudo: whether it concerns a customer, whoever wrote it
            messages = self.sudo().message_ids
            self.env["dive.contact"]._dive_forget(messages)
            self.env["dive.contact"]._dive_note_messages(messages)
        return result
