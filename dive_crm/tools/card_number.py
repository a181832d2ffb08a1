"""Numbers of certification cards, as people type them."""

import re

from .text_fold import fold

#: More is not a number but a text pasted by mistake, and no index takes it.
MAX_LENGTH = 64


def tidy_number(text):
    """Return ``text`` on one line, without space around it; False if nothing is left.

    :rtype: str or bool
    """
    return " ".join((text or "").split()) or False


def number_key(text):
    """Return what two spellings of one number share.

    Case, spaces, dashes and signs that cannot be seen do not count; the digits of
    Arabic keyboards are digits. Empty if nothing is left to compare.
    """
    return re.sub(r"[\W_]+", "", fold(text))[:MAX_LENGTH]


def fits(pattern, number):
    """Tell whether ``number`` has the form its agency gives to numbers.

    :param str pattern: regular expression of the whole number, may be empty or broken
    :param str number: as typed
    """
    if not pattern or not number:
        return True
    try:
        expression = re.compile(pattern, re.IGNORECASE)
    except re.error:
        # A pattern that somebody mistyped in the catalogue speaks against no card.
        return True
    plain = number_key(number)
    return any(
        expression.fullmatch(form)
        for form in (number, plain, re.sub(r"\s+", "", number))
    )
