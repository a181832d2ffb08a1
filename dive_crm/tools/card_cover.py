"""Which cards pay which lines: whether it works out, and what is left for another.

A use of a card pays some lines of an invoice, those that the card covers, and says only
how much of them in all. So several uses go together exactly if, whichever of them are
looked at, the lines that these cover come to at least what they pay.
"""

from itertools import combinations

#: so many kinds of cards on one invoice are looked at in each combination
MOST_KINDS = 10


def kinds_of(uses):
    """Add up the uses that cover the same lines.

    :param uses: pairs of (keys of lines, amount)
    :return: list of (frozenset of keys, amount)
    """
    kinds = {}
    for keys, amount in uses:
        keys = frozenset(keys)
        kinds[keys] = kinds.get(keys, 0) + amount
    return list(kinds.items())


def _choices(kinds):
    """Return the combinations of kinds to look at, the empty one first."""
    sizes = range(len(kinds) + 1)
    if len(kinds) > MOST_KINDS:
        sizes = (0, 1, len(kinds))
    return (chosen for size in sizes for chosen in combinations(kinds, size))


def left_for(lines, uses, mine):
    """Return how much a card can still pay of the lines that it covers.

    :param lines: line → amount
    :param uses: pairs of (lines, amount): what other uses pay
    :param mine: the lines that this card covers
    """
    mine = frozenset(mine)
    return min(
        sum(lines[line] for line in mine.union(*(keys for keys, _amount in chosen)))
        - sum(amount for _keys, amount in chosen)
        for chosen in _choices(kinds_of(uses))
    )


def over(lines, uses):
    """Return by how much some of these uses pay more than their lines come to.

    :return: 0 or less if they go together
    """
    return max(
        sum(amount for _keys, amount in chosen)
        - sum(
            lines[line]
            for line in frozenset().union(*(keys for keys, _amount in chosen))
        )
        for chosen in _choices(kinds_of(uses))
    )
