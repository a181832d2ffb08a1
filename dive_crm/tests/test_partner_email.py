import psycopg2

from odoo.exceptions import RedirectWarning, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.res_partner_unique import Claim
from .common import DiveCommon, RaceCase


@tagged("post_install", "-at_install")
class TestPartnerEmail(DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._customer("Anna", email="anna@mail.example")

    def _refused(self, **vals):
        with self.assertRaises(RedirectWarning) as caught:
            self._customer("Second", **vals)
        return caught.exception

    def test_same_address_whatever_the_case_or_spaces(self):
        for email in ("anna@mail.example", "ANNA@Mail.Example", "  anna@mail.example "):
            with self.subTest(email=email):
                message, action, button, _context = self._refused(email=email).args
                self.assertIn("Anna", message)
                self.assertIn(self.anna.ref, message)
                self.assertIn("Anna", button)
                self.assertEqual(action["res_id"], self.anna.id)

    def test_two_in_one_go(self):
        with self.assertRaisesRegex(ValidationError, "One and Two"):
            self.Partner.create(
                [
                    {"name": n, "email": "new@mail.example", "dive_customer": True}
                    for n in ("One", "Two")
                ]
            )

    def test_changing_becoming_a_customer_and_coming_back(self):
        other = self._customer("Other", email="other@mail.example")
        with self.assertRaises(RedirectWarning):
            other.email = "Anna@mail.example"
        contact = self.Partner.create({"name": "C", "email": "anna@mail.example"})
        with self.assertRaises(RedirectWarning):
            contact.dive_customer = True
        self.anna.active = False
        self._customer("Third", email="anna@mail.example")
        with self.assertRaises(RedirectWarning):
            self.anna.active = True

    def test_a_freed_address_can_be_taken_in_the_same_transaction(self):
        self.anna.email = False
        second = self._customer("Second", email="anna@mail.example")
        second.flush_recordset()
        self.assertEqual(second.email_normalized, "anna@mail.example")

    def test_not_exactly_one_address(self):
        for email in (
            "a@mail.example, b@mail.example",
            "a@mail.example;b@mail.example",
            "nobody",
            "a@",
            "x@@example.com",
            "@mail.example",
            "anna@localhost",
        ):
            with (
                self.subTest(email=email),
                self.assertRaises(ValidationError) as caught,
            ):
                self._customer("Second", email=email)
            self.assertIn(email, str(caught.exception))

    def test_pasted_forms_become_the_address(self):
        for email in ("Bo <bo@mail.example>", " bo@mail.example\n"):
            customer = self._customer("Bo", email=email)
            self.assertEqual(customer.email, "bo@mail.example")
            customer.email = False
        self.assertFalse(self._customer("Blank", email="   ").email)

    def test_contacts_that_are_no_customers_may_share(self):
        for name in ("Office", "Office too"):
            self.Partner.create({"name": name, "email": "anna@mail.example"})

    def test_companies_have_their_own_and_share_what_has_none(self):
        one, two = self.env["res.company"].create([{"name": "One"}, {"name": "Two"}])
        mine = self._customer("Mine", email="co@mail.example", company_id=one.id)
        self._customer("Theirs", email="co@mail.example", company_id=two.id)
        self.assertTrue(mine.active)
        # Everybody's customer meets those of each company, and the other way round.
        self._refused(email="co@mail.example")
        self._refused(email="anna@mail.example", company_id=one.id)

    def test_database_guards_hold_without_the_friendly_check(self):
        company = self.env["res.company"].create({"name": "One"})
        rows = self.Partner.create(
            [{"name": n, "dive_customer": True} for n in ("One", "Two")]
        )
        rows.flush_recordset()
        for company_id in (None, company.id):
            with (
                self.subTest(company=company_id),
                mute_logger("odoo.sql_db"),
                self.assertRaises(Exception) as caught,
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(
                    "UPDATE res_partner SET email_normalized = 'anna@mail.example',"
                    " company_id = %s WHERE id = %s",
                    (company_id, rows[0].id),
                )
            self.assertIn(caught.exception.pgcode, ("23505", "23P01"))

    def test_staff_of_another_company_learn_no_name(self):
        company = self.env["res.company"].create({"name": "Other centre"})
        self._customer(
            "Secret Name", email="hidden@mail.example", company_id=company.id
        )
        with self.assertRaises(ValidationError) as caught:
            self.Partner.with_user(self.front).create(
                {"name": "X", "email": "hidden@mail.example", "dive_customer": True}
            )
        self.assertNotIn("Secret", str(caught.exception))

    def test_portal_never_learns_who(self):
        me = self.portal.partner_id
        me.sudo().dive_customer = True
        with self.assertRaises(ValidationError) as caught:
            # The portal's profile page writes with sudo, for the user who is logged in.
            me.with_user(self.portal).sudo().write({"email": "anna@mail.example"})
        self.assertNotIsInstance(caught.exception, RedirectWarning)
        self.assertNotIn("Anna", str(caught.exception))
        self.assertNotIn(self.anna.ref, str(caught.exception))

    def test_form_says_so_while_typing(self):
        form = Form(
            self.Partner.with_user(self.front).with_context(default_dive_customer=True),
            view="dive_crm.view_partner_dive_form",
        )
        form.name = "Second"
        form.email = "ANNA@mail.example"
        self.assertEqual(form.dive_email_owner_id, self.anna)
        form.email = "second@mail.example"
        self.assertFalse(form.dive_email_owner_id)
        self.assertTrue(form.save().ref)

    def test_checking_many_costs_no_more_than_checking_one(self):
        def checked(count, name):
            claims = [
                Claim(f"{name}{i}@mail.example", False, f"{name} {i}")
                for i in range(count)
            ]
            before = self.env.cr.sql_log_count
            self.Partner._dive_check_email_free(claims)
            self.Partner._dive_check_number(claims)
            return self.env.cr.sql_log_count - before

        checked(1, "warm")
        self.assertEqual(checked(1, "one"), 2)
        self.assertEqual(checked(80, "many"), 2)


@tagged("post_install", "-at_install")
class TestPartnerEmailRace(RaceCase):
    """Several desks save the same new customer at the same moment."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean)
        with self._env() as env:
            self.company_id = env.company.id

    def _clean(self):
        with self._env() as env:
            env["res.partner"].with_context(active_test=False).search(
                [("email_normalized", "=like", "race%@mail.example")]
            ).unlink()

    def _save(self, address, company_id):
        def save(env):
            env["res.partner"].create(
                {
                    "name": "Race",
                    "email": address,
                    "dive_customer": True,
                    "company_id": company_id,
                }
            )

        return save

    def test_one_customer_per_address(self):
        """Of one company, of all companies, and one of each kind against the other."""
        for number in range(4):
            for kind, companies in (
                ("own", [self.company_id] * 4),
                ("all", [False] * 4),
                ("mixed", [False, self.company_id] * 2),
            ):
                with self.subTest(kind=kind, round=number):
                    address = f"race{kind}{number}@mail.example"
                    outcome = self._race([self._save(address, c) for c in companies])
                    self.assertEqual(outcome.count(True), 1, outcome)
                    for refused in outcome:
                        if refused is not True:
                            self.assertIsInstance(
                                refused,
                                (
                                    RedirectWarning,
                                    ValidationError,
                                    psycopg2.IntegrityError,
                                ),
                            )
