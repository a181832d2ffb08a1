from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.tests import Form, tagged

from .catalogue_common import LevelCommon


@tagged("post_install", "-at_install")
class TestCountsAs(LevelCommon):
    """What a holder of a level may be taken to hold."""

    def test_itself_and_what_it_requires(self):
        one = self._level("one", 20)
        two = self._level("two", 30, requires=one)
        three = self._level("three", 40, requires=two)
        self.assertEqual(three._dive_counts_as(), one | two | three)
        self.assertEqual(one._dive_counts_as(), one)
        self.assertEqual((one | two)._dive_counts_as(), one | two)

    def test_required_first_aid_may_have_ended(self):
        basics = self._level("basics", 4)
        first_aid = self._level("first aid", 5, renewal_months=24, requires=basics)
        rescue = self._level("rescue", 40, requires=first_aid)
        self.assertNotIn(first_aid, rescue._dive_counts_as())
        self.assertIn(first_aid, first_aid._dive_counts_as())
        # It was held once, and what it required in its turn does not end.
        self.assertIn(basics, rescue._dive_counts_as())

    def test_instructor_still_is_a_diver(self):
        """Between the two stands a membership that has to be renewed."""
        counts = self._shipped("padi_owsi")._dive_counts_as()
        self.assertFalse(self._shipped("padi_rescue", "padi_aowd", "padi_owd") - counts)
        self.assertNotIn(self._shipped("padi_dm"), counts)

    def test_same_iso_level(self):
        counts = self._shipped("padi_owd")._dive_counts_as()
        self.assertFalse(
            self._shipped("ssi_owd", "cmas_1star", "naui_sd", "bsac_ocean") - counts
        )
        self.assertNotIn(self._shipped("padi_sd"), counts)
        self.assertNotIn(self._shipped("ffessm_n2"), counts)

    def test_what_is_required_counts_by_iso_too(self):
        self.assertIn(
            self._shipped("ssi_owd"), self._shipped("padi_aowd")._dive_counts_as()
        )

    def test_one_step_of_equivalence_in_one_direction(self):
        one, two, three = (self._level(name, 20) for name in ("a", "b", "c"))
        below = self._level("below", 10)
        two.prerequisite_ids = below
        self._equivalence(one, two)
        self._equivalence(two, three)
        self.assertEqual(one._dive_counts_as(), one | two | below)
        self.assertNotIn(one, two._dive_counts_as())

    def test_equivalence_is_no_door_to_an_iso_level(self):
        """A guided diver's card is a CMAS card; not everybody's autonomous diver."""
        counts = self._shipped("ffessm_n1")._dive_counts_as()
        self.assertIn(self._shipped("cmas_1star"), counts)
        self.assertNotIn(self._shipped("padi_owd"), counts)

    def test_archived_equivalence_counts_no_longer(self):
        one, two = self._level("a", 20), self._level("b", 20)
        row = self._equivalence(one, two)
        self.assertIn(two, one._dive_counts_as())
        row.active = False
        self.assertNotIn(two, one._dive_counts_as())
        row.active = True
        row.unlink()
        self.assertNotIn(two, one._dive_counts_as())

    def test_every_edit_of_the_catalogue_is_seen(self):
        one, two = self._level("a", 20), self._level("b", 30)
        self.assertEqual(two._dive_counts_as(), two)
        two.prerequisite_ids = one
        self.assertEqual(two._dive_counts_as(), one | two)
        one.renewal_months = 12
        self.assertEqual(two._dive_counts_as(), two)
        one.renewal_months = 0
        two.prerequisite_ids = False
        one.next_level_ids = two
        self.assertEqual(two._dive_counts_as(), one | two)
        one.iso_level = "24801-1"
        self.assertIn(self._shipped("padi_sd"), two._dive_counts_as())

    def test_card_of_an_archived_level_keeps_its_worth(self):
        one = self._level("a", 20)
        two = self._level("b", 30, requires=one)
        one.active = False
        self.assertEqual(two._dive_counts_as(), one | two)

    def test_same_number_of_queries_for_one_and_for_all(self):
        every = self.Level.search([])
        self.env.flush_all()
        for levels in (every[:1], every):
            self.env.registry.clear_cache()
            self.env.invalidate_all()
            with self.assertQueryCount(3):
                levels._dive_counts_as()
        with self.assertQueryCount(0):
            for level in every:
                level._dive_counts_as()

    def test_who_may_not_read_equivalences_may_ask(self):
        level = self._shipped("padi_owd").with_user(self.portal)
        self.assertIn(self._shipped("ssi_owd"), level._dive_counts_as())


