"""What a prepaid card is worth in the books: how much of its price each use consumes.

A card is sold for a price and is good for a whole: an amount of money, or a number of
visits. While it is used, its price turns from a liability into revenue, in the same
proportion. Rounding is done on the sum of all uses, never on each: whatever the uses
are, a card that is used up has consumed its price, to the last unit.

All amounts are :class:`decimal.Decimal`; a unit is the smallest amount of a currency.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
#: so finely visits are counted: a night dive may take one and a half
MILLI = Decimal("0.001")


def exact(number):
    """Return a number of Odoo's (a float, an int, a string) as the Decimal it shows.

    :raise ValueError: it is no number, or not a finite one
    """
    value = Decimal(str(number))
    if not value.is_finite():
        raise ValueError(f"{number} is no amount")
    return value


def rounded(amount, unit):
    """Round to the smallest unit of a currency, half of it away from zero."""
    return (amount / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit


@dataclass(frozen=True)
class Share:
    """How much of a price is consumed by how much of the whole."""

    price: Decimal
    whole: Decimal
    unit: Decimal

    def consumed_at(self, used):
        """Return how much of the price is consumed when ``used`` of the whole is."""
        return rounded(self.price * used / self.whole, self.unit)

    def of_use(self, amount, used, consumed):
        """Return how much of the price a use consumes.

        :param amount: how much of the whole is used now
        :param used: how much of it was used before, what was given back taken away
        :param consumed: how much of the price these uses consume
        :return: at least 0; all that is left if the whole is used up
        """
        return max(self.consumed_at(used + amount) - consumed, ZERO)

    def of_part(self, part, amount, share):
        """Return how much of a use's own share goes back with a part of it.

        :param part: how much of the use goes back, what went back before included
        :param amount: how much of the whole the use took
        :param share: how much of the price it consumed
        """
        if part >= amount:
            return share
        return rounded(share * part / amount, self.unit)


def in_company_currency(consumed, price, booked, unit):
    """Return what a consumed part of a price is in the currency of the books.

    At the rate of the sale: a card that is used up has consumed what its sale has
    booked, whatever rates are today.

    :param consumed: how much of the price is consumed, in the card's currency
    :param price: the whole price in that currency
    :param booked: the whole price as the sale has booked it
    :param unit: the smallest unit of the company's currency
    """
    if consumed >= price:
        return booked
    return rounded(booked * consumed / price, unit)
