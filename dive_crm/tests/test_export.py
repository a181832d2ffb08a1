"""What leaves by *Export*: no formula, nothing unnoticed, nobody who may not."""

import csv
import io
import json

from openpyxl import load_workbook

from odoo import http
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.cells import harmless_row
from ..tools.customer_import_values import clean
from .access_common import LookMixin
from .common import DiveCommon, DiveHttpCommon

#: Texts as somebody may type them on the portal, who does not mean well.
FORMULAS = (
    '=HYPERLINK("http://evil.example","x")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
)


@tagged("post_install", "-at_install", "dive_long")
class TestExportFiles(DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.front.group_ids += cls.env.ref("base.group_allow_export")
        cls.divers = cls.Partner.concat(
            *(
                cls._customer(f"Diver {number}", function=text)
                for number, text in enumerate(FORMULAS)
            )
        )

    def _file(self, kind, fields, ids=None, **params):
        """Return what the web client downloads, as *role* front desk."""
        self.authenticate("t_front", "t_front")
        data = {
            "model": "res.partner",
            "fields": [
                {"name": name, "label": label, "type": type_}
                for name, label, type_ in fields
            ],
            "ids": self.divers.ids if ids is None else ids,
            "domain": [],
            "import_compat": False,
            **params,
        }
        return self.url_open(
            f"/web/export/{kind}",
            data={
                "data": json.dumps(data),
                "csrf_token": http.Request.csrf_token(self),
            },
        )

    def _sheet(self, answer):
        self.assertEqual(answer.status_code, 200)
        return load_workbook(io.BytesIO(answer.content)).active

    def test_csv(self):
        answer = self._file(
            "csv", [("name", "=Name", "char"), ("function", "Job", "char")]
        )
        header, *rows = csv.reader(io.StringIO(answer.text, newline=""))
        self.assertEqual(header, ["'=Name", "Job"])
        found = {row[0]: row[1] for row in rows}
        stored = {diver.name: diver.function for diver in self.divers}
        self.assertEqual(found, {name: f"'{text}" for name, text in stored.items()})
        self.assertEqual(len(found), len(FORMULAS))

    def test_xlsx(self):
        sheet = self._sheet(
            self._file("xlsx", [("name", "=Name", "char"), ("function", "J", "char")])
        )
        for row in sheet.iter_rows():
            for cell in row:
                # "f": a formula
                self.assertEqual(cell.data_type, "s", cell.value)
                self.assertFalse(cell.value.startswith(("=", "+", "-", "@", "\t")))
        self.assertEqual(sheet.max_row, len(FORMULAS) + 1)
        self.assertEqual(sheet["A1"].value, "'=Name")

    def test_groups(self):
        """The title of a group is what somebody typed; totals are numbers."""
        self.divers.write({"dive_logged_dives": 7})
        sheet = self._sheet(
            self._file(
                "xlsx",
                [("name", "Name", "char"), ("dive_logged_dives", "Dives", "integer")],
                groupby=["function"],
            )
        )
        cells = [cell for row in sheet.iter_rows() for cell in row]
        self.assertNotIn("f", {cell.data_type for cell in cells})
        titles = [str(cell.value) for cell in cells if "(1)" in str(cell.value)]
        self.assertEqual(len(titles), len(FORMULAS))
        for title in titles:
            self.assertTrue(title.startswith("'"), title)
        self.assertIn("7", {str(cell.value) for cell in cells})

    def test_a_group_that_is_a_record(self):
        parent = self.Partner.create({"name": "=1+1", "is_company": True})
        self.divers[:2].parent_id = parent
        sheet = self._sheet(
            self._file("xlsx", [("name", "Name", "char")], groupby=["parent_id"])
        )
        titles = [row[0].value for row in sheet.iter_rows() if row[0].value]
        self.assertIn("'=1+1 (2)", titles)

    def test_a_number_stays_a_number(self):
        self.divers[:1].partner_latitude = -5.25
        sheet = self._sheet(
            self._file(
                "xlsx", [("partner_latitude", "Lat", "float")], self.divers[:1].ids
            )
        )
        self.assertEqual(sheet["A2"].value, -5.25)

    def test_what_is_read_in_again(self):
        """Our import takes the marks off: nothing changes by going out and in."""
        for text in FORMULAS[:4]:
            [cell] = harmless_row([text])
            self.assertEqual(clean(cell), text)

    def test_who_may_not(self):
        self.front.group_ids -= self.env.ref("base.group_allow_export")
        with mute_logger("odoo.http", "odoo.addons.web.controllers.export"):
            answer = self._file("csv", [("name", "Name", "char")])
        self.assertNotEqual(answer.status_code, 200)
        self.assertNotIn("Diver 0", answer.text)
        self.assertIn("rights to export", answer.text)


@tagged("post_install", "-at_install")
class TestExportNoted(LookMixin, DiveCommon):
    """Lists whose records write no log of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.divers = cls.Partner.concat(
            *(cls._customer(f"Diver {number:02}") for number in range(80))
        )
        cls.numbers = cls.env["dive.emergency.contact"].create(
            [
                {"partner_id": diver.id, "name": "Mum", "phone": "+34 600 000 000"}
                for diver in cls.divers
            ]
        )

    def test_which_and_whose(self):
        with self._looks() as rows:
            self.numbers.with_user(self.manager).export_data(["name", "phone"])
        [row] = rows
        self.assertEqual(
            (row.res_model, row.action, row.allowed, row.field_names),
            ("dive.emergency.contact", "export", True, "name,phone"),
        )
        self.assertEqual(
            set(row.partner_ids.split(",")), set(map(str, self.divers.ids))
        )

    def test_refused(self):
        with self._looks() as rows, self.assertRaises(UserError):
            self.numbers.with_user(self.instructor).export_data(["name"])
        self.assertEqual(
            [(row.action, row.allowed) for row in rows], [("export", False)]
        )

    def test_every_list(self):
        """Each model of ours that has a list is noted, by one of the two ways."""
        actions = self.env["ir.actions.act_window"].search([])
        models = {
            action.res_model
            for action in actions
            if action.res_model in self.env and action.res_model.startswith("dive.")
        }
        self.assertGreater(len(models), 20)
        for name in sorted(models):
            model = self.env[name].with_user(self.manager)
            if model._abstract or model._transient or not model.has_access("read"):
                continue
            record = model.search([], limit=1)
            if not record:
                continue
            with self.subTest(model=name), self._looks() as rows:
                record.export_data(["display_name"])
            noted = [row for row in rows if row.action == "export"]
            self.assertEqual([row.res_model for row in noted], [name])

    def test_queries(self):
        """Whom it is about is asked once, not for each row."""
        counts = []
        for some in (self.numbers[:1], self.numbers):
            mine = some.with_user(self.manager)
            for _warm in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                mine.export_data(["name"])
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
