"""Why a phone number cannot exist, in a code that can be put into plain words."""

import phonenumbers
from phonenumbers import NumberParseException, ValidationResult

_PARSE = {
    NumberParseException.INVALID_COUNTRY_CODE: "country",
    NumberParseException.TOO_LONG: "long",
    NumberParseException.TOO_SHORT_AFTER_IDD: "short",
    NumberParseException.TOO_SHORT_NSN: "short",
}
_POSSIBLE = {
    ValidationResult.INVALID_COUNTRY_CODE: "country",
    ValidationResult.TOO_SHORT: "short",
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: "short",
    ValidationResult.TOO_LONG: "long",
}


def impossible_reason(number, region):
    """Return why ``number`` cannot be dialled from ``region``.

    :param str number: as somebody typed it
    :param str region: two-letter code of the country whose national form it may be, or
        an empty value
    :return: ``no_number`` (there is no number in it), ``country`` (no country has this
        code, or none is known), ``short``, ``long``, ``unused`` (of a possible length,
        but never given out), or an empty text for a number that may exist
    """
    digits = [sign for sign in number if sign.isdigit()]
    if len(digits) < 2 or set(digits) == {"0"}:
        return "no_number"
    said = "+" + number[2:] if number.startswith("00") else number
    try:
        parsed = phonenumbers.parse(said, region or None)
    except NumberParseException as error:
        return _PARSE.get(error.error_type, "no_number")
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason in _POSSIBLE:
        return _POSSIBLE[reason]
    return "" if phonenumbers.is_valid_number(parsed) else "unused"
