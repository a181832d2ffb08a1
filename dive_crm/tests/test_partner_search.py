from unittest.mock import patch

from psycopg2.errors import LockNotAvailable

from odoo.exceptions import ValidationError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models import res_partner_search_index as index
from ..models.res_partner_search import INDEX
from .common import DiveCommon, RaceCase


@tagged("post_install", "-at_install")
class TestPartnerSearch(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.john = cls._customer(
            "John O'Neill-Müller",
            email="john.oneill@search.example",
            phone="+44 7911 123456",
            ref="ZX900001",
        )
        cls.russian = cls._customer(
            "Синклитикия Мясников",
            phone="8 912 308-37-78",
            country_id=cls.env.ref("base.ru").id,
        )

    def _found(self, text, **kwargs):
        ids = [pid for pid, _name in self.Partner.name_search(text, **kwargs)]
        return self.Partner.browse(ids)

    def test_one_box_finds_by_all_that_people_say(self):
        for text in (
            "oneill@search",
            "john.oneill@search.example",
            "JOHN.ONEILL@search.example",
            "muller john",
            "john MÜLLER",
            "neill",
            "zx900001",
            "X90000",
            "07911 123456",
            "0044 7911 123456",
            "+447911123456",
            "7911123456",
            "123456",
            "john 07911 123456",
        ):
            with self.subTest(text=text):
                self.assertIn(self.john, self._found(text))

    def test_another_countrys_national_form(self):
        self.assertEqual(self.russian.phone, "+7 912 308-37-78")
        self.assertIn(self.russian, self._found("8 912 308-37-78"))
        self.assertNotIn(self.john, self._found("8 912 308-37-78"))

    def test_database_and_memory_agree(self):
        both = self.john | self.russian
        for text in ("muller", "мяс", "07911 123456", "oneill@search", "912308", "йк"):
            with self.subTest(text=text):
                domain = self.Partner._search_display_name("ilike", text)
                self.assertEqual(
                    self.Partner.search(domain) & both, both.filtered_domain(domain)
                )

    def test_unsaved_changes_are_found(self):
        self.john.name = "Jean Tremblay"
        self.assertIn(self.john, self._found("tremblay jean"))
        self.assertNotIn(self.john, self._found("muller"))

    def test_signs_of_like_are_letters(self):
        percent = self._customer("Hundred % Diver_s \\ Club")
        for text in ("%", "_s", "\\"):
            with self.subTest(text=text):
                self.assertIn(percent, self._found(text))
                self.assertNotIn(self.john, self._found(text))

    def test_other_operators_are_odoos(self):
        found = self.Partner.name_search("John O'Neill-Müller", operator="=")
        self.assertEqual([pid for pid, _name in found], self.john.ids)
        others = self.Partner.search(
            [("display_name", "not ilike", "neill"), ("id", "in", self.john.ids)]
        )
        self.assertFalse(others)

    def test_emergency_phones_do_not_find_their_diver_in_a_customer_field(self):
        self.env["dive.emergency.contact"].create(
            {"partner_id": self.russian.id, "name": "Ann", "phone": "+44 7911 123456"}
        )
        found = self._found("07911 123456")
        self.assertIn(self.john, found)
        self.assertNotIn(self.russian, found)

    def test_line_is_indexed(self):
        self.env.cr.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = %s", (INDEX,)
        )
        self.assertEqual(
            bool(self.env.cr.fetchone()), bool(self.env.registry.has_trigram)
        )

    def test_searching_costs_one_query(self):
        self._found("warm up 07911")
        with self.assertQueryCount(1):
            self.Partner._search(
                [("display_name", "ilike", "muller john")]
            ).get_result_ids()
        with self.assertQueryCount(1):
            self.Partner._search(
                [("display_name", "ilike", "07911 1234")]
            ).get_result_ids()

    def test_a_customer_field_costs_one_query(self):
        """Odoo's own asks a second one for all columns of what was found."""
        for text in ("07911 123456", "neill"):
            self.Partner.name_search(text, limit=8)
            self.env.invalidate_all()
            with self.assertQueryCount(1):
                found = self.Partner.name_search(text, limit=8)
            self.assertIn(self.john.id, dict(found))


