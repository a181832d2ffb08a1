"""The file of the rows that the import rejected."""

import base64
import csv
import io

import openpyxl

from odoo.tests import tagged

from ..tools.customer_import_values import FORMULA_SIGNS
from .customer_import_common import ImportCommon


@tagged("post_install", "-at_install")
class TestRejected(ImportCommon):
    """The file of rejected rows: harmless, and good for the next import."""

    TEXT = (
        "Customer no,Name,E-mail,Phone,Notes\n"
        "K1,Ann,wrong,+49 1512 3456789,=1+1\n"
        "K2,Bo,bo@mail.example,,\n"
        'K3,Cy,wrong,,"@SUM(A1)"\n'
        "K4,Di,wrong,,-2+3\n"
        "K5,Ed,wrong,,+cmd|x\n"
    )

    def _csv(self, record):
        text = base64.b64decode(record.rejected_csv).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))

    def test_csv_is_harmless(self):
        lines = self._csv(self._check(self.TEXT))
        self.assertEqual(lines[0][:3], ["Row", "Why it was rejected", "Customer no"])
        self.assertEqual([line[0] for line in lines[1:]], ["2", "4", "5", "6"])
        self.assertIn("E-mail: “wrong” is not an e-mail address", lines[1][1])
        self.assertEqual(lines[1][-2:], ["'+49 1512 3456789", "'=1+1"])
        for line in lines:
            for cell in line:
                self.assertFalse(cell.startswith(FORMULA_SIGNS), cell)

    def test_xlsx_is_text(self):
        record = self._check(self.TEXT)
        content = base64.b64decode(record.rejected_xlsx)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        cells = [cell for row in sheet.iter_rows() for cell in row if cell.value]
        self.assertEqual({cell.data_type for cell in cells}, {"s"})
        self.assertIn("=1+1", [cell.value for cell in cells])

    def test_corrected_rows_come_back(self):
        for field in ("rejected_csv", "rejected_xlsx"):
            with self.subTest(field=field):
                record = self._check(self.TEXT)
                content = base64.b64decode(record[field])
                if field == "rejected_csv":
                    content = content.replace(b'"wrong"', b'""')
                    back = self._check(content)
                    self.assertCounts(back, new=4)
                    self.assertFalse(back.unknown_columns)
                else:
                    back = self._check(content)
                    self.assertCounts(back, rejected=4)
        self._import(base64.b64decode(record.rejected_csv).replace(b'"wrong"', b'""'))
        self.assertEqual(self._found("K1").comment, "<p>=1+1</p>")
        self.assertEqual(self._found("K1").phone, "+49 1512 3456789")

    def test_nothing_rejected_nothing_to_download(self):
        record = self._check("Customer no,Name\nK1,Ann\n")
        self.assertFalse(record.rejected_csv or record.rejected_xlsx)
