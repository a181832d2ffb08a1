"""Messages tell the register of contacts that they were made, sent, or failed."""

from odoo import api, models

from .dive_contact import MESSAGE_FIELDS, TYPES


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        register = self.env["dive.contact"]
        # sudo: whether it concerns a customer, whoever wrote it
        register._dive_note_messages(
            messages.sudo().filtered(
                lambda message: (
                    message.message_type in TYPES and message._dive_is_of_ours()
                )
            )
        )
        return messages

    def write(self, vals):
        moved = self.browse()
        if {"model", "res_id", "author_id"} & vals.keys():
            # sudo: as above
            moved = self.sudo().filtered(lambda message: message._dive_is_of_ours())
        result = super().write(vals)
        if MESSAGE_FIELDS & vals.keys():
            # sudo: as above
            ours = self.sudo().filtered(lambda message: message._dive_is_of_ours())
            self.env["dive.contact"]._dive_forget(moved)
            self.env["dive.contact"]._dive_note_messages(ours)
        return result

    def _dive_is_of_ours(self):
        """Tell whether this is a message on a record that customers have."""
        return self.res_id and self.model in self.env["dive.contact"]._dive_owners()


class MailNotification(models.Model):
    _inherit = "mail.notification"

    @api.model_create_multi
    def create(self, vals_list):
        notifications = super().create(vals_list)
        notifications._dive_note_contacts()
        return notifications

    def write(self, vals):
        result = super().write(vals)
        if "notification_status" in vals:
            self._dive_note_contacts()
        return result

    def _dive_note_contacts(self):
        """Have it known who is told by these, and whether it arrives."""
        # sudo: whether it concerns a customer, whoever wrote it
        outside = self.sudo().filtered(
            lambda notification: notification.notification_type in ("email", "sms")
        )
        self.env["dive.contact"]._dive_note_messages(
            outside.mail_message_id.filtered(lambda message: message._dive_is_of_ours())
        )


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        # its message was made a moment before, when nothing said yet that it is one of
        # a mailing
        mailed = mails.browse(
            mail.id
            for mail, vals in zip(mails, vals_list, strict=True)
            if vals.get("mailing_id")
        )
        # sudo: as above
        self.env["dive.contact"]._dive_note_messages(
            mailed.sudo().mail_message_id.filtered(
                lambda message: message._dive_is_of_ours()
            )
        )
        return mails
