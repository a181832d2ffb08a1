"""Dates some months away."""

from dateutil.relativedelta import relativedelta


def months_later(date, months):
    """Return a date ``months`` later; None after the last year that there is.

    People write 9999-12-31 and mean “never”.
    """
    try:
        return date + relativedelta(months=months)
    except (ValueError, OverflowError):
        return None
