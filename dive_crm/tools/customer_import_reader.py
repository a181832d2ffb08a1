"""Turn the bytes of a CSV or XLSX file into a header and rows of text.

Nothing here knows of records or of languages: what is wrong with a file is a
:class:`ReadError` with a code, which the caller puts into words. Content decides what a
file is, never its name. Everything that could make a small file into a big one is
checked before it is unpacked.
"""

import codecs
import csv
import datetime
import io
import itertools
import unicodedata
import zipfile
from typing import NamedTuple

import openpyxl

#: Files above these sizes are refused. 20,000 rows are what fits into one request of a
#: worker with Odoo's default time limits.
MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 64 * 1024 * 1024
MAX_PARTS = 2_000
MAX_ROWS = 20_000
MAX_COLUMNS = 200
#: As many rows as a worksheet can have: a file may claim more.
MAX_SHEET_ROWS = 1_048_576

_CONTROL = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1a\x1f"))
_COMMON_DELIMITERS = ",;\t|"


class ReadError(Exception):
    """A file that cannot be read, with the reason as a code and its details."""

    def __init__(self, code, **details):
        super().__init__(code)
        self.code = code
        self.details = details


class Row(NamedTuple):
    """A row: its number as a spreadsheet shows it, its cells, how many it had."""

    number: int
    cells: list[str]
    width: int


class Table(NamedTuple):
    """What a file holds. ``encoding`` and ``delimiter`` are empty for XLSX."""

    header: list[str]
    rows: list[Row]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()


def read_table(content, score, sheet=""):
    """Read a file.

    :param bytes content: the whole file
    :param score: function from a header (list of texts) to the number of columns that
        the caller knows; it decides between delimiters and between sheets
    :param str sheet: the name of the sheet to read; empty for the one that scores best
    :rtype: Table
    :raise ReadError: with ``code`` one of ``empty``, ``too_big``, ``too_big_inside``,
        ``not_a_table``, ``old_excel``, ``not_xlsx``, ``broken``, ``encoding``,
        ``quotes``, ``no_rows``, ``too_many_rows``, ``too_many_columns``,
        ``no_such_sheet``
    """
    if len(content) > MAX_FILE_BYTES:
        raise ReadError("too_big", size=len(content), limit=MAX_FILE_BYTES)
    if not content.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise ReadError("empty")
    if content.startswith(b"PK"):
        table = _read_xlsx(content, score, sheet)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        raise ReadError("old_excel")
    else:
        table = _read_csv(content, score)
    if not table.rows:
        raise ReadError("no_rows", sheet=table.sheet)
    return table


# ----------------------------------------------------------------------
# CSV
# ----------------------------------------------------------------------


def _read_csv(content, score):
    text, encoding = _decode(content)
    text, delimiter = _separator_line(text)
    delimiter = delimiter or _find_delimiter(text, score)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header, rows = _collect(enumerate(reader, start=1), keep_width=True)
    except csv.Error as error:
        raise ReadError("quotes", line=reader.line_num) from error
    return Table(header, rows, encoding=encoding, delimiter=delimiter)


