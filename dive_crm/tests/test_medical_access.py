"""Who may do what with medical forms, over the web API, a role at a time."""

from odoo.tests import tagged

from odoo.addons.dive_crm.tools.medical_outcome import write_answers

from .medical_common import ALL_NO, SIGNATURE, MedicalHttpCommon

ACCESS = "odoo.exceptions.AccessError"
USER = "odoo.exceptions.UserError"
STATUS = (
    "state",
    "outcome",
    "valid_until",
    "signed_on",
    "partner_status",
    "physician_result",
    "fit_until",
)
SECRET = ("answers", "answers_shown")
FORM = "dive.medical.form"


@tagged("post_install", "-at_install", "dive_long")
class TestMedicalAccess(MedicalHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.form = cls._signed(yes=["3"])
        cls.draft = cls._draft()
        cls.abroad = cls.env["res.company"].create({"name": "Other centre"})
        hidden = cls._customer(
            "Hidden", company_id=cls.abroad.id, birthdate_date="1990-01-01"
        )
        cls.hidden = cls._signed(hidden, company_id=cls.abroad.id)

    def test_the_dive_centre_reads_the_outcome(self):
        for role in ("front", "instructor", "medical", "manager"):
            with self.subTest(role=role):
                [row] = self._rpc(role, FORM, "read", self.form.ids, list(STATUS))
                self.assertEqual(row["outcome"], "physician")
                self.assertEqual(row["partner_status"], "physician")
                rows = self._rpc(role, FORM, "search_read", [], ["partner_id"])
                self.assertIn(self.form.id, [row["id"] for row in rows])

    def test_answers_are_for_the_medical_officer(self):
        [row] = self._rpc("medical", FORM, "read", self.form.ids, list(SECRET))
        self.assertIn("true", row["answers"])
        for role in ("front", "instructor"):
            for name in SECRET:
                with self.subTest(role=role, field=name):
                    for method, *args in (
                        ("read", self.form.ids, [name]),
                        ("search_read", [], [name]),
                        ("web_search_read", [], {name: {}}),
                        ("export_data", self.form.ids, [name]),
                        ("search", [[name, "!=", False]]),
                        ("formatted_read_group", [], [name]),
                        ("write", self.draft.ids, {name: "{}"}),
                        ("create", [{"partner_id": self.anna.id, name: "{}"}]),
                    ):
                        error = self._rpc_refused(role, FORM, method, *args)
                        self.assertIn("Error", error, method)
                    names = self._rpc(role, FORM, "fields_get", [], ["string"])
                    self.assertNotIn(name, names)
            [row] = self._rpc(role, FORM, "read", self.form.ids)
            self.assertFalse(set(SECRET) & row.keys())
            self._rpc_refused(role, FORM, "action_view_answers", self.form.ids)
        action = self._rpc("medical", FORM, "action_view_answers", self.form.ids)
        self.assertEqual(action["res_id"], self.form.id)

    def test_nobody_else_reads_anything(self):
        for role in ("accountant", "employee", "portal"):
            for model in (
                FORM,
                "dive.medical.form.entry",
                "dive.medical.questionnaire",
                "dive.medical.question",
                "dive.medical.word",
            ):
                with self.subTest(role=role, model=model):
                    error = self._rpc_refused(role, model, "search_read", [], ["id"])
                    self.assertEqual(error, ACCESS)
            for method in (
                "action_submit",
                "action_close",
                "action_confirm_unchanged",
                "action_view_answers",
            ):
                with self.subTest(role=role, method=method):
                    error = self._rpc_refused(role, FORM, method, self.draft.ids)
                    self.assertEqual(error, ACCESS)

    def test_the_desk_begins_and_hands_in_a_form(self):
        [form_id] = self._rpc("front", FORM, "create", [{"partner_id": self.anna.id}])
        error = self._rpc_refused("front", FORM, "action_submit", [form_id])
        self.assertEqual(error, USER)
        self.Form.browse(form_id)._dive_record_answers(ALL_NO)
        self._rpc(
            "front",
            FORM,
            "write",
            [form_id],
            {"signed_by": "Anna", "signature": SIGNATURE.decode()},
        )
        self._rpc("front", FORM, "action_submit", [form_id])
        [row] = self._rpc("front", FORM, "read", [form_id], list(STATUS))
        self.assertEqual((row["state"], row["outcome"]), ("submitted", "fit"))
        self._rpc("front", FORM, "action_confirm_unchanged", [form_id])
        for role in ("front", "manager", "instructor"):
            error = self._rpc_refused(
                role, FORM, "action_physician_word", [form_id], "fit", "2026-01-01"
            )
            self.assertEqual(error, ACCESS, role)

    def test_instructors_only_look(self):
        for method, *args in (
            ("create", [{"partner_id": self.anna.id}]),
            ("write", self.draft.ids, {"signed_by": "x"}),
            ("unlink", self.draft.ids),
            ("action_submit", self.draft.ids),
            ("action_close", self.draft.ids),
        ):
            with self.subTest(method=method):
                error = self._rpc_refused("instructor", FORM, method, *args)
                self.assertEqual(error, ACCESS)

    def test_a_forged_context_opens_nothing(self):
        for context in (
            {"dive_unlock": True},
            {"dive_unlock": "dive_unlock", "dive_ticket": True},
        ):
            for vals in ({"outcome": "fit"}, {"state": "draft"}):
                error = self._rpc_refused(
                    "front", FORM, "write", self.form.ids, vals, context=context
                )
                self.assertEqual(error, USER)

    def test_methods_that_are_not_for_the_web(self):
        for method, *args in (
            ("_dive_answers", self.form.ids),
            ("_dive_record_answers", self.draft.ids, {"1": True}),
            ("_dive_unlocked", self.form.ids),
        ):
            with self.subTest(method=method):
                error = self._rpc_refused("medical", FORM, method, *args)
                self.assertEqual(error, ACCESS)

    def test_other_companies(self):
        for role in ("front", "instructor", "medical", "manager"):
            with self.subTest(role=role):
                rows = self._rpc(role, FORM, "search_read", [], ["partner_id"])
                self.assertNotIn(self.hidden.id, [row["id"] for row in rows])
                error = self._rpc_refused(
                    role, FORM, "read", self.hidden.ids, ["outcome"]
                )
                self.assertEqual(error, ACCESS)
        error = self._rpc_refused(
            "medical",
            FORM,
            "action_physician_word",
            self.hidden.ids,
            "fit",
            "2026-01-01",
        )
        self.assertEqual(error, ACCESS)

    def test_status_of_customers(self):
        for role in ("front", "instructor", "medical", "manager"):
            [row] = self._rpc(
                role, "res.partner", "read", self.anna.ids, ["dive_medical_status"]
            )
            self.assertEqual(row["dive_medical_status"], "physician", role)
        for role in ("accountant", "employee", "portal"):
            domain = [["dive_medical_status", "=", "physician"]]
            for method, *args in (
                ("read", self.anna.ids, ["dive_medical_status"]),
                ("search", domain),
                ("search_count", domain),
                ("search", [], 0, 1, "dive_medical_status"),
                ("formatted_read_group", [], ["dive_medical_status"], ["__count"]),
            ):
                with self.subTest(role=role, method=method):
                    error = self._rpc_refused(role, "res.partner", method, *args)
                    self.assertEqual(error, ACCESS)

    def test_answers_in_the_shape_the_rules_read(self):
        """What the control above finds is what was stored."""
        self.assertEqual(
            write_answers(self.form._dive_answers()),
            self.form.with_user(self.medical).answers,
        )
