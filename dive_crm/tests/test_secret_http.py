import io
import json
import zipfile

from odoo import http
from odoo.tests.common import new_test_user, tagged
from odoo.tools import mute_logger

from .common import DiveHttpCommon
from .secret_common import ALLERGY, MARKER, SecretMixin

MODEL = "dive.medical.profile"
DENIED = "odoo.exceptions.AccessError"


@tagged("post_install", "-at_install", "dive_long")
class TestSecretHttp(SecretMixin, DiveHttpCommon):
    """Over the web, as every role: what a script can send as well as the client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()
        new_test_user(cls.env, "t_admin", groups="base.group_system")
        cls.diver = cls._customer("Ada Diver")
        cls.profile = cls._profile(
            cls.diver,
            cls.env[MODEL].with_user(cls.medical).env,
            conditions=MARKER,
            allergies=ALLERGY,
        )

    def test_the_medical_officer(self):
        ids = self.profile.ids
        [row] = self._rpc("medical", MODEL, "web_read", ids, {"conditions": {}})
        self.assertEqual(row["conditions"], MARKER)
        text = "🤿 שלום\n\0"
        [row] = self._rpc(
            "medical", MODEL, "web_save", ids, {"conditions": text}, {"conditions": {}}
        )
        self.assertEqual(row["conditions"], text[:-1])
        self.env.invalidate_all()
        rows = self._rpc(
            "medical", MODEL, "search_read", [("id", "in", ids)], ["conditions"]
        )
        self.assertEqual(rows[0]["conditions"], text[:-1])

    def test_all_others(self):
        ids = self.profile.ids
        for role in (
            "front",
            "instructor",
            "accountant",
            "employee",
            "portal",
            "manager",
            "admin",
        ):
            for method, args in (
                ("read", (ids, ["conditions"])),
                ("web_read", (ids, {"conditions": {}})),
                ("search_read", ([("id", "in", ids)], ["conditions"])),
                ("web_search_read", ([("id", "in", ids)], {"conditions": {}})),
                ("mapped", (ids, "conditions")),
                ("write", (ids, {"conditions": "x"})),
                ("web_save", (ids, {"conditions": "x"}, {"conditions": {}})),
                ("copy", (ids, {"conditions": "x"})),
                (
                    "onchange",
                    (ids, {"partner_id": 1}, ["partner_id"], {"conditions": {}}),
                ),
                ("create", ([{"partner_id": 1, "conditions": "x"}],)),
                ("unlink", (ids,)),
            ):
                with self.subTest(role=role, method=method):
                    error = self._rpc_refused(role, MODEL, method, *args)
                    self.assertIn("rror", error)
        self.env.invalidate_all()
        self.assertEqual(self.profile.with_user(self.medical).conditions, MARKER)

    def test_no_ticket_in_json(self):
        context = {"dive_ticket": True, "default_conditions": "x"}
        for role in ("front", "manager"):
            error = self._rpc_refused(
                role,
                MODEL,
                "read",
                self.profile.ids,
                ["conditions"],
                context=context,
            )
            self.assertEqual(error, DENIED)

    def test_sorting_and_grouping_have_a_message(self):
        for method, args, kwargs in (
            ("search_read", ([], ["id"]), {"order": "conditions"}),
            ("formatted_read_group", ([], [], ["conditions:max"]), {}),
            ("formatted_read_group", ([], ["conditions"]), {}),
            ("web_read_group", ([], ["conditions"]), {}),
            ("search_count", ([("conditions", "ilike", "SECRET")],), {}),
            ("search_count", ([("conditions", ">", "a")],), {}),
        ):
            error = self._rpc_refused("medical", MODEL, method, *args, **kwargs)
            self.assertIn(error, (DENIED, "odoo.exceptions.UserError"), method)

    def _export(self, role, names, groupby=(), kind="csv"):
        self.authenticate(f"t_{role}", f"t_{role}")
        data = {
            "model": MODEL,
            "fields": [{"name": name, "label": name, "type": "text"} for name in names],
            "ids": self.profile.ids,
            "domain": [],
            "groupby": list(groupby),
            "import_compat": False,
            "context": {},
        }
        with mute_logger("odoo.http", "odoo.addons.web.controllers.export"):
            return self.url_open(
                f"/web/export/{kind}",
                data={
                    "data": json.dumps(data),
                    "csrf_token": http.Request.csrf_token(self),
                },
            )

    def test_a_forged_export(self):
        for user in (self.medical, self.manager):
            user.group_ids += self.env.ref("base.group_allow_export")
        for role in ("medical", "manager"):
            answer = self._export(role, ["partner_id/name", "conditions", "allergies"])
            self.assertEqual(answer.status_code, 200)
            self.assertIn("Ada Diver", answer.text)  # the control
            for marker in ("SECRET", "MARKER", ALLERGY):
                self.assertNotIn(marker, answer.text)
        # grouped: only a sheet takes it, which is a zip
        names = ["partner_id/name", "conditions"]
        answer = self._export("medical", names, ["partner_id"], "xlsx")
        with zipfile.ZipFile(io.BytesIO(answer.content)) as sheet:
            words = sheet.read("xl/sharedStrings.xml").decode()
        self.assertIn("Ada Diver", words)
        self.assertNotIn("MARKER", words)
        answer = self._export("medical", names, ["conditions"], "xlsx")
        self.assertEqual(answer.status_code, 500)
        self.assertNotIn("MARKER", answer.text)
