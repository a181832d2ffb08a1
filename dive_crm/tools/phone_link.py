"""Numbers that a phone dials when they are touched."""

import re

#: Fewer digits are no number: "VHF 16".
FEWEST = 3
_NUMBER = re.compile(r"\+?[0-9][0-9 ().\-/\u00a0\u2010-\u2015]*")


def phone_link(text):
    """Return the address that dials the number in ``text``; "" if there is none.

    Of several, or of one with an extension, the first with enough digits; words around
    it are left out: "Coast guard 900 202 202".
    """
    for found in _NUMBER.findall(text or ""):
        digits = re.sub("[^0-9]", "", re.sub(r"\(0\)", "", found))
        if len(digits) >= FEWEST:
            return f"tel:{'+' if found.startswith('+') else ''}{digits}"
    return ""
