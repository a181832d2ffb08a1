"""Customers who are being entered are asked in the same form, and saved with it."""

from datetime import date, timedelta

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DiveCommon
from .test_consent import ConsentMixin

QUICK = "dive_crm.view_partner_dive_quick_form"


@tagged("post_install", "-at_install", "dive_long")
class TestConsentNewCustomer(ConsentMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpConsents()

    def _enter(self, answers, user=None, **vals):
        partners = self.env["res.partner"].with_user(user or self.front)
        values = {"name": "Nora New", "dive_customer": True, **vals}
        return partners.create({**values, "dive_consent_answers": answers})

    def test_saved_with_the_customer(self):
        nora = self._enter({str(self.news.id): True, str(self.texts.id): False})
        self.assertEqual(
            sorted(self._answers(nora), key=lambda one: one[0].id),
            [(self.news, True, "desk"), (self.texts, False, "desk")],
        )
        self.assertEqual(self._rows(nora)[0].user_name, self.front.name)
        # answers are no field that is kept
        nora.invalidate_recordset()
        self.assertFalse(nora.dive_consent_answers)
        self.assertFalse(nora.copy().dive_consent_state_ids)

    def test_nothing_clicked_is_nothing_said(self):
        for answers in ({}, False):
            self.assertFalse(self._rows(self._enter(answers)))

    def test_what_is_asked_of_somebody_new(self):
        partners = self.env["res.partner"].with_user(self.front)
        items = {item["id"]: item for item in partners.dive_consents_of_new()}
        self.assertEqual(items.keys(), {self.news.id, self.texts.id, self.pictures.id})
        self.assertEqual(items[self.news.id]["answer"], "")
        self.assertTrue(items[self.news.id]["channel"])
        self.env["res.lang"]._activate_lang("de_DE")
        self.news.wording_id.with_context(lang="de_DE").text = "Neuigkeiten?"
        items = {item["id"]: item for item in partners.dive_consents_of_new("de_DE")}
        self.assertEqual(items[self.news.id]["wording"], "Neuigkeiten?")
        self.assertTrue(partners.dive_consents_of_new("xx_XX"))
        for user in (self.employee, self.portal, self.accountant):
            with self.assertRaises(AccessError):
                partners.with_user(user).dive_consents_of_new()

    def test_minors_are_not_asked_for_messages(self):
        """Their date of birth may be typed after the click."""
        born = date.today() - timedelta(4000)
        answers = {str(self.news.id): True, str(self.pictures.id): True}
        ned = self._enter(answers, birthdate_date=born)
        self.assertEqual(self._answers(ned), [(self.pictures, True, "desk")])

    def test_asked_by_another_company(self):
        """What only another company asks is neither shown nor written down."""
        other = self.env["res.company"].create({"name": "Other Reef"})
        self.front.company_ids |= other
        self.texts.company_id = other
        partners = self.env["res.partner"].with_user(self.front)
        partners = partners.with_context(allowed_company_ids=(self.company | other).ids)
        for company, asked in (
            (False, self.news | self.texts | self.pictures),
            (self.company.id, self.news | self.pictures),
            (other.id, self.news | self.texts | self.pictures),
            (2**31, self.news | self.texts | self.pictures),
        ):
            items = partners.dive_consents_of_new(False, company)
            self.assertEqual({item["id"] for item in items}, set(asked.ids), company)
        # the company was chosen after the click
        nora = partners.create(
            {
                "name": "Nora New",
                "dive_customer": True,
                "company_id": self.company.id,
                "dive_consent_answers": {
                    str(self.news.id): True,
                    str(self.texts.id): True,
                },
            }
        )
        self.assertEqual(self._answers(nora), [(self.news, True, "desk")])

    def test_roles(self):
        answers = {str(self.news.id): True}
        anna = self._customer("Anna Keller")
        for user in (self.employee, self.portal, self.accountant):
            with self.assertRaises(AccessError):
                anna.with_user(user).write({"dive_consent_answers": answers})
        self.assertFalse(self._rows(anna))

    def test_bad_input(self):
        for answers in (
            {"0": True},
            {"x": True},
            {"-1": True},
            {str(2**40): True},
            {str(self.news.id): "no"},
            {str(self.news.id): None},
            [1],
            "yes",
            {"": True},
        ):
            with self.assertRaises(UserError, msg=str(answers)):
                self._enter(answers)
        self.assertFalse(self.env["res.partner"].search([("name", "=", "Nora New")]))

    def test_forms_ask(self):
        for view in (QUICK, "dive_crm.view_partner_dive_form"):
            arch = self._arch(view, self.front)
            self.assertTrue(arch.xpath("//widget[@name='dive_consents']"), view)
            for name in ("dive_consent_answers", "dive_is_minor", "lang"):
                self.assertTrue(arch.xpath(f"//field[@name='{name}']"), (view, name))
            arch = self._arch(view, self.employee)
            self.assertFalse(arch.xpath("//widget[@name='dive_consents']"), view)

    def _arch(self, view, user):
        partners = self.env["res.partner"].with_user(user)
        return etree.fromstring(partners.get_view(self.env.ref(view).id)["arch"])
