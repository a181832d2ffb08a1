"""The import of customer lists: what is accepted, rejected, updated, by which rule."""

import base64
import csv
import gzip
import io
from datetime import date
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tests.common import new_test_user
from odoo.tools import file_open, mute_logger

from ..tools.customer_import_values import FORMULA_SIGNS
from ..wizards.customer_import.progress import CHANNEL, Progress
from .common import DiveCommon

TODAY = date(2026, 11, 22)

#: Rows per kind of message in the whole list; no row has two faults.
WHOLE_LIST = {
    "no_name": 15,
    "several_emails": 4,
    "bad_email": 27,
    "email_two_people": 116,
    "bad_phone": 42,
    "future_date": 7,
    "child_no_email": 195,
    "formula": 12,
}
WHOLE_LIST_ROWS, WHOLE_LIST_REJECTED = 5000, 211

#: What is said about each row of ``customers_faults.csv``, by its number there.
FAULTS = {
    3: "email_two_people",
    4: "bad_email",
    5: "several_emails",
    6: "bad_email",
    7: "no_name",
    8: "bad_phone",
    9: "bad_phone",
    10: "bad_phone",
    11: "unknown_country",
    12: "future_date",
    13: "bad_date",
    14: "too_old",
    15: "future_date",
    21: "number_two_people",
    22: "no_key",
    23: "bad_cell bad_email",
    24: "ragged",
}
NOTICES = {
    16: "child_no_email",
    17: "emergency_phone",
    18: "emergency_incomplete",
    19: "formula",
    20: "same_person",
}


def fixture(name):
    with file_open(f"dive_crm/tests/data/{name}", "rb") as file:
        return file.read()


def whole_list():
    """Return the export that the import was written for."""
    return gzip.decompress(fixture("customers.csv.gz"))


