"""News that somebody writes in the chatter: sent as all news are, each with its link.

What is posted there is one text for all who follow: a link in it, by which one customer
stops the news, would be everybody's.
"""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_list


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail_comment(self, res_ids):
        if not self.dive_marketing or self.model not in self._dive_models():
            return super()._action_send_mail_comment(res_ids)
        records = self.env[self.model].browse(res_ids)
        self._dive_refuse_unasked(self.partner_ids)
        self._dive_check_recipients(records)
        letter = self.create(
            {
                "composition_mode": "mass_mail",
                "model": self.model,
                "res_ids": repr(list(res_ids)),
                "subject": self.subject,
                "body": self.body,
                "email_from": self.email_from,
                "author_id": self.author_id.id,
                "attachment_ids": [(6, 0, self.attachment_ids.ids)],
                "email_layout_xmlid": self.email_layout_xmlid,
                "dive_marketing": True,
            }
        )
        mails, _messages = letter._action_send_mail()
        return mails.mail_message_id

    def _dive_check_recipients(self, records):
        """Refuse who would not get it: news go to whom the record is about."""
        people = self.env["res.partner"].union(*records._mail_get_partners().values())
        if others := self.partner_ids - people:
            raise UserError(
                self.env._(
                    "News and offers go to %(people)s from here, each with a link to"
                    " stop them. Write to %(others)s from the list of customers.",
                    people=format_list(self.env, people.mapped("display_name")),
                    others=format_list(self.env, others.mapped("display_name")),
                )
            )
