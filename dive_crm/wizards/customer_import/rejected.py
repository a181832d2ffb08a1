"""The rejected rows as a file: corrected there, it can be imported as it is."""

import csv
import io

import xlsxwriter

from ...tools.customer_import_values import harmless
from .texts import FAULT, KINDS

_COLUMN_WIDTH = 18
_REASON_WIDTH = 60


def reason_of(row):
    """Return why ``row`` is rejected, column by column."""
    return " ".join(
        f"{message.column}: {message.text}" if message.column else message.text
        for message in row.messages
        if KINDS[message.kind] == FAULT
    )


def own_titles(env):
    """Return the titles of what we add to the rejected rows."""
    return [env._("Row"), env._("Why it was rejected")]


def _lines(env, header, rows):
    yield [*own_titles(env), *header]
    for row in rows:
        yield [str(row.number), reason_of(row), *row.cells]


def rejected_csv(env, header, rows):
    """Return the rejected rows as CSV for any spreadsheet program.

    Cells that a spreadsheet would calculate begin with an apostrophe, which our import
    takes off again.

    :rtype: bytes
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerows(
        [harmless(cell) for cell in line] for line in _lines(env, header, rows)
    )
    return out.getvalue().encode("utf-8-sig")


def rejected_xlsx(env, header, rows):
    """Return the rejected rows as XLSX, all cells as text: none is a formula.

    :rtype: bytes
    """
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(env._("Rejected rows")[:31])
        # A cell of this format stays text also when somebody edits it.
        text = book.add_format({"num_format": "@", "valign": "top"})
        reason = book.add_format(
            {"num_format": "@", "valign": "top", "text_wrap": True}
        )
        bold = book.add_format({"num_format": "@", "bold": True})
        sheet.set_column(0, 0, 6)
        sheet.set_column(1, 1, _REASON_WIDTH)
        sheet.set_column(2, len(header) + 1, _COLUMN_WIDTH)
        sheet.freeze_panes(1, 0)
        for number, line in enumerate(_lines(env, header, rows)):
            for place, cell in enumerate(line):
                style = bold if not number else reason if place == 1 else text
                sheet.write_string(number, place, cell, style)
    return out.getvalue()
