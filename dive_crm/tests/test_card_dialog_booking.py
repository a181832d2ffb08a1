"""The dialog "Use card" on bookings: nothing is made before it is confirmed."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import DiveCommon
from .test_card_dialog import DialogMixin


@tagged("post_install", "-at_install", "dive_long")
class TestCardDialogBooking(DialogMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.trip = cls._trip(product_id=cls.dive.id, capacity=6)
        cls.card = cls._sold()

    def _booked(self, *divers, **vals):
        booking = self._booking(self.anna, self.trip, divers and self._all(divers))
        booking.write(vals)
        booking.action_confirm()
        return booking

    def _all(self, divers):
        return self.Partner.union(*divers)

    def _use(self, booking, user=None):
        return self._open(booking, "action_use_card", user)

    def test_nothing_is_left_behind(self):
        booking = self._booked()
        dialog = self._use(booking)
        self.assertEqual(self._amounts(dialog), [(self.card, 400)])
        self.assertEqual((dialog.owed, dialog.rest, dialog.to_post), (400, 0, True))
        self.assertFalse(booking.invoice_ids)
        self.assertEqual(
            (booking.invoice_state, self.card.balance), ("to_invoice", 4000)
        )

    def test_paid_at_once(self):
        booking = self._booked()
        self.assertEqual(booking.card_offer, "own")
        dialog = self._use(booking)
        dialog.action_use()
        self.assertEqual(booking.invoice_state, "paid")
        self.assertEqual((booking.amount_owed, self.card.balance), (0, 3600))
        self.assertEqual(
            booking.card_text, f"{self.card.name}: {self.card._dive_in_words(400)}"
        )
        dialog.action_use()
        self.assertEqual((len(booking.invoice_ids), self.card.balance), (1, 3600))
        with self.assertRaisesRegex(UserError, "Nothing is owed"):
            booking.action_use_card()
        self._check_books(self.card)

    def test_a_card_that_is_not_paid_yet(self):
        """Said where Use card would be, with the way there; until it works."""
        bea = self._customer("Bea Holm")
        booking = self._booking(bea, self.trip)
        card = self._card(partner=bea)
        self.assertFalse(booking.card_waiting_text, "nothing is owed yet")
        booking.action_confirm()
        for what in ("sold", "paid"):
            booking.invalidate_recordset()
            mine = booking.with_user(self.front)
            self.assertEqual(
                mine.card_waiting_text,
                f"Card {card.name} of Bea Holm is not {what} yet.",
            )
            self.assertNotEqual(mine.card_offer, "own")
            action = mine.action_open_waiting_card()
            self.assertEqual(
                (action["res_model"], action["res_id"]), (card._name, card.id)
            )
            card.action_sell()
        move = self._invoice(self.dive, partner=bea).with_user(self.front)
        self.assertIn("not paid", move.dive_card_waiting_text)
        self.assertEqual(move.action_dive_open_waiting_card()["res_id"], card.id)
        sale = card.sale_move_id
        self.assertFalse(sale.dive_card_waiting_text, "not on its own sale")
        sale.action_post()
        self._pay(sale)
        self.env.invalidate_all()
        self.assertFalse(booking.card_waiting_text)
        self.assertFalse(move.dive_card_waiting_text)
        self.assertEqual((booking.card_offer, move.dive_card_offer), ("own", "own"))

    def test_cards_that_pay_nothing_here(self):
        """Use card does not stand out; the dialog says why of each card."""
        bea = self._customer("Bea Holm")
        night = self._sold(self._type("Night", service_ids=self.night.ids), bea)
        booking = self._booking(bea, self.trip, confirm=True)
        self.assertEqual(booking.card_offer, "idle")
        dialog = self._use(booking)
        self.assertTrue(dialog.idle)
        self.assertEqual(dialog.line_ids.mapped("hint"), ["Pays for nothing here"])
        with Form(dialog) as form:
            form.code = self.card.name
            self.assertIn("used by Anna", form.code_hint)
        move = self._invoice(self.dive, self.night, partner=bea)
        self.assertEqual(move.dive_card_offer, "own")
        self.assertFalse(self._open(move).idle)
        self.assertEqual(self._invoice(self.dive, partner=bea).dive_card_offer, "idle")
        gift = self._sold(self._type("Gift", who="anyone"), self.anna)
        with Form(self._use(booking)) as form:
            # sudo: the diver shows it, on paper
            form.code = gift.sudo().code
            self.assertFalse(form.idle)
        self.assertEqual(night.balance, 4000)

    def test_a_share_that_is_used_up(self):
        """Of a family's card the cap is the reason, not that it is not needed."""
        ben = self._customer("Ben Holm")
        family = self._sold(self._type("Family", who="family", family_cap=400))
        family.member_ids = ben
        self._use(self._bens(ben, later=1)).action_use()
        second = self._bens(ben, later=9)
        self.assertEqual(second.card_offer, "idle")
        hint = self._use(second).line_ids.hint
        self.assertEqual(hint, "Nothing is left on it for this payer")

    def _bens(self, ben, later):
        trip = self._trip(later=later, product_id=self.dive.id)
        return self._booking(ben, trip, confirm=True)

    def test_not_posted(self):
        booking = self._booked()
        with Form(self._use(booking)) as form:
            form.post_invoice = False
        form.record.action_use()
        booking.invalidate_recordset()
        self.assertEqual((booking.invoice_state, booking.amount_owed), ("draft", 0))
        booking.invoice_ids.action_post()
        self.assertEqual(booking.invoice_state, "paid")

    def test_the_rest_is_paid_in_cash(self):
        small = self._sold(self._type("Small", price=100, value=120), self.anna)
        self.card._dive_unlocked().expiry_date = small.expiry_date
        booking = self._booked()
        with Form(self._use(booking)) as form, form.line_ids.edit(0) as line:
            line.money = 0
        self.assertFalse(form.to_post)
        form.record.action_use()
        self.assertEqual((booking.invoice_state, small.balance), ("draft", 0))
        booking.invalidate_recordset()
        self.assertEqual(booking.amount_owed, 280)
        booking.with_user(self.front).action_take_payment()
        booking.invalidate_recordset()
        self.assertEqual(booking.amount_owed, 280)

    def test_draft_and_what_is_to_come(self):
        booking = self._booked()
        booking.action_create_invoice()
        booking.diver_ids = [
            Command.create({"partner_id": self._customer("Ben").id, "price_unit": 300})
        ]
        dialog = self._use(booking)
        self.assertEqual((dialog.owed, dialog.rest), (700, 0))
        dialog.action_use()
        self.assertEqual((booking.invoice_state, self.card.balance), ("paid", 3300))
        self.assertEqual(len(booking.invoice_ids), 2)
        self._check_books(self.card)

    def test_posted_before(self):
        booking = self._booked()
        booking.action_create_invoice()
        booking.invoice_ids.action_post()
        self._use(booking).action_use()
        self.assertEqual(booking.invoice_state, "paid")
        self._check_books(self.card)

    def test_what_is_proposed_is_what_is_invoiced(self):
        """Taxes on top, a service the card is not for, a tax that rounds."""
        tax = self._tax(7.7, price_include_override="tax_excluded")
        self.dive.taxes_id = tax
        card = self._sold(self._type("Dives", service_ids=self.dive.ids))
        booking = self._booked()
        booking.diver_ids.price_unit = 99.99
        dialog = self._use(booking)
        proposed = {line.card_id: line.money for line in dialog.line_ids}
        self.assertEqual(sum(proposed.values()), 107.69)
        dialog.action_use()
        self.assertEqual(booking.invoice_state, "paid")
        self._check_books(card, self.card)

    def test_several_pay(self):
        ben = self._customer("Ben Holm")
        booking = self._booked(self.anna, ben, split="each")
        action = booking.with_user(self.front).action_use_card()
        self.assertEqual(action["res_model"], "dive.booking.pay")
        ask = self.env["dive.booking.pay"].browse(action["res_id"])
        lines = {line.payer_id: line for line in ask.line_ids.with_user(self.front)}
        self.assertTrue(lines[ben].card_offer)
        bens = lines[ben].action_use_card()
        self.assertFalse(self.env["dive.card.use"].browse(bens["res_id"]).line_ids)
        annas = lines[self.anna].action_use_card()
        dialog = self.env["dive.card.use"].browse(annas["res_id"])
        self.assertEqual(dialog.owed, 400)
        dialog.with_user(self.front).action_use()
        self.assertEqual(booking._dive_owed_by_payer(), {ben: 400})
        self.assertEqual(booking.invoice_ids.partner_id, self.anna)

    def test_before_it_is_confirmed(self):
        booking = self._booking(self.anna, self.trip)
        self.assertFalse(booking.card_offer)
        with self.assertRaisesRegex(UserError, "Nothing is owed"):
            booking.action_use_card()
        with self.assertRaisesRegex(UserError, "owes nothing"):
            booking.action_use_card_of(self.anna.id)
        dialog = self.env["dive.card.use"].create(
            {"booking_id": booking.id, "payer_id": self.anna.id}
        )
        dialog.line_ids = [Command.create({"card_id": self.card.id, "money": 1})]
        with self.assertRaisesRegex(UserError, "not confirmed"):
            dialog.action_use()

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    def test_roles(self):
        booking = self._booked()
        self._use(booking, self.manager)
        move = self._invoice(self.dive)
        for user in (self.front, self.manager, self.accountant):
            self._open(move, user=user).line_ids.read(["pays"])
        readonly = new_test_user(
            self.env, "t_reads", groups="base.group_user,account.group_account_readonly"
        )
        for user in (
            self.instructor,
            self.medical,
            self.employee,
            self.portal,
            readonly,
        ):
            with self.assertRaises(AccessError, msg=user.login):
                booking.with_user(user).action_use_card()
            with self.assertRaises(AccessError, msg=user.login):
                booking.with_user(user).action_use_card_of(self.anna.id)
            with self.assertRaises(AccessError, msg=user.login):
                move.with_user(user).action_dive_use_card()
            dialogs = self.env["dive.card.use"].with_user(user)
            with self.assertRaises(AccessError, msg=user.login):
                dialogs.create({"move_id": move.id, "payer_id": self.anna.id})
            dialog = self._use(booking)
            with self.assertRaises(AccessError, msg=user.login):
                dialog.with_user(user).action_use()
        self.assertEqual(self.card.balance, 4000)

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        booking = self._booked()
        user = new_test_user(
            self.env,
            "t_other",
            groups="dive_crm.group_front_desk",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        with self.assertRaises(AccessError):
            self.env["dive.card.use"].with_user(user).create(
                {"booking_id": booking.id, "payer_id": self.anna.id}
            )
        with self.assertRaises(AccessError):
            self.env["dive.card.refund"].with_user(user).create(
                {"card_id": self.card.id}
            )
