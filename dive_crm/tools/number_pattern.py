"""What may stand as a pattern of card numbers: one that cannot hang the server.

Python's regular expressions try one reading after the other; ``(a+)+`` over thirty
letters takes minutes. Whoever types a pattern into the catalogue need not know that.
"""

import re

MAX_LENGTH = 200
# Each part of variable length multiplies the readings of a number: four of them over
# a number of forty characters are a few thousand, done in a millisecond.
MAX_VARIABLE = 4
MAX_CHOICES = 12

_ESCAPED = re.compile(r"\\.", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_VARIABLE = re.compile(r"[*+?]|\{\d*,\d*\}")
# A repeated group; only "once or not at all" is harmless.
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{)")
_EXTENSION = re.compile(r"\(\?(?!:)")
_REFERENCE = re.compile(r"\\[1-9]")


def reason_against(pattern, env):
    """Return in words why ``pattern`` cannot be used, or ``None`` where it can.

    :param str pattern: a regular expression, may be empty
    :param env: the environment whose language the answer is in
    """
    if not pattern:
        return None
    if len(pattern) > MAX_LENGTH:
        return env._(
            "it is longer than %(length)s characters. Describe the number in words "
            "instead.",
            length=MAX_LENGTH,
        )
    try:
        re.compile(pattern)
    except (re.error, OverflowError) as error:
        return env._(
            "it is no regular expression (%(error)s). Ten digits are %(example)s.",
            error=error,
            example="[0-9]{10}",
        )
    bare = _CLASS.sub("c", _ESCAPED.sub("e", pattern))
    if _REPEATED_GROUP.search(bare):
        return env._(
            "a group in brackets may not be repeated. Write the repeated part out."
        )
    if _EXTENSION.search(bare) or _REFERENCE.search(pattern):
        return env._("look-ahead, names and references to groups are not supported.")
    if len(_VARIABLE.findall(bare.replace("(?:", "("))) > MAX_VARIABLE:
        return env._(
            "more than %(count)s parts of it vary in length. Use fixed lengths such "
            "as %(example)s.",
            count=MAX_VARIABLE,
            example="[0-9]{6}",
        )
    if bare.count("|") > MAX_CHOICES:
        return env._("it has more than %(count)s alternatives.", count=MAX_CHOICES)
    return None