class ImportCommon(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.country_id = cls.env.ref("base.de")
        cls.startClassPatcher(
            patch.object(type(cls.company), "_dive_today", lambda company: TODAY)
        )
        # Progress goes through a transaction of its own: see TestProgress.
        cls.told = []
        cls.startClassPatcher(
            patch.object(Progress, "_send", lambda self, *args: cls.told.append(args))
        )

    def _upload(self, content, user=None, **vals):
        """Return an import of the user of the front desk."""
        if isinstance(content, str):
            content = content.encode()
        return (
            self.env["dive.customer.import"]
            .with_user(user or self.front)
            .create({"file": base64.b64encode(content), "filename": "list.csv", **vals})
        )

    def _check(self, content, user=None, **vals):
        record = self._upload(content, user, **vals)
        record.action_check()
        return record

    def _import(self, content, user=None, **vals):
        """Check and import; the test fails unless all went well."""
        record = self._check(content, user, **vals)
        record.action_import()
        self.assertFalse(record.problem)
        self.assertEqual(record.state, "done")
        return record

    def _kinds(self, record):
        """Return the kinds of messages of each row, in order of the screen."""
        kinds = {}
        for line in record.line_ids.sorted(lambda line: line.kind_id.sequence):
            kinds.setdefault(line.row, []).append(line.kind_id.code)
        return {row: " ".join(codes) for row, codes in kinds.items()}

    def _found(self, ref):
        customer = self.Partner.search(
            [("dive_customer", "=", True), ("ref", "=", ref)]
        )
        self.assertEqual(len(customer), 1, ref)
        return customer

    def _count(self):
        return self.Partner.with_context(active_test=False).search_count([])

    def assertCounts(self, record, new=0, changed=0, unchanged=0, rejected=0):
        self.assertEqual(
            {
                "new": record.new_count,
                "changed": record.changed_count,
                "unchanged": record.unchanged_count,
                "rejected": record.rejected_count,
            },
            {
                "new": new,
                "changed": changed,
                "unchanged": unchanged,
                "rejected": rejected,
            },
        )


@tagged("post_install", "-at_install")
class TestWholeList(ImportCommon):
    """The 5,000 rows that a centre really brings along."""

    def test_accepted_and_rejected_rows_per_fault(self):
        before = self._count()
        record = self._check(whole_list())
        kinds = {kind.code: kind.row_count for kind in record.kind_ids}
        self.assertEqual(kinds, WHOLE_LIST)
        accepted = WHOLE_LIST_ROWS - WHOLE_LIST_REJECTED
        self.assertCounts(record, new=accepted, rejected=WHOLE_LIST_REJECTED)
        self.assertEqual(record.row_count, WHOLE_LIST_ROWS)
        self.assertEqual(
            record.later_columns, "Agency, Level, Card number, Certified on, Newsletter"
        )
        self.assertFalse(record.unknown_columns)
        self.assertEqual(self._count(), before, "a check writes no customer")

        record.action_import()
        self.assertEqual(record.state, "done")
        self.assertEqual(self._count(), before + accepted)
        self._check_customers(record)

        again = self._import(whole_list())
        self.assertCounts(again, unchanged=accepted, rejected=WHOLE_LIST_REJECTED)
        self.assertEqual(self._count(), before + accepted, "nothing is made twice")

    def _check_customers(self, record):
        """Look at those who show a rule."""
        customers = self.Partner.browse(record.imported_ids)
        self.assertEqual(len(customers), len(record.imported_ids))
        self.assertEqual(len(customers.dive_emergency_contact_ids), len(customers))
        children = customers.filtered("dive_guardian_missing").filtered(
            lambda customer: not customer.email
        )
        self.assertEqual(len(children), WHOLE_LIST["child_no_email"])
        russian = self._found("K100002")
        self.assertEqual(russian.name, "Синклитикия Мясников")
        self.assertEqual(russian.phone, "+7 912 308-37-78")
        self.assertEqual(russian.dive_customer_since, date(2024, 3, 31))
        self.assertEqual(self._found("K100003").name, "あすか 佐藤")
        self.assertEqual(self._found("K100003").phone, "+81 90-1283-4497")
        formulas = customers.filtered("comment").mapped("comment")
        self.assertEqual(len(formulas), WHOLE_LIST["formula"])
        self.assertIn("<p>=1+1</p>", [str(text) for text in formulas])


@tagged("post_install", "-at_install")
class TestRules(ImportCommon):
    """Each rule that the screen states."""

    def test_every_kind_of_fault(self):
        before = self._count()
        record = self._check(fixture("customers_faults.csv"))
        self.assertEqual(self._kinds(record), {**FAULTS, **NOTICES})
        self.assertCounts(record, new=7, rejected=len(FAULTS))
        self.assertEqual(record.notice_count, len(NOTICES))
        for line in record.line_ids:
            self.assertTrue(line.text)
            has_column = line.kind_id.code not in (
                "no_name",
                "no_key",
                "ragged",
                "same_person",
            )
            self.assertEqual(bool(line.column), has_column, line.kind_id.code)
        record.action_import()
        self.assertEqual(self._count(), before + 7)
        again = self._import(fixture("customers_faults.csv"))
        self.assertCounts(again, unchanged=7, rejected=len(FAULTS))

    def test_a_row_becomes_a_customer(self):
        self._import(fixture("customers_faults.csv"))
        anna = self._found("F1")
        self.assertTrue(anna.dive_customer)
        self.assertFalse(anna.company_id, "as customers made by hand")
        self.assertEqual(anna.name, "Anna Müller")
        self.assertEqual(anna.email, "anna@example.com")
        self.assertEqual(anna.phone, "+49 1512 3456789")
        self.assertEqual(anna.country_id.code, "DE")
        self.assertEqual(anna.birthdate_date, date(1990, 12, 31))
        self.assertEqual(anna.dive_customer_since, date(2024, 5, 1))
        # The third tag comes from a second row about the same person.
        self.assertEqual(
            {tag.lower() for tag in anna.category_id.mapped("name")},
            {"club", "vip", "school"},
        )
        contact = anna.dive_emergency_contact_ids
        self.assertEqual(
            (contact.name, contact.phone), ("Ben Müller", "+49 1512 3456780")
        )
        child = self._found("F15")
        self.assertTrue(child.dive_guardian_missing)
        self.assertEqual(
            self._found("F16").dive_emergency_contact_ids.phone, "ask at the hotel"
        )
        self.assertFalse(self._found("F17").dive_emergency_contact_ids)
        self.assertEqual(self._found("F18").comment, "<p>=1+1</p>")
        # 17/11/1961 tells how 04/11/1993 is to be read; the name of a country does too.
        russian = self._found("F23")
        self.assertEqual(russian.birthdate_date, date(1993, 11, 4))
        self.assertEqual(russian.country_id.code, "RU")
        self.assertEqual(russian.phone, "+7 912 308-37-78")

    def test_known_number_updates_and_empty_cells_do_not(self):
        known = self._customer(
            "Anna Miller",
            ref="N1",
            email="anna@mail.example",
            phone="+49 1512 3456789",
            city="Kiel",
            comment="<p>Likes wrecks</p>",
        )
        known.category_id = self.env["res.partner.category"].create({"name": "Regular"})
        text = (
            "Customer no,Name,E-mail,Phone,City,Notes,Tags\n"
            "N1,Anna Meyer,anna2@mail.example,,,Has own gear,Nitrox\n"
        )
        record = self._import(text)
        self.assertCounts(record, changed=1)
        self.assertEqual(self._kinds(record), {2: "name_changes"})
        self.assertEqual(known.name, "Anna Meyer")
        self.assertEqual(known.email, "anna2@mail.example")
        self.assertEqual((known.phone, known.city), ("+49 1512 3456789", "Kiel"))
        self.assertEqual(known.comment, "<p>Likes wrecks</p><p>Has own gear</p>")
        self.assertEqual(set(known.category_id.mapped("name")), {"Regular", "Nitrox"})
        self.assertCounts(self._import(text), unchanged=1)

    def test_known_number_without_a_name(self):
        known = self._customer("Anna", ref="N1")
        self._import("Customer no,First name,City\nN1,,Kiel\n")
        self.assertEqual((known.name, known.city), ("Anna", "Kiel"))

    def test_known_email_updates_if_the_names_agree(self):
        known = self._customer("José Muñoz", email="jose@mail.example", ref="N1")
        for header, line in (
            ("Name,E-mail,City", "JOSE MUNOZ, Jose@Mail.Example ,Vigo"),
            ("Name,E-mail,City", '"Muñoz, José",jose@mail.example,Cádiz'),
            ("Customer no,Name,E-mail,City", "X9,José Muñoz,jose@mail.example,León"),
        ):
            with self.subTest(line=line):
                self.assertCounts(self._import(f"{header}\n{line}\n"), changed=1)
                self.assertEqual(known.city, line.rpartition(",")[2])
                self.assertEqual(known.name, "José Muñoz", "the spelling here stays")
                self.assertEqual(known.ref, "N1", "the number here stays")
                self.assertEqual(known.email, "jose@mail.example")

    def test_two_people_one_email(self):
        known = self._customer("Ann Known", email="ann@mail.example", ref="N1")
        self._customer("Ben Other", ref="N2")
        record = self._check(
            "Customer no,Name,E-mail\n"
            ",Cyd Else,Ann@mail.example\n"
            "N9,Cyd Else,ann@mail.example\n"
            "N2,Ben Other,ann@mail.example\n"
            ",,ann@mail.example\n"
        )
        self.assertEqual(
            self._kinds(record),
            {
                2: "email_two_people",
                3: "email_two_people",
                4: "email_two_people",
                5: "no_name",
            },
        )
        self.assertIn("Ann Known (N1)", record.line_ids[0].text)
        self.assertCounts(record, rejected=4)
        record.action_import()
        self.assertEqual(record.state, "checked", "there is nothing to import")
        self.assertEqual(known.name, "Ann Known")

    def test_first_row_keeps_the_address_even_if_it_is_rejected(self):
        record = self._check(
            "Name,E-mail,Country\nAnn,a@mail.example,Nowhere\nBen,a@mail.example,DE\n"
        )
        self.assertEqual(
            self._kinds(record), {2: "unknown_country", 3: "email_two_people"}
        )

    def test_same_person_twice(self):
        record = self._import(
            "Customer no,Name,E-mail,City,ZIP\n"
            ",Ann Lee,ann@mail.example,Kiel,1\n"
            "K7,LEE Ann,ANN@mail.example,,2\n"
        )
        self.assertCounts(record, new=1)
        self.assertEqual(self._kinds(record), {3: "same_person"})
        ann = self._found("K7")
        self.assertEqual((ann.city, ann.zip), ("Kiel", "2"))

    def test_two_known_customers_are_not_made_one(self):
        self._customer("Ann Lee", ref="N1")
        self._customer("Ann Lee", ref="N2")
        record = self._check(
            "Customer no,Name,E-mail\nN1,Ann Lee,a@mail.example\n"
            "N2,Ann Lee,a@mail.example\n"
        )
        self.assertEqual(self._kinds(record), {3: "email_two_people"})

    def test_without_number_and_email(self):
        text = "Name,Date of birth,Phone\nMia Ott,2016-03-04,\nTom Ott,,0151 23456789\n"
        self.assertCounts(self._import(text), new=2)
        self.assertCounts(self._import(text), unchanged=2)
        other = "Name,Date of birth,Phone\nMia Ott,2016-03-05,\n"
        self.assertCounts(self._import(other), new=1)

    def test_contact_becomes_a_customer(self):
        contact = self.Partner.create({"name": "Ann Lee", "email": "ann@mail.example"})
        stranger = self.Partner.create({"name": "Bo", "email": "bo@mail.example"})
        record = self._import(
            "Customer no,Name,E-mail\nK7,ann lee,ann@mail.example\n"
            "K8,Other,bo@mail.example\n"
        )
        self.assertCounts(record, new=1, changed=1)
        self.assertEqual(self._kinds(record), {2: "contact_becomes_customer"})
        self.assertTrue(contact.dive_customer)
        self.assertEqual(contact.ref, "K7")
        self.assertFalse(stranger.dive_customer)

    def test_archived_customer(self):
        self._customer("Ann", ref="N1", email="a@mail.example").active = False
        record = self._check("Customer no,Name\nN1,Ann\n")
        self.assertEqual(self._kinds(record), {2: "number_archived"})
        # The address of an archived customer is free again.
        record = self._import("Customer no,Name,E-mail\nN2,Bo,a@mail.example\n")
        self.assertCounts(record, new=1)

    def test_emergency_contacts_are_not_made_twice(self):
        ann = self._customer("Ann", ref="N1", country_id=self.env.ref("base.de").id)
        header = "Customer no,Emergency name,Emergency phone\n"
        for line, expected in (
            ("N1,Tom Lee,0151 23456789", [("Tom Lee", "+49 1512 3456789")]),
            ("N1,TOM LEE,0151 23456789", [("Tom Lee", "+49 1512 3456789")]),
            ("N1,Tom Lee,0151 23456780", [("Tom Lee", "+49 1512 3456780")]),
            ("N1,Tom Leigh,0151 23456780", [("Tom Leigh", "+49 1512 3456780")]),
            (
                "N1,Eve,0151 23456781",
                [("Tom Leigh", "+49 1512 3456780"), ("Eve", "+49 1512 3456781")],
            ),
        ):
            with self.subTest(line=line):
                self._import(header + line + "\n")
                contacts = ann.dive_emergency_contact_ids
                self.assertEqual([(c.name, c.phone) for c in contacts], expected)

    def test_countries_in_any_installed_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        germany = self.env.ref("base.de")
        germany.with_context(lang="de_DE").name = "Deutschland"
        names = ("DE", "de", "Germany", "Deutschland", "DEUTSCHLAND")
        lines = "".join(f"K{i},Ann {i},{name}\n" for i, name in enumerate(names))
        record = self._import("Customer no,Name,Country\n" + lines)
        customers = self.Partner.browse(record.imported_ids)
        self.assertEqual(customers.country_id, germany)

    def test_phone_of_a_row_without_country_is_the_companys(self):
        self._import("Customer no,Name,Phone\nK1,Ann,0151 23456789\n")
        self.assertEqual(self._found("K1").phone, "+49 1512 3456789")

    def test_dates_that_can_be_read_two_ways_are_asked_for(self):
        text = "Customer no,Name,Date of birth\nK1,Ann,03/04/1990\n"
        record = self._check(text)
        self.assertEqual(record.state, "draft")
        self.assertIn("03/04/1990", record.problem)
        form = Form(record)
        form.date_order = "mdy"
        form.save()
        record.action_check()
        self.assertFalse(record.problem)
        record.action_import()
        self.assertEqual(self._found("K1").birthdate_date, date(1990, 3, 4))

    def test_xlsx_with_several_sheets(self):
        book = openpyxl.Workbook()
        book.active.title = "Sums"
        book.active.append(["Year", "Sum"])
        book.active.append([2025, 3])
        sheet = book.create_sheet("People")
        sheet.append(["Customer no", "Name", "Date of birth", "Phone"])
        sheet.append([1001, "Ann Lee", date(1990, 12, 31), 15123456789])
        out = io.BytesIO()
        book.save(out)
        record = self._import(out.getvalue())
        self.assertEqual(record.sheet, "People")
        self.assertEqual(record.sheet_names, ["Sums", "People"])
        ann = self._found("1001")
        self.assertEqual(ann.birthdate_date, date(1990, 12, 31))
        self.assertEqual(ann.phone, "+49 1512 3456789")
        wrong = self._check(out.getvalue(), sheet="Sums")
        self.assertIn("another sheet", wrong.problem)
        self.assertEqual(wrong.state, "draft")

    def test_broken_files_meet_a_message(self):
        for content in (
            b"",
            b"Name,E-mail\n",
            b"Shoe size,Colour\n42,red\n",
            b"%PDF-1.7\n\x00\x01",
            b"PK\x03\x04broken",
            b"\xd0\xcf\x11\xe0" + b"\0" * 100,
            b'Name,Notes\nAnn,"never closed\n',
            b"Name\n" + b"a" * (11 * 2**20),
        ):
            with self.subTest(content=content[:12]):
                record = self._check(content)
                self.assertEqual(record.state, "draft")
                self.assertGreater(len(record.problem), 15)
                self.assertNotIn("%", record.problem)
                record.action_import()
                self.assertEqual(record.state, "draft")


@tagged("post_install", "-at_install")
class TestWhole(ImportCommon):
    """All accepted rows or none; what was agreed to and nothing else."""

    TEXT = "Customer no,Name\n" + "".join(f"K{i},Ann {i}\n" for i in range(1, 8))

    def test_one_row_fails_and_nothing_is_written(self):
        before = self._count()
        create = type(self.Partner)._load_records_create
        reason = "No room for Ann 5."

        def refuse_five(self, vals_list):
            partners = create(self, vals_list)
            if any(partner.name == "Ann 5" for partner in partners):
                raise ValidationError(reason)
            return partners

        record = self._check(self.TEXT)
        with patch.object(type(self.Partner), "_load_records_create", refuse_five):
            record.action_import()
        self.assertEqual(record.state, "checked")
        self.assertIn("Row 6 (Ann 5)", record.problem)
        self.assertIn(reason, record.problem)
        self.assertEqual(self._count(), before)
        record.action_import()
        self.assertEqual((record.state, record.problem), ("done", False))
        self.assertEqual(self._count(), before + 7)

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_a_row_at_the_end(self):
        before = self._count()
        self.env.cr.execute(
            "ALTER TABLE res_partner ADD CONSTRAINT no_ann CHECK (name <> 'Ann 7')"
        )
        record = self._check(self.TEXT)
        record.action_import()
        self.assertIn("Row 8 (Ann 7)", record.problem)
        self.assertEqual(self._count(), before)

    def test_customers_who_changed_since_the_check(self):
        record = self._check(self.TEXT)
        self._customer("Somebody", ref="K3")
        before = self._count()
        record.action_import()
        self.assertEqual(record.state, "checked")
        self.assertIn("Nothing was imported", record.problem)
        self.assertEqual(self._count(), before)
        self.assertCounts(record, new=6, changed=1)
        record.action_import()
        self.assertEqual(record.state, "done")

    def test_import_without_a_check_shows_the_check_first(self):
        record = self._upload(self.TEXT)
        before = self._count()
        record.action_import()
        self.assertEqual(record.state, "checked")
        self.assertEqual(self._count(), before)

    def test_imported_twice_by_one_form(self):
        record = self._import(self.TEXT)
        with self.assertRaises(UserError):
            record.action_import()
        with self.assertRaises(UserError):
            record.action_check()

    def test_progress_is_told_as_it_grows(self):
        self.told.clear()
        self._import(self.TEXT)
        self.assertIn(("check", 7, 7), self.told)
        self.assertEqual(self.told[-2:], [("write", 0, 7), ("write", 7, 7)])

    def test_new_file_forgets_the_old_result(self):
        record = self._check(self.TEXT)
        form = Form(record)
        form.file = base64.b64encode(b"Name\nBo\n")
        self.assertEqual(form.state, "draft")
        self.assertFalse(form.kind_ids)

    def test_queries_do_not_grow_with_rows(self):
        def queries(tag, count):
            rest = "DE,club,Tom,0151 2345678"
            lines = "".join(
                f"{tag}{i},Ann {i},{tag}.{i}@mail.example,{rest}\n"
                for i in range(count)
            )
            header = (
                "Customer no,Name,E-mail,Country,Tags,Emergency name,Emergency phone\n"
            )
            record = self._check(header + lines)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            record.action_import()
            self.env.flush_all()
            self.assertEqual(record.state, "done")
            return self.env.cr.sql_log_count - before

        queries("warm", 80)
        # The users are read once more where there are several rows.
        self.assertLessEqual(queries("many", 80), queries("one", 1) + 1)


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


@tagged("post_install", "-at_install")
class TestAccess(ImportCommon):
    TEXT = "Customer no,Name,E-mail\nK1,Ann,ann@mail.example\n"

    def test_only_front_desk_and_manager_import(self):
        for role in ("front", "manager"):
            with self.subTest(role=role):
                text = self.TEXT.replace("K1", role).replace("ann", role)
                self._import(text, getattr(self, role))
        for role in ("instructor", "medical", "accountant", "employee", "portal"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._upload(self.TEXT, getattr(self, role))

    def test_others_imports_are_out_of_sight(self):
        mine = self._check("Name,E-mail\nAnn,wrong\n")
        for record in (mine, mine.kind_ids, mine.line_ids):
            self.assertTrue(record)
            theirs = record.with_user(self.manager)
            self.assertFalse(theirs.search([("id", "in", record.ids)]))
            for method in ("read", "unlink"):
                with self.assertRaises(AccessError):
                    getattr(theirs, method)()
        with self.assertRaises(AccessError):
            mine.with_user(self.manager).action_import()

    def test_customers_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other centre"})
        self._customer("Hidden Name", ref="H1", company_id=other.id)
        self._customer("Ann", email="ann@mail.example", company_id=other.id, ref="H2")
        record = self._check(
            "Customer no,Name,E-mail\nH1,Hidden Name,\n"
            + (",Ann,ann@mail.example\n,Bo,ann@mail.example\n")
        )
        self.assertEqual(
            self._kinds(record),
            {2: "number_not_yours", 3: "number_not_yours", 4: "email_two_people"},
        )
        for line in record.line_ids:
            self.assertNotIn("Hidden", line.text)
            self.assertNotIn("H1", line.text)
        both = new_test_user(
            self.env,
            login="t_both",
            groups="dive_crm.group_front_desk",
            company_id=self.company.id,
            company_ids=[(6, 0, (self.company | other).ids)],
        )
        record = (
            self.env["dive.customer.import"]
            .with_user(both)
            .with_context(allowed_company_ids=(self.company | other).ids)
            .create({"file": base64.b64encode(b"Customer no,City\nH1,Kiel\n")})
        )
        record.action_check()
        self.assertCounts(record, changed=1)


@tagged("post_install", "-at_install")
class TestProgress(DiveCommon):
    def test_progress_does_not_wait_for_the_end(self):
        """Messages are sent through a transaction that is over at once."""
        record = self.env["dive.customer.import"].with_user(self.front).create({})
        with self.enter_registry_test_mode():
            Progress(record).phase("check")(3, 10)
        message = self.env["bus.bus"].search(
            [("message", "like", CHANNEL)], order="id desc", limit=1
        )
        self.assertIn(str(self.front.partner_id.id), message.channel)
        for part in ('"done":3', '"total":10', f'"import_id":{record.id}'):
            self.assertIn(part, message.message)


@tagged("post_install", "-at_install")
class TestOdooImport(ImportCommon):
    """Odoo's own import, with our template."""

    def test_template_is_offered_where_customers_are(self):
        partners = self.Partner.with_user(self.front)
        plain = partners.get_import_templates()
        [ours] = partners.with_context(
            default_dive_customer=True
        ).get_import_templates()
        self.assertNotIn(ours, plain)
        self.assertTrue(fixture_of(ours["template"]))

    def test_template_is_understood(self):
        [ours] = self.Partner.with_context(
            default_dive_customer=True
        ).get_import_templates()
        wizard = (
            self.env["base_import.import"]
            .with_user(self.front)
            .with_context(default_dive_customer=True)
            .create(
                {
                    "res_model": "res.partner",
                    "file": fixture_of(ours["template"]),
                    "file_name": "customers.xlsx",
                    "file_type": "application/vnd.openxmlformats-officedocument"
                    ".spreadsheetml.sheet",
                }
            )
        )
        options = {"has_headers": True, "quoting": '"'}
        preview = wizard.parse_preview(options)
        self.assertNotIn("error", preview)
        self.assertEqual(len(preview["matches"]), len(preview["headers"]))
        names = [
            "/".join(preview["matches"][i]) for i in range(len(preview["headers"]))
        ]
        self.assertIn("dive_emergency_contact_ids/phone", names)
        result = wizard.execute_import(names, preview["headers"], preview["options"])
        self.assertFalse(result["messages"])
        ada = self.Partner.browse(result["ids"][0])
        self.assertTrue(ada.dive_customer and ada.ref)
        self.assertEqual(ada.phone, "+44 7400 123456")
        self.assertEqual(ada.birthdate_date, date(1990, 12, 31))
        self.assertEqual(ada.dive_emergency_contact_ids.name, "Ben Example")

    def test_our_own_template_imports_without_a_message(self):
        content = fixture_of("/dive_crm/static/xls/customer_import_template.xlsx")
        record = self._check(content)
        self.assertCounts(record, new=2)
        self.assertFalse(record.unknown_columns)
        self.assertEqual(set(self._kinds(record).values()), {"child_no_email"})
        record.action_import()
        self.assertEqual(record.state, "done")


def fixture_of(url):
    with file_open(url.strip("/"), "rb") as file:
        return file.read()
