"""A mail server that hangs up in the middle of the queue."""

from odoo import api, models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.model
    def send_email(self, message, *args, smtp_session=None, **kwargs):
        """Send by a connection of its own when that of the queue is closed.

        After “421” ``smtplib`` hangs up. Odoo would go on with the dead connection: the
        next e-mail fails without having been tried, and with words that do not say so.
        """
        if smtp_session is not None and getattr(smtp_session, "sock", self) is None:
            smtp_session = None
        return super().send_email(message, *args, smtp_session=smtp_session, **kwargs)
