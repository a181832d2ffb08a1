"""What a customer's form says of cards; merging and deleting who holds some."""

from datetime import timedelta

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import Form, new_test_user, tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardPartner(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.visits = cls._type("Ten", unit="visits", visits=10)

    def test_in_one_glance(self):
        """What can be used today of all cards: not what is unpaid or over."""
        anna = self.anna.with_user(self.front)
        self.assertEqual(
            (anna.dive_prepaid_balance, anna.dive_prepaid_count), (False, 0)
        )
        cards = self._sold() | self._sold() | self._sold(self.visits)
        self._sold(pay=False)
        yesterday = self.company._dive_today() - timedelta(days=1)
        late = self._sold()
        late._dive_unlocked().write({"expiry_date": yesterday})
        cards[0]._dive_move("use", amount=-1000)
        self.env.invalidate_all()
        self.assertEqual(
            anna.dive_prepaid_balance,
            f"{cards[0].currency_id.format(7000)} · 10 visits",
        )
        self.assertEqual(anna.dive_prepaid_count, 5)
        self.assertEqual(anna.dive_discount_card_ids, self.anna.dive_discount_card_ids)

    def test_sell_from_the_customer(self):
        action = self.anna.with_user(self.front).action_dive_sell_card()
        cards = self.env["dive.discount.card"].with_user(self.front)
        form = Form(cards.with_context(**action["context"]))
        form.type_id = self.type
        card = form.save()
        self.assertEqual((card.partner_id, card.state), (self.anna, "draft"))
        action = self.anna.with_user(self.front).action_view_dive_prepaid()
        self.assertEqual(cards.search(action["domain"]), card)

    def test_form_of_each_role(self):
        """Everybody opens customers; who may read no cards sees none."""
        view = "dive_crm.view_partner_dive_form"
        for user in (self.front, self.manager, self.instructor, self.medical):
            form = Form(self.anna.with_user(user), view=view)
            shown = user in (self.front, self.manager)
            for name in ("dive_prepaid_balance", "dive_discount_card_ids"):
                self.assertEqual(name in form._view["fields"], shown, user.login)

    def test_partners_stay_light(self):
        """Who lists or reads partners asks nothing of cards; eighty are as one."""
        partners = self.Partner.create(
            [{"name": f"P {n}", "dive_customer": True} for n in range(80)]
        )
        for partner in partners[:40]:
            self._card(partner=partner)
        counts = []
        for some in (partners[:1], partners[:1], partners):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            some.with_user(self.front).mapped("dive_prepaid_balance")
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
        mine = self.Partner.with_user(self.employee)
        names = [n for n in mine.fields_get() if n.startswith("dive_")]
        self.assertFalse({n for n in names if "prepaid" in n or "discount" in n})

    def test_merged(self):
        """The cards of both, with their movements and invoices, are the target's."""
        double = self._customer("Anna Keler")
        mine, its = self._sold(), self._sold(self.visits, partner=double)
        draft = self._card(partner=double)
        its._dive_move("use", amount=-1)
        self._merge_partners(self.anna, double)
        self.assertFalse(double.exists())
        self.assertEqual(self.anna.dive_discount_card_ids, mine | its | draft)
        self.assertEqual((its.balance, len(its.entry_ids)), (9, 2))
        self.assertEqual(its.sale_move_id.partner_id, self.anna)
        self.assertEqual(self._liability(its), its.booked)

    def test_deleting_is_refused(self):
        for partner in (self.anna, self._customer("New card only")):
            self._card(partner=partner)
            with self.assertRaises(RedirectWarning, msg=partner.name):
                partner.with_user(self.front).unlink()
            with self.assertRaises(RedirectWarning, msg=partner.name):
                partner.with_user(self.manager).unlink()

    def test_erasing(self):
        """An administrator erases who never bought one; what was sold is kept, also
        with a holder in whose name no invoice was made."""
        admin = new_test_user(
            self.env, "t_erase", groups="base.group_system,base.group_partner_manager"
        )
        card = self._sold()
        heir = self._customer("Heir")
        card._dive_unlocked().write({"partner_id": heir.id})
        with self.assertRaisesRegex(UserError, "Heir.*law"):
            heir.with_user(admin).unlink()
        never = self._customer("Never bought")
        draft = self._card(partner=never)
        never.with_user(admin).unlink()
        self.assertFalse(never.exists() or draft.exists())
        self.assertTrue(card.exists())
