"""The small dialogs of a card: at the counter, refund, extend, transfer."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardDialogChange(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.card = cls._sold()

    def _form(self, model, user, card=None):
        """Return the dialog as the button on the card opens it."""
        dialogs = self.env[model].with_user(user)
        return Form(dialogs.with_context(default_card_id=(card or self.card).id))

    def test_over_the_counter(self):
        form = self._form("dive.card.counter", self.front)
        form.money = 120
        form.note = "Two T-shirts"
        dialog = form.save()
        for _again in range(2):
            dialog.action_use()
        self.assertEqual(self.card.balance, 3880)
        move = self.env["account.move"].search([("ref", "=", "Two T-shirts")])
        self.assertEqual((move.amount_total, move.payment_state), (105, "paid"))
        self._check_books(self.card)
        for amount, words in ((0, "above 0"), (4000, "has .* left")):
            form = self._form("dive.card.counter", self.accountant)
            form.money = amount
            with self.assertRaisesRegex(UserError, words):
                form.save().action_use()

    def test_visits_over_the_counter(self):
        ten = self._sold(self._type("Ten dives", unit="visits"))
        form = self._form("dive.card.counter", self.front, ten)
        self.assertEqual(form.visits, 1)
        form.save().action_use()
        self.assertEqual(ten.balance, 9)
        self._check_books(ten)

    def test_refund(self):
        self.card.redeem(1000)
        form = self._form("dive.card.refund", self.front)
        self.assertEqual((form.price, form.consumed, form.back), (3500, 875, 2625))
        action = form.save().action_refund()
        credit = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((self.card.state, credit.amount_total), ("refunded", 2625))

    def test_refund_goes_to_who_has_bought(self):
        self.card.with_user(self.manager).action_transfer(self._customer("Bea"), "Gift")
        form = self._form("dive.card.refund", self.front)
        self.assertEqual(form.payer_id, self.anna)
        action = form.save().action_refund()
        credit = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(credit.partner_id, self.anna)

    def test_extend(self):
        day = self.card.expiry_date
        form = self._form("dive.card.extend", self.manager)
        self.assertEqual(form.date, fields.Date.add(day, months=1), "it is new")
        with freeze_time(day + timedelta(days=3, hours=12)):
            form = self._form("dive.card.extend", self.manager)
            self.assertEqual(form.date, fields.Date.add(day, days=3, months=6))
            form.reason = "Was ill"
            form.save().action_extend()
        self.assertGreater(self.card.expiry_date, day)
        entry = self.card.entry_ids.filtered(lambda row: row.kind == "extension")
        self.assertIn("Was ill", entry.source)

    def test_transfer(self):
        bea = self._customer("Bea Holm")
        form = self._form("dive.card.transfer", self.manager)
        self.assertEqual(form.holder_id, self.anna)
        form.partner_id = bea
        form.reason = "Gift"
        form.save().action_transfer()
        self.assertEqual(self.card.partner_id, bea)

    def test_roles(self):
        for user in (self.instructor, self.medical, self.employee, self.portal):
            for model in ("counter", "refund", "extend", "transfer"):
                with self.assertRaises(AccessError, msg=f"{user.login} {model}"):
                    self.env[f"dive.card.{model}"].with_user(user).create(
                        {"card_id": self.card.id, "partner_id": self.anna.id}
                        if model == "transfer"
                        else {"card_id": self.card.id}
                    )
        for user in (self.front, self.accountant):
            for model in ("extend", "transfer"):
                with self.assertRaises(AccessError, msg=f"{user.login} {model}"):
                    self.env[f"dive.card.{model}"].with_user(user).create(
                        {"card_id": self.card.id}
                    )

    def test_desk_edits_the_family(self):
        card = self._sold(self._type("Family", who="family"))
        aunt = self._customer("Aunt Keller")
        with Form(card.with_user(self.front)) as form:
            form.member_ids.add(aunt)
        self.assertEqual(card.member_ids, aunt)
