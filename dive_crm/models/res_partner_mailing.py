"""Mailings to customers reach those who have agreed, and nobody else."""

from odoo import api, models
from odoo.fields import Domain


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.model
    def _mailing_get_opt_out_list(self, mailing):
        """Return the addresses of customers who have not agreed to news by e-mail.

        Contacts who are no customers are other apps': a mailing reaches them as ever.
        """
        # sudo: that somebody is left out is what the mailing is told
        customers = self.sudo().search(
            Domain(mailing._parse_mailing_domain())
            & Domain("dive_customer", "=", True)
        )
        recipients = {one: one._dive_recipients() for one in customers}
        everybody = self.sudo().union(*recipients.values())
        agreed = everybody._dive_agreed("email")
        return {
            email
            for one, people in recipients.items()
            if not people <= agreed
            for email in (one | people).mapped("email_normalized")
            if email
        } - set(agreed.mapped("email_normalized"))

    def _dive_take_back(self, purpose, source):
        """Withdraw a consent where it was given, in the words to which it was."""
        # sudo: as whoever answers
        states = self.sudo().dive_consent_state_ids.filtered(
            lambda state: state.given and state.purpose_id == purpose
        )
        for state in states:
            state.partner_id._dive_answer(
                purpose, False, source, wording=state.wording_id
            )

    def _dive_note_answers(self, wording, given, source, date, detail):
        """Let the lists of a purpose, and Odoo's list of refusals, follow."""
        result = super()._dive_note_answers(wording, given, source, date, detail)
        purpose = wording.purpose_id
        if purpose.channel == "email":
            emails = set(filter(None, self.mapped("email_normalized")))
            self._dive_follow_answer(purpose, emails, given)
        return result

    @api.model
    def _dive_follow_answer(self, purpose, emails, given):
        # sudo: who answers has no right to mailings
        lists = self.env["mailing.list"].sudo().with_context(dive_answered=True)
        lists = lists.search([("dive_purpose_id", "=", purpose.id)])
        # sudo: as above
        refused = self.env["mail.blacklist"].sudo()
        for email in emails:
            lists._update_subscription_from_email(email, opt_out=not given)
            if given and refused.search_count([("email", "=", email)], limit=1):
                message = self.env._("Has agreed to news and offers again.")
                refused._remove(email, message=message)


class MailBlacklist(models.Model):
    """Whoever wants no mailings at all has withdrawn what allows them."""

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


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _dive_is_mailing(self):
        return bool(self.mass_mailing_id) or super()._dive_is_mailing()
