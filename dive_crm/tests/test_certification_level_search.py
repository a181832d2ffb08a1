from odoo.tests import tagged

from .catalogue_common import LevelCommon


@tagged("post_install", "-at_install", "dive_long")
class TestLevelSearch(LevelCommon):
    """A few letters find the level."""

    def _first(self, typed, count=1, **kwargs):
        found = self.Level.name_search(typed, limit=8, **kwargs)
        return self.Level.browse([level_id for level_id, _name in found[:count]])

    def test_typed_words(self):
        for typed, level in {
            "adv open padi": "padi_aowd",
            "padi aowd": "padi_aowd",
            "aowd": "padi_aowd",
            "PADI-AOWD": "padi_aowd",
            "n2 ffessm": "ffessm_n2",
            "niveau 2": "ffessm_n2",
            "open water": "padi_owd",
            "owd ssi": "ssi_owd",
            "water open ssi": "ssi_owd",
            "2 star": "cmas_2star",
            "cmas 1*": "cmas_1star",
            "ocean": "bsac_ocean",
            "british ocean": "bsac_ocean",
            "bapteme": "ffessm_bapteme",
            "BAPTÊME": "ffessm_bapteme",
            "guide palanquee": "ffessm_n4",
            "efr": "efr_pc",
            "tech 1 gue": "gue_tech1",
            "sommozzatore 1": "fipsas_p1",
            "dtsa bronze": "vdst_dtsa1",
        }.items():
            with self.subTest(typed):
                self.assertEqual(self._first(typed).code, self._shipped(level).code)

    def test_every_level_is_found_by_its_own_name(self):
        for level in self.Level.search([]):
            found = self.Level.name_search(f"{level.agency_id.name} {level.name}")
            self.assertIn(level.id, [level_id for level_id, _name in found])

    def test_best_known_agencies_first(self):
        self.assertEqual(
            self._first("rescue diver", 2).agency_id.mapped("code"), ["PADI", "SDI"]
        )

    def test_every_word_counts(self):
        self.assertFalse(self._first("padi zebra"))
        self.assertFalse(self._first("cmas aowd"))

    def test_two_letters_are_not_looked_for_inside_of_words(self):
        codes = self._first("ow", 8).mapped("code")
        self.assertFalse([code for code in codes if code == "PADI-AOWD"], codes)

    def test_translated_name(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        level = self._shipped("padi_rescue")
        level.with_context(lang="fr_FR").name = "Plongeur sauveteur"
        for typed in ("padi sauveteur", "padi rescue"):
            self.assertEqual(self._first(typed), level)

    def test_domain_and_limit(self):
        domain = [("agency_id.code", "=", "SSI")]
        found = self.Level.name_search("open water", domain, limit=2)
        self.assertEqual(len(found), 2)
        self.assertEqual(found[0][0], self._shipped("ssi_owd").id)
        self.assertGreater(len(self.Level.name_search("", domain, limit=None)), 20)

    def test_search_through_a_relation(self):
        domain = [("prerequisite_ids", "ilike", "rescue padi")]
        self.assertIn(self._shipped("padi_dm"), self.Level.search(domain))
        domain = [("display_name", "not ilike", "padi")]
        self.assertNotIn("PADI", self.Level.search(domain).agency_id.mapped("code"))

    def test_imports_name_a_level_by_code_or_as_exported(self):
        level = self._shipped("padi_aowd")
        for name in ("PADI-AOWD", "padi-aowd", level.display_name):
            found = self.Level.name_search(name, operator="=")
            self.assertEqual([level_id for level_id, _name in found], level.ids)
        found = self.env["dive.agency"].name_search("PADI", operator="=")
        self.assertEqual(len(found), 1)

    def test_archived_is_not_offered(self):
        level = self._shipped("padi_aowd")
        level.active = False
        self.assertNotEqual(self._first("padi aowd"), level)
        found = self.Level.with_context(active_test=False).name_search("padi aowd")
        self.assertEqual(found[0][0], level.id)

    def test_queries(self):
        self.env.flush_all()
        for typed, limit in (("padi aowd", 1), ("diver", 80)):
            self.env.invalidate_all()
            with self.assertQueryCount(3):
                self.Level.name_search(typed, limit=limit)
