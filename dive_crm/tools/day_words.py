"""How each language writes a day together with its weekday."""

from odoo.tools.misc import babel_locale_parse, get_lang


def day_format(env, *, year=False, full=False, time=False):
    """Return the pattern for ``format_date`` and ``format_datetime``.

    A pattern of our own would have German say "Montag 23 November": where the dots,
    the commas, a "de" go and what comes first is each language's own.

    :param bool full: "Monday, November 23" instead of "Mon, Nov 23"
    :param bool time: followed by the time of day
    """
    locale = babel_locale_parse(get_lang(env).code)
    if full and year:
        pattern = locale.date_formats["full"].pattern
    elif full:
        pattern = _full_without_year(locale.datetime_skeletons)
    else:
        pattern = locale.datetime_skeletons["yMMMEd" if year else "MMMEd"].pattern
    return f"{pattern} HH:mm" if time else pattern


def _full_without_year(known):
    """Return the pattern of a whole day without its year.

    Few languages have one of their own: it is the short one, written out.
    """
    if "MMMMEEEEd" in known:
        return known["MMMMEEEEd"].pattern
    short, day, whole = (known[key].pattern for key in ("MMMEd", "MMMd", "MMMMd"))
    words = short.replace(day, whole)
    # languages write one E or three: the short name of the weekday
    return words.replace("EEE", "E").replace("E", "EEEE")
