"""A calendar file with one event, as RFC 5545 wants it; knows nothing of records."""

import re

#: Octets in a line, without its end.
LINE = 75
PRODUCT = "-//dive_crm//Dive Centre//EN"
#: No text may contain these; a line end is written as \n.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def escape(text):
    """Return a text as it stands in a value: nothing that ends it is bare."""
    text = CONTROL.sub("", str(text or "").replace("\r\n", "\n"))
    for sign in "\\;,":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def quote(text):
    """Return a text as the value of a parameter."""
    text = CONTROL.sub("", str(text or "").replace("\n", " "))
    return '"{}"'.format(text.replace('"', "'"))


def fold(line):
    """Return a line in pieces of at most 75 octets; no character is cut in two."""
    pieces, piece, room = [], b"", LINE
    for sign in line:
        octets = sign.encode()
        if len(piece) + len(octets) > room:
            pieces.append(piece)
            piece, room = b"", LINE - 1  # the space at the beginning counts
        piece += octets
    return b"\r\n ".join([*pieces, piece])


def moment(value):
    """Return a moment (UTC, without a zone) as it stands in the file."""
    return value.strftime("%Y%m%dT%H%M%SZ")


def calendar_file(
    uid,
    sequence,
    stamp,
    start,
    end,
    summary,
    *,
    location="",
    description="",
    url="",
    organizer=None,
    cancelled=False,
):
    """Return the bytes of a calendar file; all moments are UTC, without a zone.

    :param str uid: the same for all files of the same event
    :param int sequence: rises with each change
    :param stamp: when the file was made
    :param organizer: (name, e-mail address)
    :param bool cancelled: the event is taken out of the calendar again
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "METHOD:CANCEL" if cancelled else "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{escape(uid)}",
        f"SEQUENCE:{int(sequence)}",
        f"DTSTAMP:{moment(stamp)}",
        f"DTSTART:{moment(start)}",
    ]
    if end and end > start:
        lines.append(f"DTEND:{moment(end)}")
    lines += [
        f"{name}:{escape(text)}"
        for name, text in (
            ("SUMMARY", summary),
            ("LOCATION", location),
            ("DESCRIPTION", description),
        )
        if text
    ]
    if url:
        # a URI is no text: nothing in it is escaped
        lines.append(f"URL:{CONTROL.sub('', url)}")
    if organizer and organizer[1]:
        name, address = organizer
        lines.append(f"ORGANIZER;CN={quote(name)}:mailto:{CONTROL.sub('', address)}")
    lines += [
        "STATUS:CANCELLED" if cancelled else "STATUS:CONFIRMED",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"\r\n".join(fold(line) for line in lines) + b"\r\n"
