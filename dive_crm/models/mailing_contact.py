"""Contacts of mailings: an import brings nobody back who has left."""

from odoo import api, models
from odoo.fields import Domain


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

    @api.model
    def _mailing_get_opt_out_list(self, mailing):
        """Leave out who wants no news of ours; Odoo asks no list here."""
        # sudo: that somebody is left out is what the mailing is told
        contacts = self.sudo().search(Domain(mailing._parse_mailing_domain()))
        return self.env["dive.consent"]._dive_refused_at(
            set(contacts.mapped("email_normalized")) - {False}
        )
