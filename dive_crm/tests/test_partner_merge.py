from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests.common import tagged

from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
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

    def test_a_managers_word_follows(self):
        """Also two words; not one of somebody's papers that were judged better."""
        other = self._trip(1, min_age=99)
        self.trip.min_age = 99
        rules = self.env["dive.fitness.rule"].search([])
        rules.severity = "off"
        rules.filtered(lambda one: one.code in ("age", "medical")).severity = "block"
        self.kept.birthdate_date = self.double.birthdate_date = date(1990, 1, 1)
        seat = self._booking(self.double, self.trip).diver_ids
        theirs = self._booking(self.double, other).diver_ids
        Override = self.env["dive.fitness.override"].with_user(self.manager)
        Override._dive_add((seat | theirs).with_user(self.manager), "Dived with me")
        self.assertEqual((seat | theirs).mapped("fitness"), ["amber", "amber"])
        own = self._booking(self.kept, other).diver_ids
        Override._dive_add(own.with_user(self.manager), "My own word")
        partners = type(self.kept)
        judged = {self.kept: "unfit"}
        with patch.object(
            partners,
            "_dive_medical_strictest",
            lambda some: next((judged[one] for one in some if one in judged), None),
        ):
            kept, double = self.kept, self.double
            Override.sudo()._dive_follow_merge(double, kept)
        rows = Override.sudo().search([("partner_id", "=", kept.id)], order="id")
        self.assertEqual(
            [(row.trip_id, row.code, row.reason) for row in rows[2:]],
            [(self.trip.id, "age", "Dived with me")],
        )
        self._merge()
        self.assertEqual(seat.fitness, "amber")
        self.assertEqual(seat.partner_id, self.kept)
        self.assertIn("Dived with me", seat.fitness_text)
        rows = Override.sudo().search([("partner_id", "=", kept.id)])
        self.assertEqual(
            sorted((row.trip_id, row.code, row.reason) for row in rows),
            sorted(
                [(self.trip.id, code, "Dived with me") for code in ("age", "medical")]
                + [(other.id, code, "My own word") for code in ("age", "medical")]
            ),
        )
        self.assertEqual(set(rows.mapped("user_id")), {self.manager.id})

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
