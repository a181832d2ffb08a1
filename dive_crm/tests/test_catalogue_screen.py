from odoo.tests import Form, tagged

from .catalogue_common import LevelCommon


@tagged("post_install", "-at_install")
class TestCatalogueForms(LevelCommon):
    """The catalogue is edited in its forms, and by import."""

    def test_manager_adds_an_agency_with_its_levels(self):
        form = Form(self.env["dive.agency"].with_user(self.manager))
        form.name = "Island Divers"
        form.code = "isl"
        with form.level_ids.new() as line:
            line.name = "Reef Diver"
            line.code = "isl-reef"
            line.category = "beginner"
            line.rank = 20
            line.max_depth_m = 15
        agency = form.save()
        self.assertEqual(agency.level_ids.mapped("code"), ["ISL-REEF"])
        self.assertEqual(agency.level_count, 1)

    def test_level_form_shows_what_it_counts_as(self):
        form = Form(self._shipped("padi_aowd").with_user(self.manager))
        owd, own = self._shipped("ssi_owd", "padi_aowd")
        self.assertIn(owd.id, form.counts_as_ids.ids)
        self.assertNotIn(own.id, form.counts_as_ids.ids)

    def test_equivalence_entered_on_the_level(self):
        level, other = self._level("one", 20), self._level("two", 20)
        form = Form(level.with_user(self.manager))
        with form.equivalence_ids.new() as line:
            line.counts_as_id = other
        form.save()
        self.assertEqual(level.counts_as_ids, other)
        self.assertEqual(level.equivalence_ids.source, "unverified")

    def test_every_role_opens_the_level_form(self):
        """Who may not read equivalences gets a form without them."""
        level = self._shipped("padi_rescue")
        for user in (self.front, self.instructor, self.medical, self.employee):
            views = level.with_user(user).get_views([(False, "form"), (False, "list")])
            shown = "equivalence_ids" in views["views"]["form"]["arch"]
            self.assertEqual(shown, user != self.employee, user.name)
            Form(level.with_user(user))

    def test_import_by_code(self):
        fields = ["code", "agency_id", "name", "rank", "prerequisite_ids"]
        rows = [
            ["isl-1", "TST", "Reef Diver", "20", "PADI-SD"],
            ["isl-2", "Test Agency", "Wall Diver", "30", "ISL-1,SSI-OWD"],
        ]
        result = self.Level.with_user(self.manager).load(fields, rows)
        self.assertFalse(result["messages"])
        reef, wall = self.Level.browse(result["ids"])
        self.assertEqual(reef.prerequisite_ids, self._shipped("padi_sd"))
        self.assertEqual(wall.prerequisite_ids, reef | self._shipped("ssi_owd"))

    def test_what_was_exported_is_imported(self):
        level = self._shipped("padi_rescue")
        before = level.prerequisite_ids
        fields = ["id", "agency_id", "name", "min_age", "prerequisite_ids"]
        [row] = level.export_data(fields)["datas"]
        row[3] = 14
        result = self.Level.with_user(self.manager).load(fields, [row])
        self.assertFalse(result["messages"])
        self.assertEqual((level.min_age, level.prerequisite_ids), (14, before))

    def test_import_of_a_wrong_row_says_what_is_wrong(self):
        rows = [["TST-1", "TST", "Wall Diver", "20", "PADI-OWD"]]
        fields = ["code", "agency_id", "name", "rank", "prerequisite_ids"]
        [message] = self.Level.load(fields, rows)["messages"]
        self.assertIn("must be above its prerequisite PADI", message["message"])

    def test_levels_of_an_archived_agency_can_be_looked_at(self):
        level = self._level("one", 20)
        self.agency.action_archive()
        action = self.agency.action_view_levels()
        found = self.Level.with_context(**action["context"]).search(action["domain"])
        self.assertEqual(found, level)
