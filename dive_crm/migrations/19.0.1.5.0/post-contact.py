"""What was written to and by customers until now appears in the contact log."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    """Write down whom all messages concern."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["dive.contact"]._dive_note_where(SQL("TRUE"))
