"""Which trips suit whom, in words; and which are on sale for somebody."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..models.res_partner_suits import SHOWN
from .common import DiveCommon
from .match_common import MatchMixin

DAY = timedelta(days=1)


@tagged("dive_long")
class TestMatch(MatchMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMatch()

    def _suits(self, trips=None, partners=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (partners or self.anna)._dive_suits(trips or self.trip)

    def _reasons(self, trip=None):
        return self._suits(trip).get((self.anna.id, (trip or self.trip).id))

    def test_what_somebody_likes(self):
        self.assertFalse(self._suits())
        self.anna.dive_favorite_type_ids = self.night
        self.assertEqual(self._reasons(), ["Favourite activity: Night dive"])
        self.anna.dive_favorite_site_ids = self.wall | self.reef
        self.assertEqual(
            self._reasons(),
            ["Favourite activity: Night dive", "Favourite site: The Wall"],
        )
        self.trip.site_ids = self.wall | self.reef
        self.assertIn("Favourite sites: ", self._reasons()[1])
        # a course suits who likes it, not who likes where it takes place
        course = self._future(self.course, sites=self.wall)
        self.assertIsNone(self._reasons(course))
        self.anna.dive_favorite_type_ids = self.course
        self.assertEqual(self._reasons(course), ["Favourite activity: Rescue course"])

    def test_what_somebody_has_done(self):
        """Only dives done, with this company; a course done is done."""
        self._dived(self.night, self.anna, days=70)
        last = self._dived(self.night, self.anna, days=40)
        self._dived(self.wreck, self.anna, days=50, sites=self.wall)
        self._dived(self.course, self.anna, days=60, sites=self.reef)
        month = last.date_start.strftime("%B %Y")
        self.assertEqual(
            self._reasons(),
            [
                f"Night dive: 2 times with us, last in {month}",
                "Has dived at The Wall with us",
            ],
        )
        self.assertIsNone(self._reasons(self._future(self.course, sites=self.wall)))
        self.assertIn(
            "Wreck dive: once with us, in ", self._reasons(self._future(self.wreck))[0]
        )
        self.anna.dive_favorite_site_ids = self.wall
        self.assertEqual(self._reasons()[0], "Favourite site: The Wall")
        self.assertEqual(len(self._reasons()), 2, "the site is named once")
        # not what was cancelled, not what another company did
        last.seat_ids._set_state("cancelled")
        self.assertIn("once with us", self._reasons()[1])
        other = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self.trip.copy({"company_id": other.id, "product_id": False})
        self.assertEqual(self._reasons(elsewhere), ["Favourite site: The Wall"])

    def test_asked_with_a_fixed_number_of_queries(self):
        divers = self.anna | self.Partner.create(
            [{"name": f"Diver {number}", "dive_customer": True} for number in range(79)]
        )
        divers.dive_favorite_type_ids = self.night
        self._dived(self.night, *divers[:2], sites=self.wall)
        trips = self.trip.union(*(self.trip.copy() for _number in range(4)))
        for trip in trips:
            trip.site_ids = self.wall
        counts = []
        for some, few in ((divers[0], trips[0]), (divers, trips)):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            suits = some._dive_suits(few)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(suits), len(some) * len(few))
        self.assertEqual(counts[0], counts[1])
        self.assertLessEqual(counts[0], 10)

    def test_next_for(self):
        """Open, to come, with a place nobody waits for, of the customer's company."""
        trips = self.env["dive.trip"]
        tom, mia = self._customer("Tom"), self._customer("Mia")
        other = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self.trip.copy({"company_id": other.id, "product_id": False})
        sooner = self._future(self.wreck, days=1)
        full = self._future(self.wreck, capacity=1)
        self._booking(tom, full, confirm=True)
        waited = full.copy()
        waited.date_start, waited.date_end = self.now + DAY * 8, self.now + DAY * 9
        self._booking(tom, waited, confirm=True)
        self._booking(mia, waited).action_waitlist()
        waited.capacity = 2
        self.assertEqual((waited.seats_free, waited.wait_count), (1, 1))
        called_off = self._future(self.wreck)
        called_off.action_cancel()
        made = trips.union(
            self.trip,
            elsewhere,
            sooner,
            full,
            waited,
            called_off,
            self._future(self.wreck, state="draft"),
            self._future(self.wreck, days=-1),
        )

        def found(partners, user=None):
            return (
                trips.with_user(user or self.front)
                ._dive_next_for(partners)
                .filtered(lambda trip: trip in made)
            )

        self.assertEqual(found(self.anna).ids, (sooner + self.trip).ids, "in order")
        self.assertEqual(found(self.anna, self.portal).ids, (sooner + self.trip).ids)
        self.anna.company_id = other
        self.assertEqual(found(self.anna), elsewhere)
        self.assertEqual(len(found(self.anna | mia)), 3)
        self.assertFalse(found(self.Partner))

    def test_trips_that_suit_on_the_form(self):
        """Reasons, light, free places; one click to book; for staff of the company."""
        self.env["dive.fitness.rule"].search([]).severity = "off"
        age = self.env.ref("dive_crm.dive_fitness_rule_age")
        age.severity = "block"
        self.anna.dive_favorite_type_ids = self.night
        self.trip.min_age = 18
        busy = self._future(self.wreck, days=5)
        self._future(self.night, days=5)
        self._booking(self.anna, busy, confirm=True)
        anna = self.anna.with_user(self.front)
        (item,) = anna.dive_suits_you()
        self.assertEqual(item["trip_id"], self.trip.id)
        self.assertEqual(item["reasons"], ["Favourite activity: Night dive"])
        self.assertEqual((item["free"], item["light"]), ("4 free", "red"))
        self.assertIn("date of birth is missing", item["findings"][0])
        age.severity = "warn"
        self.assertEqual(anna.dive_suits_you()[0]["light"], "amber")
        kid = self._customer(
            "Kid", birthdate_date="2020-01-01", dive_guardian_id=anna.id
        )
        action = kid.with_user(self.front).action_dive_book_trip(self.trip.id)
        with Form(
            self.env["dive.booking"]
            .with_user(self.front)
            .with_context(**action["context"]),
            action["views"][0][0],
        ) as form:
            self.assertEqual(form.trip_id, self.trip)
        self.assertEqual(form.record.partner_id, self.anna)
        self.assertEqual(form.record.diver_ids.partner_id, kid)
        # staff see it, nobody else, and no other company's
        self.assertTrue(self.anna.with_user(self.instructor).dive_suits_you())
        for user in (self.employee, self.portal, self.accountant):
            with self.assertRaises(AccessError):
                self.anna.with_user(user).dive_suits_you()
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.trip.copy({"company_id": other.id, "product_id": False})
        self.assertEqual(len(anna.dive_suits_you()), 1)
        hidden = self._customer("Far", company_id=other.id)
        with self.assertRaises(AccessError):
            hidden.with_user(self.front).dive_suits_you()
        with self.assertRaises(AccessError):
            anna.action_dive_book_trip(
                self.trip.copy({"company_id": other.id, "product_id": False}).id
            )

    def test_suits_you_costs_the_same_for_eighty(self):
        """However many trips are on sale, and however many dives are behind."""
        self.anna.write({"birthdate_date": "1990-01-01", "dive_logged_dives": 9})
        anna = self.anna.with_user(self.front)
        self.anna.dive_favorite_type_ids = self.night
        self.trip.min_dives = 20
        counts = []
        for number in (0, 0, 79):
            trips = self.trip.create(
                [
                    {
                        **self.trip.copy_data()[0],
                        "state": "open",
                        "date_start": self.trip.date_start + DAY * more,
                        "date_end": self.trip.date_end + DAY * more,
                    }
                    for more in range(1, number + 1)
                ]
            )
            for trip in trips[:20]:
                self._booking(self._customer(f"D {trip.id}"), trip, confirm=True)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            items = anna.dive_suits_you()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(items), SHOWN)
        self.assertEqual(counts[2], counts[1])
