"""Several cards on one invoice: see ``tools/card_cover.py``, ``tools/card_bill.py``."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.card_bill import Bill, Line, Offer
from ..tools.card_cover import left_for, over

PRODUCTS = range(4)
#: lines: which product, what it costs
CHARGED = st.lists(
    st.tuples(st.sampled_from(PRODUCTS), st.integers(1, 500)), min_size=1, max_size=5
)
#: cards: for which products (none: all), how much of what is left they take
CARDS = st.lists(
    st.tuples(st.frozensets(st.sampled_from(PRODUCTS)), st.floats(0, 1)), max_size=5
)


@tagged("post_install", "-at_install", "dive_long")
class TestCardCover(BaseCase):
    LINES = {"dive": 400, "night": 500, "hire": 60}

    def test_what_another_card_leaves(self):
        every = ["dive", "night", "hire"]
        self.assertEqual(left_for(self.LINES, [], ["dive"]), 400)
        self.assertEqual(left_for(self.LINES, [(every, 500)], ["dive"]), 400)
        self.assertEqual(left_for(self.LINES, [(every, 600)], ["dive"]), 360)
        self.assertEqual(left_for(self.LINES, [(["dive"], 400)], every), 560)
        self.assertEqual(left_for(self.LINES, [(["dive"], 300)], ["dive"]), 100)
        # each leaves something, and both together nothing
        uses = [(["dive", "night"], 500), (["night", "hire"], 460)]
        self.assertEqual(left_for(self.LINES, uses, ["night"]), 0)
        self.assertEqual(left_for(self.LINES, uses, []), 0)

    def test_what_goes_together(self):
        self.assertEqual(over(self.LINES, []), 0)
        self.assertEqual(
            over(self.LINES, [(["dive"], 400), (list(self.LINES), 560)]), 0
        )
        self.assertEqual(over(self.LINES, [(["dive"], 401)]), 1)
        self.assertEqual(over(self.LINES, [([], 5)]), 5)
        uses = [(["dive", "night"], 500), (["night"], 401)]
        self.assertEqual(over(self.LINES, uses), 1)

    def test_many_kinds(self):
        lines = {number: 10 for number in range(12)}
        uses = [([number], 10) for number in lines]
        self.assertEqual(over(lines, uses), 0)
        self.assertEqual(left_for(lines, uses, [0]), 0)

    @given(lines=CHARGED, cards=CARDS, others=st.integers(0, 300))
    @settings(max_examples=100, deadline=None, derandomize=True, database=None)
    def test_proposed_is_what_is_taken(self, lines, cards, others):
        """What a dialog proposes (bill) is what an invoice takes (cover)."""
        totals = {number: total for number, (_product, total) in enumerate(lines)}
        left = sum(totals.values()) - others
        bill = Bill([Line(product, 1, total) for product, total in lines], left)
        uses = []
        for services, share in cards:
            mine = [
                number
                for number, (product, _total) in enumerate(lines)
                if not services or product in services
            ]
            most = max(min(left_for(totals, uses, mine), left), 0)
            self.assertEqual(bill.room(Offer(services)), most)
            amount = round(most * share)
            self.assertEqual(bill.take(Offer(services), amount), amount)
            uses.append((mine, amount))
            left -= amount
            self.assertLessEqual(over(totals, uses), 0)
            self.assertEqual(bill.left, left)
