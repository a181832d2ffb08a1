"""Who may use a card: its holder, the family up to a cap, who has the code."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardWho(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.ben = cls._customer("Ben Keller", dive_guardian_id=cls.anna.id)
        cls.carl = cls._customer("Carl Berg")

    def test_the_holder(self):
        card = self._sold()
        with self.assertRaisesRegex(UserError, "used by Anna Keller, and not by Carl"):
            card.redeem(1, invoice=self._invoice(self.dive, partner=self.carl))

    def test_the_family(self):
        card = self._sold(self._type("Family", who="family", family_cap=500))
        self.assertEqual(card.member_ids, self.ben)
        card.redeem(400, invoice=self._invoice(self.dive, partner=self.ben))
        move = self._invoice(self.dive, partner=self.ben)
        with self.assertRaisesRegex(UserError, "may use .*100.00 more"):
            card.redeem(100.01, invoice=move)
        card.redeem(100, invoice=move)
        move.button_cancel()
        card.redeem(100, invoice=self._invoice(self.dive, partner=self.ben))
        card.redeem(800, invoice=self._invoice(self.dive, self.dive))
        with self.assertRaisesRegex(UserError, "not by Carl"):
            card.redeem(1, invoice=self._invoice(self.dive, partner=self.carl))
        card.member_ids += self.carl
        card.redeem(1, invoice=self._invoice(self.dive, partner=self.carl))

    def test_what_a_member_gets_back(self):
        card = self._sold(self._type("Family", who="family", family_cap=400))
        move = self._invoice(self.dive, partner=self.ben)
        card.redeem(400, invoice=move)
        move.action_post()
        self._credit(move).action_post()
        card.redeem(400, invoice=self._invoice(self.dive, partner=self.ben))
        self._check_books(card)

    def test_who_has_the_code(self):
        card = self._sold(self._type("Gift", who="anyone"))
        move = self._invoice(self.dive, partner=self.carl)
        for code in (None, "", "x", card.name, card.code[:-1], "ü"):
            with self.assertRaisesRegex(UserError, "with its code", msg=code):
                card.redeem(1, invoice=move, code=code)
        card.redeem(1, invoice=move, code=f" {card.code} ")
        card.redeem(1, invoice=self._invoice(self.dive))

    def test_whose_work_it_is(self):
        card = self._sold()
        move = self._invoice(self.dive)
        for user in (self.instructor, self.medical, self.portal, self.employee):
            with self.assertRaises(AccessError, msg=user.name):
                card.with_user(user).redeem(1, invoice=move.id)
        for user in (self.front, self.accountant):
            card.with_user(user).redeem(1, invoice=move.id)
        move.with_user(self.front).action_post()
        posted = self._invoice(self.night, post=True)
        card.with_user(self.front).redeem(100, invoice=posted.id)
        card.with_user(self.front).redeem(10)
        with self.assertRaises(AccessError):
            card.with_user(self.instructor).action_refund()
        card.with_user(self.front).action_refund()
        self._check_books(card)

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        card = self._sold()
        self.front.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            card.with_user(self.front).redeem(1)
