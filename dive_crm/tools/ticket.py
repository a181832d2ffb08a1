"""The ticket without which nothing secret is decrypted, and when none helps.

``sudo`` opens every record, and much of Odoo reads in ``sudo``: display names, mail
templates, related fields. So code that has asked whether *this user* may see *this
secret* takes a ticket, and only with one does an envelope open.
"""

from contextlib import contextmanager
from contextvars import ContextVar

#: Its identity is the secret: the context of an RPC call is JSON, and no JSON value
#: ``is`` this object. Neither can a server action import it.
_TICKET = object()
#: Not in Odoo's context: the words of a template may change that, and whose it is.
_WRITING_DOWN = ContextVar("dive_writing_down", default=False)


def with_ticket(records):
    """Return ``records`` allowed to decrypt. Ask for the right before, not after."""
    return records.with_context(dive_ticket=_TICKET)


def has_ticket(env):
    """Say whether who asks was let through."""
    return env.context.get("dive_ticket") is _TICKET


@contextmanager
def writing_down():
    """Let no health data open in the block, for nobody: what comes of it is kept."""
    token = _WRITING_DOWN.set(True)
    try:
        yield
    finally:
        _WRITING_DOWN.reset(token)


def is_writing_down():
    """Say whether something is being written that is kept in clear, or sent."""
    return _WRITING_DOWN.get()
