from odoo.tests.common import BaseCase, tagged

from ..tools.rate import RateLimit


@tagged("post_install", "-at_install")
class TestRate(BaseCase):
    def setUp(self):
        super().setUp()
        self.now = 0.0

    def _limit(self, **kwargs):
        return RateLimit(2, 10, clock=lambda: self.now, **kwargs)

    def test_so_many_in_so_long(self):
        limit = self._limit()
        self.assertEqual([limit.allows("a") for _turn in range(3)], [1, 1, 0])
        self.assertTrue(limit.allows("b"))
        self.now = 9.9
        self.assertFalse(limit.allows("a"))
        self.now = 10
        self.assertTrue(limit.allows("a"))

    def test_forgets(self):
        limit = self._limit(askers=2)
        for asker in "abc":
            limit.allows(asker)
        self.assertEqual(list(limit._asked), ["b", "c"])
