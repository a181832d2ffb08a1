"""Whoever wants no mailings at all has withdrawn what allows them."""

from odoo import api, models


class MailBlacklist(models.Model):
    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        refused = super().create(vals_list)
        refused.filtered("active")._dive_withdraw()
        return refused

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            self._dive_withdraw()
        return result

    def _dive_withdraw(self):
        partners = self.env["res.partner"]
        for email in self.mapped("email"):
            partners._dive_stop_all("email", email)
