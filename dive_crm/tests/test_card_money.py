"""How much of a card's price each use consumes: to the last unit, in any order."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.card_money import Share, exact, in_company_currency, rounded

CENT = Decimal("0.01")
#: yen, euro, dinar
UNITS = st.sampled_from([Decimal(1), CENT, Decimal("0.001")])


@st.composite
def cards(draw):
    """Draw a card, in currencies of 0, 2 and 3 decimals: price below value."""
    unit = draw(UNITS)
    whole = draw(st.integers(2, 500_000))
    price = draw(st.integers(1, whole - 1))
    return Share(price * unit, whole * unit, unit)


@tagged("-at_install", "post_install")
class TestCardMoney(BaseCase):
    def test_worked_example(self):
        """3,500 for 4,000: a dive of 400 consumes 350, the benefit is 50."""
        share = Share(Decimal(3500), Decimal(4000), CENT)
        self.assertEqual(share.of_use(Decimal(400), Decimal(0), Decimal(0)), 350)
        self.assertEqual(share.of_use(Decimal(3600), Decimal(400), Decimal(350)), 3150)

    def test_visits(self):
        """Ten dives for 480: a night dive that counts 1.5 consumes 72."""
        share = Share(Decimal(480), Decimal(10), CENT)
        self.assertEqual(share.of_use(Decimal("1.5"), Decimal(0), Decimal(0)), 72)
        thirds = Share(Decimal(100), Decimal(3), CENT)
        consumed = Decimal(0)
        taken = []
        for used in range(3):
            taken.append(thirds.of_use(Decimal(1), Decimal(used), consumed))
            consumed += taken[-1]
        self.assertEqual(taken, [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")])

    def test_what_is_no_amount(self):
        for wrong in ("nan", "inf", float("nan"), float("-inf")):
            with self.assertRaises(ValueError):
                exact(wrong)
        self.assertEqual(exact(0.1), Decimal("0.1"))
        self.assertEqual(rounded(Decimal("2.345"), CENT), Decimal("2.35"))
        self.assertEqual(rounded(Decimal("-2.345"), CENT), Decimal("-2.35"))

    @settings(deadline=None, max_examples=200, derandomize=True, database=None)
    @given(cards(), st.data())
    def test_whatever_is_used_and_given_back(self, share, data):
        """Used up, the whole price is consumed; never more, never below nothing."""
        used = consumed = Decimal(0)
        uses = []
        for _step in range(data.draw(st.integers(1, 12))):
            if uses and data.draw(st.booleans()):
                amount, taken = uses.pop(data.draw(st.integers(0, len(uses) - 1)))
                used, consumed = used - amount, consumed - taken
            elif used < share.whole:
                most = int((share.whole - used) / share.unit)
                amount = data.draw(st.integers(1, most)) * share.unit
                taken = share.of_use(amount, used, consumed)
                uses.append((amount, taken))
                used, consumed = used + amount, consumed + taken
            self.assertTrue(0 <= consumed <= share.price, (share, uses))
            self.assertEqual(consumed, sum(taken for _amount, taken in uses))
        consumed += share.of_use(share.whole - used, used, consumed)
        self.assertEqual(consumed, share.price)

    @settings(deadline=None, max_examples=100, derandomize=True, database=None)
    @given(cards(), st.integers(1, 10**9), UNITS, st.data())
    def test_at_the_rate_of_the_sale(self, share, booked, unit, data):
        booked *= unit
        steps = sorted(data.draw(st.lists(st.integers(0, 1000), max_size=6)))
        before = Decimal(0)
        for step in [*steps, 1000]:
            consumed = rounded(share.price * step / 1000, share.unit)
            now = in_company_currency(consumed, share.price, booked, unit)
            self.assertTrue(before <= now <= booked)
            before = now
        self.assertEqual(before, booked)

    @settings(deadline=None, max_examples=100, derandomize=True, database=None)
    @given(cards(), st.data())
    def test_a_use_goes_back_in_parts(self, share, data):
        """All the parts of a use together bring back what it has consumed."""
        amount = data.draw(st.integers(1, int(share.whole / share.unit))) * share.unit
        taken = share.of_use(amount, Decimal(0), Decimal(0))
        parts = data.draw(st.lists(st.integers(1, 99), max_size=4))
        back = part = Decimal(0)
        for percent in parts:
            part = min(part + rounded(amount * percent / 100, share.unit), amount)
            now = share.of_part(part, amount, taken)
            self.assertGreaterEqual(now, back)
            back = now
        self.assertEqual(share.of_part(amount, amount, taken), taken)
