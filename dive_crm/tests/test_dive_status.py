"""Guest, existing, lapsed: right the moment a booking changes, in every query."""

from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.dive_crm.models import res_partner_booking

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestDiveStatus(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.payer = cls._customer("Payer Keller")
        cls.diver = cls._customer("Diver Keller")
        cls.guest = cls._customer("Guest Keller")
        cls.all = cls.payer + cls.diver + cls.guest
        cls.trip = cls._trip(capacity=8)

    def assertStatus(self, payer, diver):
        expected = {self.payer: payer, self.diver: diver, self.guest: "guest"}
        for partner, status in expected.items():
            self.assertEqual(partner.dive_status, status, partner.name)
        for status in ("guest", "existing"):
            known = self.all.filtered(lambda p, s=status: expected[p] == s)
            for few in (0, 20000):  # either way to search, see the model
                with patch.object(res_partner_booking, "FEW_SOLD", few):
                    found = self.Partner.search(
                        [("id", "in", self.all.ids), ("dive_status", "=", status)]
                    )
                self.assertEqual(found, known.sorted())
            self.assertEqual(
                self.all.filtered_domain([("dive_status", "=", status)]), known
            )

    def test_follows_the_booking(self):
        self.assertStatus("guest", "guest")
        booking = self._booking(self.payer, self.trip, self.diver)
        self.assertStatus("guest", "guest")
        booking.action_confirm()
        self.assertStatus("existing", "existing")
        booking.action_cancel()
        self.assertStatus("guest", "guest")
        booking.action_draft()
        booking.action_confirm()
        self.trip.action_done()
        self.assertStatus("existing", "existing")

    def test_follows_payer_and_diver(self):
        booking = self._booking(self.payer, self.trip, self.diver, confirm=True)
        booking.diver_ids.partner_id = self.payer
        self.assertStatus("existing", "guest")
        booking.partner_id = self.diver
        self.assertStatus("existing", "existing")

    def test_cancelled_place_does_not_count(self):
        booking = self._booking(
            self.payer, self.trip, self.payer + self.diver, confirm=True
        )
        booking.diver_ids[1].action_cancel()
        self.assertStatus("existing", "guest")

    def test_operators(self):
        self._booking(self.payer, self.trip, confirm=True)
        mine = [("id", "in", self.all.ids)]
        guests = (self.diver + self.guest).sorted()
        for domain, found in (
            ([("dive_status", "!=", "guest")], self.payer),
            ([("dive_status", "!=", "existing")], guests),
            ([("dive_status", "in", ["guest", "existing"])], self.all.sorted()),
            ([("dive_status", "in", [])], self.Partner),
            ([("dive_status", "not in", ["existing"])], guests),
            ([("dive_status", "=", False)], self.Partner),
            (["!", ("dive_status", "=", "existing")], guests),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self.Partner.search(mine + domain), found)

    def test_group_sort_and_through_a_many2one(self):
        booking = self._booking(self.payer, self.trip, self.diver, confirm=True)
        draft = self._booking(self.guest, self.trip)
        groups = self.Partner._read_group(
            [("id", "in", self.all.ids)], ["dive_status"], ["__count"]
        )
        self.assertEqual(dict(groups), {"existing": 2, "guest": 1})
        ordered = self.Partner.search(
            [("id", "in", self.all.ids)], order="dive_status desc, id"
        )
        self.assertEqual(ordered, self.guest + self.payer + self.diver)
        Booking = self.env["dive.booking"]
        both = [("id", "in", (booking + draft).ids)]
        self.assertEqual(
            Booking.search([*both, ("partner_id.dive_status", "=", "guest")]), draft
        )
        self.assertEqual(
            dict(Booking._read_group(both, ["payer_status"], ["__count"])),
            {"existing": 1, "guest": 1},
        )
        self.assertEqual(
            dict(Booking._read_group(both, ["partner_id.dive_status"], ["__count"])),
            {"existing": 1, "guest": 1},
        )

    def test_nobody_sets_it(self):
        self.guest.write({"dive_status": "existing"})
        self.guest.invalidate_recordset()
        self.assertEqual(self.guest.dive_status, "guest")

    def test_plain_user_sees_the_status(self):
        self._booking(self.payer, self.trip, confirm=True)
        partner = self.payer.with_user(self.employee)
        self.assertEqual(partner.dive_status, "existing")
        ours = [name for name in partner.fields_get() if name.startswith("dive_")]
        self.assertIn("dive_lapsed", ours)
        self.assertNotIn("dive_booking_ids", ours)
        self.assertTrue(partner.read(ours))
        with self.assertRaises(AccessError):
            partner.read(["dive_booking_ids"])

    # -- lapsed ------------------------------------------------------------

    def _past_trip(self, **ago):
        start = fields.Datetime.now() - relativedelta(**ago)
        return self._trip(date_start=start, date_end=start + timedelta(hours=4))

    def _dived(self, partner, trip):
        self._booking(self.payer, trip, partner)._confirm_one(late=True)
        trip.action_done()

    def _lapsed(self):
        found = self.Partner.search(
            [("id", "in", self.all.ids), ("dive_lapsed", "=", True)]
        )
        self.assertEqual(found, self.all.filtered("dive_lapsed").sorted())
        others = self.Partner.search(
            [("id", "in", self.all.ids), ("dive_lapsed", "=", False)]
        )
        self.assertEqual(others, (self.all - found).sorted())
        return found

    def test_lapsed(self):
        self.company.dive_lapsed_months = 12
        self.assertFalse(self._lapsed())
        self._dived(self.diver, self._past_trip(months=13))
        self.assertEqual(self._lapsed(), (self.diver + self.payer).sorted())
        self.company.dive_lapsed_months = 24
        self.env.invalidate_all()
        self.assertFalse(self._lapsed())
        self.company.dive_lapsed_months = 12
        self.env.invalidate_all()
        self._booking(self.payer, self.trip, self.diver, confirm=True)
        self.assertFalse(self._lapsed())

    def test_not_lapsed_after_a_late_trip(self):
        self._dived(self.diver, self._past_trip(months=13))
        self._dived(self.diver, self._past_trip(months=2))
        self.assertFalse(self._lapsed())

    # -- buttons and counts --------------------------------------------------

    def test_count_and_list_of_bookings(self):
        booking = self._booking(self.payer, self.trip, self.payer + self.diver)
        self.assertEqual(self.payer.with_user(self.front).dive_booking_count, 1)
        self.assertEqual(self.diver.dive_booking_count, 1)
        self.assertEqual(self.guest.dive_booking_count, 0)
        action = self.diver.with_user(self.front).action_view_dive_bookings()
        found = self.env["dive.booking"].search(action["domain"])
        self.assertEqual(found, booking)

    def test_list_query_count(self):
        partners = self.Partner.create(
            [{"name": f"P{number}", "dive_customer": True} for number in range(80)]
        )
        trip = self._trip(capacity=100)
        self.env["dive.booking"].create(
            [
                {
                    "partner_id": partner.id,
                    "trip_id": trip.id,
                    "diver_ids": [Command.create({"partner_id": partner.id})],
                }
                for partner in partners[::2]
            ]
        ).action_confirm()
        spec = {
            "name": {},
            "dive_status": {},
            "dive_lapsed": {},
            "dive_booking_count": {},
        }
        counts = []
        for number in (1, 1, 80):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.Partner.with_user(self.front).web_search_read(
                [("id", "in", partners.ids[:number])], spec
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2], "queries must not grow with rows")
        self.assertLessEqual(counts[2], 8)
