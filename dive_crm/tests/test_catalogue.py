import csv
import gzip
import io
from collections import Counter

from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import DiveCommon

# What the standards recommend as the greatest depth of such a diver; leaders and
# instructors have none.
ISO_GREATEST_DEPTH = {"11121": 12, "24801-1": 12, "24801-2": 20}
# What the autonomy of an ISO level is by definition.
ISO_AUTONOMY = {
    "11121": "supervised",
    "24801-1": "supervised",
    "24801-2": "autonomous",
    "24801-3": "leader",
    "24802-1": "instructor",
    "24802-2": "instructor",
}
ISO_RANK = {
    "11121": 0,
    "24801-1": 10,
    "24801-2": 20,
    "24801-3": 50,
    "24802-1": 60,
    "24802-2": 70,
}
ASKED_FOR = """
    PADI SSI NAUI SDI TDI RAID BSAC CMAS GUE IANTD FFESSM VDST FIPSAS NOB ANMP PSAI PDIC
    ACUC IDEA UTD DAN EFR AIDA
""".split()


@tagged("post_install", "-at_install")
class TestCatalogue(DiveCommon):
    """The catalogue that we ship, fact by fact."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agencies = cls._shipped("dive.agency")
        cls.levels = cls._shipped("dive.certification.level")
        cls.equivalences = cls._shipped("dive.certification.equivalence")

    @classmethod
    def _shipped(cls, model):
        data = cls.env["ir.model.data"].search(
            [("module", "=", "dive_crm"), ("model", "=", model)]
        )
        return cls.env[model].browse(data.mapped("res_id"))

    def _no_level(self, wrong, why):
        levels = self.levels.filtered(wrong)
        self.assertFalse(levels, f"{why}: {', '.join(levels.mapped('code'))}")

    def test_as_many_as_asked_for(self):
        self.assertGreaterEqual(len(self.agencies), 24)
        self.assertGreaterEqual(len(self.levels), 210)
        self.assertFalse(set(ASKED_FOR) - set(self.agencies.mapped("code")))
        self._no_level(lambda level: not level.active, "archived when shipped")
        # one stands in for levels that are not in the catalogue
        for agency in self.agencies - self.env.ref("dive_crm.agency_unlisted"):
            self.assertGreaterEqual(len(agency.level_ids), 4, agency.name)

    def test_every_kind_of_level(self):
        for field in ("category", "iso_level", "autonomy", "gas"):
            wanted = {value for value, _label in self.levels._fields[field].selection}
            found = set(self.levels.mapped(field))
            self.assertFalse(wanted - found, f"no level has this {field}")
        ranks = set(self.levels.mapped("rank"))
        self.assertFalse({0, 5, 10, 20, 25, 30, 40, 50, 60, 70, 80, 90} - ranks)

    def test_centre_may_edit_it(self):
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", "dive_crm"),
                ("model", "in", ["dive.agency", "dive.certification.level"]),
            ]
        )
        self.assertTrue(all(data.mapped("noupdate")))

    def test_codes(self):
        codes = Counter(self.levels.mapped("code"))
        self.assertEqual(set(codes.values()), {1})
        self._no_level(lambda level: level.code != level.code.upper(), "small letters")
        self._no_level(
            lambda level: not level.code.startswith(f"{level.agency_id.code}-"),
            "the code does not begin with the agency's",
        )

    def test_names_are_clear_within_an_agency(self):
        for agency in self.agencies:
            names = Counter(agency.level_ids.mapped("name"))
            abbreviations = Counter(
                filter(None, agency.level_ids.mapped("abbreviation"))
            )
            for counted in (names, abbreviations):
                twice = [name for name, count in counted.items() if count > 1]
                self.assertFalse(twice, agency.name)

    def test_prerequisites_have_no_cycle(self):
        self.assertFalse(self.levels._has_cycle("prerequisite_ids"))

    def test_ranks_rise_along_prerequisites(self):
        for level in self.levels:
            for before in level.prerequisite_ids:
                self.assertGreater(
                    level.rank, before.rank, f"{level.code} requires {before.code}"
                )

    def test_depth_rises_along_prerequisites(self):
        # With a gas of its own a level may end above what went before it.
        for level in self.levels.filtered("max_depth_m"):
            for before in level.prerequisite_ids.filtered("max_depth_m"):
                if level.autonomy == before.autonomy and level.gas == before.gas:
                    self.assertGreaterEqual(
                        level.max_depth_m, before.max_depth_m, level.code
                    )

    def test_iso_levels(self):
        for level in self.levels.filtered("iso_level"):
            iso = level.iso_level
            with self.subTest(level.code):
                if iso in ISO_GREATEST_DEPTH:
                    self.assertLessEqual(level.max_depth_m, ISO_GREATEST_DEPTH[iso])
                if iso in ISO_AUTONOMY:
                    self.assertEqual(level.autonomy, ISO_AUTONOMY[iso])
                    self.assertEqual(level.rank, ISO_RANK[iso])
                else:
                    self.assertEqual((level.gas, level.rank), ("nitrox", 25))

    def test_what_has_no_iso_level(self):
        """Advanced and Rescue have none; FFESSM N1 is guided, so it is no 24801-2."""
        self._no_level(
            lambda level: level.iso_level and level.category == "advanced",
            "no ISO level exists for it",
        )
        n1 = self.env.ref("dive_crm.level_ffessm_n1")
        self.assertFalse(n1.iso_level)
        self.assertEqual((n1.max_depth_m, n1.autonomy), (20, "supervised"))

    def test_everything_says_where_it_is_from(self):
        self._no_level(lambda level: not (level.source or "").strip(), "no source")
        self.assertFalse(self.agencies.filtered(lambda agency: not agency.source))
        self.assertFalse(self.equivalences.filtered(lambda row: not row.source))
        self._no_level(
            lambda level: level.iso_level and level.source.strip() == "unverified",
            "an ISO level is a claim that needs a source",
        )

    def test_figures_are_sane(self):
        for name, (low, high) in self.levels._dive_ranges().items():
            figures = self.levels.mapped(name)
            self.assertTrue(low <= min(figures) and max(figures) <= high, name)
        self._no_level(
            lambda level: level.renewal_months not in (0, 12, 24, 36), "renewal"
        )
        self._no_level(lambda level: level.min_age and level.min_age < 8, "age")
        self._no_level(
            lambda level: level.gas == "air" and level.max_depth_m > 60, "depth on air"
        )

    def test_renewals(self):
        """First aid ends after two years, GUE's cards after three."""
        first_aid = self.env.ref("dive_crm.level_efr_pc")
        self.assertEqual((first_aid.renewal_months, first_aid.rank), (24, 5))
        self.assertEqual(self.env.ref("dive_crm.level_gue_tech1").renewal_months, 36)
        self.assertEqual(self.env.ref("dive_crm.level_padi_dm").renewal_months, 12)
        self._no_level(
            lambda level: (
                level.renewal_months
                and level.category in ("beginner", "advanced")
                and level.agency_id.code != "GUE"
            ),
            "divers' cards do not end",
        )

    def test_freediving_is_not_on_the_ladder_of_scuba_divers(self):
        for agency in self.agencies.filtered(lambda a: a.kind == "freedive"):
            self.assertEqual(set(agency.level_ids.mapped("category")), {"specialty"})
        for agency in self.agencies.filtered(lambda a: a.kind == "first_aid"):
            self.assertEqual(set(agency.level_ids.mapped("category")), {"continuing"})

    def test_levels_of_the_customers_file(self):
        with (
            file_open("dive_crm/tests/data/customers.csv.gz", "rb") as packed,
            gzip.open(packed) as unpacked,
        ):
            rows = csv.DictReader(io.TextIOWrapper(unpacked, encoding="utf-8-sig"))
            pairs = {(row["Agency"], row["Level"]) for row in rows if row["Level"]}
        known = {(level.agency_id.name, level.name) for level in self.levels}
        self.assertGreaterEqual(len(pairs), 11)
        self.assertFalse(pairs - known)

    def test_equivalences(self):
        self.assertGreaterEqual(len(self.equivalences), 50)
        for row in self.equivalences:
            level, other = row.level_id, row.counts_as_id
            with self.subTest(f"{level.code} counts as {other.code}"):
                self.assertNotEqual(level.agency_id, other.agency_id)
                self.assertFalse(level.iso_level and level.iso_level == other.iso_level)
                self.assertEqual(
                    level.category == "continuing", other.category == "continuing"
                )

    def test_equivalences_do_not_lift_a_diver(self):
        """Nobody becomes more than one step freer by an equivalence."""
        order = ["supervised", "autonomous", "leader", "instructor"]
        for row in self.equivalences:
            level, other = row.level_id, row.counts_as_id
            if not level.autonomy or not other.autonomy:
                continue
            lifted = order.index(other.autonomy) - order.index(level.autonomy)
            if lifted > 0:
                # The agency whose level it becomes says so.
                self.assertIn(other.agency_id.code, ("CMAS", "BSAC"), row.display_name)
                self.assertLessEqual(lifted, 1)

    def test_agencies_are_found(self):
        self.assertGreaterEqual(len(self.agencies.filtered("website")), 22)
        for agency in self.agencies.filtered("website"):
            self.assertTrue(agency.website.startswith("https://"), agency.name)