@tagged("post_install", "-at_install")
class TestLevelRules(LevelCommon):
    """What may be entered, and what is said to those who enter something else."""

    def test_display_name(self):
        self.assertEqual(
            self._shipped("padi_aowd").display_name,
            "PADI · Advanced Open Water Diver (AOWD)",
        )

    def test_codes_are_capitals_and_unique(self):
        level = self._level("x", 20, code=" tst  x1 ")
        self.assertEqual((self.agency.code, level.code), ("TST", "TST-X1"))
        with self._refused(ValidationError, "TST-X1 belongs to Test Agency"):
            self._level("y", 20, code="tst x1")
        level.active = False
        with self._refused(ValidationError, "archived"):
            self._level("y", 20, code="TST-X1")
        with self._refused(ValidationError, "given twice"):
            self.Level.create(
                [
                    {"agency_id": self.agency.id, "name": name, "code": "TST-Z"}
                    for name in "ab"
                ]
            )
        with self._refused(ValidationError, "belongs to PADI"):
            self.agency.code = "padi"
        level.code = "tst-x1"  # its own

    def test_copies_get_a_code_of_their_own(self):
        level = self._level("x", 20, code="TST-X")
        codes = [level.copy().code, level.copy().code]
        self.assertEqual(codes, ["TST-X-2", "TST-X-3"])

    def test_code_is_proposed(self):
        form = Form(self.Level.with_user(self.manager))
        form.agency_id = self.agency
        form.abbreviation = "Deep 40"
        self.assertEqual(form.code, "TST-DEEP-40")

    def test_prerequisites_go_upwards(self):
        one = self._level("one", 20)
        with self._refused(ValidationError, "two .*rank 20.* above.*one"):
            self._level("two", 20, requires=one)
        two = self._level("two", 30, requires=one)
        with self._refused(ValidationError, "must be above"):
            one.rank = 30
        with self._refused(ValidationError, "lead back"):
            one.prerequisite_ids = two

    def test_figures(self):
        for field, value in {
            "max_depth_m": -1,
            "min_age": -1,
            "renewal_months": -12,
            "prerequisite_dives": -1,
            "rank": 101,
        }.items():
            with self.subTest(field), self._refused(ValidationError, "number"):
                self._level("x", **{"rank": 20, field: value})

    def test_equivalence(self):
        one = self._level("one", 20)
        two = self._level("two", 30, requires=one)
        with self._refused(ValidationError, "requires .* anyway"):
            self._equivalence(two, one)
        row = self._equivalence(one, two)
        self.assertIn("counts as", row.display_name)

    def test_used_level_is_archived_not_deleted(self):
        one = self._level("one", 20)
        two = self._level("two", 30, requires=one)
        with self._refused(RedirectWarning, "prerequisite of.*two") as caught:
            one.unlink()
        self._press_archive(caught.exception)
        self.assertEqual((one.active, two.active), (False, True))
        (two | one).unlink()
        self.assertFalse((two | one).exists())

    def test_used_agency_is_archived_not_deleted(self):
        level = self._level("one", 20)
        gone = self._level("gone", 20)
        gone.active = False
        with self._refused(RedirectWarning, "Certification level.*2"):
            self.agency.unlink()
        self.agency.action_archive()
        self.assertFalse(level.active)
        with self._refused(ValidationError, "Unarchive the agency"):
            level.active = True
        self.agency.action_unarchive()
        self.assertEqual((level.active, gone.active), (True, False))
        (level | gone).unlink()
        self.agency.unlink()

    def test_level_on_a_card_is_archived_not_deleted(self):
        level = self._level("one", 20)
        diver = self._customer("Anna Diver")
        self.env["dive.certification"].create(
            {"partner_id": diver.id, "level_id": level.id}
        )
        with self._refused(RedirectWarning, "used by “Certification” .1.") as caught:
            level.with_user(self.manager).unlink()
        self._press_archive(caught.exception)
        self.assertFalse(level.active)

    def _press_archive(self, warning):
        _message, action_id, _button, context = warning.args
        action = self.env["ir.actions.server"].browse(action_id)
        action.with_user(self.manager).with_context(**context).run()

    def test_check_page(self):
        with self._refused(UserError, "No page"):
            self.agency.action_open_check_page()
        self.agency.website = "https://agency.test"
        action = self.agency.with_user(self.front).action_open_check_page()
        self.assertEqual(action["url"], "https://agency.test")
        self.agency.verification_url = "https://agency.test/check"
        action = self.agency.action_open_check_page()
        self.assertEqual(action["url"], "https://agency.test/check")
        with self._refused(ValidationError, "no web address"):
            self.agency.website = "javascript:alert(1)"
