"""The rental of gear on the booking's invoice: once, and as the place is."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DiveCommon
from .gear_common import GearMixin


@tagged("post_install", "-at_install", "dive_long")
class TestGearInvoice(GearMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpGear()
        cls.tax = cls.env["account.tax"].create({"name": "10 %", "amount": 10})
        cls.bcd.product_id.taxes_id = cls.tax
        cls.trip = cls._trip(name="Wreck")
        cls.booking = cls._booking(
            cls.anna, cls.trip, cls.anna + cls.tom, confirm=True
        ).with_user(cls.front)
        cls.trip.with_user(cls.front).action_prepare_gear()
        cls.jacket = cls._gear(cls.trip, cls.anna, cls.bcd).with_user(cls.front)

    def _invoice(self, user=None):
        booking = self.booking.with_user(user or self.front)
        action = booking.action_create_invoice()
        return self.env["account.move"].browse(action["res_id"])

    def test_a_line_per_piece_once(self):
        self.assertEqual(self.jacket.invoice_state, "none")
        lead = self._gear(self.trip, self.anna, self.lead)
        self.assertFalse(lead.price)
        self.assertAlmostEqual(self.booking.amount_total, 200 + 2 * 13.2)
        move = self._invoice(self.accountant)
        self.assertAlmostEqual(move.amount_total, 226.4)
        self.assertEqual(len(move.invoice_line_ids), 4)
        line = move.invoice_line_ids.filtered(lambda x: x.dive_gear_id == self.jacket)
        self.assertEqual(line.product_id, self.bcd.product_id)
        self.assertEqual(line.name, "Rental: Jacket (Anna Keller)")
        self.assertEqual((line.price_unit, line.tax_ids), (12, self.tax))
        self.assertEqual(self.jacket.invoice_state, "draft")
        self.assertEqual(self.booking.invoice_state, "draft")
        self.assertEqual(self._invoice(), move)
        for vals in ({"price": 5}, {"own": True}):
            with self.subTest(vals=vals), self.assertRaisesRegex(UserError, "invoiced"):
                self.jacket.write(vals)
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "stays on record"):
            self.jacket.unlink()
        with self.assertRaisesRegex(UserError, "stays with its gear"):
            line.write({"dive_gear_id": False})
        move.action_post()
        self.assertEqual(self.booking.invoice_state, "invoiced")
        self.assertEqual(
            set(self.booking.diver_ids.mapped("invoice_state")), {"invoiced"}
        )
        # a copy charges nobody
        self.assertFalse(move.copy().invoice_line_ids.dive_gear_id)

    def test_gear_that_comes_later(self):
        self._invoice().action_post()
        more = self.env["dive.gear"].with_user(self.front)
        more = more.create(
            {"seat_id": self.booking.diver_ids[0].id, "kind_id": self.bcd.id}
        )
        self.assertEqual(self.booking.invoice_state, "to_invoice")
        second = self._invoice()
        self.assertEqual(second.invoice_line_ids.dive_gear_id, more)
        self.assertEqual(self.booking.invoice_state, "draft")
        self.assertEqual(self.booking.sudo().invoice_count, 2)
        second.unlink()
        self.assertEqual(more.invoice_state, "none")
        self.assertEqual(self.booking.invoice_state, "to_invoice")
        self.assertEqual(
            set(self.booking.diver_ids.mapped("invoice_state")), {"invoiced"}
        )

    def test_credited_and_charged_again(self):
        move = self._invoice()
        move.action_post()
        wizard = self.env["account.move.reversal"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        wizard = wizard.create({"journal_id": move.journal_id.id})
        refund = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        self.assertEqual(len(refund.invoice_line_ids.dive_gear_id), 2)
        self.assertEqual(self.jacket.invoice_state, "invoiced")
        refund.action_post()
        self.assertEqual(self.jacket.invoice_state, "credited")
        again = self._invoice()
        self.assertAlmostEqual(again.amount_total, 226.4)

    def test_what_is_not_charged(self):
        tom = self._gear(self.trip, self.tom, self.bcd).with_user(self.front)
        self.trip.type_id.gear_free_ids = self.bcd
        free = self.env["dive.gear"].create(
            {"seat_id": tom.seat_id.id, "kind_id": self.bcd.id}
        )
        self.assertFalse(free.price)
        tom.own = True
        self.assertFalse(tom.price)
        # who did not come pays for the place, not for gear that stayed on the shelf
        self.jacket.seat_id.action_no_show()
        self.assertAlmostEqual(self.booking.amount_total, 200)
        self.assertFalse(self._invoice().invoice_line_ids.dive_gear_id)

    def test_a_cancelled_place_takes_its_gear_off_the_draft(self):
        move = self._invoice()
        self.jacket.seat_id.action_cancel()
        self.assertEqual(
            move.invoice_line_ids.dive_gear_id,
            self._gear(self.trip, self.tom, self.bcd),
        )
        self.assertEqual(self.jacket.invoice_state, "none")
        self.assertAlmostEqual(self.booking.amount_total, 113.2)

    def test_prices_with_the_tax_in_them_and_a_fiscal_position(self):
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        self.tax.price_include_override = "tax_included"
        self.env["account.tax"].create(
            {
                "name": "0 %",
                "amount": 0,
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(self.tax.id)],
            }
        )
        self.anna.property_account_position_id = position
        move = self._invoice()
        line = move.invoice_line_ids.filtered(lambda x: x.dive_gear_id == self.jacket)
        self.assertAlmostEqual(line.price_subtotal, 10.91)
