"""One way to make two spellings of a name equal, in Python and in PostgreSQL.

``fold("Łódź Müller") == "lodz muller"``; :data:`FOLD_SQL` does the same inside the
database, in an immutable function that an index can be built on. Both sides must stay
the same, letter by letter: ``tests/test_text_fold.py`` compares them over Unicode.
"""

import re
import unicodedata

# Letters that look accented to a person and have no decomposition in Unicode.
_LETTERS = {
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "ħ": "h",
    "ŧ": "t",
    "ı": "i",
    "ə": "e",
}
# Letters that are written as two where the keyboard lacks them.
_PAIRS = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
# Digits of Arabic and Persian keyboards, so that a phone or number typed there is
# found.
_DIGITS = dict(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True))

_COMBINING = re.compile("[\u0300-\u036f]")
_TRANSLATE = str.maketrans({**_LETTERS, **_PAIRS, **_DIGITS})


def fold(text):
    """Return ``text`` in lower case, without accents, in compatibility form.

    :param str text: any text; ``None`` and ``False`` count as empty
    :rtype: str
    """
    if not text:
        return ""
    text = _COMBINING.sub("", unicodedata.normalize("NFKD", text))
    # Upper-case letters that are wide in the Turkish way leave a dot behind: İ → i̇.
    return _COMBINING.sub("", text.lower()).translate(_TRANSLATE)


def _sql_literal(text):
    return "'" + text.replace("'", "''") + "'"


def fold_sql(expression):
    """Return the SQL expression that folds ``expression`` as :func:`fold` does.

    :param str expression: an SQL expression of type text, never user input
    """
    return fold_letters_sql(fold_accents_sql(expression))


def fold_accents_sql(expression):
    """Return the first half of :func:`fold_sql`: lower case, without accents.

    Most names of Latin letters are plain ASCII then, and the other half, which is
    twice as slow, has nothing to do.
    """
    return (
        f"regexp_replace(lower(normalize({expression}, NFKD)),"
        " '[\u0300-\u036f]', '', 'g')"
    )


def fold_letters_sql(expression):
    """Return the second half: what has no decomposition in Unicode."""
    singles = {**_LETTERS, **_DIGITS}
    sql = (
        f"translate({expression}, {_sql_literal(''.join(singles))},"
        f" {_sql_literal(''.join(singles.values()))})"
    )
    for letter, pair in _PAIRS.items():
        sql = f"replace({sql}, {_sql_literal(letter)}, {_sql_literal(pair)})"
    return sql
