"""Newsletters: a list of Odoo's mailings, with the words in which people are asked."""

from odoo import api, fields, models
from odoo.fields import Domain


class MailingList(models.Model):
    _inherit = "mailing.list"

    dive_purpose_id = fields.Many2one(
        "dive.consent.purpose",
        "Asked with",
        ondelete="restrict",
        domain="[('channel', '=', 'email')]",
        help="Whoever subscribes agrees to this, in its words; that is written down."
        " Whoever takes it back leaves the list.",
    )

    @api.model
    def _dive_offered(self):
        """Return the lists that everybody may subscribe to, as superuser."""
        # sudo: what newsletters there are is for everybody to know
        lists = self.sudo()
        return lists.search(
            Domain("is_public", "=", True) & Domain("dive_purpose_id.active", "=", True)
        ).filtered("dive_purpose_id.wording_id")

    def _dive_subscribe(self, email, name=""):
        """Put an address on these lists, as superuser; it has agreed."""
        # sudo: whoever agrees has no right to contacts of mailings
        contacts = self.env["mailing.contact"].sudo()
        if not contacts.search_count([("email_normalized", "=", email)], limit=1):
            contacts.create({"name": name or email, "email": email})
        # sudo: as above
        self.sudo()._update_subscription_from_email(email, opt_out=False)


class MailingSubscription(models.Model):
    """A subscription that is ended or begun is an answer, however it came about."""

    _inherit = "mailing.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        subscriptions._dive_leave_withdrawn()
        return subscriptions

    def write(self, vals):
        result = super().write(vals)
        if "opt_out" in vals and not self.env.context.get("dive_answered"):
            self._dive_note_opt_out()
        return result

    def _dive_note_opt_out(self):
        """Withdraw what was agreed to, where somebody has left a list."""
        # sudo: whoever leaves a list withdraws, with a link and no login
        for subscription in self.sudo().filtered("opt_out"):
            purpose = subscription.list_id.dive_purpose_id
            email = subscription.contact_id.email_normalized
            if purpose and email:
                people = self.env["res.partner"]._dive_at_address("email", email)
                people._dive_take_back(purpose, "link")

    def _dive_leave_withdrawn(self):
        """Keep off a list who has withdrawn: an import brings nobody back.

        Whoever subscribes anew agrees first, and then is no longer withdrawn.
        """
        # sudo: what customers have answered decides, whoever imports
        for subscription in self.sudo().filtered(lambda one: not one.opt_out):
            purpose = subscription.list_id.dive_purpose_id
            email = subscription.contact_id.email_normalized
            if not purpose or not email:
                continue
            people = self.env["res.partner"]._dive_at_address("email", email)
            states = people.dive_consent_state_ids.filtered(
                lambda state, purpose=purpose: state.purpose_id == purpose
            )
            if states and not any(states.mapped("given")):
                subscription.with_context(dive_answered=True).opt_out = True
