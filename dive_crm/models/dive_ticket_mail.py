"""E-mails become tickets, and answers to them."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import email_normalize, html2plaintext

from ..tools.online_form import clean
from .dive_ticket import SUBJECT

#: The longest address that there can be, with a name before it.
SENDER = 400
#: Words of an e-mail without a subject that stand for one.
FIRST_WORDS = 60


class DiveTicket(models.Model):
    _inherit = "dive.ticket"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """Make a ticket of an e-mail.

        Neither whoever runs the gateway nor a colleague who passes an e-mail on is the
        one who has to answer it.
        """
        values = dict(custom_values or {})
        company = self.env["res.company"].browse(values.get("company_id"))
        company = company.exists() or self.env.company
        sender = clean(msg_dict.get("email_from"), SENDER)
        msg_dict["email_from"] = sender
        customer = self._dive_customer_of(sender, company)
        if customer:
            msg_dict["author_id"] = customer.id
        values = {
            "name": self._dive_subject_of(msg_dict),
            "partner_id": customer.id,
            **values,
            "company_id": company.id,
            "source": "email",
        }
        tickets = self.with_company(company).with_context(default_user_id=False)
        return super(DiveTicket, tickets).message_new(msg_dict, values)

    @api.model
    def _dive_subject_of(self, msg_dict):
        """Return the subject of an e-mail, else how it begins."""
        if subject := clean(msg_dict.get("subject"), SUBJECT):
            return subject
        words = html2plaintext(msg_dict.get("body") or "", include_references=False)
        words = clean(words, FIRST_WORDS)
        return words or self.env._("E-mail without a subject")

    @api.model
    def _dive_customer_of(self, sender, company):
        """Return whose address this is: a dive customer before any other contact.

        Who works here is a customer only as a diver: colleagues pass e-mails on.

        :return: as superuser; empty if nobody is known by it
        """
        # sudo: addresses of all contacts are looked at, whoever runs the gateway
        partners = self.env["res.partner"].sudo()
        address = email_normalize(sender)
        if not address:
            return partners
        found = partners.search(
            Domain("email_normalized", "=", address)
            & Domain("company_id", "in", [False, company.id])
        )
        found = found.filtered(lambda one: one.dive_customer or one.partner_share)
        return found.sorted(lambda one: (not one.dive_customer, one.id))[:1]

    def _mail_get_partners(self, introspect_fields=False):
        """A minor's guardian is written to."""
        # sudo: who may answer need not be allowed to read contacts
        return {
            ticket.id: ticket.sudo().contact_id.sudo(self.env.su) for ticket in self
        }

    def _notify_get_reply_to(self, default=None, author_id=False):
        """Answers come to the address for tickets: it is the one that is known."""
        result = super()._notify_get_reply_to(default=default, author_id=author_id)
        for ticket in self:
            # sudo: an address is no secret
            company = ticket.sudo().company_id
            if address := company.dive_ticket_address:
                result[ticket.id] = self._notify_get_reply_to_formatted_email(
                    address, author_id=author_id
                )
        return result

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if self and self._dive_is_answer(message):
            # sudo: whoever answers need not be allowed to move tickets
            self.sudo()._dive_reopen()
        self._dive_name_sender(message)
        return result

    def _dive_is_answer(self, message):
        """Say whether somebody who does not work here has written this."""
        if self.env.context.get("dive_keep_stage"):
            return False
        if message.message_type not in ("comment", "email"):
            return False
        # sudo: who wrote it
        message = message.sudo()
        if message.subtype_id.internal or message.is_internal:
            return False
        return not message.author_id or message.author_id.partner_share

    def _dive_name_sender(self, message):
        """Keep as customer the contact that was made to answer an unknown sender."""
        # sudo: the sender's address, and a contact that was made a moment ago
        ticket = self.sudo()
        address = email_normalize(ticket.email_from or "")
        if len(ticket) != 1 or ticket.partner_id or not address:
            return
        same = message.sudo().partner_ids.filtered(
            lambda one: (
                one.email_normalized == address
                and one.company_id in (one.company_id.browse(), ticket.company_id)
            )
        )
        if same:
            ticket.partner_id = same[:1]

    def _get_allowed_message_params(self):
        """How satisfied somebody is they say by the link that they were sent."""
        return super()._get_allowed_message_params() - {"rating_value"}
