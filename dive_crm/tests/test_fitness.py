"""Who may come along on a trip, and why not: see dive.fitness."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta
from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tools import mute_logger

from ..tools.fitness import light
from .common import DiveCommon
from .fitness_common import FitnessMixin


class TestFitness(FitnessMixin, DiveCommon):
    """Anna lacks nothing, on a trip that asks for nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpFitness()

    def assertFinds(self, *wanted, **vals):
        """Set ``vals`` on the trip and compare code and words of what is found."""
        self.trip.write(vals)
        found = [(finding.code, finding.text) for finding in self._findings()]
        self.assertEqual(found, list(wanted))

    # ------------------------------------------------------------------
    # Each rule
    # ------------------------------------------------------------------

    def test_nothing_asked(self):
        self.assertFinds()

    def test_level(self):
        """Without a card, with a lower one, with one that counts as it."""
        self.assertFinds(
            ("level", "Needs Zebra · Zebra Advanced (ZA); has: no card on record."),
            min_level_id=self.advanced.id,
        )
        card = self._card()
        self._checked(card)
        self.assertFinds(
            (
                "level",
                "Needs Zebra · Zebra Advanced (ZA); has: Zebra · Zebra Open (ZO).",
            )
        )
        self.assertEqual(self._findings()[0].res_id, self.anna.id)
        self._checked(self._card(level=self.advanced))
        self.assertFinds()

    def test_level_on_the_day_of_the_trip(self):
        """A card that is valid today and not then does not count, and the reverse."""
        card = self._card(level=self.aid, expiry_date=self.day - timedelta(days=1))
        self._checked(card)
        self.assertFinds(
            (
                "level",
                "Needs Zebra · Zebra Aid (ZF); has: no card is valid on that day.",
            ),
            min_level_id=self.aid.id,
        )
        card.expiry_date = self.day
        self._checked(card)
        self.assertNotIn("level", [finding.code for finding in self._findings()])

    def test_depth_gas_autonomy(self):
        self.open.write({"max_depth_m": 18, "autonomy": "supervised", "gas": "air"})
        self._checked(self._card())
        self.assertFinds(
            ("depth", "Goes to 30 m; the cards allow 18 m."),
            ("gas", "Needs a card for Nitrox."),
            ("autonomy", "May dive with a guide only; there is none."),
            depth_m=30,
            gas="nitrox",
            autonomous=True,
        )
        self.advanced.write({"max_depth_m": 30, "autonomy": "autonomous"})
        self.night.gas = "advanced_nitrox"
        self._checked(self._card(level=self.advanced))
        self._checked(self._card(level=self.night))
        self.assertFinds()
        self.assertFinds(("gas", "Needs a card for Trimix."), gas="trimix")

    def test_age_on_the_day(self):
        """The birthday may lie between today and the trip."""
        self.anna.birthdate_date = self.day - relativedelta(years=40)
        self.assertFinds(min_age=40)
        self.anna.birthdate_date += timedelta(days=1)
        self.assertFinds(("age", "From 40 years on; will be 39."))
        self.anna.birthdate_date = False
        self.assertFinds(("age", "From 40 years on; the date of birth is missing."))

    def test_dives_and_break(self):
        self.anna.write({"dive_logged_dives": 9, "dive_last_dive_date": False})
        self.assertFinds(
            ("dives", "Needs 10 logged dives; has 9."),
            ("refresher", "No dive on record: a refresher?"),
            min_dives=10,
            refresher_months=6,
        )
        half_a_year = self.day - relativedelta(months=6)
        self.anna.write({"dive_logged_dives": 10, "dive_last_dive_date": half_a_year})
        self.assertFinds()
        self.anna.dive_last_dive_date -= timedelta(days=1)
        self.assertEqual([finding.code for finding in self._findings()], ["refresher"])

    def test_guardian_agrees(self):
        self.anna.birthdate_date = self.day - relativedelta(years=15)
        self.assertFinds(("guardian", "A minor: the guardian has not agreed yet."))
        booking = self._booking(self.anna, self.trip)
        booking.diver_ids.with_user(self.front).action_guardian_agrees()
        self.assertFinds()
        self.assertIn("The guardian agrees", booking.message_ids[:1].body)
        other = self._trip(date_start=self.trip.date_end + timedelta(days=1))
        self.assertTrue(self._findings(other), "for that trip only")

    def test_emergency_contact(self):
        self.anna.dive_emergency_contact_ids.unlink()
        self.assertFinds(("emergency_contact", "No emergency contact."))

    def test_card_not_checked_or_ending(self):
        ends = self.day + timedelta(days=30)
        card = self._card(level=self.aid, expiry_date=ends)
        self.assertFinds()  # no card of the ladder
        card = self._card(expiry_date=ends)
        (first, second) = self._findings()
        self.assertEqual(
            first.text, "Nobody has checked the card: Zebra · Zebra Open (ZO)."
        )
        self.assertEqual((first.model, first.res_id), (card._name, card.id))
        self.assertIn("Zebra · Zebra Open (ZO) ends soon after", second.text)
        self._checked(card)
        card.expiry_date = ends + timedelta(days=1)
        self._checked(card)
        self.assertFinds()

    def test_elsewhere(self):
        """On two boats at once; one after the other is fine."""
        other = self._trip(date_start=self.trip.date_end - timedelta(minutes=1))
        booking = self._booking(self.anna, other, confirm=True)
        self.assertFinds(
            (
                "elsewhere",
                f"On “{other.display_name}” at that time, booking {booking.name}.",
            )
        )
        mine = self._booking(self.anna, self.trip)
        with self.assertRaisesRegex(UserError, booking.name):
            mine.action_confirm()
        self.assertEqual(self.trip.seats_taken, 0)
        booking.action_cancel()
        self.assertFinds()
        # who only asked for a place elsewhere may come
        asked = self._booking(self.anna, other)
        self.assertFinds()
        asked.action_cancel()
        other.date_start = self.trip.date_end
        self._booking(self.anna, other, confirm=True)
        self.assertFinds()

    # ------------------------------------------------------------------
    # What weighs how much
    # ------------------------------------------------------------------

    def test_most_specific_rule(self):
        parent = self.trip.company_id
        kind = self.trip.type_id
        rule = self._rule("emergency_contact")

        def severity():
            return self.Rule._dive_severities(self.trip)[self.trip].get(rule.code)

        self.assertEqual(severity(), "warn")
        for vals, wanted in (
            ({"company_id": parent.id, "severity": "inform"}, "inform"),
            ({"type_id": kind.id, "severity": "block"}, "block"),
            ({"type_id": kind.id, "company_id": parent.id, "severity": "off"}, None),
            ({"type_id": self._trip().type_id.id, "severity": "warn"}, None),
        ):
            self.Rule.create({"code": rule.code, **vals})
            self.assertEqual(severity(), wanted)

    @mute_logger("odoo.sql_db")
    def test_one_rule_for_one_thing(self):
        with self.assertRaises(UniqueViolation):
            self.Rule.create({"code": "level", "severity": "off"})

    def test_light(self):
        self.assertEqual(light([]), "green")
        self.trip.min_dives = 10
        seat = self._booking(self.anna, self.trip).diver_ids
        self.assertEqual(seat.fitness, "amber")
        self._rule("dives").severity = "inform"
        seat.invalidate_recordset()
        self.assertEqual(seat.fitness, "green")
        self.assertEqual(seat.fitness_text, "Needs 10 logged dives; has 0.")
        self._rule("dives").severity = "block"
        seat.invalidate_recordset()
        self.assertEqual(seat.fitness, "red")
        seat.booking_id.action_cancel()
        self.assertFalse(seat.fitness)

    def test_services_ask_for_nothing(self):
        self.trip.write({"min_age": 99})
        self.trip.type_id.kind = "service"
        self.assertFinds()

    def test_trip_follows_its_kind(self):
        kind = self.trip.type_id
        kind.write({"depth_m": 40, "gas": "nitrox", "min_level_id": self.open.id})
        self.assertFalse(self.trip.depth_m, "what is planned stays as it is")
        trip = self._trip(type_id=kind.id, gas=False)
        self.assertEqual((trip.depth_m, trip.gas), (40, False))
        self.assertEqual(trip.min_level_id, self.open)

    # ------------------------------------------------------------------
    # Queries
    # ------------------------------------------------------------------

    def test_forty_divers_cost_as_much_as_one(self):
        """Also on forty trips, with every rule on: no room is asked diver by diver."""
        self.Rule.search([]).severity = "warn"
        self.trip.write({"min_level_id": self.open.id, "depth_m": 30, "min_age": 12})
        divers = self.Partner.create(
            [
                {
                    "name": f"Diver {number}",
                    "dive_customer": True,
                    "birthdate_date": "2000-01-01",
                }
                for number in range(40)
            ]
        )
        for diver in divers:
            self._card(diver=diver)
        trips = self.trip + self.env["dive.trip"].create(
            [
                {
                    "type_id": self.trip.type_id.id,
                    "date_start": self.trip.date_start + timedelta(days=number),
                    "min_level_id": self.open.id,
                }
                for number in range(1, 40)
            ]
        )
        fitness = self.env["dive.fitness"]
        counts = []
        for pairs in (
            [(self.trip, divers[0])],
            [(self.trip, divers[0])],
            [(self.trip, diver) for diver in divers],
            list(zip(trips, divers, strict=True)),
        ):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = fitness._dive_findings(pairs)
            counts.append(self.env.cr.sql_log_count - before)
            for findings in found.values():
                codes = {finding.code for finding in findings}
                self.assertLessEqual({"unverified", "medical", "insurance"}, codes)
        self.assertEqual(counts[1:], [counts[1]] * 3)
