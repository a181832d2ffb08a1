"""From a booking to invoices: each place once, and what the booking says of it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestDiveBookingInvoice(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._customer("Anna Keller")
        cls.tom = cls._customer("Tom Keller")
        cls.mia = cls._customer("Mia Keller")
        cls.tax = cls.env["account.tax"].create({"name": "21 %", "amount": 21})
        cls.income = cls.env["account.account"].create(
            {"code": "DIVE1", "name": "Diving", "account_type": "income"}
        )
        cls.product = cls._product(
            taxes_id=[Command.set(cls.tax.ids)],
            property_account_income_id=cls.income.id,
        )
        cls.trip = cls._trip(product_id=cls.product.id, capacity=10)
        cls.booking = cls._booking(
            cls.anna, cls.trip, cls.anna + cls.tom, confirm=True
        ).with_user(cls.front)

    def _invoice(self, booking=None):
        booking = booking or self.booking
        action = booking.action_create_invoice()
        return self.env["account.move"].with_user(self.front).browse(action["res_id"])

    def _pay(self, move, amount=None):
        values = {"amount": amount} if amount else {}
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(values)._create_payments()

    def _reverse(self, move):
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        refund = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        return refund

    # -- the invoice -------------------------------------------------------

    def test_one_invoice_a_line_per_diver(self):
        self.assertEqual(self.booking.invoice_state, "to_invoice")
        move = self._invoice()
        self.assertEqual(move.partner_id, self.anna)
        self.assertEqual(move.move_type, "out_invoice")
        self.assertEqual(move.invoice_origin, self.booking.name)
        lines = move.invoice_line_ids
        self.assertEqual(len(lines), 2)
        self.assertEqual(lines.account_id, self.income)
        self.assertEqual(lines.tax_ids, self.tax)
        self.assertEqual(move.amount_total, 242)
        self.assertEqual(move.amount_total, self.booking.amount_total)
        self.assertIn("Anna Keller", lines[0].name)
        self.assertIn("Tom Keller", lines[1].name)
        self.assertEqual(self.booking.invoice_ids, move)
        self.assertEqual(self.booking.invoice_state, "draft")

    def test_again_opens_the_same(self):
        move = self._invoice()
        self.assertEqual(self._invoice(), move)
        move.action_post()
        self.assertEqual(self._invoice(), move)

    def test_later_diver_gets_an_invoice_of_their_own(self):
        first = self._invoice()
        first.action_post()
        self.booking.diver_ids = [Command.create({"partner_id": self.mia.id})]
        self.assertEqual(self.booking.invoice_state, "to_invoice")
        second = self._invoice()
        self.assertNotEqual(first, second)
        self.assertEqual(
            second.invoice_line_ids.dive_booking_diver_id.partner_id, self.mia
        )
        self.assertEqual(self.booking.invoice_count, 2)
        action = self.booking.action_view_invoices()
        self.assertEqual(action["domain"], [("id", "in", (first + second).ids)])

    def test_states_up_to_paid(self):
        move = self._invoice()
        move.action_post()
        self.assertEqual(self.booking.invoice_state, "invoiced")
        self._pay(move, 100)
        self.assertEqual(self.booking.invoice_state, "partial")
        self._pay(move)
        self.assertEqual(self.booking.invoice_state, "paid")
        found = self.env["dive.booking"].search(
            [("invoice_state", "=", "paid"), ("id", "=", self.booking.id)]
        )
        self.assertEqual(found.ids, self.booking.ids)

    def test_search_by_invoice_and_back(self):
        move = self._invoice()
        Booking = self.env["dive.booking"]
        self.assertEqual(
            Booking.search([("invoice_ids", "in", move.ids)]).ids, self.booking.ids
        )
        self.assertEqual(move.dive_booking_ids.ids, self.booking.ids)
        self.assertEqual(
            self.env["account.move"]
            .search([("dive_booking_ids", "in", self.booking.ids)])
            .ids,
            move.ids,
        )
        self.assertEqual(move.action_view_dive_bookings()["res_id"], self.booking.id)

    def test_cancelled_or_deleted_draft_may_be_invoiced_again(self):
        for method in ("button_cancel", "unlink"):
            with self.subTest(method=method):
                move = self._invoice()
                getattr(move, method)()
                self.assertEqual(self.booking.invoice_state, "to_invoice")
        self.assertTrue(self._invoice())

    def test_credited_may_be_invoiced_again(self):
        move = self._invoice()
        move.action_post()
        refund = self._reverse(move)
        self.assertEqual(
            refund.invoice_line_ids.dive_booking_diver_id, self.booking.diver_ids.sudo()
        )
        self.assertEqual(
            self.booking.invoice_state, "invoiced", "a draft credits nobody"
        )
        refund.action_post()
        self.assertEqual(self.booking.invoice_state, "credited")
        again = self._invoice()
        self.assertNotEqual(again, move)
        self.assertEqual(self.booking.invoice_state, "draft")
        again.action_post()
        self.assertEqual(self.booking.invoice_state, "invoiced")
        action = self.booking.action_create_invoice()
        self.assertCountEqual(action["domain"][0][2], (move + refund + again).ids)

    def test_partly_credited_is_not_invoiced_again(self):
        move = self._invoice()
        move.action_post()
        refund = self._reverse(move)
        refund.invoice_line_ids[0].price_unit = 30
        refund.invoice_line_ids[1].price_unit = 30
        refund.action_post()
        self.assertEqual(
            set(self.booking.diver_ids.mapped("invoice_state")), {"invoiced"}
        )

    def test_copied_invoice_charges_no_diver(self):
        move = self._invoice()
        copy = move.copy()
        self.assertFalse(copy.invoice_line_ids.dive_booking_diver_id)

    def test_link_to_the_diver_stays(self):
        move = self._invoice()
        with self.assertRaisesRegex(UserError, "stays with its diver"):
            move.invoice_line_ids[0].write({"dive_booking_diver_id": False})

    def test_price_is_fixed_once_invoiced(self):
        seat = self.booking.diver_ids[0]
        seat.price_unit = 90
        move = self._invoice()
        self.assertEqual(move.invoice_line_ids[0].price_unit, 90)
        with self.assertRaisesRegex(UserError, "is invoiced"):
            seat.price_unit = 80
        other = self._trip(product_id=self._product(list_price=55).id)
        with self.assertRaisesRegex(UserError, "is another product"):
            self.booking.trip_id = other
        product = self.booking.trip_id.product_id
        product.sudo().list_price = 55
        other.product_id = product
        self.booking.trip_id = other
        self.assertEqual(self.booking.diver_ids.mapped("price_unit"), [90, 100])

    def test_payer_is_fixed_once_invoiced(self):
        self._invoice()
        with self.assertRaisesRegex(UserError, "is invoiced"):
            self.booking.partner_id = self.tom

    def test_tax_included_price_and_fiscal_position(self):
        included = self.env["account.tax"].create(
            {
                "name": "21 % incl.",
                "amount": 21,
                "price_include_override": "tax_included",
            }
        )
        position = self.env["account.fiscal.position"].create({"name": "Export"})
        zero = self.env["account.tax"].create(
            {
                "name": "0 %",
                "amount": 0,
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.link(included.id)],
            }
        )
        self.anna.property_account_position_id = position
        product = self._product(list_price=121, taxes_id=[Command.set(included.ids)])
        trip = self._trip(1, product_id=product.id)
        booking = self._booking(self.anna, trip, confirm=True).with_user(self.front)
        move = self._invoice(booking)
        self.assertEqual(move.invoice_line_ids.tax_ids, zero)
        self.assertAlmostEqual(move.amount_total, 100)
        self.assertAlmostEqual(booking.amount_total, 100)

    def test_a_dive_is_taxed_where_it_takes_place(self):
        """A payer from abroad pays the centre's tax, unless set otherwise by hand."""
        abroad = self.env.ref("base.nz")
        self.assertNotEqual(self.company.country_id, abroad)
        tax = self.env["account.tax"].create({"name": "Tax on dives", "amount": 21})
        export = self.env["account.fiscal.position"].create(
            {
                "name": "Export",
                "auto_apply": True,
                "country_id": abroad.id,
                "sequence": -1,
            }
        )
        self.env["account.tax"].create(
            {
                "name": "Dives 0 %",
                "amount": 0,
                "fiscal_position_ids": [Command.link(export.id)],
                "original_tax_ids": [Command.link(tax.id)],
            }
        )
        product = self._product(taxes_id=[Command.set(tax.ids)])
        kiwi = self._customer("Kiwi", country_id=abroad.id)
        booking = self._booking(kiwi, self._trip(product_id=product.id), confirm=True)
        self.assertAlmostEqual(booking.amount_total, 121)
        move = self._invoice(booking.with_user(self.front))
        self.assertEqual(move.invoice_line_ids.tax_ids, tax)
        self.assertAlmostEqual(move.amount_total, 121)
        kiwi.property_account_position_id = export
        second = self._trip(1, product_id=product.id)
        second = self._booking(kiwi, second, confirm=True)
        self.assertAlmostEqual(
            self._invoice(second.with_user(self.front)).amount_total, 100
        )

    def test_messages(self):
        draft = self._booking(self.mia, self.trip).with_user(self.front)
        with self.assertRaisesRegex(UserError, "confirm it before"):
            draft.action_create_invoice()
        bare = self._trip(1, product_id=False)
        booking = self._booking(self.mia, bare, confirm=True).with_user(self.front)
        with self.assertRaisesRegex(UserError, "has no product"):
            booking.action_create_invoice()
        bare.product_id = self._product(list_price=0)
        with self.assertRaisesRegex(UserError, "Every price"):
            booking.action_create_invoice()

    def test_rights(self):
        for user in (self.instructor, self.medical, self.employee, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.booking.with_user(user).action_create_invoice()
        self.booking.with_user(self.accountant).action_create_invoice()
        self.assertEqual(self.booking.invoice_count, 1)

    def test_many_at_once(self):
        other = self._booking(self.mia, self.trip, confirm=True)
        action = (self.booking + other).with_user(self.front).action_create_invoice()
        moves = self.env["account.move"].browse(action["domain"][0][2])
        self.assertEqual(moves.partner_id, self.anna + self.mia)

    # -- cancelling ----------------------------------------------------------

    def test_cancel_cancels_the_draft(self):
        move = self._invoice()
        self.assertIs(self.booking.action_cancel(), True)
        self.assertEqual(move.state, "cancel")
        self.assertEqual(self.booking.invoice_state, "none")

    def test_cancel_one_place_takes_its_line_off_the_draft(self):
        move = self._invoice()
        self.booking.diver_ids[0].action_cancel()
        self.assertEqual(
            move.invoice_line_ids.dive_booking_diver_id.partner_id, self.tom
        )
        self.assertEqual(move.state, "draft")
        self.assertEqual(move.amount_total, 121)

    def test_cancel_offers_the_credit_note(self):
        move = self._invoice()
        move.action_post()
        action = self.booking.action_cancel()
        self.assertEqual(action["res_model"], "account.move.reversal")
        self.assertEqual(action["context"]["active_ids"], move.ids)
        self.assertEqual(self.booking.state, "cancelled")
        self.assertEqual(self.trip.seats_taken, 0)
        self.assertEqual(self.booking.invoice_state, "invoiced")
        refund = self._reverse(move)
        refund.action_post()
        self.assertEqual(self.booking.invoice_state, "credited")
        with self.assertRaisesRegex(UserError, "no posted invoice"):
            self.booking.action_credit_note()

    def test_invoiced_place_is_not_deleted(self):
        self._invoice()
        with self.assertRaisesRegex(UserError, "cancel this place instead"):
            self.booking.diver_ids[0].unlink()

    def test_other_company(self):
        company = self.env["res.company"].create({"name": "Other centre"})
        self.env["account.chart.template"].try_loading(
            "generic_coa", company, install_demo=False
        )
        self.front.company_ids += company
        product = self._product(company_id=False)
        trip = self._trip(1, company_id=company.id, product_id=product.id)
        booking = self._booking(self.anna, trip, confirm=True).with_user(self.front)
        booking = booking.with_context(
            allowed_company_ids=[self.company.id, company.id]
        )
        move = self._invoice(booking).sudo()
        self.assertEqual(move.company_id, company)
        self.assertEqual(move.journal_id.company_id, company)
        self.assertEqual(move.invoice_line_ids.account_id.company_ids, company)
