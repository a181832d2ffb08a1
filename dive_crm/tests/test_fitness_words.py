"""What divers themselves read of what speaks against coming along."""

from unittest.mock import patch

from odoo.tests.common import tagged

from ..models.dive_fitness_rule import CODES
from ..tools.fitness import Finding
from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestFitnessWords(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        level = cls.env["dive.certification.level"].search([], limit=1)
        cls.trip = cls._trip(
            min_level_id=level.id, depth_m=40, gas="nitrox", min_age=16, min_dives=50
        )
        cls.anna = cls._customer("Anna Reef")

    def _said(self, *findings):
        found = {(self.trip.id, self.anna.id): list(findings)}
        fitness = type(self.env["dive.fitness"])
        with patch.object(fitness, "_dive_findings", lambda _self, *_args: found):
            return self.trip._dive_fitness_words(self.anna)[self.anna]

    def test_each_code_has_a_sentence_of_its_own(self):
        """Never the words of staff, which may be about somebody's health."""
        staff = "Unfit: asthma, a physician's word"
        parts = {
            "elsewhere": ("another trip", "/my/bookings"),
            "unfit": ("talk to us", ""),
            "medical": ("medical form", "/my/medical"),
            "level": (self.trip.min_level_id.display_name, "/my/certifications"),
            "depth": ("40 m", "/my/certifications"),
            "gas": ("Nitrox", "/my/certifications"),
            "autonomy": ("without a guide", "/my/certifications"),
            "age": ("16 years", "/my/profile"),
            "dives": ("50 logged dives", "/my/profile"),
            "refresher": ("refresher", ""),
            "guardian": ("guardian", ""),
            "emergency_contact": ("emergency", "/my/emergency"),
            "insurance": ("insurance", ""),
            "unverified": ("bring it along", ""),
            "expiring": ("ends soon", "/my/certifications"),
        }
        self.assertEqual(set(parts), {code for code, _name in CODES})
        for code, (part, url) in parts.items():
            ((severity, text, where),) = self._said(Finding(code, "block", staff))
            self.assertEqual((severity, where), ("block", url), code)
            self.assertIn(part, text)
            for word in ("asthma", "physician", "Unfit"):
                self.assertNotIn(word, text)

    def test_what_is_not_told(self):
        self.assertEqual(
            self._said(
                Finding("level", "block", "", anyway="Jordi Serra: dives with me"),
                Finding("dives", "inform", ""),
                Finding("refresher", "warn", ""),
            ),
            [
                (
                    "warn",
                    "The last dive was a while ago: ask us for a refresher first.",
                    "",
                )
            ],
        )

    def test_many_cost_as_much_as_one(self):
        people = self.Partner.union(*(self._customer(f"D {n}") for n in range(40)))
        trips = self.trip | self._trip()
        trips._dive_fitness_said(self.anna)  # what is kept for good
        counts = []
        for one, who in ((self.trip, people[0]), (trips, people)):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            one._dive_fitness_said(who)
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_real_ones(self):
        words = self.trip._dive_fitness_words(self.anna)[self.anna]
        self.assertIn("40 m", " ".join(text for _severity, text, _url in words))
        url = self.trip._dive_booking_url()
        self.assertTrue(url.startswith("http"))
        self.assertTrue(url.endswith(f"/dive/trips/{self.trip.id}"))
