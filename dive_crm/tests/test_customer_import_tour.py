"""The import in the browser and over the web API, as the front desk uses it."""

import base64
import csv
import io

from odoo.tests import tagged

from .common import DiveHttpCommon

LIST = b"Customer no,Name,E-mail,Notes\nK1,Ann,wrong,=1+1\nK2,Bo,bo@mail.example,\n"


@tagged("post_install", "-at_install", "dive_browser")
class TestCustomerImportHttp(DiveHttpCommon):
    def test_tour(self):
        self.start_tour("/odoo", "dive_customer_import", login="t_front", timeout=120)
        customers = self.Partner.search([("name", "like", "% Tourist")])
        self.assertEqual(set(customers.mapped("ref")), {"T1", "T4"})
        self.assertEqual(customers.filtered("comment").comment, "<p>=1+1</p>")

    def test_download_is_for_the_one_who_imports(self):
        ids = self._rpc(
            "front",
            "dive.customer.import",
            "create",
            [{"file": base64.b64encode(LIST).decode(), "filename": "list.csv"}],
        )
        self._rpc("front", "dive.customer.import", "action_check", ids)
        action = self._rpc("front", "dive.customer.import", "action_download_csv", ids)
        answer = self.url_open(action["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        self.assertEqual([line[0] for line in lines], ["Row", "2"])
        self.assertEqual(lines[1][-1], "'=1+1")
        for role in ("manager", "instructor", "portal"):
            with self.subTest(role=role):
                self.authenticate(f"t_{role}", f"t_{role}")
                self.assertEqual(self.url_open(action["url"]).status_code, 404)

    def test_roles_over_the_web_api(self):
        vals = {"file": base64.b64encode(LIST).decode()}
        for role in ("instructor", "medical", "accountant", "employee", "portal"):
            with self.subTest(role=role):
                for model, new in (
                    ("dive.customer.import", vals),
                    ("dive.customer.import.kind", {"name": "x"}),
                    ("dive.customer.import.line", {"text": "x"}),
                ):
                    error = self._rpc_refused(role, model, "create", [new])
                    self.assertEqual(error, "odoo.exceptions.AccessError")
        mine = self._rpc("front", "dive.customer.import", "create", [vals])
        for method in ("action_check", "action_import", "read"):
            error = self._rpc_refused("manager", "dive.customer.import", method, mine)
            self.assertEqual(error, "odoo.exceptions.AccessError", method)
