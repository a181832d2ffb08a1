from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DiveHttpCommon


@tagged("post_install", "-at_install")
class TestCatalogueAccess(DiveHttpCommon):
    """Everybody reads agencies and levels; managers alone write."""

    MODELS = ("dive.agency", "dive.certification.level")
    EQUIVALENCE = "dive.certification.equivalence"

    def test_who_reads(self):
        roles = ("front", "instructor", "medical", "manager", "employee", "portal")
        for role in roles:
            for model in self.MODELS:
                self.assertGreater(self._rpc(role, model, "search_count", []), 20)
        for role in ("front", "instructor", "medical", "manager"):
            self.assertGreater(self._rpc(role, self.EQUIVALENCE, "search_count", []), 9)
        for role in ("employee", "portal"):
            self._rpc_refused(role, self.EQUIVALENCE, "search_count", [])

    def test_who_writes(self):
        rows = {
            model: self.env[model].search([], limit=1).id
            for model in (*self.MODELS, self.EQUIVALENCE)
        }
        for role in ("front", "instructor", "medical", "accountant", "portal"):
            for model, row_id in rows.items():
                for method, args in (
                    ("write", ([row_id], {"source": "me"})),
                    ("create", ({"name": "Mine", "code": "MINE"},)),
                    ("unlink", ([row_id],)),
                    ("action_archive", ([row_id],)),
                ):
                    error = self._rpc_refused(role, model, method, *args)
                    self.assertEqual(error, f"odoo.exceptions.{AccessError.__name__}")
        for model, row_id in rows.items():
            self._rpc("manager", model, "write", [row_id], {"source": "me"})

    def test_portal_finds_a_level(self):
        found = self._rpc("portal", "dive.certification.level", "name_search", "aowd")
        self.assertIn("PADI", found[0][1])

    def test_manager_adds_an_agency(self):
        agency = self._rpc(
            "manager", "dive.agency", "create", {"name": "Mine", "code": "mine"}
        )
        vals = {"agency_id": agency, "name": "One", "code": "mine-1", "rank": 20}
        level = self._rpc("manager", "dive.certification.level", "create", vals)
        self._rpc("manager", "dive.certification.level", "unlink", [level])
        self._rpc("manager", "dive.agency", "unlink", [agency])
