"""The statement over the web: each role's word with the server itself."""

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..reports.dive_statement_report import REPORT
from .statement_common import StatementMixin


@tagged("post_install", "-at_install", "dive_long")
class TestStatementWeb(StatementMixin, HttpCase):
    """The same over the web, where nothing is hidden by a view."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()
        cls.setUpStatement()

    def _call(self, model, method, args):
        response = self.url_open(
            "/web/dataset/call_kw",
            json={
                "params": {"model": model, "method": method, "args": args, "kwargs": {}}
            },
        ).json()
        return response.get("result"), response.get("error")

    def test_roles(self):
        for user in (self.front, self.manager, self.accountant):
            self.authenticate(user.login, user.login)
            [wizard_id], error = self._call(
                "dive.statement.wizard", "create", [[{"partner_ids": self.ann.ids}]]
            )
            self.assertFalse(error)
            action, error = self._call(
                "dive.statement.wizard", "action_print", [[wizard_id]]
            )
            self.assertFalse(error)
            self.assertEqual(action["report_name"], REPORT)
            page = self.url_open(f"/report/html/{REPORT}/{wizard_id}")
            self.assertEqual(page.status_code, 200)
            self.assertIn("Ann Payer", page.text)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_model")
    def test_roles_without_money(self):
        wizard = self._wizard(self.ann)
        for user in (self.instructor, self.medical, self.employee, self.portal):
            self.authenticate(user.login, user.login)
            _result, error = self._call(
                "dive.statement.wizard", "create", [[{"partner_ids": self.ann.ids}]]
            )
            self.assertIn("AccessError", error["data"]["name"], user.login)
            for method in ("action_print", "action_preview", "action_send"):
                _result, error = self._call(
                    "dive.statement.wizard", method, [[wizard.id]]
                )
                self.assertIn("AccessError", error["data"]["name"], user.login)
            page = self.url_open(f"/report/html/{REPORT}/{wizard.id}")
            self.assertNotIn("Closing balance", page.text)
            self.assertNotEqual(page.status_code, 200)
