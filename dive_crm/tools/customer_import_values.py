"""What a cell of a customer list says: dates, addresses, and signs of a formula."""

import datetime
import re
import unicodedata

from .text_fold import fold

#: A cell that begins like this is a formula to a spreadsheet.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
#: What a spreadsheet shows in place of a value that it could not work out.
SPREADSHEET_ERRORS = frozenset(
    (
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NULL!",
        "#NUM!",
        "#GETTING_DATA",
    )
)

_TIME = r"(?:[T ]\d{1,2}[:.]\d.*)?$"
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME)
_YEAR_LAST = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})" + _TIME)
_EITHER = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4})" + _TIME)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2}" + _TIME)
_ADDRESS = re.compile(r"[^\s@,;<>]+@[^\s@,;<>]+")


class DateError(ValueError):
    """Text that is no date; ``code``: ``form``, ``short_year`` or ``impossible``."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def clean(text):
    """Return a cell's text in composed form, without space around it.

    The apostrophe that :func:`harmless` puts before a formula is taken off again.
    """
    text = unicodedata.normalize("NFC", text).strip().strip("\ufeff\u200b")
    if text.startswith("'") and text[1:].startswith(FORMULA_SIGNS):
        return text[1:]
    return text


def harmless(text):
    """Return ``text`` such that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def date_order_hint(text):
    """Return what ``text`` says about how its file writes dates.

    :return: ``dmy`` or ``mdy`` where only this reading is a date, ``both`` where both
        are and differ, else an empty text
    """
    if not (match := _EITHER.match(text)):
        return ""
    first, second = int(match[1]), int(match[3])
    if first == second:
        return ""
    if max(first, second) <= 12:
        return "both"
    if first <= 12 < second <= 31:
        return "mdy"
    return "dmy" if second <= 12 < first <= 31 else ""


def date_order(hints):
    """Return how a file writes dates, from the hints of all its dates.

    :param hints: counter of what :func:`date_order_hint` returned
    :return: ``dmy``, ``mdy``, or ``ask`` if some date can be read both ways and nothing
        else in the file (or as much for the one as for the other) decides
    """
    if hints["dmy"] != hints["mdy"]:
        return "dmy" if hints["dmy"] > hints["mdy"] else "mdy"
    return "ask" if hints["both"] else "dmy"


def parse_date(text, order):
    """Return the date that ``text`` says.

    :param str text: with or without a time, which is left out
    :param str order: ``dmy`` or ``mdy``, for dates like 03/04/1990
    :rtype: datetime.date
    :raise DateError: for anything else
    """
    if match := _YEAR_FIRST.match(text):
        year, month, day = match[1], match[3], match[4]
    elif match := _YEAR_LAST.match(text):
        day, month, year = match.groups()
    elif match := _EITHER.match(text):
        day, month, year = match[1], match[3], match[4]
        if order == "mdy":
            day, month = month, day
    else:
        raise DateError("short_year" if _SHORT_YEAR.match(text) else "form")
    try:
        return datetime.date(int(year), int(month), int(day))
    except ValueError as error:
        raise DateError("impossible") from error


def address_count(text):
    """Return how many e-mail addresses ``text`` holds, as far as one can tell them."""
    return len(_ADDRESS.findall(text))


def name_key(name):
    """Return what two spellings of one person's name share: words in any order."""
    return " ".join(sorted(re.findall(r"\w+", fold(name))))


def split_tags(text):
    """Return the distinct tags in ``text``, which ``;`` (or a comma) separates."""
    separator = ";" if ";" in text else ","
    tags = {}
    for tag in text.split(separator):
        if tag := " ".join(tag.split()):
            tags.setdefault(fold(tag), tag)
    return list(tags.values())
