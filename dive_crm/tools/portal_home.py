"""What the diver's page in the portal is made of: plain values, no records."""

from typing import NamedTuple

#: from what is urgent to what is done
STATES = ("todo", "waits", "done")


class Step(NamedTuple):
    """One thing that a trip still needs, or has.

    ``waits`` is for us to do: the diver only knows of it.
    """

    #: steps are shown from the lowest on
    order: int
    title: str
    state: str
    text: str = ""
    url: str = ""
    #: id of whose it is; 0: of the whole booking
    diver: int = 0


class Section(NamedTuple):
    """One part of the page: where it leads, and the number that matters most."""

    #: sections are shown from the lowest on
    order: int
    code: str
    title: str
    icon: str
    url: str
    number: str = ""
    text: str = ""
    #: somebody should look here
    urgent: bool = False


def in_order(entries):
    """Return steps or sections as they are shown."""
    return sorted(entries, key=lambda entry: entry.order)
