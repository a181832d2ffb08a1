"""STUB until the branch that encrypts is merged: the text is kept as it is."""

from odoo import fields


class EncryptedText(fields.Text):
    """STUB: a plain text."""
