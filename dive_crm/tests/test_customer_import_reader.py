"""Reading a file: every way in which a list may come, and every way it breaks."""

import datetime
import io
import zipfile
from unittest.mock import patch

import openpyxl

from odoo.tests.common import BaseCase

from ..tools import customer_import_columns as columns
from ..tools import customer_import_reader as reader

HEADER = ["Customer no", "First name", "E-mail", "Notes"]
LINES = [HEADER, ["K1", "Zoë", "zoe@example.com", "a, b; c"], ["K2", "Müller", "", ""]]


def csv_text(lines=LINES, delimiter=",", end="\r\n"):
    return "".join(
        delimiter.join('"' + cell.replace('"', '""') + '"' for cell in line) + end
        for line in lines
    )


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(content, name, data):
    """Return a workbook in which one part is replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            if part.filename != name:
                new.writestr(part, old.read(part))
        new.writestr(name, data)
    return out.getvalue()


class TestReader(BaseCase):
    def _table(self, content, sheet=""):
        return reader.read_table(content, columns.score, sheet)

    def assertRefused(self, code, content, **kwargs):
        with self.assertRaises(reader.ReadError) as caught:
            self._table(content, **kwargs)
        self.assertEqual(caught.exception.code, code)
        return caught.exception

    # CSV ---------------------------------------------------------------

    def test_csv_encodings(self):
        text = csv_text()
        for content, encoding in (
            (text.encode(), "utf-8"),
            (text.encode("utf-8-sig"), "utf-8"),
            (text.encode("utf-16"), "utf-16-le"),
            (text.encode("utf-16-le"), "utf-16-le"),
            (text.encode("utf-16-be"), "utf-16-be"),
            (b"\xfe\xff" + text.encode("utf-16-be"), "utf-16-be"),
            (text.encode("cp1252"), "windows-1252"),
        ):
            with self.subTest(encoding=encoding, start=content[:4]):
                table = self._table(content)
                self.assertEqual(table.header, HEADER)
                self.assertEqual([row.cells for row in table.rows], LINES[1:])
                self.assertEqual(table.encoding, encoding)

    def test_csv_delimiters(self):
        for delimiter in ",;\t|:^~\x1f§":
            with self.subTest(delimiter=delimiter):
                table = self._table(csv_text(delimiter=delimiter).encode())
                self.assertEqual(table.header, HEADER)
                self.assertEqual(table.rows[0].cells, LINES[1])

    def test_csv_delimiter_announced(self):
        table = self._table(b"sep=;\r\n" + csv_text(delimiter=";").encode())
        self.assertEqual(table.header, HEADER)

    def test_csv_unquoted_semicolon_with_commas_in_cells(self):
        text = "Name;Notes;E-mail\nAnn;a,b,c,d,e;ann@example.com\n"
        self.assertEqual(
            self._table(text.encode()).rows[0].cells,
            ["Ann", "a,b,c,d,e", "ann@example.com"],
        )

    def test_csv_line_ends_and_line_breaks_in_cells(self):
        for end in ("\n", "\r\n", "\r"):
            with self.subTest(end=end):
                lines = [HEADER, ["K1", "Ann", "", "one\ntwo"]]
                table = self._table(csv_text(lines, end=end).encode())
                self.assertEqual(table.rows[0].cells[3], "one\ntwo")

    def test_row_numbers_are_those_of_the_spreadsheet(self):
        table = self._table(b"\nName,E-mail\n\nAnn,\n,\nBen,\n")
        self.assertEqual(
            [(row.number, row.cells[0]) for row in table.rows], [(4, "Ann"), (6, "Ben")]
        )

    def test_ragged_rows_keep_their_width(self):
        table = self._table(b"Name,E-mail,Notes\nAnn\nBen,b@example.com,x,y\nCy,,,,\n")
        self.assertEqual([row.width for row in table.rows], [1, 4, 3])
        self.assertEqual({len(row.cells) for row in table.rows}, {3})

    # XLSX --------------------------------------------------------------

    def test_xlsx_cells_as_somebody_would_type_them(self):
        content = workbook(
            People=[
                ["Name", "Date of birth", "Phone", "Number", "Notes", "x"],
                ["Ann", datetime.datetime(1990, 12, 31), 7400777631, 4.0, "=1+1", True],
            ]
        )
        # A text that looks like a formula, as a spreadsheet stores it: not a formula.
        content = with_part(
            content,
            "xl/worksheets/sheet1.xml",
            zipfile.ZipFile(io.BytesIO(content))
            .read("xl/worksheets/sheet1.xml")
            .replace(
                b'<c r="E2"><f>1+1</f><v></v></c>',
                b'<c r="E2" t="inlineStr"><is><t>=1+1</t></is></c>',
            )
            .replace(
                b'<c r="E2"><f>1+1</f><v /></c>',
                b'<c r="E2" t="inlineStr"><is><t>=1+1</t></is></c>',
            ),
        )
        row = self._table(content).rows[0]
        self.assertEqual(
            row.cells, ["Ann", "1990-12-31", "7400777631", "4", "=1+1", "TRUE"]
        )

    def test_xlsx_takes_the_sheet_with_known_columns(self):
        content = workbook(
            Sums=[["Year", "Sum"], ["2025", "3"]],
            Kunden=[["Vorname", "Nachname", "E-Mail"], ["Zoë", "Müller", ""]],
            Empty=[],
        )
        table = self._table(content)
        self.assertEqual((table.sheet, table.rows[0].cells[0]), ("Kunden", "Zoë"))
        self.assertEqual(table.sheets, ("Sums", "Kunden", "Empty"))
        self.assertEqual(self._table(content, "Sums").header, ["Year", "Sum"])
        self.assertRefused("no_rows", content, sheet="Empty")
        self.assertRefused("no_such_sheet", content, sheet="Other")

    def test_xlsx_far_away_cells_cost_nothing(self):
        content = workbook(People=[["Name"], ["Ann"]])
        sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
        far = b'<row r="999999999"><c r="A999999999"><v>1</v></c></row></sheetData>'
        content = with_part(
            content, "xl/worksheets/sheet1.xml", sheet.replace(b"</sheetData>", far)
        )
        self.assertEqual(len(self._table(content).rows), 1)

    # What cannot be read -----------------------------------------------

    def test_empty(self):
        for content in (b"", b"\xef\xbb\xbf", b"\r\n \n", b"\xff\xfe"):
            with self.subTest(content=content):
                self.assertRefused("empty", content)

    def test_no_rows(self):
        self.assertRefused("no_rows", b"Name,E-mail\n\n,\n")
        self.assertRefused("no_rows", workbook(People=[["Name", "E-mail"]]))

    def test_too_big(self):
        content = b"Name\n" + b"a" * reader.MAX_FILE_BYTES
        self.assertRefused("too_big", content)

    def test_too_many_rows(self):
        self.assertGreaterEqual(reader.MAX_ROWS, 20_000)
        self.startPatcher(patch.object(reader, "MAX_ROWS", 500))
        lines = [["Name"]] + [["Ann"]] * (reader.MAX_ROWS + 1)
        self.assertRefused("too_many_rows", csv_text(lines).encode())
        self.assertRefused("too_many_rows", workbook(People=lines))
        self.assertEqual(
            len(self._table(csv_text(lines[:-1]).encode()).rows), reader.MAX_ROWS
        )

    def test_too_many_columns(self):
        header = ",".join(f"c{n}" for n in range(reader.MAX_COLUMNS + 1))
        self.assertRefused("too_many_columns", f"{header}\n1\n".encode())

    def test_not_a_table(self):
        for content in (
            b"%PDF-1.7\n\x00\x01\x02",
            b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
            b"Name,E-mail\nAn\x00n,\n",
            b"Name,E-mail\nAn\x07n,\n",
        ):
            with self.subTest(content=content[:10]):
                self.assertRefused("not_a_table", content)

    def test_characters_of_no_known_encoding(self):
        self.assertRefused("encoding", b"Name\n\x81\x8d\x8f\x90\n")

    def test_quote_not_closed(self):
        error = self.assertRefused("quotes", b'Name,Notes\nAnn,"never closed\nBen,x\n')
        self.assertEqual(error.details["line"], 3)

    def test_old_excel(self):
        self.assertRefused(
            "old_excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
        )

    def test_other_archives(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("content.xml", "<office/>")
        self.assertRefused("not_xlsx", out.getvalue())

    def test_broken_workbook(self):
        content = workbook(People=LINES)
        self.assertRefused("broken", content[: len(content) // 2])
        self.assertRefused("broken", b"PK\x03\x04 and so on")
        self.assertRefused("broken", with_part(content, "xl/workbook.xml", "<no"))
        self.assertRefused(
            "broken", with_part(content, "xl/worksheets/sheet1.xml", "<worksheet><row")
        )

    def test_zip_bomb(self):
        bomb = with_part(
            workbook(People=LINES),
            "xl/worksheets/sheet2.xml",
            b"<a>" + b" " * (reader.MAX_UNPACKED_BYTES + 1),
        )
        self.assertLess(len(bomb), 1_000_000)
        self.assertRefused("too_big_inside", bomb)

    def test_zip_with_many_parts(self):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for number in range(reader.MAX_PARTS + 1):
                archive.writestr(f"xl/{number}.xml", "")
        self.assertRefused("too_big_inside", out.getvalue())

    def test_xml_entities(self):
        content = workbook(People=LINES)
        sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
        laughs = b'<!DOCTYPE x [<!ENTITY a "ha">]>' + sheet
        self.assertRefused(
            "broken", with_part(content, "xl/worksheets/sheet1.xml", laughs)
        )


class TestColumns(BaseCase):
    def test_the_export_in_any_order(self):
        header = (
            "Notes,Newsletter,Tags,Emergency phone,Emergency name,Certified on,"
            "Card number,Level,Agency,Created,Date of birth,Country,Phone,E-mail,"
            "Last name,First name,Customer no"
        ).split(",")
        found = columns.recognise(header)
        self.assertEqual(
            list(found.fields),
            [
                "comment",
                "tags",
                "emergency_phone",
                "emergency_name",
                "certified_on",
                "card_number",
                "level",
                "agency",
                "since",
                "birthdate",
                "country",
                "phone",
                "email",
                "lastname",
                "firstname",
                "ref",
            ],
        )
        self.assertEqual(
            found.later,
            ["Newsletter"],
        )
        self.assertFalse(found.unknown or found.repeated)

    def test_other_spellings(self):
        for title, name in (
            ("E-MAIL *", "email"),
            ("email_address", "email"),
            ("Prénom", "firstname"),
            ("geburtsdatum", "birthdate"),
            ("Kunden-Nr.", "ref"),
            ("Apellidos", "lastname"),
        ):
            with self.subTest(title=title):
                self.assertEqual(list(columns.recognise([title]).fields), [name])

    def test_unknown_and_repeated(self):
        found = columns.recognise(["Shoe size", "Phone", "Mobile", "", "Row"], ["ROW"])
        self.assertEqual(found.fields, {"phone": 1})
        self.assertEqual((found.unknown, found.repeated), (["Shoe size"], ["Mobile"]))

    def test_no_title_means_two_things(self):
        keys = [
            (columns._key(title), name)
            for name, titles in columns.COLUMNS.items()
            for title in titles.split(",")
        ]
        by_key = {}
        for key, name in keys:
            self.assertTrue(key)
            self.assertEqual(by_key.setdefault(key, name), name, key)

    def test_template_is_understood(self):
        found = columns.recognise(columns.template_header())
        self.assertFalse(found.unknown or found.repeated)
