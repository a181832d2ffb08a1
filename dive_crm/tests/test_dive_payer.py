"""Who pays for what: together or each, and the invoices that follow from it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import DiveCommon
from .payer_common import PayerMixin


@tagged("post_install", "-at_install", "dive_long")
class TestDivePayer(PayerMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPayers()

    def test_together_one_invoice(self):
        booking = self._group()
        self.assertEqual(booking.diver_ids.payer_id, self.club)
        self.assertEqual(booking.amount_total, 363)
        moves = self._invoices(booking)
        self.assertEqual(list(moves), [self.club])
        self.assertEqual(len(moves[self.club].invoice_line_ids), 3)

    def test_each_one_invoice_a_payer(self):
        divers = self.mother + self.child + self.anna + self.ben
        booking = self._group(self.anna, divers, split="each")
        payers = {
            payer: seats.partner_id for payer, seats in booking._dive_payers().items()
        }
        self.assertEqual(
            payers,
            {
                self.mother: self.mother + self.child,
                self.anna: self.anna,
                self.ben: self.ben,
            },
        )
        # somebody may be treated
        self._seat(booking, self.ben).payer_id = self.anna
        self.mother.lang = "en_US"
        moves = self._invoices(booking)
        self.assertEqual(set(moves), {self.mother, self.anna})
        self.assertEqual(
            moves[self.anna].invoice_line_ids.dive_booking_diver_id.partner_id,
            self.anna + self.ben,
        )
        self.assertEqual(
            [moves[payer].amount_total for payer in (self.mother, self.anna)],
            [242, 242],
        )
        self.assertEqual(booking.amount_total, 484)
        # nothing twice
        booking.action_create_invoice()
        self.assertEqual(len(booking.invoice_ids), 2)
        with self.assertRaisesRegex(UserError, "is invoiced to Anna Five"):
            self._seat(booking, self.ben).payer_id = self.ben
        # the state follows all of them
        for move in moves.values():
            move.action_post()
        self.assertEqual(booking.invoice_state, "invoiced")
        self._pay(moves[self.anna])
        self.assertEqual(booking.invoice_state, "partial")
        self._pay(moves[self.mother])
        self.assertEqual(booking.invoice_state, "paid")

    def test_what_depends_on_the_payer_follows_the_place(self):
        """Fiscal position and language of whoever pays for this place."""
        free = self.env["account.fiscal.position"].create({"name": "Embassy"})
        free_tax = self.env["account.tax"].create(
            {
                "name": "0 %",
                "amount": 0,
                "fiscal_position_ids": [Command.set(free.ids)],
                "original_tax_ids": [Command.set(self.tax.ids)],
            }
        )
        self.env["res.lang"]._activate_lang("fr_FR")
        self.ben.property_account_position_id = free
        self.ben.lang = "fr_FR"
        self.trip.with_context(lang="fr_FR").name = "Epave"
        booking = self._group(split="each")
        self.assertEqual(
            booking.diver_ids.mapped("amount_total"),
            [121, 100, 121],
        )
        moves = self._invoices(booking)
        self.assertEqual(moves[self.ben].fiscal_position_id, free)
        self.assertEqual(moves[self.ben].invoice_line_ids.tax_ids, free_tax)
        self.assertEqual(moves[self.anna].amount_total, 121)
        self.assertEqual(booking.amount_total, 342)

    def test_a_price_once_told_does_not_follow_the_product(self):
        booking = self._group(divers=self.anna + self.ben)
        self.product.list_price = 120
        booking.action_add_divers([self.cleo.id])
        self.env.invalidate_all()
        self.assertEqual(booking.diver_ids.mapped("price_unit"), [100, 100, 120])
        self._seat(booking, self.ben).action_cancel()
        self.assertEqual(self._seat(booking, self.anna).price_unit, 100)
        self._seat(booking, self.anna).payer_id = self.anna
        self.assertEqual(self._seat(booking, self.anna).price_unit, 120)

    def test_who_pays_also_pays_in_a_booking_of_another_split(self):
        other = self._trip(1, product_id=self.product.id)
        there = self._group(divers=self.cleo, trip_id=other.id)
        booking = self._group(divers=self.anna + self.ben, split="each")
        ben = self._seat(booking, self.ben)
        ben.action_move(other.id)
        self.assertEqual((ben.booking_id, ben.payer_id), (there, self.ben))

    def test_payers_in_the_form(self):
        form = Form(
            self.env["dive.booking"].with_user(self.front),
            view="dive_crm.view_dive_booking_form",
        )
        form.partner_id = self.mother
        form.trip_id = self.trip
        with form.diver_ids.new() as line:
            line.partner_id = self.child
        with form.diver_ids.new() as line:
            line.partner_id = self.anna
        with form.diver_ids.edit(2) as line:
            self.assertEqual(line.payer_id, self.mother)
        form.split = "each"
        with form.diver_ids.edit(2) as line:
            self.assertEqual(line.payer_id, self.anna)
        booking = form.save()
        self.assertEqual(
            booking.diver_ids.payer_id.mapped("name"), ["Mother Keller", "Anna Five"]
        )
        self.assertFalse(any(booking.diver_ids.mapped("price_by_hand")))
        # emptied: the payer of the booking
        self._seat(booking, self.anna).payer_id = False
        self.assertEqual(booking._dive_payers(), {self.mother: booking.diver_ids})

    def test_a_guardian_of_another_company_does_not_pay_here(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.child.dive_guardian_id = self._customer("Far", company_id=other.id)
        booking = self._group(self.anna, self.anna + self.child, split="each")
        self.assertEqual(self._seat(booking, self.child).payer_id, self.anna)

    def test_moved_the_payer_goes_along(self):
        booking = self._group(self.mother, self.mother + self.anna, split="each")
        self._seat(booking, self.anna).payer_id = self.ben
        other = self._trip(product_id=self.product.id)
        seats = booking.diver_ids
        seats.action_move(other.id)
        self.assertEqual(seats.booking_id.trip_id, other)
        self.assertEqual(seats.mapped("payer_id"), self.mother + self.ben)
        self.assertEqual(seats.booking_id.split, "each")


@tagged("post_install", "-at_install", "dive_long")
class TestDivePayerPrice(PayerMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPayers()
        cls.env.ref("base.group_user").implied_ids |= cls.env.ref(
            "product.group_product_pricelist"
        )
        cls.env.registry.clear_cache("groups")
        cls.gear_kind = cls.env["dive.equipment.kind"].create(
            {"name": "Jacket", "product_id": cls._product(list_price=20).id}
        )
        cls.groups = cls.env["product.pricelist"].create(
            {
                "name": "Groups",
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 10,
                            "min_quantity": 3,
                        }
                    )
                ],
            }
        )
        cls.plain = cls.env["product.pricelist"].create({"name": "Plain"})
        everybody = cls.club + cls.mother + cls.anna + cls.ben + cls.cleo
        everybody.specific_property_product_pricelist = cls.plain
        cls.club.specific_property_product_pricelist = cls.groups

    def _prices(self, booking):
        return booking.diver_ids.mapped("price_unit")

    def test_group_price_follows_the_number(self):
        """Of a draft; what is confirmed stays, until the desk asks again."""
        booking = self._group(confirm=False)
        anna, ben, cleo = booking.diver_ids
        self.assertEqual(self._prices(booking), [90, 90, 90])
        self.assertEqual(booking.diver_ids.mapped("price_list"), [90, 90, 90])
        self.assertEqual(booking.amount_total, 326.7)
        # one less: two do not get the group's price
        ben.action_cancel()
        self.assertEqual((anna | cleo).mapped("price_unit"), [100, 100])
        self.assertFalse(booking.price_hint)
        # confirmed so, and one more, who does get it
        booking.action_confirm()
        booking.diver_ids = [Command.create({"partner_id": self.child.id})]
        child = self._seat(booking, self.child)
        self.assertEqual((anna | cleo | child).mapped("price_unit"), [100, 100, 90])
        low, high = map(booking._dive_amount, (90, 100))
        self.assertIn(f"Anna Five: {low} instead of {high}", booking.price_hint)
        with self.assertRaises(AccessError):
            booking.with_user(self.instructor).action_ask_prices()
        cleo.price_unit = 95
        booking.action_ask_prices()
        self.assertEqual((anna | cleo | child).mapped("price_unit"), [90, 95, 90])
        self.assertFalse(booking.price_hint)
        self.assertIn("Anna Five: ", booking.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "already"):
            booking.action_ask_prices()
        # confirmed, invoiced: one less changes nothing
        booking.action_confirm()
        child.action_cancel()
        self.assertEqual((anna | cleo).mapped("price_unit"), [90, 95])
        self.assertIn(f"Anna Five: {high} instead", booking.price_hint)
        self._invoices(booking)
        self.assertFalse(booking.price_hint)
        self.assertEqual((anna | cleo).mapped("price_unit"), [90, 95])

    def test_who_pays_and_which_trip_decide(self):
        booking = self._group()
        booking.split = "each"
        self.assertEqual(self._prices(booking), [100, 100, 100])
        booking.split = "together"
        self.assertEqual(self._prices(booking), [90, 90, 90])
        # who pays anew is asked for anew; the others were confirmed as three
        self._seat(booking, self.ben).payer_id = self.mother
        self.assertEqual(self._prices(booking), [90, 100, 90])
        booking.trip_id = self._trip(product_id=self._product(list_price=50).id)
        self.assertEqual(self._prices(booking), [50, 50, 50])

    def test_a_price_of_the_hand_stays(self):
        booking = self._group()
        seat = self._seat(booking, self.ben)
        seat.price_unit = 75
        self.assertTrue(seat.price_by_hand)
        booking.split = "each"
        self.assertEqual(self._prices(booking), [100, 75, 100])
        booking.trip_id = self._trip(product_id=self._product(list_price=50).id)
        self.assertEqual(self._prices(booking), [50, 75, 50])
        # set to what the list says, it is the list's again
        seat.price_unit = 50
        booking.trip_id = self.trip
        self.assertEqual(self._prices(booking), [100, 100, 100])
        # a later change of the list changes nothing that was told to a payer
        self.product.list_price = 300
        self._seat(booking, self.anna).action_check_in()
        self.assertEqual(self._prices(booking), [100, 100, 100])
        # given from the start, as by an import
        booking = self._group(
            trip_id=self._trip(product_id=self.product.id).id,
            confirm=False,
            diver_ids=[
                Command.create({"partner_id": self.anna.id, "price_unit": 11}),
                Command.create({"partner_id": self.ben.id}),
            ],
        )
        self.assertEqual(booking.diver_ids.mapped("price_by_hand"), [True, False])

    def test_prices_in_the_form(self):
        """Shown at once; nothing is taken for a price of the hand that was not."""
        form = Form(
            self.env["dive.booking"].with_user(self.front),
            view="dive_crm.view_dive_booking_form",
        )
        form.partner_id = self.club
        form.trip_id = self.trip
        for diver in (self.anna, self.ben):
            with form.diver_ids.new() as line:
                line.partner_id = diver
        with form.diver_ids.edit(1) as line:
            self.assertEqual(line.price_unit, 100)
            line.price_unit = 60
        with form.diver_ids.new() as line:
            line.partner_id = self.cleo
            self.assertEqual(line.price_unit, 90)
        with form.diver_ids.edit(0) as line:
            self.assertEqual(line.price_unit, 90)
        booking = form.save()
        self.assertEqual(self._prices(booking), [90, 60, 90])
        self.assertEqual(
            booking.diver_ids.mapped("price_by_hand"), [False, True, False]
        )
        # and with what is saved already
        with Form(booking, view="dive_crm.view_dive_booking_form") as form:
            form.diver_ids.remove(index=2)
            with form.diver_ids.edit(0) as line:
                self.assertEqual(line.price_unit, 100)
        self.assertEqual(self._prices(booking), [100, 60])
        self.assertEqual(booking.diver_ids.mapped("price_by_hand"), [False, True])
        with Form(booking, view="dive_crm.view_dive_booking_form") as form:
            with form.diver_ids.new() as line:
                line.partner_id = self.child
        self.assertEqual(self._prices(booking), [90, 60, 90])
        self.assertEqual(
            booking.diver_ids.mapped("price_by_hand"), [False, True, False]
        )

    def test_rental_by_the_pricelist(self):
        booking = self._group()
        gear = self.env["dive.gear"].create(
            [
                {"seat_id": seat.id, "kind_id": self.gear_kind.id}
                for seat in booking.diver_ids
            ]
        )
        self.assertEqual(gear.mapped("price"), [18, 18, 18])
        self.assertEqual(booking.diver_ids[0].amount_total, 108.9 + 18)
        gear[1].price = 5
        booking.split = "each"
        self.assertEqual(gear.mapped("price"), [20, 5, 20])
        gear[1].own = True
        self.assertEqual(gear[1].price, 0)
        gear[1].own = False
        self.assertEqual(gear[1].price, 20)
        # each pays the own
        moves = self._invoices(booking)
        self.assertEqual(len(moves), 3)
        for seat in booking.diver_ids:
            lines = moves[seat.partner_id].invoice_line_ids
            self.assertEqual(lines.dive_booking_diver_id, seat)
            self.assertEqual(sorted(lines.mapped("price_unit")), [20, 100])

    def test_currency_and_day_of_the_list(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "name": "2020-01-01", "rate": 0.5}
        )
        self.groups.currency_id = euro
        self.groups.item_ids = [
            Command.clear(),
            Command.create(
                {
                    "compute_price": "fixed",
                    "fixed_price": 30,
                    "date_start": self.trip.date_start,
                }
            ),
        ]
        self.assertEqual(self._prices(self._group()), [60, 60, 60])

    def test_as_many_queries_for_eighty(self):
        divers = self.Partner.create(
            [
                {
                    "name": f"Diver {number:02}",
                    "dive_customer": True,
                    "specific_property_product_pricelist": self.groups.id,
                }
                for number in range(81)
            ]
        )
        one = self._group(divers=divers[0], confirm=False)
        many = self._group(divers=divers[1:], confirm=False)
        counts = []
        for booking in (one, many):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            booking.split = "each"
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(set(many.diver_ids.mapped("price_unit")), {100})
        self.assertLessEqual(counts[1], counts[0] + 3)
