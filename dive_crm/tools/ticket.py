"""The ticket without which nothing secret is decrypted.

``sudo`` opens every record, and much of Odoo reads in ``sudo``: display names, mail
templates, related fields. So code that has asked whether *this user* may see *this
secret* takes a ticket, and only with one does an envelope open.
"""

#: Its identity is the secret: the context of an RPC call is JSON, and no JSON value
#: ``is`` this object. Neither can a server action import it.
_TICKET = object()


def with_ticket(records):
    """Return ``records`` allowed to decrypt. Ask for the right before, not after."""
    return records.with_context(dive_ticket=_TICKET)


def has_ticket(env):
    """Say whether who asks was let through."""
    return env.context.get("dive_ticket") is _TICKET