@tagged("post_install", "-at_install")
class TestSearchIndex(RaceCase):
    """The index of many contacts is made while others work with them."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(index, "PATIENCE", "20s"))
        self.addCleanup(self._make)
        with self._env() as env:
            env["res.partner"]._dive_drop_index(env.cr)

    def _make(self):
        with self._env() as env:
            env["res.partner"]._cron_dive_index()

    def _missing(self):
        with self._env() as env:
            return env["res.partner"]._dive_index_wanted()

    def test_made_beside(self):
        self.assertTrue(self._missing())
        with self._env() as reader:
            # somebody who reads need not come to an end, only not have begun before
            self._make()
            reader.cr.execute("SELECT count(*) FROM res_partner")
        self.assertFalse(self._missing())
        self._make()
        self.assertFalse(self._missing())

    @mute_logger("odoo.sql_db")
    def test_what_was_not_finished_is_made_anew(self):
        with self._env() as reader:
            reader.cr.execute("SELECT count(*) FROM res_partner")
            with (
                patch.object(index, "PATIENCE", "300ms"),
                self.assertRaises(LockNotAvailable),
            ):
                self._make()
        with self._env() as env:
            env.cr.execute("SELECT 1 FROM pg_class WHERE relname = %s", [INDEX])
            self.assertTrue(env.cr.rowcount, "a beginning of it is there")
        self.assertTrue(self._missing())
        self._make()
        self.assertFalse(self._missing())

    def test_installing_among_many_contacts_does_not_make_it(self):
        with self._env() as env:
            cron = env.ref("dive_crm.ir_cron_partner_index")
            before = env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
            with patch.object(index, "AT_ONCE_BYTES", 0):
                env["res.partner"]._dive_make_or_plan_index()
            after = env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
            self.assertEqual(len(after - before), 1)
            self.assertTrue(env["res.partner"]._dive_index_wanted())
            (after - before).unlink()
            env["res.partner"]._dive_make_or_plan_index()
            self.assertFalse(env["res.partner"]._dive_index_wanted(), "few: at once")


@tagged("post_install", "-at_install")
class TestPartnerPhone(DiveCommon):
    def test_numbers_are_stored_so_that_they_can_be_dialled(self):
        uk, jp = self.env.ref("base.uk"), self.env.ref("base.jp")
        for said, country, stored in (
            ("07911 123456", uk, "+44 7911 123456"),
            ("0044 7911 123456", jp, "+44 7911 123456"),
            ("+44 (0)7911 123456", jp, "+44 7911 123456"),
            ("00819012834497", jp, "+81 90-1283-4497"),
            ("090-1283-4497", jp, "+81 90-1283-4497"),
            (" +49 30 901820 ", uk, "+49 30 901820"),
        ):
            with self.subTest(said=said):
                customer = self._customer("Phone", phone=said, country_id=country.id)
                self.assertEqual(customer.phone, stored)

    def test_a_number_that_cannot_exist_is_refused_with_the_reason(self):
        for said, reason in (
            ("123", "“123” has too few digits"),
            ("+44 1", "has too few digits"),
            ("abc", "is not a phone number"),
            ("+999 1234567", "country code that does not exist"),
            ("0" * 40, "is not a phone number"),
            ("1" * 40, "has too many digits"),
            ("🤿" * 5, "is not a phone number"),
            ("07911", "has too few digits"),
        ):
            with (
                self.subTest(said=said),
                self.assertRaisesRegex(ValidationError, reason),
            ):
                self._customer(
                    "Phone", phone=said, country_id=self.env.ref("base.uk").id
                )

    def test_changing_refuses_and_formats_as_well(self):
        customer = self._customer("Phone", country_id=self.env.ref("base.uk").id)
        customer.phone = "07911 123456"
        self.assertEqual(customer.phone, "+44 7911 123456")
        with self.assertRaises(ValidationError):
            customer.phone = "12"
        others = customer | self._customer(
            "Second", country_id=self.env.ref("base.uk").id
        )
        others.write({"phone": "07911 123457"})
        self.assertEqual(set(others.mapped("phone")), {"+44 7911 123457"})

    def test_contacts_that_are_no_customers_are_left_alone(self):
        contact = self.Partner.create({"name": "Supplier", "phone": "ext. 12"})
        self.assertEqual(contact.phone, "ext. 12")
        with self.assertRaises(ValidationError):
            contact.dive_customer = True
