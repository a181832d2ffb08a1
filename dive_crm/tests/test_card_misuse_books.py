"""Cards taxed when sold that pay services of several income accounts."""

from collections import Counter

from odoo import Command
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardMisuseBooks(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.trips = cls._income("Trips")
        cls.courses = cls._income("Courses")
        cls.dive.property_account_income_id = cls.trips
        cls.course = cls._service(
            "Course", 600, property_account_income_id=cls.courses.id
        )
        services = (cls.dive | cls.course).ids
        cls.single = cls._type("Trips and courses", service_ids=services)

    @classmethod
    def _income(cls, name):
        return cls.env["account.account"].create(
            {
                "name": name,
                "code": f"77{next(cls.numbers):04}",
                "account_type": "income",
            }
        )

    def _booked(self, moves):
        """Return what these entries have booked on the two accounts."""
        found = Counter()
        for line in moves.line_ids.filtered(lambda line: line.parent_state == "posted"):
            if line.account_id in self.trips | self.courses:
                found[line.account_id] -= line.balance
        return [
            self.company.currency_id.round(found[account])
            for account in (self.trips, self.courses)
        ]

    def _documents(self, move):
        moves = move | move.reversal_move_ids
        moves |= moves.dive_card_use_ids.settlement_ids
        return moves | moves.reversal_move_ids

    def _agrees(self, card):
        self._check_books(card)
        check = self.env["dive.discount.card.check"]
        self.assertFalse(check.search([("card_id", "=", card.id)]))

    def test_each_account_gets_what_was_covered_there(self):
        card = self._sold(self.single)
        for late in (False, True):
            with self.subTest(late=late):
                move = self._invoice(self.dive, self.course, post=late)
                card.redeem(1000, invoice=move)
                if not late:
                    move.action_post()
                use = move.dive_card_use_ids
                entry = use.settlement_ids.filtered(
                    lambda move: move.move_type == "entry"
                )
                self.assertEqual(self._booked(entry), [289.26, 433.88])
                self.assertEqual(self._booked(self._documents(move)), [289.26, 433.88])
                self._agrees(card)

    def test_a_part_of_the_invoice(self):
        """The last account takes the rounding: 61.98 are 24.79 and 37.19."""
        card = self._sold(self.single)
        for late in (False, True):
            move = self._invoice(self.dive, self.course, post=late)
            card.redeem(85.71, invoice=move)
            if not late:
                move.action_post()
            entry = move.dive_card_use_ids.settlement_ids.filtered(
                lambda move: move.move_type == "entry"
            )
            booked = self._booked(entry)
            self.assertEqual(
                round(sum(booked), 2), move.dive_card_use_ids.booked, booked
            )
            self.assertEqual(booked[0], 24.79)
            self._agrees(card)

    def test_visits(self):
        kind = self._type(
            "Five",
            unit="visits",
            visits=5,
            value=2500,
            price=2000,
            service_ids=self.single.service_ids.ids,
        )
        card = self._sold(kind)
        for late in (False, True):
            move = self._invoice(self.dive, self.course, post=late)
            card.redeem(2, invoice=move)
            if not late:
                move.action_post()
            booked = self._booked(self._documents(move))
            # 1,322.31 in all
            self.assertEqual(booked, [264.46, 396.69 if late else 396.70])
            self._agrees(card)

    def test_given_back(self):
        card = self._sold(self.single)
        for late in (False, True):
            for cancel in (False, True):
                with self.subTest(late=late, cancel=cancel):
                    move = self._invoice(self.dive, self.course, post=late)
                    card.redeem(1000, invoice=move)
                    if not late:
                        move.action_post()
                    credit = self._credit(move, cancel=cancel)
                    if not cancel:
                        credit.action_post()
                    self.assertEqual(card.balance, 4000)
                    self.assertEqual(self._booked(self._documents(move)), [0, 0])
                    self._agrees(card)

    def test_given_back_in_parts(self):
        card = self._sold(self.single)
        move = self._invoice(self.dive, self.course)
        card.redeem(1000, invoice=move)
        move.action_post()
        for service, left in ((self.dive, [0, 433.88]), (self.course, [0, 0])):
            credit = self._credit(move)
            other = credit.invoice_line_ids.filtered(
                lambda line, service=service: (
                    line.product_id and line.product_id != service
                )
            )
            credit.invoice_line_ids = [Command.delete(line.id) for line in other]
            credit.action_post()
            self.assertEqual(self._booked(self._documents(move)), left)
            self._agrees(card)

    def test_taken_off(self):
        card = self._sold(self.single)
        for late in (False, True):
            move = self._invoice(self.dive, self.course, post=late)
            card.redeem(1000, invoice=move)
            if late:
                move.dive_card_use_ids.action_take_off()
            else:
                move.action_post()
                move.button_draft()
                self.assertEqual(self._booked(self._documents(move)), [0, 0])
                move.action_post()
                self.assertEqual(self._booked(self._documents(move)), [289.26, 433.88])
                move.button_draft()
                move.dive_card_use_ids.action_take_off()
            if not late:
                self.assertEqual(self._booked(self._documents(move)), [0, 0])
            self.assertEqual(card.balance, 4000)
            self._agrees(card)

    def test_analytic_distribution_follows_the_account(self):
        """Odoo's own models say of which plan an account is: the entry asks them."""
        plan = self.env["account.analytic.plan"].create({"name": "Where"})
        accounts = self.env["account.analytic.account"].create(
            [{"name": name, "plan_id": plan.id} for name in ("Boat", "Class")]
        )
        self.env["account.analytic.distribution.model"].create(
            [
                {
                    "account_prefix": account.code,
                    "analytic_distribution": {str(analytic.id): 100},
                }
                for account, analytic in zip(
                    self.trips | self.courses, accounts, strict=True
                )
            ]
        )
        card = self._sold(self.single)
        move = self._invoice(self.dive, self.course)
        card.redeem(1000, invoice=move)
        move.action_post()
        lines = move.dive_card_use_ids.settlement_ids.line_ids
        for account, analytic in zip(self.trips | self.courses, accounts, strict=True):
            line = lines.filtered(lambda line, a=account: line.account_id == a)
            self.assertEqual(line.analytic_distribution, {str(analytic.id): 100})
