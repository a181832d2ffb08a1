"""The rules of the import: what is accepted, rejected, updated, by which of them."""

import io
from datetime import date

import openpyxl

from odoo.tests import Form, tagged

from .customer_import_common import ImportCommon, fixture

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
    2: "card_incomplete",
    16: "child_no_email",
    17: "emergency_phone",
    18: "emergency_incomplete",
    19: "formula",
    20: "same_person",
}


@tagged("post_install", "-at_install", "dive_long")
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
