"""A mail server that hangs up in the middle of the queue."""

import smtplib
from contextlib import contextmanager, suppress
from copy import deepcopy
from traceback import walk_tb

from odoo import api, models

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

#: What goes before the e-mail itself. Who lost the connection in one of these has sent
#: nothing of it; of a connection that is lost later, nobody knows: it may have arrived.
BEFORE = tuple(
    getattr(smtplib.SMTP, name).__code__
    for name in ("ehlo_or_helo_if_needed", "mail", "rcpt")
)
#: RFC 5321, 3.8: a lost connection is as if the server had answered with 451.
LOST = "SMTPServerDisconnected: (451, %s)"


def is_nothing_sent(error):
    """Say whether a connection was certainly lost before the e-mail was begun.

    :param error: a ``SMTPServerDisconnected`` that was caught
    """
    return any(frame.f_code in BEFORE for frame, _line in walk_tb(error.__traceback__))


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.model
    def send_email(
        self, message, mail_server_id=None, *args, smtp_session=None, **kwargs
    ):
        """Send by a connection of its own when that of the queue is lost.

        After “421” ``smtplib`` hangs up, and so may the server between two e-mails.
        Odoo would go on with the dead connection, or end the queue's run; the e-mail
        would fail without having been tried, and with words that do not say so.
        """
        if smtp_session is None:
            return super().send_email(message, mail_server_id, *args, **kwargs)
        again = deepcopy(message)  # what is sent loses headers at it
        if getattr(smtp_session, "sock", self) is not None:
            try:
                return super().send_email(
                    message, mail_server_id, *args, smtp_session=smtp_session, **kwargs
                )
            except smtplib.SMTPServerDisconnected as error:
                if not is_nothing_sent(error):
                    raise
        with self._dive_new_session(mail_server_id, again["From"]) as session:
            return super().send_email(again, mail_server_id, smtp_session=session)

    @contextmanager
    def _dive_new_session(self, mail_server_id, sender):
        """Open a connection for one e-mail.

        :raise MailDeliveryException: it is certain that nothing was sent; the text says
            “later”, see :data:`~.dive_alert_retry.ANSWER`
        """
        try:
            session = self._connect__(mail_server_id=mail_server_id, smtp_from=sender)
        except Exception as error:
            raise self._dive_not_sent(error) from error
        try:
            yield session
        except smtplib.SMTPServerDisconnected as error:
            if is_nothing_sent(error):
                raise self._dive_not_sent(error) from error
            raise
        finally:
            if session:
                with suppress(smtplib.SMTPServerDisconnected):
                    session.quit()

    @api.model
    def _dive_not_sent(self, error):
        return MailDeliveryException(
            self.env._("The mail server hung up before the e-mail was sent."),
            LOST % str(error),
        )
