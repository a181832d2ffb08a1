"""What prepaid cards would pay of a bill: tried out, before anything is taken.

It follows the rules by which an invoice takes cards (``account_move_card_use.py``,
``account_move_card_visits.py``): a card pays the lines of its services and no more than
is left of them; visits are taken line by line. A bill here need not be an invoice yet.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from .card_cover import left_for


class Line(NamedTuple):
    """What is charged: a product's number, how many, and what they cost with taxes."""

    product: int
    quantity: float
    total: float


@dataclass(frozen=True)
class Offer:
    """What a card is good for.

    :param services: numbers of products; empty: all
    :param weights: how many visits a product takes, where it is not one; None: the
        card counts money
    """

    services: frozenset = frozenset()
    weights: dict | None = None

    def covers(self, product):
        return not self.services or product in self.services


@dataclass
class Bill:
    """Lines that cards may pay, and what is left to pay of all of them.

    :param left: what nobody has paid and no card has taken
    :param rounded: rounds money as its currency does
    :param invoice: number of the invoice, if there is one
    """

    lines: list
    left: float
    rounded: callable = round
    invoice: int = 0
    taken: list = field(default_factory=list)

    def note(self, offer, worth, visits=0.0):
        """Note that a card has taken a part, as the invoice knows it already."""
        self.taken.append((frozenset(self._mine(offer)), worth, visits))

    def room(self, offer):
        """Return how much of a card this bill takes: money, or visits."""
        if offer.weights is None:
            return max(self._money_left(offer), 0.0)
        needed = sum(visits for _index, visits in self._visits(offer))
        visits = max(round(needed - self._visits_taken(offer), 3), 0.0)
        while visits > 0 and self.worth(offer, visits) > self._money_left(offer):
            visits = max(round(visits - 1, 3), 0.0)
        return visits

    def worth(self, offer, amount):
        """Return what an amount of a card pays, in money."""
        if offer.weights is None:
            return amount
        taken, worth = self._visits_taken(offer), 0.0
        for index, visits in self._visits(offer):
            free = max(visits - taken, 0.0)
            taken = max(taken - visits, 0.0)
            part = min(free, amount)
            if part > 0:
                worth += self.lines[index].total * part / visits
                amount -= part
        return self.rounded(worth)

    def take(self, offer, amount):
        """Take an amount of a card; return what it pays, in money."""
        worth = self.worth(offer, amount)
        self.note(offer, worth, amount if offer.weights is not None else 0.0)
        self.left = self.rounded(self.left - worth)
        return worth

    def _mine(self, offer):
        return [
            index for index, line in enumerate(self.lines) if offer.covers(line.product)
        ]

    def _money_left(self, offer):
        totals = {index: line.total for index, line in enumerate(self.lines)}
        uses = [(lines, worth) for lines, worth, _visits in self.taken]
        left = left_for(totals, uses, self._mine(offer))
        return self.rounded(min(left, self.left))

    def _beside(self, offer):
        mine = set(self._mine(offer))
        return [one for one in self.taken if one[0] & mine]

    def _visits(self, offer):
        return [
            (index, line.quantity * offer.weights.get(line.product, 1.0))
            for index, line in enumerate(self.lines)
            if offer.covers(line.product)
        ]

    def _visits_taken(self, offer):
        return sum(visits for _lines, _worth, visits in self._beside(offer))


def room(bills, offer):
    """Return how much of a card these bills take together."""
    return round(sum(bill.room(offer) for bill in bills), 3)


def pays(bills, offer, amount):
    """Return what an amount of a card would pay of these bills, in money."""
    worth = 0.0
    for bill in bills:
        part = min(bill.room(offer), amount)
        worth += bill.worth(offer, part)
        amount = round(amount - part, 3)
    return worth


def spread(bills, offer, amount):
    """Take an amount of a card for these bills, one after the other.

    :return: [(bill, part of the amount)], what is paid in money, what no bill took
    """
    parts, worth = [], 0.0
    for bill in bills:
        part = min(bill.room(offer), amount)
        if part > 0:
            parts.append((bill, part))
            worth += bill.take(offer, part)
            amount = round(amount - part, 3)
    return parts, worth, amount
