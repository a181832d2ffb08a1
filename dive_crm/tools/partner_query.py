"""From what is typed into a search box to what must stand in a customer's line.

The line is the folded text that ``dive_partner_fold`` makes in the database: name,
e-mail, customer number, tax number, company number, digits of the phone.
"""

import re
from typing import NamedTuple

from .phone_query import digit_candidates
from .text_fold import fold

MAX_WORDS = 12
# Digits with blanks between them may be parts of a name ("Reef 2024 01"); so many are a
# number for certain.
MAX_WORD_DIGITS = 6
# At least three digits with the signs that people put between them, alone in the text
# or set off by blanks: "+44 (0)7911-123456", "8 912 308-37-78", but not the 12 of
# "room12a".
_NUMBER = re.compile(r"(?<!\S)[+(]?\d(?:[\s().\-/]*\d){2,}(?!\S)")
# One address: no blanks or list signs, a domain of at least two labels that ends in
# letters.
_EMAIL = re.compile(
    r"""[^\s@,;:<>()\[\]"\\]+(?<!\.)@(?:[^\s@.,;:<>()\[\]"\\]+\.)+[^\W\d_][\w-]*[^\W\d_]"""
)


class Part(NamedTuple):
    """What stands in the line: a text and, if more must hold of it, a pattern."""

    text: str
    pattern: str = ""

    def matches(self, line):
        """Tell whether the part stands in the folded ``line``."""
        return self.text in line and (
            not self.pattern or bool(re.search(self.pattern, line))
        )


class Term(NamedTuple):
    """What must be in the line: at least one alternative, with all its parts."""

    alternatives: tuple[tuple[Part, ...], ...]

    def matches(self, line):
        """Tell whether the folded ``line`` satisfies the term."""
        return any(all(p.matches(line) for p in parts) for parts in self.alternatives)


def _words(text):
    return [word for word in (w.strip(",;") for w in text.split()) if word]


def _word_terms(text):
    return [Term(((Part(word),),)) for word in _words(text)]


def _number_term(number):
    """Return the term for a number as somebody says it, or for its parts as words.

    "(0)" is how people show a trunk prefix that is left out from abroad.
    """
    said = number.replace("(0)", "") if "+" in number else number
    alternatives = [
        (Part(found.digits, found.pattern if found.codes else ""),)
        for found in digit_candidates(said)
    ]
    if sum(map(str.isdigit, said)) <= MAX_WORD_DIGITS:
        alternatives.append(tuple(Part(word) for word in _words(number)))
    return Term(tuple(dict.fromkeys(alternatives)))


def parse(text):
    """Return the terms that a customer's line must all satisfy.

    :param str text: what is typed: parts of names in any order, e-mail, customer
        number, phone in whatever form
    :rtype: list[Term]
    """
    text = fold(text)
    terms = []
    position = 0
    for match in _NUMBER.finditer(text):
        terms += _word_terms(text[position : match.start()])
        terms.append(_number_term(match.group()))
        position = match.end()
    terms += _word_terms(text[position:])
    return terms[:MAX_WORDS]


def is_email(text):
    """Tell whether ``text`` is one whole e-mail address, and nothing else."""
    return bool(_EMAIL.fullmatch(text.strip()))
