"""By which way somebody is told something that a machine can write."""

from typing import NamedTuple

from odoo import models

#: Why a diver was not written to; staff have to.
REASONS = [
    ("phone", "Prefers to be called"),
    ("post", "Prefers letters"),
    ("guardian", "A minor without guardian"),
    ("address", "No e-mail address and no phone"),
    ("opted_out", "Wants no such messages"),
    ("error", "The message could not be written"),
    ("off", "The message is switched off"),
    ("late", "Too late: it was not sent in time"),
]
#: In which order the ways are tried, by what the recipient prefers.
WAYS = {"email": ("email", "sms"), "sms": ("sms", "email"), "phone": (), "post": ()}


class Way(NamedTuple):
    """How a diver is told: by a channel, or not and why."""

    recipient: models.Model
    channel: str = ""
    address: str = ""
    reason: str = ""
    error: str = ""


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_way(self, service=False, channel="preferred"):
        """Return how this diver, or the guardian of a minor, is told.

        By the preferred way, else by the other one that a machine can take. Whoever
        has opted out of the preferred way is not chased on another.

        :param bool service: it is about what they asked for: Odoo's list of those who
            want no mailings does not stop such an e-mail, and who wants no SMS gets one
        :param str channel: "email" or "sms": by this one or not at all
        :rtype: Way
        """
        self.ensure_one()
        recipient = self.dive_statement_recipient_id
        if not recipient or not recipient.active:
            return Way(recipient.browse(), reason="guardian")
        wish = recipient.dive_channel or "email"
        if wish in ("phone", "post"):
            return Way(recipient, reason=wish)
        reason = "address"
        ways = WAYS[wish] if channel == "preferred" else (channel,)
        for channel in ways:
            if channel == "email":
                address = recipient.email_normalized
                refused = recipient.is_blacklisted and not service
            else:
                address = recipient.phone_sanitized
                refused = recipient.phone_sanitized_blacklisted
            if address and not refused:
                return Way(recipient, channel, address)
            if address:
                reason = "opted_out"
                if not service:
                    break
        return Way(recipient, reason=reason)
