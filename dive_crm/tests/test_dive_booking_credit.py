"""Cancel one, keep the rest: what goes back, and what is owed after it."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DiveCommon
from .payer_common import PayerMixin


@tagged("post_install", "-at_install", "dive_long")
class TestDiveBookingCredit(PayerMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPayers()

    def test_credit_note_for_the_cancelled_only(self):
        kind = self.env["dive.equipment.kind"].create(
            {"name": "Jacket", "product_id": self._product(list_price=20).id}
        )
        booking = self._group()
        ben = self._seat(booking, self.ben)
        self.env["dive.gear"].create(
            [{"seat_id": seat.id, "kind_id": kind.id} for seat in booking.diver_ids]
        )
        move = self._invoices(booking)[self.club]
        move.action_post()
        self.assertEqual(move.amount_total, 423)
        self.assertFalse(booking.credit_state)
        ben.action_cancel()
        self.assertEqual(booking.credit_state, "due")
        self.assertEqual(booking.credit_names, "Ben Five")
        Booking = self.env["dive.booking"].with_user(self.front)
        due = [("credit_state", "in", ("due", "draft"))]
        self.assertEqual(Booking.search(due), booking)
        action = booking.action_credit_cancelled()
        refund = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(refund.reversed_entry_id, move)
        self.assertEqual(refund.amount_total, 141)
        self.assertEqual(refund.invoice_line_ids.dive_booking_diver_id, ben)
        self.assertEqual(refund.state, "draft")
        # again: the same one
        self.assertEqual(booking.action_credit_cancelled()["res_id"], refund.id)
        self.env.invalidate_all()
        self.assertEqual(booking.credit_state, "draft")
        refund.with_user(self.front).action_post()
        self.env.invalidate_all()
        self.assertFalse(booking.credit_state)
        self.assertFalse(Booking.search(due))
        self.assertEqual(ben.invoice_state, "credited")
        self.assertEqual(booking.invoice_state, "partial")
        self.assertEqual(booking._dive_owed(), 282)
        with self.assertRaisesRegex(UserError, "Nothing in this booking"):
            booking.action_credit_cancelled()
        # the next one
        self._seat(booking, self.anna).action_cancel()
        action = booking.action_credit_cancelled()
        second = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(second.amount_total, 141)
        second.unlink()
        # and all the others: the rest, not the whole invoice once more
        action = booking.action_cancel()
        rest = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((rest.move_type, rest.amount_total), ("out_refund", 282))

    def _moved_with_invoice(self):
        """One of three goes on another trip, charged on the invoice of all."""
        booking = self._group()
        move = self._invoices(booking)[self.club]
        move.action_post()
        ben = self._seat(booking, self.ben)
        ben.action_move(self._trip(1, product_id=self.trip.product_id.id).id)
        self.env.invalidate_all()
        return booking, ben, move

    def test_what_was_credited_is_not_charged_again_by_paying(self):
        kind = self.env["dive.equipment.kind"].create(
            {"name": "Test suit", "product_id": self._product().id}
        )
        booking = self._group(divers=self.anna)
        gear = {"seat_id": booking.diver_ids.id, "kind_id": kind.id}
        self.env["dive.gear"].create(gear)
        move = self._invoices(booking)[self.club]
        move.action_post()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "reason": "goodwill"})
        )
        self.env["account.move"].browse(wizard.refund_moves()["res_id"]).action_post()
        self.assertEqual(booking.diver_ids.invoice_state, "credited")
        booking.action_add_divers([self.ben.id])
        self.env.invalidate_all()
        self.assertEqual(booking._dive_owed(), 121)
        self.assertEqual(booking._dive_bill(self.club).amount_total, 121)
        # who means it says so
        booking.action_create_invoice()
        self.assertEqual(booking._dive_owed(), 342)

    def test_a_free_place_with_rental_is_paid(self):
        kind = self.env["dive.equipment.kind"].create(
            {"name": "Test suit", "product_id": self._product(list_price=20).id}
        )
        booking = self._group(divers=self.anna)
        booking.diver_ids.price_unit = 0
        self.env["dive.gear"].create(
            {"seat_id": booking.diver_ids.id, "kind_id": kind.id}
        )
        self.assertEqual(booking._dive_owed(), 20)
        self.assertEqual(booking._dive_bill(self.club).amount_total, 20)
        self.assertEqual(booking.diver_ids.invoice_state, "invoiced")

    def test_an_invoice_of_two_bookings_is_owed_once(self):
        booking, ben, move = self._moved_with_invoice()
        there = ben.booking_id
        self.assertEqual((booking._dive_owed(), there._dive_owed()), (242, 121))
        # a credit note for one of them is not the other's
        self._seat(booking, self.anna).action_cancel()
        refund = self.env["account.move"].browse(
            booking.action_credit_cancelled()["res_id"]
        )
        refund.action_post()
        self.env.invalidate_all()
        self.assertEqual((booking._dive_owed(), there._dive_owed()), (121, 121))
        self._pay(move)
        self.env.invalidate_all()
        self.assertEqual((booking._dive_owed(), there._dive_owed()), (0, 0))

    def test_cancelled_after_one_moved_with_the_invoice(self):
        booking, ben, _move = self._moved_with_invoice()
        action = booking.action_cancel()
        self.assertEqual(action["res_model"], "account.move")
        refund = self.env["account.move"].browse(action["res_id"])
        self.assertEqual(refund.amount_total, 242)
        refund.action_post()
        self.assertEqual(ben.invoice_state, "invoiced")

    def test_credited_in_part_already(self):
        booking = self._group()
        move = self._invoices(booking)[self.club]
        move.action_post()
        ben = self._seat(booking, self.ben)
        # a rebate of 30 before
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        rebate = self.env["account.move"].browse(wizard.refund_moves()["res_id"])
        line = rebate.invoice_line_ids.filtered(
            lambda line: line.dive_booking_diver_id == ben
        )
        (rebate.invoice_line_ids - line).unlink()
        rebate.invoice_line_ids = [Command.update(line.id, {"price_unit": 30})]
        rebate.action_post()
        ben.action_cancel()
        action = booking.action_credit_cancelled()
        refund = self.env["account.move"].browse(action["res_id"])
        self.assertAlmostEqual(refund.amount_untaxed, 70)

    def test_one_invoice_of_each_payer(self):
        booking = self._group(split="each")
        for move in self._invoices(booking).values():
            move.action_post()
        self._seat(booking, self.ben).action_cancel()
        action = booking.action_credit_cancelled()
        refund = self.env["account.move"].browse(action["res_id"])
        self.assertEqual((refund.partner_id, refund.amount_total), (self.ben, 121))

    def test_who_owes_for_a_cancelled_place_stands_in_the_table(self):
        booking = self._group(divers=self.anna + self.ben, split="each")
        for move in self._invoices(booking).values():
            move.action_post()
        self._seat(booking, self.ben).action_cancel()
        self.env.invalidate_all()
        self.assertIn("Ben Five", booking.payers_html)
        self.assertEqual(booking.payer_count, 1)
