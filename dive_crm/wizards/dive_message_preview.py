"""A message of the plan as somebody would read it, and a way to send it to oneself."""

from odoo import fields, models
from odoo.exceptions import UserError


class DiveMessagePreview(models.TransientModel):
    _name = "dive.message.preview"
    _description = "Preview of a message"

    plan_id = fields.Many2one(
        "dive.message.plan", required=True, readonly=True, ondelete="cascade"
    )
    record_name = fields.Char("Example", readonly=True)
    subject = fields.Char(readonly=True)
    body = fields.Html("E-mail", readonly=True, sanitize=False)
    sms = fields.Text("SMS", readonly=True)

    def action_send_test_sms(self):
        """Put the SMS into Odoo's queue, to the number of whoever asks.

        :raise UserError: there is no such SMS, or they have no number
        """
        self.ensure_one()
        if not self.sms:
            raise UserError(self.env._("This message is never sent by SMS."))
        partner = self.env.user.partner_id
        number = partner.phone_sanitized
        if not number:
            raise UserError(
                self.env._(
                    "You have no mobile number with its country code: enter it in your"
                    " preferences."
                )
            )
        # sudo: managers of the dive centre write no SMS as such
        self.env["sms.sms"].sudo().create(
            {"body": self.sms, "number": number, "partner_id": partner.id}
        )
        return self._dive_on_its_way(number)

    def action_send_test(self):
        """Put the e-mail into Odoo's queue, to whoever asks.

        :raise UserError: they have no e-mail address
        """
        self.ensure_one()
        address = self.env.user.email_normalized
        if not address:
            raise UserError(
                self.env._("You have no e-mail address: enter it in your preferences.")
            )
        # sudo: managers of the dive centre write no mails as such
        self.env["mail.mail"].sudo().create(
            {
                "subject": self.env._("Test: %(subject)s", subject=self.subject),
                "body_html": self.body,
                "email_to": address,
                "email_from": self.env.company.email_formatted
                or self.env.user.email_formatted,
                "auto_delete": True,
            }
        )
        # sudo: nor do they start scheduled actions
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return self._dive_on_its_way(address)

    def _dive_on_its_way(self, address):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The test is on its way to %(address)s.", address=address
                ),
            },
        }
