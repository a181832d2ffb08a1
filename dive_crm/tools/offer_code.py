"""Codes of offers: read out on the telephone, typed on a phone, printed on a flyer."""

import secrets
import unicodedata

from .online_form import clean

SHORTEST, LONGEST = 3, 24
#: without letters and digits that are taken for each other
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
MADE = 8


def normal(text):
    """Return a code as it is kept: without spaces, in capitals; "" for none."""
    text = clean(text, 4 * LONGEST)
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def is_code(text):
    """Say whether a normal code can be read, typed and put into an address."""
    return SHORTEST <= len(text) <= LONGEST and all(
        char.isalnum() or char in "-_" for char in text
    )


def make():
    """Return a new code that nobody guesses."""
    return "".join(secrets.choice(LETTERS) for _letter in range(MADE))
