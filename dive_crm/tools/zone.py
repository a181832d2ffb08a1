"""Time zones by their names, also those that this machine does not know."""

import logging
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_logger = logging.getLogger(__name__)


def zone_of(name):
    """Return the zone of a name; None: there is no name, or nobody here knows it.

    Odoo offers the names of ``pytz``, which brings its own. What the operating system
    has may be less: Debian 13 keeps old names in a package of their own.

    :rtype: ZoneInfo or None
    """
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _logger.info("This machine does not know the time zone %r", name)
        return None
