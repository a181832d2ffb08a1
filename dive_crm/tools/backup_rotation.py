"""Which backups are kept: the last of each of some days, weeks and months."""

from collections import namedtuple

Keep = namedtuple("Keep", ["daily", "weekly", "monthly"])
#: A fortnight, two months of Sundays or so, a year.
KEEP = Keep(14, 8, 12)


def kept(backups, keep=KEEP):
    """Return which of ``backups`` are kept.

    :param backups: tuples that begin with when (a datetime) and whether it was
        verified, all of one database
    :param Keep keep: how many days, weeks and months with a backup
    """
    newest_first = sorted(backups, reverse=True)
    result = set(newest_first[:1])
    # whatever the numbers: what is known to be good stays until another is
    result.update([one for one in newest_first if one[1]][:1])
    for number, period in zip(keep, (_day, _week, _month), strict=True):
        last_of = {}
        for one in newest_first:
            last_of.setdefault(period(one[0]), one)
        result.update(list(last_of.values())[: max(number, 0)])
    return result


def _day(when):
    return when.date()


def _week(when):
    return when.isocalendar()[:2]


def _month(when):
    return when.year, when.month
