"""Weekly patterns: on which days, and at which moment of them."""

from datetime import UTC, datetime, time, timedelta


def planned_days(weekdays, every, begin, last):
    """Yield the days of a weekly pattern, in their order.

    :param weekdays: numbers, 0 is Monday
    :param int every: each week, each second one …; counted from the week of ``begin``
    :param begin: no day before this date
    :param last: no day after this date
    """
    week = begin - timedelta(days=begin.weekday())
    while weekdays and week <= last:
        for weekday in sorted(weekdays):
            day = week + timedelta(days=weekday)
            if begin <= day <= last:
                yield day
        week += timedelta(weeks=every)


def moment(day, hours, zone):
    """Return when it is ``hours`` o'clock on ``day`` in ``zone``: UTC, without a zone.

    09:00 stays 09:00 over the change of the clocks. An hour that the clocks leave out
    is the one after it; of an hour that comes twice, the first.

    :param float hours: 9.5 is half past nine
    """
    # 23:59 and half a minute is not tomorrow
    hour, minute = divmod(min(round(hours * 60), 24 * 60 - 1), 60)
    local = datetime.combine(day, time(hour, minute), zone)
    return local.astimezone(UTC).replace(tzinfo=None)


def hours_at(instant, zone):
    """Return what the clock in ``zone`` shows at an instant (UTC): 9.5 is half past."""
    local = instant.replace(tzinfo=UTC).astimezone(zone)
    return local.hour + local.minute / 60


def hours_between(start, end):
    """Return how long something takes, in hours."""
    return (end - start).total_seconds() / 3600
