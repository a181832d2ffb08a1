"""Who on a waiting list is next."""


def choose(groups, free, may_pass=True):
    """Return how many places each group of a waiting list gets.

    A group gets places for all of its divers or none, unless it may be split. While a
    group cannot be served by what is free, smaller ones behind it are, if they may
    pass.

    :param groups: (number of divers, may be split) in the order of the list
    :param int free: places that are free
    :param bool may_pass: whether smaller groups may pass a bigger one
    :rtype: list[int]
    """
    given = [0] * len(groups)
    for index, (size, may_split) in enumerate(groups):
        if free <= 0:
            break
        if size <= free:
            given[index] = size
        elif may_split:
            given[index] = free
        elif not may_pass:
            break
        free -= given[index]
    return given


def left_for_others(groups, free, may_pass=True):
    """Return how many places nobody on the list can use.

    Who comes now gets these; the others go to those who were here before.
    """
    given = choose(groups, free, may_pass)
    waiting = any(
        places < size for places, (size, _split) in zip(given, groups, strict=True)
    )
    if waiting and not may_pass:
        return 0
    return max(free - sum(given), 0)
