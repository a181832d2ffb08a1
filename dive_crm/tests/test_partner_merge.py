from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests.common import tagged

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestPartnerMerge(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trip = cls._trip(capacity=4)
        cls.kept = cls._customer(
            "Anna Keller",
            email="anna@merge.example",
            dive_customer_since=date(2022, 5, 1),
            dive_logged_dives=10,
        )
        cls.double = cls._customer(
            "Anna Keler",
            email="anna.k@merge.example",
            phone="+49 30 901820",
            dive_customer_since=date(2020, 1, 1),
            dive_logged_dives=60,
            dive_deepest_m=30,
        )

    def _merge(self, user=None, dst=None, src=None):
        self._merge_partners(dst or self.kept, src or self.double, user)

    def test_managers_merge_different_emails_the_front_desk_does_not(self):
        with self.assertRaises(UserError):
            self._merge(user=self.front)
        self._merge()
        self.assertFalse(self.double.exists())
        self.assertEqual(self.kept.email, "anna@merge.example")
        self.assertEqual(self.kept.phone, "+49 30 901820")
        self.assertEqual(self.kept.dive_customer_since, date(2020, 1, 1))
        self.assertEqual(self.kept.dive_logged_dives, 60)
        self.assertEqual(self.kept.dive_deepest_m, 30)

    def test_the_only_email_and_number_come_along(self):
        contact = self.Partner.create({"name": "Anna"})
        ref = self.double.ref
        self._merge(dst=contact, src=self.double)
        self.assertEqual(contact.email, "anna.k@merge.example")
        self.assertEqual(contact.ref, ref)
        self.assertTrue(contact.dive_customer)

    def test_every_row_of_ours_survives(self):
        """Every foreign key of our tables to partners, found and not listed."""
        site = self.env["dive.site"].create({"name": "Reef"})
        for days, partner in enumerate((self.kept, self.double), 1):
            partner.dive_favorite_site_ids = site
            for phone in ("+49 30 901820", "+49 30 901821"):
                self.env["dive.emergency.contact"].create(
                    {"partner_id": partner.id, "name": "Tom", "phone": phone}
                )
            # Both on the same trip: what a unique index allows once.
            self._booking(partner, self.trip, confirm=True)
            later = self.trip.date_start + timedelta(days=days)
            self._booking(partner, self._trip(date_start=later), confirm=True)
        ward = self._customer("Ward", dive_guardian_id=self.double.id)
        before = self._rows()
        self.assertTrue(before["dive_booking_diver"] and before["dive_booking"])
        self._merge()
        self.assertEqual(self._rows(), before)
        self.assertEqual(ward.dive_guardian_id, self.kept)
        self.assertEqual(self.kept.dive_favorite_site_ids, site)
        self.assertEqual(len(self.kept.dive_emergency_contact_ids), 4)
        self.assertEqual(len(self.kept.dive_booking_diver_ids), 4)
        self.assertEqual(self.trip.seats_taken, 1)
        states = self.kept.dive_booking_diver_ids.filtered(
            lambda seat: seat.trip_id == self.trip
        ).mapped("state")
        self.assertEqual(sorted(states), ["booked", "cancelled"])

    def test_of_two_bookings_on_a_trip_the_empty_one_ends_quietly(self):
        other = self._customer("Tom Keller")
        first = self._booking(self.kept, self.trip, confirm=True)
        second = self._booking(other, self.trip, self.double, confirm=True)
        self._merge()
        self.assertEqual((first.state, second.state), ("confirmed", "cancelled"))
        gone = second.diver_ids
        self.assertEqual((gone.state, gone.cancelled_on), ("cancelled", False))

    def _rows(self):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        tables = {
            table
            for table, _column in wizard._get_fk_on("res_partner")
            if table.startswith("dive_") and not table.endswith("_rel")
        }
        counts = {}
        for table in tables:
            self.env.cr.execute(f'SELECT count(*) FROM "{table}"')
            counts[table] = self.env.cr.fetchone()[0]
        return counts

    def test_nobody_ends_as_their_own_guardian_or_contact(self):
        self.double.dive_guardian_id = self.kept
        contact = self.env["dive.emergency.contact"].create(
            {"partner_id": self.double.id, "contact_id": self.kept.id, "phone": "1"}
        )
        self._merge()
        self.assertFalse(self.kept.dive_guardian_id)
        self.assertEqual(contact.partner_id, self.kept)
        self.assertFalse(contact.contact_id)
        self.assertEqual(contact.name, "Anna Keller")

    def test_an_archived_double_with_the_same_email(self):
        self.double.active = False
        self.double.email = "anna@merge.example"
        self._merge()
        self.assertFalse(self.double.exists())
