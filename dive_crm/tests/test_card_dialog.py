"""The dialog "Use card": what it proposes, and what confirming it does."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .card_common import CardMixin
from .common import DiveCommon


class DialogMixin(CardMixin):
    def _open(self, record, method="action_dive_use_card", user=None):
        """Return the dialog that a button opens."""
        record = record.with_user(user or self.front)
        action = getattr(record, method)()
        self.assertEqual(action["res_model"], "dive.card.use")
        return record.env["dive.card.use"].browse(action["res_id"])

    def _amounts(self, dialog):
        return [(line.card_id, line._dive_amount()) for line in dialog.line_ids]


@tagged("post_install", "-at_install", "dive_long")
class TestCardDialog(DialogMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.late = cls._sold()
        cls.early = cls._sold(
            cls._type("Early", price=200, value=250, validity_months=2)
        )

    def test_first_to_expire_first(self):
        move = self._invoice(self.dive)
        dialog = self._open(move)
        self.assertEqual(self._amounts(dialog), [(self.early, 250), (self.late, 150)])
        self.assertEqual((dialog.owed, dialog.covered, dialog.rest), (400, 400, 0))
        self.assertEqual(move.amount_total, 400, "nothing is taken yet")
        self.assertEqual(self.early.balance, 250)
        dialog.action_use()
        self.assertEqual((self.early.balance, self.late.balance), (0, 3850))
        self.assertEqual(move.state, "draft", "its own button posts it")
        self.assertFalse(move.dive_card_rest)
        self.assertFalse(move.dive_card_offer, "nothing is left to pay")
        self._check_books(self.early, self.late)

    def test_what_is_changed_stays(self):
        with Form(self._open(self._invoice(self.dive))) as form:
            with form.line_ids.edit(0) as line:
                line.money = 100
            with form.line_ids.edit(1) as line:
                self.assertEqual(line.money, 300, "the next card pays the rest")
                line.money = 50
            self.assertEqual((form.covered, form.rest), (150, 250))
            with form.line_ids.edit(1) as line:
                line.money = 900
            self.assertEqual(form.rest, -600)
        self.assertIn("At most", form.record.line_ids[1].hint)
        self.assertFalse(form.record.line_ids[0].hint)
        with self.assertRaisesRegex(UserError, "no more than that"):
            form.record.action_use()

    def test_what_is_no_amount(self):
        """Refused with words, whatever the other cards pay; nothing is taken."""
        for post in (False, True):
            move = self._invoice(self.dive, post=post)
            dialog = self._open(move)
            dialog.line_ids[0].money = -5
            with self.assertRaisesRegex(UserError, "enter an amount above 0"):
                dialog.action_use()
            for money in (float("nan"), float("inf")):
                values = {"line_ids": [(1, dialog.line_ids[0].id, {"money": money})]}
                with self.assertRaisesRegex(UserError, "enter a number"):
                    dialog.write(values)
        with Form(self._open(move)) as form:
            with form.line_ids.edit(0) as line:
                line.money = -5
            self.assertEqual((form.covered, form.rest), (400, 0))
        self.assertIn("above 0", form.record.line_ids[0].hint)
        self.assertEqual((self.early.balance, self.late.balance), (250, 4000))
        self._check_books(self.early, self.late)

    def test_posted(self):
        move = self._invoice(self.dive, post=True)
        self._open(move, user=self.accountant).action_use()
        self.assertEqual(move.payment_state, "paid")
        self._check_books(self.early, self.late)
        with self.assertRaisesRegex(UserError, "takes no card"):
            move.action_dive_use_card()

    def test_services(self):
        night = self._sold(
            self._type("Night", service_ids=self.night.ids, validity_months=1)
        )
        dialog = self._open(self._invoice(self.dive))
        self.assertEqual(self._amounts(dialog)[0], (night, 0))
        self.assertIn("nothing", dialog.line_ids[0].hint)
        self.assertEqual(dialog.line_ids[0].services_text, "Night dive")
        dialog = self._open(self._invoice(self.dive, self.night))
        self.assertEqual(
            self._amounts(dialog), [(night, 500), (self.early, 250), (self.late, 150)]
        )
        dialog.action_use()
        self.assertEqual(dialog.move_id._dive_left_in_all(), 0)

    def test_visits(self):
        ten = self._sold(
            self._type(
                "Ten dives",
                unit="visits",
                service_ids=(self.dive | self.night).ids,
                value=4000,
                price=3000,
                validity_months=1,
                weight_ids=[(0, 0, {"product_id": self.night.id, "weight": 1.5})],
            )
        )
        move = self._invoice(self.dive, self.night)
        dialog = self._open(move)
        line = dialog.line_ids[0]
        self.assertEqual((line.card_id, line.visits, line.pays), (ten, 2.5, 900))
        self.assertTrue(dialog.has_visits)
        with Form(dialog) as form, form.line_ids.edit(0) as line:
            line.visits = 1
        self.assertEqual(dialog.line_ids.mapped("pays"), [400, 250, 250])
        self.assertEqual(
            self._amounts(dialog), [(ten, 1), (self.early, 250), (self.late, 250)]
        )
        dialog.action_use()
        self.assertEqual((ten.balance, move._dive_left_in_all()), (9, 0))
        self._check_books(ten, self.early, self.late)

    def test_visits_that_cost_more(self):
        cheap = self._service("Shore dive", 100)
        ten = self._sold(
            self._type("Ten", unit="visits", price=3000, validity_months=1)
        )
        dialog = self._open(self._invoice(cheap))
        self.assertEqual(
            self._amounts(dialog), [(ten, 0), (self.early, 100), (self.late, 0)]
        )
        self.assertIn("cost more", dialog.line_ids[0].hint)

    def test_code(self):
        bea = self._customer("Bea Holm")
        gift = self._sold(self._type("Gift", who="anyone"), bea)
        move = self._invoice(self.dive, partner=self._customer("Cem Aydin"))
        dialog = self._open(move, user=self.accountant)
        self.assertFalse(dialog.line_ids)
        with Form(dialog) as form:
            for text, hint in (
                ("nonsense", "No card has"),
                (gift.name, "with its code"),
                (self.late.name.lower(), "is used by"),
            ):
                form.code = text
                self.assertIn(hint, form.code_hint)
            form.code = f" {gift.sudo().code} "
            self.assertFalse(form.code_hint)
            self.assertFalse(form.code)
            with form.line_ids.edit(0) as line:
                self.assertEqual(line.money, 400)
            form.code = gift.name
            self.assertIn("in the list", form.code_hint)
        dialog.action_use()
        self.assertEqual(gift.balance, 3600)

    def test_card_of_somebody_else(self):
        bea = self._customer("Bea Holm")
        hers = self._sold(partner=bea)
        dialog = self._open(self._invoice(self.dive))
        dialog.write({"line_ids": [(5,), (0, 0, {"card_id": hers.id, "money": 1})]})
        with self.assertRaisesRegex(UserError, "is used by Bea"):
            dialog.action_use()
        self.assertEqual(hers.balance, 4000)

    def test_family(self):
        family = self._type("Family", who="family", family_cap=300, validity_months=1)
        son = self._customer("Ben Keller", dive_guardian_id=self.anna.id)
        card = self._sold(family)
        self.assertEqual(card.member_ids, son)
        move = self._invoice(self.dive, partner=son)
        dialog = self._open(move)
        self.assertEqual(self._amounts(dialog), [(card, 300)])
        self.assertTrue(dialog.has_others)
        dialog.action_use()
        self.assertEqual(
            self._amounts(self._open(self._invoice(self.dive, partner=son))),
            [(card, 0)],
        )

    def test_used_meanwhile(self):
        move = self._invoice(self.dive)
        dialog = self._open(move)
        self.early.redeem(200)
        with self.assertRaisesRegex(UserError, "has .* left"):
            dialog.action_use()
        dialog = self._open(move)
        self.assertEqual(self._amounts(dialog), [(self.early, 50), (self.late, 350)])

    def test_twice(self):
        move = self._invoice(self.dive, self.night)
        dialog = self._open(move)
        dialog.line_ids[1].money = 100
        other = dialog.copy({"line_ids": []})
        other.line_ids = [
            (0, 0, {"card_id": line.card_id.id, "money": line.money})
            for line in dialog.line_ids
        ]
        for one in (dialog, dialog, other):
            one.action_use()
        self.assertEqual((self.early.balance, self.late.balance), (0, 3900))
        self._open(move).action_use()
        self.assertEqual(self.late.balance, 3350, "opened anew, it pays the rest")

    def test_cannot_be_used_now(self):
        unpaid = self._sold(pay=False)
        dialog = self._open(self._invoice(self.dive))
        self.assertNotIn(unpaid, dialog.line_ids.card_id)
        self.assertIn("once its invoice is paid", dialog.others_text)
        self.assertIn(unpaid.name, dialog.others_text)

    def test_offer(self):
        bea = self._customer("Bea Holm")
        move = self._invoice(self.dive, partner=bea)
        cards = self.env["dive.discount.card"].search([("who", "=", "anyone")])
        cards._dive_unlocked().state = "cancelled"
        self.assertFalse(move.dive_card_offer)
        self._sold(self._type("Gift", who="anyone"))
        move.invalidate_recordset()
        self.assertEqual(move.dive_card_offer, "code")
        self.assertEqual(self._invoice(self.dive).dive_card_offer, "own")
        self.assertFalse(self.late.sale_move_id.dive_card_offer, "it is paid")

    def test_no_currency_while_it_is_typed(self):
        self._sold()
        self.env.user.group_ids |= self.env.ref("base.group_multi_currency")
        form = Form(self._invoice(self.dive))
        self.assertEqual((form.dive_card_offer, form.dive_card_rest), ("own", 400))
        form.currency_id = self.env["res.currency"]
        self.assertEqual((form.dive_card_offer, form.dive_card_rest), (False, 0))

    def test_on_a_telephone(self):
        """A list hides its right end there: a tile has the amount and the hint."""
        arch = self.env["dive.card.use"].get_view(False, "form")["arch"]
        field = etree.fromstring(arch).find(".//field[@name='line_ids']")
        self.assertIn("kanban", field.get("mode"))
        for kind in ("kanban", "form"):
            shown = {one.get("name") for one in field.find(kind).iter("field")}
            self.assertLessEqual(
                {"card_id", "left_text", "money", "visits", "pays", "hint"}, shown
            )

    def test_nothing_entered(self):
        dialog = self._open(self._invoice(self.dive))
        dialog.line_ids.money = 0
        with self.assertRaisesRegex(UserError, "how much of which"):
            dialog.action_use()

    def test_take_off(self):
        move = self._invoice(self.dive)
        self._open(move).action_use()
        self.assertEqual(len(move.dive_card_taken_ids), 2)
        self.assertIn("250.00", move.dive_card_taken_ids[1].amount_text)
        move.dive_card_taken_ids[1].with_user(self.front).action_take_off()
        move.invalidate_recordset()
        self.assertEqual(move.dive_card_taken_ids.card_id, self.late)
        self.assertEqual(self.early.balance, 250)

    def test_queries(self):
        """As many for eighty cards as for two; of one line Odoo reads one less."""
        bea = self._customer("Bea Holm")
        move = self._invoice(*[self.dive] * 3, partner=bea)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            dialog = self._open(move)
            dialog.read(["owed", "rest", "others_text"])
            dialog.line_ids.read(["left_text", "services_text", "pays", "hint"])
            return len(dialog.line_ids), self.env.cr.sql_log_count - before

        self._sold_many([bea])
        count()  # what is read once
        alone = count()
        self._sold_many([bea])
        self.assertEqual(count(), (2, alone[1] + 1))
        self._sold_many([bea] * 78)
        self.assertEqual(count(), (80, alone[1] + 1))
