"""Groups: many divers with one click, the same group again; what portals see."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DiveCommon
from .payer_common import PayerMixin


@tagged("post_install", "-at_install", "dive_long")
class TestDiveGroup(PayerMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPayers()
        cls.next_trip = cls._trip(
            name="Next",
            product_id=cls.product.id,
            date_start=fields.Datetime.now() + timedelta(days=9),
            capacity=100,
        )

    def _wizard(self, model, action, **vals):
        return (
            self.env[model]
            .with_user(self.front)
            .with_context(**action["context"])
            .create(vals)
        )

    # -- add divers --------------------------------------------------------

    def test_who_is_suggested(self):
        brother = self._customer("Brother", dive_guardian_id=self.mother.id)
        booking = self._group(self.mother, self.mother, confirm=False)
        self.assertEqual(
            [
                (partner.name, reason)
                for partner, reason, _day in booking._dive_suggest_divers()
            ],
            [
                ("Brother", "Ward of the payer"),
                ("Child Keller", "Ward of the payer"),
            ],
        )
        # the child pays: the guardian and the other ward
        booking = self._group(
            self.child, self.child, confirm=False, trip_id=self.next_trip.id
        )
        self.assertEqual(
            {
                (partner.name, reason)
                for partner, reason, _day in booking._dive_suggest_divers()
            },
            {
                ("Brother", "Same guardian"),
                ("Mother Keller", "Guardian of the payer"),
            },
        )
        self.assertTrue(brother)

    def test_contacts_and_those_of_before(self):
        clerk = self._customer("Clerk", parent_id=self.club.id)
        far = self._trip(
            product_id=self.product.id,
            date_start=fields.Datetime.now() + timedelta(days=20),
        )
        self._group(divers=self.anna + self.ben)
        self._group(divers=self.anna, trip_id=far.id)
        self.cleo.active = False
        booking = self._group(divers=self.mother, trip_id=self.next_trip.id)
        rows = booking._dive_suggest_divers()
        self.assertEqual(
            [partner for partner, _reason, _day in rows],
            [self.anna, self.ben, clerk],
        )
        self.assertEqual(rows[0][1], "Dived with this payer")
        self.assertGreater(rows[0][2], rows[1][2])
        # one click each, and who is looked for
        wizard = self._wizard("dive.booking.add", booking.action_open_add())
        self.assertEqual(wizard.line_ids.partner_id, self.anna + self.ben + clerk)
        with self.assertRaisesRegex(UserError, "at least one"):
            wizard.action_add()
        wizard.line_ids[1].take = True
        wizard.partner_ids = self.child
        wizard.action_add()
        self.assertEqual(
            booking.diver_ids.partner_id, self.mother + self.ben + self.child
        )
        self.assertEqual(set(booking.diver_ids.mapped("state")), {"booked"})
        # all; a second click adds nobody twice
        wizard.action_add_all()
        wizard.action_add_all()
        self.assertEqual(len(booking.diver_ids), 5)
        self.assertEqual(self.next_trip.seats_taken, 5)
        # all or none: a trip that is full refuses them together
        small = self._trip(
            product_id=self.product.id,
            capacity=2,
            name="Small",
            date_start=fields.Datetime.now() + timedelta(days=30),
        )
        booking = self._group(divers=self.mother, trip_id=small.id)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            booking.action_add_divers((self.anna + self.ben).ids)
        self.assertEqual(small.seats_taken, 1)
        for user in (self.instructor, self.medical, self.accountant, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                booking.with_user(user).action_add_divers(self.anna.ids)

    def test_suggesting_costs_the_same_for_eighty(self):
        people = self.Partner.create(
            [{"name": f"Diver {n:02}", "dive_customer": True} for n in range(80)]
        )
        counts = []
        for divers in (people[0], people[0], people):
            self._group(divers=divers, confirm=False)
            booking = self._group(
                divers=self.mother, confirm=False, trip_id=self.next_trip.id
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertGreaterEqual(len(booking._dive_suggest_divers()), len(divers))
            counts.append(self.env.cr.sql_log_count - before)
            self.env["dive.booking"].search(
                [("partner_id", "=", self.club.id)]
            ).unlink()
        # the first warms what is cached
        self.assertEqual(counts[1], counts[2])

    # -- book again --------------------------------------------------------

    def _old_group(self):
        kind = self.env["dive.equipment.kind"].create(
            {
                "name": "Jacket",
                "product_id": self._product(list_price=20).id,
                "size_ids": [Command.create({"name": "M"})],
            }
        )
        booking = self._group(split="each", note="Vegetarian")
        anna = self._seat(booking, self.anna)
        anna.write({"note": "Left-handed", "price_unit": 55, "payer_id": self.ben.id})
        self.env["dive.gear"].create(
            {
                "seat_id": anna.id,
                "kind_id": kind.id,
                "size_id": kind.size_ids.id,
                "quantity": 2,
            }
        )
        return booking

    def test_the_same_group_again(self):
        old = self._old_group()
        self.cleo.active = False
        self.trip.with_user(self.front).action_cancel()
        self.assertEqual(old.state, "cancelled")
        wizard = self._wizard(
            "dive.booking.again", old.action_open_again(), trip_id=self.next_trip.id
        )
        self.assertIn("Booked again (2): Anna Five, Ben Five.", wizard.words)
        self.assertIn("Not Cleo Five: archived.", wizard.words)
        action = wizard.action_book()
        new = self.env["dive.booking"].browse(action["res_id"])
        self.assertEqual(
            (new.state, new.partner_id, new.split, new.note, new.trip_id),
            ("draft", self.club, "each", "Vegetarian", self.next_trip),
        )
        anna = self._seat(new, self.anna)
        self.assertEqual(new.diver_ids.partner_id, self.anna + self.ben)
        self.assertEqual((anna.note, anna.payer_id), ("Left-handed", self.ben))
        # the price is the list's
        self.assertEqual((anna.price_unit, anna.price_by_hand), (100, False))
        gear = anna.gear_ids
        self.assertEqual(
            (gear.kind_id.name, gear.size_id.name, gear.quantity, gear.state),
            ("Jacket", "M", 2, "missing"),
        )
        self.assertTrue(anna.gear_prepared)
        self.assertIn("Cleo Five: archived", "".join(new.message_ids.mapped("body")))

    def test_as_last_time(self):
        old = self._old_group()
        self._group(self.mother, self.ben, trip_id=self.next_trip.id)
        booking = self._group(
            divers=self.anna, trip_id=self.next_trip.id, confirm=False
        )
        wizard = self._wizard("dive.booking.again", booking.action_open_last_time())
        self.assertEqual((wizard.source_id, wizard.trip_id), (old, self.next_trip))
        self.assertEqual(booking._dive_earlier(), old)
        self.assertIn("Not Ben Five: on that trip already.", wizard.words)
        self.assertIn("· divers: 3", old.with_context(dive_show_trip=1).display_name)
        wizard.action_book()
        self.assertEqual(booking.diver_ids.partner_id, self.anna + self.cleo)
        # nobody books by it who may not book
        for user in (self.instructor, self.medical, self.accountant, self.portal):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                wizard.with_user(user).action_book()
        # an archived payer makes no new booking
        self.club.active = False
        wizard = self._wizard(
            "dive.booking.again", old.action_open_again(), trip_id=self.next_trip.id
        )
        with self.assertRaisesRegex(UserError, "is archived"):
            wizard.action_book()

    # -- the portal, the papers --------------------------------------------

    def test_a_payer_sees_the_own_only(self):
        me = self.portal.partner_id
        booking = self._group(split="each")
        ben = self._seat(booking, self.ben)
        Seat = self.env["dive.booking.diver"].with_user(self.portal)
        mine = booking.with_user(self.portal)
        with self.assertRaises(AccessError):
            mine.check_access("read")
        ben.payer_id = me
        self.env.flush_all()
        self.env.invalidate_all()
        mine.check_access("read")
        self.assertEqual(Seat.search([("booking_id", "=", booking.id)]).ids, ben.ids)
        with self.assertRaises(AccessError):
            Seat.browse(self._seat(booking, self.anna).id).read(["price_unit"])
        for name in ("amount_total", "amount_owed", "payers_html"):
            with self.assertRaises(AccessError):
                mine.read([name])
        with self.assertRaises(AccessError):
            Seat.browse(ben.id).write({"payer_id": self.anna.id})
        # who only took the booking for a group sees no price of those who pay
        booking.partner_id = me
        self._seat(booking, self.ben).payer_id = self.ben
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(Seat.search([("booking_id", "=", booking.id)]))

    def test_history_and_statement_say_what_each_pays(self):
        booking = self._group(self.mother, self.mother + self.anna, split="each")
        self._seat(booking, self.anna).payer_id = self.ben
        self.env.flush_all()
        History = self.env["dive.history"].with_user(self.front)
        rows = History.search([("res_id", "=", booking.id), ("kind", "=", "booking")])
        self.assertEqual(
            {(row.partner_id, row.amount) for row in rows},
            {(self.mother, 121), (self.ben, 121), (self.anna, 0)},
        )
        Report = self.env["report.dive_crm.report_dive_statement"]
        wizard = (
            self.env["dive.statement.wizard"]
            .with_user(self.front)
            .create({"partner_ids": [Command.set((self.mother + self.ben).ids)]})
        )
        found = Report.with_user(self.front)._bookings(
            wizard, self.mother + self.ben + self.anna
        )
        shown = {
            partner: [
                (row["is_payer"], row["amount"], row["divers"])
                for row in found[partner.id]["bookings"] + found[partner.id]["upcoming"]
            ]
            for partner in (self.mother, self.ben, self.anna)
        }
        self.assertEqual(
            shown,
            {
                self.mother: [(True, 121, "Mother Keller")],
                self.ben: [(True, 121, "Anna Five")],
                self.anna: [(False, 0, "Anna Five")],
            },
        )
