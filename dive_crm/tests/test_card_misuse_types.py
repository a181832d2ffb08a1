"""Types of cards that nobody should make, and what is refused with words."""

from functools import partial

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardMisuseTypes(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.single = cls._type("Dives", service_ids=cls.dive.ids)

    # ------------------------------------------------------------------
    # Taxes that are no percentage
    # ------------------------------------------------------------------

    def test_a_tax_that_is_not_known_at_the_sale(self):
        fixed = self._tax(2, amount_type="fixed")
        children = self._tax(10) | fixed
        group = self._tax(0, amount_type="group", children_tax_ids=children.ids)
        for taxes in (fixed, self.tax | fixed, group):
            with self.subTest(taxes=taxes.mapped("name")):
                reef = self._service("Reef dive", 90, taxes_id=[Command.set(taxes.ids)])
                kind = self._type("Reef", service_ids=reef.ids)
                self.assertEqual(kind.treatment, "multi")
                self.assertIn("no percentage of the price", kind.treatment_reason)
                for user in (self.manager, self.front):
                    self.assertEqual(
                        kind.with_user(user).treatment_reason, kind.treatment_reason
                    )
                mine = kind.with_user(self.accountant)
                with self.assertRaisesRegex(UserError, "cannot be taxed when sold"):
                    mine.action_switch_treatment()
                mine.action_confirm_treatment()
                self.assertEqual(kind.treatment_user_id, self.accountant)

    def test_the_tax_becomes_one_later(self):
        self.dive.taxes_id |= self._tax(2, amount_type="fixed")
        self.assertEqual(self.single.treatment, "single")
        self.assertIn("no percentage", self.single.treatment_reason)
        with self.assertRaisesRegex(UserError, "no percentage"):
            self.single.with_user(self.accountant).action_confirm_treatment()
        self.single.with_user(self.accountant).action_switch_treatment()
        self.assertEqual(self.single.treatment, "multi")

    def test_a_group_of_percentages(self):
        children = self._tax(10) | self._tax(3)
        group = self._tax(0, amount_type="group", children_tax_ids=children.ids)
        self.dive.taxes_id = group
        kind = self._type("Grouped", service_ids=self.dive.ids)
        self.assertEqual(kind.treatment, "single")

    # ------------------------------------------------------------------
    # What is no number
    # ------------------------------------------------------------------

    def test_weights_that_are_no_numbers(self):
        kind = self._type("Ten", unit="visits", service_ids=self.dive.ids)
        vals = {"type_id": kind.id, "product_id": self.dive.id}
        weights = self.env["dive.discount.weight"]
        for number in (float("nan"), float("inf"), -float("inf"), "many"):
            with self.subTest(number=number):
                with self.assertRaisesRegex(ValidationError, "enter a number"):
                    weights.create({**vals, "weight": number})
                with self.assertRaisesRegex(ValidationError, "enter a number"):
                    kind.weight_ids = [Command.create({**vals, "weight": number})]
        row = weights.create({**vals, "weight": 1.5})
        with self.assertRaisesRegex(ValidationError, "Visits: “nan”"):
            row.write({"weight": float("nan")})
        self.assertEqual(kind.weight_ids.mapped("weight"), [1.5])

    def test_half_a_month(self):
        for vals in (
            {"validity_months": 1.5},
            {"validity_months": "1.5"},
            {"unit": "visits", "visits": 2.5},
        ):
            with self.subTest(vals=vals):
                with self.assertRaisesRegex(ValidationError, "enter a whole number"):
                    self._type("Half", **vals)
                with self.assertRaisesRegex(ValidationError, "enter a whole number"):
                    self.single.write(vals)
        self.assertEqual(self._type("Two", validity_months=2.0).validity_months, 2)

    # ------------------------------------------------------------------
    # What has cards
    # ------------------------------------------------------------------

    def test_the_account_of_prepaid_cards_stays(self):
        card = self._sold()
        # sudo: an accountant's settings are not what is tried here
        account = self.company.dive_card_account_id.with_user(self.accountant).sudo()
        for vals in (
            {"active": False},
            {"account_type": "income"},
            {"account_type": "income_other"},
            {"account_type": "asset_receivable"},
        ):
            with (
                self.subTest(vals=vals),
                self.assertRaisesRegex(UserError, "stays a current liability"),
                self.env.cr.savepoint(),
            ):
                account.write(vals)
        account.write({"name": "Owed to divers", "account_type": "liability_current"})
        other = account.copy({"name": "Another"})
        other.write({"account_type": "income", "active": False})
        self._check_books(card)

    def test_an_account_without_cards_yet(self):
        company = self.env["res.company"].create({"name": "Dry dock"})
        account = self.company.dive_card_account_id or self.company._dive_card_account()
        fresh = account.copy({"name": "Not used yet"})
        company.dive_card_account_id = fresh
        fresh.active = False
        self.assertFalse(fresh.active)

    def test_the_company_of_a_type_stays(self):
        other = self.env["res.company"].create({"name": "Dry dock"})
        free = self._type("Not sold yet")
        free.company_id = other
        self._card(self.single)
        with self.assertRaisesRegex(UserError, "has cards, and stays with"):
            (free | self.single).company_id = other
        self.single.write({"company_id": self.single.company_id.id, "name": "Same"})

    def test_weights_of_other_services(self):
        weight = {"product_id": self.night.id, "weight": 1.5}
        said = "Night dive has a weight, and is none of the services of “Dives”"
        refused = partial(self.assertRaisesRegex, ValidationError, said)
        vals = {"unit": "visits", "weight_ids": [Command.create(weight)]}
        with refused(), self.env.cr.savepoint():
            self._type("Dives", service_ids=self.dive.ids, **vals)
        with refused(), self.env.cr.savepoint():
            self.single.write(vals)
        both = (self.dive | self.night).ids
        kind = self._type("Both", **vals, service_ids=both)
        self.single.write({**vals, "service_ids": [Command.set(both)]})
        with refused(), self.env.cr.savepoint():
            self.single.service_ids = self.dive
        with refused(), self.env.cr.savepoint():
            kind.name = "Dives"
            kind.service_ids -= self.night
        kind.write(
            {
                "weight_ids": [Command.clear()],
                "service_ids": [Command.set(self.dive.ids)],
            }
        )
        # a card for everything may count anything
        self._type("Any", **vals)