def _decode(content):
    """Return the text of ``content`` and the name of its encoding."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if content.startswith(mark):
            return _decode_as(content[len(mark) :], encoding), encoding
    if encoding := _utf16_without_mark(content):
        return _decode_as(content, encoding), encoding
    try:
        return _decode_as(content, "utf-8"), "utf-8"
    except ReadError as error:
        if error.code != "encoding":
            raise
    return _decode_as(content, "cp1252"), "windows-1252"


def _utf16_without_mark(content):
    """Tell UTF-16 by its zero bytes, which stand in every second place."""
    start = content[:2000]
    low, high = start[1::2].count(0), start[::2].count(0)
    if max(low, high) * 3 < len(start) or min(low, high) * 10 > len(start):
        return ""
    return "utf-16-le" if low > high else "utf-16-be"


def _decode_as(content, encoding):
    if not encoding.startswith("utf-16") and len(content) != len(
        content.translate(None, _CONTROL)
    ):
        raise ReadError("not_a_table")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError("encoding") from error
    if "\0" in text:
        raise ReadError("not_a_table")
    return text


def _separator_line(text):
    """Take off the line ``sep=;`` with which some programs announce the delimiter."""
    first, _end, rest = text.partition("\n")
    first = first.strip("\r\"'")
    if first.lower().startswith("sep=") and len(first) == 5:
        return rest, first[4]
    return text, ""


def _find_delimiter(text, score):
    """Return the delimiter with which the most columns of the header are known."""
    start = text.lstrip("\r\n")[:100_000]
    line = start.splitlines()[0]
    signs = {
        sign
        for sign in line
        if unicodedata.category(sign)[0] in "PSC" and sign not in "\"'\r\n\\"
    }
    best, best_score = ",", (0, 0, 0)
    for sign in [*_COMMON_DELIMITERS, *sorted(signs - set(_COMMON_DELIMITERS))]:
        reader = csv.reader(io.StringIO(start, newline=""), delimiter=sign, strict=True)
        try:
            header = next(reader)
        except (csv.Error, StopIteration):
            continue
        # With nothing known in any reading, a common sign that cuts is a better guess.
        common = sign in _COMMON_DELIMITERS
        this_score = (score(header), common, len(header))
        if this_score > best_score:
            best, best_score = sign, this_score
    return best


# ----------------------------------------------------------------------
# XLSX
# ----------------------------------------------------------------------


def _read_xlsx(content, score, sheet):
    _check_archive(content)
    try:
        book = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False
        )
        sheets = [ws for ws in book.worksheets if ws.sheet_state == "visible"]
        tables = [
            _read_sheet(ws, score) for ws in sheets if ws.title == (sheet or ws.title)
        ]
    except ReadError:
        raise
    # openpyxl has no exception of its own for a broken file: any may come.
    except Exception as error:
        raise ReadError("broken") from error
    if not tables:
        raise ReadError("no_such_sheet", sheet=sheet)
    names = tuple(ws.title for ws in sheets)
    best = max(tables, key=lambda table: (score(table.header), bool(table.rows)))
    return best._replace(sheets=names)


def _check_archive(content):
    """Refuse what is no XLSX, and what would not fit into memory once unpacked."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
        # zipfile gives out no more of a part than the size that is announced here.
        size = sum(part.file_size for part in parts)
        if size > MAX_UNPACKED_BYTES or len(parts) > MAX_PARTS:
            raise ReadError("too_big_inside", size=size, limit=MAX_UNPACKED_BYTES)
        if "xl/workbook.xml" not in archive.namelist():
            raise ReadError("not_xlsx")
        for part in parts:
            # A worksheet has no business with entities, which unfold when they are
            # read.
            if part.filename.endswith((".xml", ".rels")) and _has_entities(
                archive.read(part)
            ):
                raise ReadError("broken")
    except ReadError:
        raise
    except Exception as error:
        raise ReadError("broken") from error


def _has_entities(xml):
    return any(
        mark.encode(encoding) in xml
        for mark in ("<!DOCTYPE", "<!ENTITY")
        for encoding in ("utf-8", "utf-16-le", "utf-16-be")
    )


def _read_sheet(worksheet, score):
    # The size that a sheet claims to have is often wrong: read what is really there.
    worksheet.reset_dimensions()
    rows = worksheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True)
    # Sheets may be formatted down to the last row there can be: pass over that quickly.
    filled = (
        (number, [_cell_as_text(cell) for cell in cells])
        for number, cells in enumerate(itertools.islice(rows, MAX_SHEET_ROWS), start=1)
        if cells.count(None) < len(cells)
    )
    try:
        header, rows = _collect(filled, keep_width=False)
    except ReadError as error:
        # The other sheets may be what is wanted: a file is too long only in the one
        # read.
        if error.code != "too_many_rows" or not score(error.details["header"]):
            return Table([], [], sheet=worksheet.title)
        raise
    return Table(header, rows, sheet=worksheet.title)


def _cell_as_text(cell):
    """Return a cell's value as somebody would have typed it, dates as ISO dates."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return str(cell)


# ----------------------------------------------------------------------
# Both
# ----------------------------------------------------------------------


def _collect(rows, keep_width):
    """Return the header and the rows below it, without the empty ones.

    :param rows: iterator of row numbers with lists of text
    :param bool keep_width: whether a row of another length than the header is ragged
    """
    header, collected = [], []
    for number, cells in rows:
        if not any(cell and not cell.isspace() for cell in cells):
            continue
        if not header:
            header = [cell.strip() for cell in _without_empty_end(cells)]
            if len(header) > MAX_COLUMNS:
                raise ReadError("too_many_columns", limit=MAX_COLUMNS)
            continue
        if len(collected) >= MAX_ROWS:
            raise ReadError("too_many_rows", limit=MAX_ROWS, header=header)
        collected.append(_row(number, cells, len(header), keep_width))
    return header, collected


def _row(number, cells, width, keep_width):
    """Return a row as long as the header, and how long it was."""
    end = len(cells)
    if end > width:
        # Empty cells beyond the header are nothing lost.
        end = max(width, len(_without_empty_end(cells)))
    real_width = end if keep_width else max(end, width)
    row = cells[:width] + [""] * (width - len(cells))
    return Row(number, row, real_width)


def _without_empty_end(cells):
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]
