from datetime import date

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestCustomer(DiveCommon):
    def test_a_customer_gets_a_number_and_a_date(self):
        one, two = self._customer("One"), self._customer("Two")
        self.assertTrue(one.ref and two.ref)
        self.assertNotEqual(one.ref, two.ref)
        self.assertEqual(one.dive_customer_since, self.company._dive_today())

    def test_a_number_that_somebody_has_is_left_out(self):
        sequence = self.env.ref("dive_crm.sequence_dive_customer")
        taken = sequence.get_next_char(sequence.number_next_actual)
        self._customer("Imported", ref=taken).active = False
        self.assertNotEqual(self._customer("Next").ref, taken)

    def test_two_customers_cannot_have_one_number(self):
        one = self._customer("One", ref="SAME-1")
        one.active = False
        with self.assertRaisesRegex(ValidationError, "SAME-1.*One"):
            self._customer("Two", ref="SAME-1")

    def test_a_contact_becomes_a_customer(self):
        contact = self.Partner.create({"name": "Contact", "ref": "KEEP"})
        self.assertFalse(contact.dive_customer_since)
        contact.dive_customer = True
        self.assertEqual(contact.ref, "KEEP")
        self.assertEqual(contact.dive_customer_since, self.company._dive_today())
        other = self.Partner.create({"name": "Other"})
        (other | contact).write({"dive_customer": True})
        self.assertTrue(other.ref)

    def test_plain_contacts_get_nothing(self):
        contact = self.Partner.create({"name": "Contact"})
        self.assertFalse(contact.ref or contact.dive_customer_since)

    def test_a_copy_has_its_own_number_and_no_email(self):
        one = self._customer("One", email="one@mail.example")
        copy = one.copy()
        self.assertNotEqual(copy.ref, one.ref)
        self.assertFalse(copy.email)

    def test_age_counts_birthdays(self):
        with freeze_time("2026-03-01"):
            for born, age in (
                ("2008-03-01", 18),
                ("2008-03-02", 17),
                ("2008-02-29", 18),
                ("2026-03-01", 0),
            ):
                with self.subTest(born=born):
                    customer = self._customer("Young", birthdate_date=born)
                    self.assertEqual(customer.dive_age, age)
                    self.assertEqual(customer.dive_is_minor, age < 18)
                    found = self.Partner.search(
                        [("dive_is_minor", "=", True), ("id", "=", customer.id)]
                    )
                    self.assertEqual(bool(found), age < 18)

    def test_impossible_births(self):
        tomorrow = self.company._dive_today() + relativedelta(days=1)
        for born in (tomorrow, date(2091, 5, 17), date(1850, 1, 1)):
            with self.subTest(born=born), self.assertRaises(ValidationError):
                self._customer("Nobody", birthdate_date=born)

    def test_a_child_has_a_guardian_or_is_marked(self):
        born = self.company._dive_today() - relativedelta(years=10)
        child = self._customer("Child", birthdate_date=born)
        adult = self._customer("Adult", birthdate_date=born - relativedelta(years=30))

        def missing():
            return self.Partner.search(
                [
                    ("dive_guardian_missing", "=", True),
                    ("id", "in", (child | adult).ids),
                ]
            )

        self.assertTrue(child.dive_guardian_missing)
        self.assertEqual(missing(), child)
        self.assertEqual(
            (child | adult) - missing(),
            self.Partner.search(
                [
                    ("dive_guardian_missing", "=", False),
                    ("id", "in", (child | adult).ids),
                ]
            ),
        )
        child.dive_guardian_id = adult
        self.assertFalse(child.dive_guardian_missing)
        self.assertFalse(missing())
        self.assertEqual(adult.dive_ward_ids, child)

    def test_nobody_is_their_own_guardian(self):
        one, two = self._customer("One"), self._customer("Two")
        with self.assertRaises(ValidationError):
            one.dive_guardian_id = one
        one.dive_guardian_id = two
        with self.assertRaises(ValidationError):
            two.dive_guardian_id = one

    def test_experience_within_reason(self):
        for vals in (
            {"dive_logged_dives": -1},
            {"dive_logged_dives": 10**9},
            {"dive_deepest_m": 351},
            {"dive_deepest_m": -1},
            {"dive_last_dive_date": fields.Date.today() + relativedelta(days=3)},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._customer("Diver", **vals)

    def test_whole_customer_in_one_form(self):
        form = Form(
            self.Partner.with_user(self.front).with_context(default_dive_customer=True),
            view="dive_crm.view_partner_dive_form",
        )
        form.name = "Anna Keller"
        form.email = "anna.form@mail.example"
        form.dive_logged_dives = 12
        with form.dive_emergency_contact_ids.new() as contact:
            contact.name = "Tom"
            contact.relationship = "husband"
            contact.phone = "+49 1512 3456789"
        anna = form.save()
        self.assertTrue(anna.dive_customer and anna.ref)
        self.assertEqual(anna.dive_emergency_contact_ids.phone, "+49 1512 3456789")

    def test_number_from_a_changed_sequence_of_the_company(self):
        sequence = self.env.ref("dive_crm.sequence_dive_customer")
        own = sequence.copy({"company_id": self.company.id, "prefix": "REEF-"})
        self.assertTrue(own.active)
        self.assertTrue(self._customer("One").ref.startswith("REEF-"))


@tagged("post_install", "-at_install")
class TestEmergencyContact(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.diver = cls._customer("Diver", country_id=cls.env.ref("base.fr").id)
        cls.wife = cls._customer("Wife", phone="+33 6 12 57 07 04")

    def _contact(self, **vals):
        return self.env["dive.emergency.contact"].create(
            {"partner_id": self.diver.id, **vals}
        )

    def test_a_known_contact_is_kept_up_to_date(self):
        contact = self._contact(contact_id=self.wife.id)
        self.assertEqual((contact.name, contact.phone), ("Wife", self.wife.phone))
        self.wife.write({"phone": "+33 6 98 76 54 32", "name": "Claire"})
        self.assertEqual((contact.name, contact.phone), ("Claire", "+33 6 98 76 54 32"))

    def test_numbers_of_the_divers_country_and_what_is_no_number(self):
        contact = self._contact(
            name="Sister", phone="06 12 57 07 04", phone_2="ask Bob"
        )
        self.assertEqual(contact.phone, "+33 6 12 57 07 04")
        self.assertEqual(contact.phone_2, "ask Bob")

    def test_order_and_not_oneself(self):
        second = self._contact(name="Second", phone="+33 6 12 57 07 04", sequence=20)
        first = self._contact(name="First", phone="+33 6 12 57 07 04", sequence=1)
        self.diver.invalidate_recordset()
        self.assertEqual(self.diver.dive_emergency_contact_ids, first | second)
        with self.assertRaises(ValidationError):
            self._contact(contact_id=self.diver.id, phone="1")


@tagged("post_install", "-at_install")
class TestPlainPartners(DiveCommon):
    """What an app that is not ours pays for our being there: no query."""

    def _queries(self, count):
        vals = [
            {"name": f"Plain {i}", "email": f"p{i}@x.example"} for i in range(count)
        ]
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        partners = self.Partner.create(vals)
        self.env.flush_all()
        created = self.env.cr.sql_log_count - before
        partners.invalidate_recordset()
        before = self.env.cr.sql_log_count
        self.Partner.search([("id", "in", partners.ids)]).web_read(
            {"display_name": {}, "email": {}, "phone": {}, "country_id": {}}
        )
        return created, self.env.cr.sql_log_count - before

    def test_queries_do_not_grow_with_rows(self):
        self._queries(1)
        self.assertEqual(self._queries(1)[1], self._queries(80)[1])

    def test_no_statement_of_ours_while_creating(self):
        """Nothing but Odoo's own tables and columns is read when a contact is made."""
        self._queries(1)
        seen = []
        execute = type(self.env.cr).execute

        def spy(cursor, query, *args, **kwargs):
            seen.append(str(query))
            return execute(cursor, query, *args, **kwargs)

        self.patch(type(self.env.cr), "execute", spy)
        self.Partner.create({"name": "Plain", "category_id": [Command.clear()]})
        self.env.flush_all()
        ours = [query for query in seen if "FROM dive_" in query or '"dive_' in query]
        ours = [query for query in ours if not query.startswith("INSERT INTO")]
        self.assertFalse(ours)
