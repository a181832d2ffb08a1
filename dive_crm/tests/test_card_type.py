"""Types of cards: what they suggest, what they refuse, how their sale is taxed."""

from lxml import etree
from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestCardType(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()

    def test_value_is_suggested_and_freely_changed(self):
        form = Form(self.env["dive.discount.type"].with_user(self.manager))
        form.name = "Ten dives"
        form.service_ids.add(self.dive)
        self.assertEqual((form.suggested_value, form.value), (4000, 4000))
        form.service_ids.add(self.night)
        self.assertEqual((form.suggested_value, form.value), (9000, 9000))
        form.value = 8800
        form.price = 8000
        kind = form.save()
        self.assertEqual((kind.value, kind.validity_months), (8800, 6))
        # another price list changes what is suggested, and no type
        self.dive.list_price = 450
        self.assertEqual((kind.suggested_value, kind.value), (9500, 8800))

    def test_value_of_visits_is_suggested(self):
        """Their number, times what one of them pays on the average."""
        form = Form(self.env["dive.discount.type"].with_user(self.manager))
        form.name = "Five dives"
        form.service_ids.add(self.dive)
        form.unit = "visits"
        form.visits = 5
        self.assertEqual((form.suggested_value, form.value), (2000, 2000))
        form.service_ids.add(self.night)
        self.assertEqual((form.suggested_value, form.value), (2250, 2250))
        with form.weight_ids.new() as row:
            row.product_id = self.night
            row.weight = 2  # so one visit pays 250 of it
        self.assertEqual(form.suggested_value, 1625)
        form.value, form.price = 1600, 1500
        kind = form.save()
        self.assertEqual(kind.value, 1600, "freely changed")
        kind.visits = 20
        self.assertEqual((kind.suggested_value, kind.value), (6500, 1600))
        given = {"unit": "visits", "visits": 8, "service_ids": self.dive.ids}
        kind = self.env["dive.discount.type"].create(
            {"name": "Eight", "price": 3000, **given}
        )
        self.assertEqual(kind.value, 3200)
        kind.with_user(self.manager).action_use_suggested_value()
        self.assertEqual(kind.value, 3200)

    def test_what_only_readers_see(self):
        """Empty services mean everything: a placeholder is not shown to readers."""
        words = "//span[text()='Everything']"
        kinds = self.env["dive.discount.type"]
        for user, shown in ((self.front, True), (self.manager, False)):
            arch = kinds.with_user(user).get_view(False, "form")["arch"]
            self.assertEqual(bool(etree.fromstring(arch).xpath(words)), shown)

    def test_sold_before_it_is_confirmed(self):
        """The desk is warned on the new card, and not kept from selling it."""
        card = self._card()
        mine = card.with_user(self.front)
        self.assertTrue(mine.unconfirmed)
        form = Form(self.env["dive.discount.card"].with_user(self.front))
        self.assertFalse(form.unconfirmed, "no type is chosen yet")
        form.type_id = self.type
        self.assertTrue(form.unconfirmed)
        self.type.with_user(self.accountant).action_confirm_treatment()
        self.assertFalse(mine.unconfirmed)
        self.type._dive_unlocked().treatment_user_id = False
        self.assertTrue(mine.unconfirmed)
        card.action_sell()
        card.invalidate_recordset()
        self.assertFalse(mine.unconfirmed, "it is done")

    def test_prices_that_make_no_sense(self):
        for price, value, said in (
            (4000, 4000, "nobody saves"),
            (4000.004, 4000, "nobody saves"),
            (5000, 4000, "nobody saves"),
            (0, 4000, "more than 0"),
            (-1, 4000, "more than 0"),
            (0.001, 4000, "more than 0"),
        ):
            with self.assertRaisesRegex(ValidationError, said):
                self._type("Wrong", price=price, value=value)

    def test_validity_and_visits_that_make_no_sense(self):
        with mute_logger("odoo.sql_db"):
            for vals in (
                {"validity_months": 0},
                {"validity_months": -6},
                {"unit": "visits", "visits": 0},
                {"family_cap": -1},
            ):
                with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                    self._type("Wrong", **vals)
            with self.assertRaises(CheckViolation), self.env.cr.savepoint():
                self._type(
                    "Wrong",
                    unit="visits",
                    weight_ids=[
                        Command.create({"product_id": self.night.id, "weight": 0})
                    ],
                )
        with self.assertRaisesRegex(ValidationError, "fixed date"):
            self._type("Wrong", validity="date")

    def test_taxation_proposed(self):
        other = self._service("Lunch", 20, taxes_id=[Command.set(self._tax(10).ids)])
        free = self._service("Tip", 20, taxes_id=[Command.clear()])
        for services, treatment, reason in (
            (self.dive, "single", "All its services have the same taxes"),
            (self.dive | self.night, "single", "All its services have the same taxes"),
            (self.dive.browse(), "multi", "Any service"),
            (self.dive | other, "multi", "different taxes"),
            (self.dive | free, "multi", "different taxes"),
            (free, "multi", "no taxes"),
        ):
            kind = self._type("Taxed", service_ids=services.ids)
            self.assertEqual(kind.treatment, treatment)
            self.assertIn(reason, kind.treatment_reason)
            taxes = self.tax if treatment == "single" else self.tax.browse()
            self.assertEqual(kind.tax_ids, taxes)

    def test_an_accountant_says_how(self):
        kind = self._type("Taxed", service_ids=self.dive.ids)
        for role in (self.front, self.manager):
            with self.assertRaises(AccessError):
                kind.with_user(role).action_confirm_treatment()
        kind.with_user(self.accountant).action_confirm_treatment()
        self.assertEqual(kind.treatment_user_id, self.accountant)
        kind.with_user(self.accountant).action_switch_treatment()
        self.assertEqual(kind.treatment, "multi")
        self.assertIn("The services propose", kind.treatment_reason)
        # other services: proposed anew
        kind.with_user(self.manager).service_ids = self.dive | self.night
        self.assertEqual(kind.treatment, "single")
        self.assertFalse(kind.treatment_user_id)
        kind.with_user(self.manager).service_ids = False
        with self.assertRaisesRegex(UserError, "cannot be taxed when sold"):
            kind.with_user(self.accountant).action_switch_treatment()
        with self.assertRaises(UserError):
            kind.with_user(self.manager).write({"treatment": "single"})

    def test_roles(self):
        kind = self.type
        for role in ("front", "accountant", "instructor"):
            mine = kind.with_user(getattr(self, role))
            self.assertEqual(mine.name, kind.name)
            with self.assertRaises(AccessError):
                mine.write({"price": 1})
        for role in ("medical", "employee", "portal"):
            with self.assertRaises(AccessError):
                kind.with_user(getattr(self, role)).read(["name"])
        kind.with_user(self.manager).write({"price": 3400})
