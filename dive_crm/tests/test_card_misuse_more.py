"""What cards have booked stays; cash rounding; what the portal reads over the API."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestCardMisuseMore(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.single = cls._type("Dives", service_ids=cls.dive.ids)
        cls.ben = cls._customer("Ben Holm")

    def _refused(self, records, vals):
        for user in (self.accountant, self.front):
            with (
                self.subTest(user=user.name, vals=vals),
                self.assertRaisesRegex(UserError, "follows from what was done with"),
                self.env.cr.savepoint(),
            ):
                records.with_user(user).write(vals)

    # ------------------------------------------------------------------
    # What cards have booked
    # ------------------------------------------------------------------

    def test_a_payment_by_card_stays(self):
        other = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        for kind in (self.type, self.single):
            card = self._sold(kind)
            move = self._invoice(self.dive, post=True)
            card.redeem(400, invoice=move)
            payment = move.dive_card_use_ids.settlement_ids.origin_payment_id
            self.assertTrue(payment)
            for vals in (
                {"amount": 1},
                {"partner_id": self.ben.id},
                {"journal_id": other.id},
                {"date": "2020-01-01"},
                {"payment_type": "outbound"},
                {"state": "draft"},
            ):
                self._refused(payment, vals)
            payment.with_user(self.accountant).write(
                {"memo": "Seen", "amount": payment.amount}
            )
            self._check_books(card)

    def test_an_entry_of_a_card_stays(self):
        card = self._sold()
        move = self._invoice(self.dive)
        card.redeem(400, invoice=move)
        move.action_post()
        ended = self._sold()
        ended._dive_expire()
        sold = self.company.dive_card_account_id
        for entry in (move.dive_card_use_ids.settlement_ids, ended.entry_ids.move_ids):
            for vals in (
                {"date": "2020-01-01"},
                {"partner_id": self.ben.id},
                {"state": "draft"},
            ):
                self._refused(entry, vals)
            line = entry.line_ids.filtered(lambda line: line.account_id == sold)
            for vals in (
                {"partner_id": self.ben.id},
                {"account_id": self.company.dive_card_breakage_account_id.id},
                {"amount_currency": 1},
            ):
                self._refused(line, vals)
            more = [
                {"move_id": entry.id, "account_id": sold.id, "balance": balance}
                for balance in (5, -5)
            ]
            with self.assertRaisesRegex(UserError, "follows from"):
                entry.line_ids.with_user(self.accountant).create(more)
            line.with_user(self.accountant).name = "A use of a card"
        self._check_books(card, ended)

    def test_the_card_undoes_what_it_has_booked(self):
        card = self._sold()
        for late in (False, True):
            move = self._invoice(self.dive, post=late)
            card.with_user(self.front).redeem(400, invoice=move.id)
            if not late:
                move.with_user(self.front).action_post()
            use = move.dive_card_use_ids
            if late:
                use.with_user(self.front).action_take_off()
            else:
                move.with_user(self.front).button_draft()
            self.assertEqual(use.state, "released" if late else "held")
            self._check_books(card)
