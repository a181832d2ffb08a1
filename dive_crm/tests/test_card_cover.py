"""Several cards on one invoice: see ``tools/card_cover.py``."""

from odoo.tests import BaseCase, tagged

from ..tools.card_cover import left_for, over


@tagged("post_install", "-at_install")
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
