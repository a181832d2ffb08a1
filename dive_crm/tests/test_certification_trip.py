"""Cards before a trip: what staff should look at, and each diver's level."""

from datetime import datetime
from itertools import cycle

from freezegun import freeze_time

from odoo.tests import tagged

from .certification_common import CertificationCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-22 12:00:00")
class TestTripCards(CertificationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bea = cls._customer("Bea Berg")
        # 20 December 23:00 UTC: in Tonga it is the 21st
        cls.company.partner_id.tz = "Pacific/Tongatapu"
        cls.trip = cls._trip(date_start=datetime(2026, 12, 20, 23), capacity=90)
        cls.booking = cls._booking(cls.anna, cls.trip, cls.anna | cls.bea)

    def _to_check(self):
        self.env.invalidate_all()
        trip = self.trip.with_user(self.front)
        cards = self.env["dive.certification"].browse(
            trip._dive_cards_to_check().get(trip.id)
        )
        self.assertEqual(trip.card_check_count, len(cards))
        action = trip.action_view_cards_to_check()
        self.assertEqual(self.Card.search(action["domain"]), cards)
        return cards

    def test_unverified_rejected_and_expired_by_then(self):
        self.assertFalse(self._to_check())
        unverified = self._card()
        rejected = self._card(level=self.advanced)
        self._checked(rejected, "rejected")
        ends = {}
        for day, number in (("2026-12-20", "1"), ("2026-12-21", "2")):
            ends[day] = self._card(self.bea, self.night, expiry_date=day, number=number)
            self._checked(ends[day])
        self.assertEqual(self._to_check(), unverified | rejected | ends["2026-12-20"])
        self.booking.diver_ids[0].state = "requested"
        seat = self.booking.diver_ids.filtered(lambda s: s.partner_id == self.anna)
        seat._set_state("cancelled")
        self.assertEqual(self._to_check(), ends["2026-12-20"])

    def test_each_diver_s_level_on_the_day(self):
        anna, bea = self.booking.diver_ids.with_user(self.instructor)

        def said(seat):
            self.env.invalidate_all()
            return seat.diver_level_id.abbreviation, seat.card_state

        self.assertEqual(said(bea), (False, "none"))
        card = self._card(expiry_date="2026-12-20")
        self.assertEqual(said(anna), (False, "expired"))
        card.expiry_date = "2026-12-21"
        self.assertEqual(said(anna), ("ZO", "unverified"))
        self._checked(card)
        self.assertEqual(said(anna), ("ZO", "verified"))
        self._card(level=self.advanced)
        self.assertEqual(said(anna), ("ZA", "unverified"))
        self._checked(self._card(self.bea), "rejected")
        self.assertEqual(said(bea), (False, "rejected"))
        self._card(self.bea, self.aid)
        self.assertEqual(said(bea), (False, "rejected"), "first aid is no level")

    def test_a_level_is_the_same_alone_and_beside_the_light(self):
        """The light asks the cards, and says what the level's own field would say."""
        self._card(level=self.advanced)
        self._card(self.bea, expiry_date="2026-12-20")
        seats = self.booking.diver_ids.with_user(self.front)
        names = ["diver_level_id", "diver_level", "card_state"]
        self.env.invalidate_all()
        alone = seats.read(names)
        self.env.invalidate_all()
        seats.mapped("fitness")
        before = self.env.cr.sql_log_count
        self.assertEqual(seats.read(names), alone)
        # at most the level's name and agency; no card is asked for again
        self.assertLessEqual(self.env.cr.sql_log_count - before, 2)
        states = {row["id"]: row["card_state"] for row in alone}
        self.assertEqual(
            [states[seat.id] for seat in self.booking.diver_ids],
            ["unverified", "expired"],
        )

    def test_eighty_divers_are_asked_about_as_one(self):
        divers = self.Partner.create(
            [{"name": f"Diver {n}", "dive_customer": True} for n in range(80)]
        )
        big = self._trip(date_start=datetime(2026, 12, 20, 23), capacity=90)
        self._booking(divers[0], big, divers)
        small = self._trip(date_start=datetime(2026, 12, 20, 23), capacity=90)
        self._booking(divers[0], small, divers[0])
        # each of another agency: its name is no reason to ask for one by one
        levels = self.env["dive.certification.level"].search(
            [("category", "=", "beginner"), ("renewal_months", "=", 0)]
        )
        levels = [mine[0] for mine in levels.grouped("agency_id").values()]
        self.assertGreater(len(levels), 10)
        for diver, level in zip(divers, cycle(levels), strict=False):
            self._card(diver, level)
        counts = {}
        for trip, total in ((small, 1), (small, 1), (big, 80)):
            self.env.flush_all()
            self.env.invalidate_all()
            trip = trip.with_user(self.front)
            before = self.env.cr.sql_log_count
            self.assertEqual(trip.card_check_count, total)
            states = trip.seat_ids.mapped("card_state")
            trip.seat_ids.mapped("diver_level_id.display_name")
            counts[total] = self.env.cr.sql_log_count - before
            self.assertEqual(states, ["unverified"] * total)
        self.assertEqual(counts[1], counts[80])
