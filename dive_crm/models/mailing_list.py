"""Newsletters: a list of Odoo's mailings, with the words in which people are asked."""

from odoo import api, fields, models
from odoo.fields import Domain

from .dive_newsletter_request import START


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
    # Odoo's name of a list is one for all languages
    dive_title = fields.Char(
        "Called there", translate=True, help="On that page. Empty: as the list."
    )
    dive_page = fields.Char(
        "Page to subscribe",
        compute="_compute_dive_page",
        help="Link to it from your website: people enter their address there, and say"
        " yes in the message that we send to it.",
    )

    @api.depends("is_public", "dive_purpose_id", "active")
    def _compute_dive_page(self):
        offered = self._dive_offered()
        for one in self:
            shown = one._origin in offered
            one.dive_page = shown and f"{one.get_base_url()}{START}?list={one.id}"

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

    def _dive_not_agreed_at(self, email):
        """Return those of these lists that nobody at an address has said yes to."""
        answers = self.env["dive.consent"]._dive_answers_at(
            {email} if email else set(), self.dive_purpose_id
        )
        return self.filtered(
            lambda one: not answers.get((email, one.dive_purpose_id.id))
        )

    def _mailing_get_opt_out_list(self, mailing):
        """Leave out, beside who has left a list, who has not agreed to it.

        However they came onto it: a list of contacts can be written in many ways.
        """
        left = super()._mailing_get_opt_out_list(mailing)
        return set(left) | (self or mailing.contact_list_ids)._dive_left()

    def _dive_left(self):
        """Return the addresses on these lists that may not be written to by any.

        A list that asks for something goes to who has said yes to it: there is proof.
        What people have agreed to on another app's list is not known here: it reaches
        all but those who want no news of ours.

        :rtype: set[str]
        """
        subscriptions = self.subscription_ids.filtered(
            lambda one: not one.opt_out and one.contact_id.email_normalized
        )
        staying = subscriptions._dive_may_be_sent().contact_id
        gone = (subscriptions.contact_id - staying).mapped("email_normalized")
        return set(gone) - set(staying.mapped("email_normalized"))
