"""What somebody may mean by a string of digits: phone numbers as people say them.

The numbering plans come from ``phonenumbers``; nothing here knows of records.
"""

import re
from collections import defaultdict
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata

# Fewer digits than this, without their trunk prefix, stand in thousands of numbers; and
# the digits as typed are looked for anyway.
MIN_NATIONAL = 6
# What stands before a country's code when dialling abroad, in the forms people use.
_INTERNATIONAL_PREFIX = re.compile(r"^(?:00|011|0011|810|010)(?=[1-9])")


class Digits(NamedTuple):
    """Digits to look for within a number, and where.

    With ``codes``, they are a national number: one of these calling codes stands right
    before them. Without, they may stand anywhere.
    """

    digits: str
    codes: tuple[str, ...] = ()

    @property
    def pattern(self):
        """A regular expression (Python's and PostgreSQL's) for digits with codes."""
        return rf" ({'|'.join(self.codes)}){self.digits}"


@lru_cache(maxsize=1)
def _trunk_rules():
    """Return the distinct ways in which countries write a national number.

    :return: list of ``(pattern, transform, codes)``: what stands before (or must be
        rewritten in) a national number, how, and the calling codes of the countries
        that do so; of 250 countries some 50 differ
    """
    codes = defaultdict(set)
    for region in phonenumbers.SUPPORTED_REGIONS:
        plan = PhoneMetadata.metadata_for_region(region)
        if plan.national_prefix_for_parsing:
            rule = (
                plan.national_prefix_for_parsing,
                plan.national_prefix_transform_rule,
            )
            codes[rule].add(str(plan.country_code))
    return [
        (re.compile(pattern), transform, tuple(sorted(codes[pattern, transform])))
        for pattern, transform in sorted(codes, key=repr)
    ]


def _national_numbers(digits):
    """Yield ``digits`` without each trunk prefix that some country puts before them."""
    for pattern, transform, codes in _trunk_rules():
        match = pattern.match(digits)
        if not match:
            continue
        if transform and pattern.groups and match.group(pattern.groups):
            yield Digits(match.expand(transform) + digits[match.end() :], codes)
        elif match.end():
            yield Digits(digits[match.end() :], codes)


def digit_candidates(text):
    """Return what to look for when somebody types ``text`` as a number.

    ``07911 123456`` gives, among others, ``7911123456`` after the code of a country
    whose trunk prefix is 0, which finds ``447911123456``; so does ``8 912 308-37-78``
    for a Russian number, wherever the centre is. The digits as typed are always the
    first (they may be the last ones of a number, or a customer's number).

    :param str text: digits with anything between them
    :rtype: list[Digits]
    """
    digits = re.sub(r"\D", "", text)
    if not digits:
        return []
    candidates = [Digits(digits)]
    plus = text.lstrip(" (").startswith("+")
    international = digits if plus else _INTERNATIONAL_PREFIX.sub("", digits)
    if plus or international != digits:
        candidates.append(Digits(international))
        # A number kept in its national form, without the country's code.
        if national := _significant_number(international):
            candidates.append(Digits(national))
    if not plus:
        candidates += _merged(_national_numbers(digits))
    return list(dict.fromkeys(candidates))


def _merged(numbers):
    """Return one national number for all countries in which it reads the same."""
    codes = defaultdict(set)
    for number in numbers:
        if len(number.digits) >= MIN_NATIONAL:
            codes[number.digits].update(number.codes)
    return [Digits(digits, tuple(sorted(codes[digits]))) for digits in codes]


def _significant_number(international):
    """Return a whole international number without its country's code, or ``""``."""
    try:
        number = phonenumbers.parse("+" + international)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.national_significant_number(number)
