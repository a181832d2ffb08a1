"""Contacts of mailings: an import brings nobody back who has left."""

from odoo import api, models


class MailingContact(models.Model):
    _inherit = "mailing.contact"

    @api.model_create_multi
    def create(self, vals_list):
        contacts = super().create(vals_list)
        contacts.subscription_ids._dive_leave_withdrawn()
        return contacts

    def write(self, vals):
        result = super().write(vals)
        if "list_ids" in vals or "email" in vals:
            # Odoo writes one table by two fields
            self.invalidate_recordset(["subscription_ids"])
            self.subscription_ids._dive_leave_withdrawn()
        return result
