"""The card liability as a spreadsheet and on paper."""

import io
import json

from freezegun import freeze_time
from openpyxl import load_workbook

from odoo import http
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveHttpCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardLiabilityFiles(CardMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()

    def test_exported(self):
        """The list as a spreadsheet: of the day that the screen shows."""
        with freeze_time("2026-01-10 12:00:00"):
            card = self._sold()
        with freeze_time("2026-04-10 12:00:00"):
            self._sold()
        self.accountant.group_ids += self.env.ref("base.group_allow_export")
        self.authenticate("t_accountant", "t_accountant")
        names = ("name", "partner_id", "date", "liability", "difference")
        data = {
            "model": "dive.discount.card.liability",
            "fields": [{"name": n, "label": n, "type": "char"} for n in names],
            "ids": False,
            "domain": [["partner_id", "=", self.anna.id]],
            "groupby": [],
            "import_compat": False,
            "context": {"dive_as_of": "2026-03-01"},
        }
        answer = self.url_open(
            "/web/export/xlsx",
            data={
                "data": json.dumps(data),
                "csrf_token": http.Request.csrf_token(self),
            },
        )
        self.assertEqual(answer.status_code, 200)
        sheet = load_workbook(io.BytesIO(answer.content)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        ((name, _holder, day, liability, difference),) = rows
        self.assertEqual((name, liability, difference), (card.name, 3500, 0))
        self.assertIn("2026-03-01", str(day))

    def test_printed(self):
        with freeze_time("2026-01-10 12:00:00"):
            card = self._sold()
        wizard = (
            self.env["dive.discount.card.liability.wizard"]
            .with_user(self.accountant)
            .create({"date": "2026-03-01"})
        )
        report = self.env.ref("dive_crm.action_report_dive_card_liability")
        html, _kind = report.with_user(self.accountant)._render_qweb_html(
            report.report_name, wizard.ids
        )
        text = html.decode()
        self.assertIn(card.name, text)
        self.assertIn("3,500.00", text)
        self.assertIn("31 to 90 days", text)
