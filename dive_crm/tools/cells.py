"""Cells of a spreadsheet that are text, whatever program opens the file."""

from .customer_import_values import harmless


def harmless_cell(value):
    """Return a cell's value; a text that could be taken for a formula is marked.

    Numbers and days stay what they are: -5 is a number, "-5" a text.
    """
    return harmless(value) if isinstance(value, str) else value


def harmless_row(row):
    """Return a row with each of its cells harmless."""
    return [harmless_cell(value) for value in row]
