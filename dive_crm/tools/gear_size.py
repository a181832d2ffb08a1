"""Which size of a kind somebody means who writes “M, 5 mm” or “42”."""

import re
import unicodedata

#: a size that is a range of numbers: 42/43, 42-43, 42–43
RANGE = re.compile(r"^(\d+)(?:/|-|–)(\d+)$")
#: a number that says no size: 5 mm of neoprene, 7kg
MEASURE = re.compile(r"\b\d+(?:[.,]\d+)?\s*(?:mm|cm|kg|lbs?|l)\b")
SPLIT = re.compile(r"[\s,;()]+")


def _plain(text):
    return unicodedata.normalize("NFKC", text or "").strip().casefold()


def _span(word):
    """Return first and last number of a size in numbers, else None."""
    found = RANGE.match(word)
    if found:
        first, last = int(found[1]), int(found[2])
        return (first, last) if first <= last else None
    return (int(word), int(word)) if word.isascii() and word.isdigit() else None


def best_size(text, names):
    """Return the index of the name that ``text`` means, or None if none is meant.

    The whole text first, then its first word that is a size; numbers fall into ranges.
    """
    wanted, names = _plain(text), [_plain(name) for name in names]
    if not wanted:
        return None
    if wanted in names:
        return names.index(wanted)
    for word in filter(None, SPLIT.split(MEASURE.sub(" ", wanted))):
        if word in names:
            return names.index(word)
        place = _in_range(word, names)
        if place is not None:
            return place
    return None


def _in_range(word, names):
    """Return the narrowest range of numbers that holds ``word``, itself maybe one."""
    span = _span(word)
    if not span:
        return None
    holding = []
    for place, name in enumerate(names):
        other = _span(name)
        if other and other[0] <= span[0] and span[1] <= other[1]:
            holding.append((other[1] - other[0], place))
    return min(holding)[1] if holding else None


def mentions(text, name):
    """Say whether a list of things such as “mask, computer” names ``name``."""
    parts = [part.strip() for part in re.split(r"[,;\n/]+|\band\b", _plain(text))]
    return bool(_plain(name)) and any(_plain(name) == part for part in parts)
