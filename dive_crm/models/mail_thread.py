"""What the mail gateway does with e-mails that become tickets."""

from odoo import api, models

TICKET = "dive.ticket"
#: In the context of what no person has sent: nothing is said to it by itself.
NO_RECEIPT = "dive_no_receipt"
#: What machines say of e-mails that no person wrote as an answer.
_SAID = ("auto-replied",)
_OF_MACHINES = (
    "Feedback-ID",
    "List-Id",
    "List-Unsubscribe",
    "X-Auto-Response-Suppress",
    "X-Autoreply",
)


def is_automatic_answer(message):
    """Say whether an e-mail is a machine's answer, such as one about holidays.

    What machines write of their own accord, such as the form of a website
    (``auto-generated``), is not.
    """
    submitted = str(message.get("Auto-Submitted") or "").strip().lower()
    if submitted.startswith(_SAID):
        return True
    precedence = str(message.get("Precedence") or "").strip().lower()
    return bool(message.get("X-Autoreply")) or precedence == "auto_reply"


def is_of_machine(message):
    """Say whether nobody waits for an answer to an e-mail: of a form, list, robot."""
    header = {
        name: str(message.get(name) or "").strip().lower()
        for name in ("Auto-Submitted", "Precedence", "Return-Path")
    }
    return (
        header["Auto-Submitted"] not in ("", "no")
        or header["Precedence"] in ("bulk", "list", "junk", "auto_reply")
        or header["Return-Path"] == "<>"
        or any(message.get(name) for name in _OF_MACHINES)
    )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Make no ticket of a machine's answer, and none twice of one e-mail.

        A machine's answer to a ticket is kept there, and does not open it again.
        """
        if not any(route[0] == TICKET for route in routes or ()):
            return super()._message_route_process(message, message_dict, routes)
        for name, value in message_dict.items():
            if isinstance(value, str):
                # what the database cannot hold would cost the whole e-mail
                message_dict[name] = value.replace("\0", "")
        automatic = is_automatic_answer(message)
        if self._dive_is_taken_in(message_dict["message_id"]):
            routes = []
        elif automatic:
            routes = [route for route in routes if route[0] != TICKET or route[1]]
        thread = self.with_context(dive_keep_stage=True) if automatic else self
        if is_of_machine(message):
            thread = thread.with_context(**{NO_RECEIPT: True})
        return super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )

    @api.model
    def _dive_is_taken_in(self, message_id):
        """Say whether another process has just taken in the same e-mail.

        Odoo has looked already; what is committed since then this transaction does
        not see, another one does.
        """
        self.env.cr.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [message_id]
        )
        with self.pool.cursor() as cr:
            cr.execute(
                "SELECT 1 FROM mail_message WHERE message_id = %s LIMIT 1", [message_id]
            )
            return bool(cr.rowcount)
