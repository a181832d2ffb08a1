"""What somebody without a login types into the form of a trip, checked.

Nothing here looks anybody up: whether an address is known has no part in it.
"""

import re
import unicodedata
from datetime import date

from .medical_outcome import age_on
from .partner_query import is_email

NAME, EMAIL, PHONE, WORDS = 80, 254, 40, 1000
MOST_COMPANIONS = 6
GROWN_UP = 18
OLDEST = 110
#: what turns the direction of a line: a name that hides another one
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F}
#: no part of a name, and all of an address or a markup
_BOX = re.compile(r"agree_([0-9]{1,9})")
_NO_NAME = re.compile(r"[<>@/\\{}|=%\[\]]|www\.|https?:", re.IGNORECASE)


def clean(text, length, lines=False):
    """Return text without control characters, cut to ``length``.

    :param bool lines: whether it may have several lines
    """
    text = text if isinstance(text, str) else ""
    text = text.replace("\r\n", "\n")
    text = "".join(
        char
        for char in unicodedata.normalize("NFC", text)
        if ord(char) not in _BIDI
        and (
            char in "\n\t"
            or not unicodedata.category(char).startswith("C")
            or char == "\u200d"
        )
    )
    if not lines:
        text = " ".join(text.split())
    return text.strip()[:length].strip()


def name_of(text):
    """Return a name, or "" for what is none."""
    name = clean(text, NAME + 1)
    if len(name) < 2 or len(name) > NAME or _NO_NAME.search(name):
        return ""
    return name if any(char.isalpha() for char in name) else ""


def email_of(text):
    """Return an address in lower case, or "" for what is not exactly one."""
    text = text.strip() if isinstance(text, str) else ""
    if not text.isascii() or len(text) > EMAIL or not is_email(text):
        return ""
    return text.lower()


def birth_of(text, today):
    """Return a date of birth (typed YYYY-MM-DD), or None for what cannot be one."""
    try:
        born = date.fromisoformat(text.strip() if isinstance(text, str) else "")
    except ValueError:
        return None
    return born if born <= today and age_on(born, today) <= OLDEST else None


def ticked(form):
    """Return the numbers of the wordings whose boxes are ticked."""
    found = filter(None, map(_BOX.fullmatch, form))
    return {int(one[1]) for one in found if form.get(one[0])}


def read(form, today):
    """Return what was typed, and which fields are wrong.

    :param form: names and texts as the browser sends them
    :param today: the day at the dive centre
    :return: (values, {field: what is wrong with it})
    """
    wrong = {}
    values = {
        "name": name_of(form.get("name")),
        "email": email_of(form.get("email")),
        "phone": clean(form.get("phone"), PHONE),
        "birthdate_date": birth_of(form.get("birthdate"), today),
        "experience": clean(form.get("experience"), WORDS, lines=True),
    }
    for field in ("name", "email", "phone"):
        if not values[field]:
            wrong[field] = field
    if not values["birthdate_date"]:
        wrong["birthdate"] = "birthdate"
    elif age_on(values["birthdate_date"], today) < GROWN_UP:
        wrong["birthdate"] = "minor"
    values["ticked"] = ticked(form)
    values["companions"] = []
    for number in range(1, MOST_COMPANIONS + 1):
        typed = clean(form.get(f"name_{number}"), NAME + 1)
        when = clean(form.get(f"birthdate_{number}"), 20)
        if not typed and not when:
            continue
        name, born = name_of(typed), birth_of(when, today)
        if name and born:
            values["companions"].append([name, born.isoformat()])
        else:
            wrong[f"companion_{number}"] = "companion"
    return values, wrong
