"""Whatever is done with cards, in any order: the books agree after each step.

In currencies of 0, 2 and 3 decimals, the company's own and foreign ones at rates that
change; prices with and without taxes; taxed when sold and when used; money and visits.
"""

import logging
import os
import tempfile
from datetime import timedelta
from itertools import product as all_of

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon

_logger = logging.getLogger(__name__)
# It keeps what it knows of characters; not among the sources.
set_hypothesis_home_dir(os.path.join(tempfile.gettempdir(), "dive-hypothesis"))
#: How often in the gate; DIVE_EXAMPLES=500 looks further.
EXAMPLES = int(os.environ.get("DIVE_EXAMPLES", 8))
#: A step takes a while: DIVE_SHRINK=1 looks for the shortest way to a failure.
PHASES = set(Phase) - ({Phase.shrink} if not os.environ.get("DIVE_SHRINK") else set())
SMALL = st.integers(0, 5)
SHARE = st.sampled_from([0.003, 0.1, 1 / 3, 0.5, 0.77, 1])
STEP = st.one_of(
    st.tuples(st.just("use"), SMALL, SHARE, st.booleans(), st.booleans()),
    st.tuples(st.just("use"), SMALL, SHARE, st.booleans(), st.booleans()),
    st.tuples(st.sampled_from(["post", "post", "cancel", "delete", "draft"]), SMALL),
    st.tuples(st.sampled_from(["take_off", "credit_draft"]), SMALL),
    st.tuples(st.just("counter"), SMALL, SHARE),
    st.tuples(st.just("credit"), SMALL, SHARE, st.booleans()),
    st.tuples(st.sampled_from(["expire", "extend", "refund"]), SMALL),
    st.tuples(st.just("sell"), st.booleans()),
    st.tuples(st.just("rate"), st.sampled_from([0.9, 1, 1.37, 151.3])),
)
STEPS = st.lists(STEP, min_size=5, max_size=14)
#: tax in the price or not; services any or one; money or visits
KINDS = list(all_of((False, True), (False, True), ("money", "visits")))
CURRENCIES = ["JPY", "USD", "KWD"]
#: the company's currency, the card's
MONEY = [("USD", name) for name in CURRENCIES] + [("JPY", "JPY"), ("KWD", "KWD")]


def pick(records, number):
    """Return one of some records, none if there are none."""
    return records[number % len(records)] if records else records


@tagged("post_install", "-at_install", "dive_long")
class TestCardProperty(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        currencies = cls.env["res.currency"].with_context(active_test=False)
        cls.money = {
            name: currencies.search([("name", "=", name)]) for name in CURRENCIES
        }
        for currency in cls.money.values():
            currency.active = True
        cls.companies = {"USD": cls.env.company}
        for name in ("JPY", "KWD"):
            cls.companies[name] = cls._company_in(cls.money[name])
        cls.envs, cls.done = {}, {}
        for name, company in cls.companies.items():
            cls.env = cls.env(
                context=dict(cls.env.context, allowed_company_ids=company.ids)
            )
            cls.setUpCards()
            cls.envs[name] = (cls.env, cls.anna)

    @classmethod
    def _company_in(cls, currency):
        company = cls.env["res.company"].create(
            {
                "name": f"Divers in {currency.name}",
                "currency_id": currency.id,
                "country_id": cls.env.ref("base.us").id,
            }
        )
        cls.env.user.company_ids += company
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        company.currency_id = currency
        return company

    # -- the steps ------------------------------------------------------------

    def _start(self, money, kind):
        books, currency = money
        included, single, unit = kind
        cls = type(self)
        cls.env, cls.anna = self.envs[books]
        self.currency = self.money[currency]
        self.unit = unit
        override = "tax_included" if included else "tax_excluded"
        cls.tax = self._tax(21, price_include_override=override)
        cls.dive = self._service("Boat dive", 400)
        cls.night = self._service("Night dive", 537.19)
        self.cards = self.env["dive.discount.card"]
        self.moves = self.env["account.move"]
        self.kind = self._type(
            "Any",
            currency_id=self.currency.id,
            unit=unit,
            visits=7,
            value=4000,
            price=2499,
            service_ids=[Command.set((self.dive + self.night).ids if single else [])],
            weight_ids=[Command.create({"product_id": self.night.id, "weight": 1.5})],
        )
        self._do_sell(True)

    def _do_sell(self, pay):
        card = self._card(self.kind)
        card.action_sell()
        card.sale_move_id.action_post()
        if pay:
            self._pay(card.sale_move_id)
        self.cards |= card

    def _draft(self):
        return self.moves.create(
            {
                "move_type": "out_invoice",
                "partner_id": self.anna.id,
                "currency_id": self.currency.id,
                "invoice_line_ids": [
                    Command.create({"product_id": self.dive.id, "price_unit": 400}),
                    Command.create(
                        {"product_id": self.night.id, "price_unit": 537, "quantity": 2}
                    ),
                ],
            }
        )

    def _do_use(self, number, share, again, post):
        card = pick(self.cards, number)
        drafts = self.moves.filtered(
            lambda move: move.move_type == "out_invoice" and move.state != "cancel"
        )
        move = pick(drafts, number) if again and drafts else self._draft()
        self.moves |= move
        if post and move.state == "draft":
            move.action_post()
        left = move._dive_left_for(card)
        if self.unit == "visits":
            left = move._dive_visits_left_for(card)
        card.redeem(min(left, card.balance or left) * share, invoice=move)

    def _do_counter(self, number, share):
        card = pick(self.cards, number)
        card.redeem(card.balance * share)

    def _pick_move(self, number, kind="out_invoice", state="posted"):
        return pick(
            self.moves.filtered(
                lambda move: move.move_type == kind and move.state == state
            ),
            number,
        )

    def _do_post(self, number):
        self._pick_move(number, state="draft").action_post()

    def _do_cancel(self, number):
        self._pick_move(number, state="draft").button_cancel()

    def _do_delete(self, number):
        move = self._pick_move(number, state="draft")
        self.moves -= move
        move.unlink()

    def _do_draft(self, number):
        self._pick_move(number).button_draft()

    def _do_take_off(self, number):
        pick(self.moves.dive_card_use_ids, number).action_take_off()

    def _do_credit(self, number, share, cancel):
        move = self._pick_move(number)
        if not move:
            return
        credit = self._credit(move, cancel=cancel)
        self.moves |= credit
        if share < 1 and credit.state == "draft":
            lines = credit.invoice_line_ids.filtered("product_id")
            lines[0].price_unit *= share
            lines[1:].quantity = 1
        if credit.state == "draft":
            credit.action_post()

    def _do_credit_draft(self, number):
        self._pick_move(number, "out_refund").button_draft()

    def _do_expire(self, number):
        card = pick(self.cards, number)
        card._dive_unlocked().expiry_date = card.company_id._dive_today() - timedelta(1)
        card._dive_expire()

    def _do_extend(self, number):
        card = pick(self.cards, number)
        day = max(card.expiry_date, card.company_id._dive_today())
        card.action_extend(day + timedelta(9), "Storm")

    def _do_refund(self, number):
        action = pick(self.cards, number).action_refund()
        self.moves |= self.moves.browse(action["res_id"])

    def _do_rate(self, rate):
        if self.currency != self.env.company.currency_id:
            self.env["res.currency.rate"].search(
                [("currency_id", "=", self.currency.id)]
            ).unlink()
            self.env["res.currency.rate"].create(
                {
                    "currency_id": self.currency.id,
                    "company_id": self.env.company.id,
                    "rate": rate,
                    "name": "2020-01-01",
                }
            )

    # -- what always holds ----------------------------------------------------

    def _check(self):
        self.env.flush_all()
        self.env.invalidate_all()
        self._check_books(*self.cards)
        found = self.env["dive.discount.card.check"].search(
            [("card_id", "in", self.cards.ids)]
        )
        self.assertEqual(found.mapped("reason"), [])
        owed = sum(self._liability(card) for card in self.cards)
        self.assertAlmostEqual(self._liability(), owed, 6)
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("parent_state", "=", "posted"),
                ("dive_card_id", "in", self.cards.ids),
            ]
        )
        for move in lines.move_id | self.moves:
            self.assertAlmostEqual(sum(move.line_ids.mapped("balance")), 0, 6)
        for card in self.cards:
            if card.state == "used" and not self._held(card):
                self.assertEqual(self._liability(card), 0)
            self.assertGreaterEqual(card.balance, 0)
        for move in self.moves.filtered(lambda move: move.state == "posted"):
            self.assertGreaterEqual(move.amount_residual, 0)

    @given(money=st.sampled_from(MONEY), kind=st.sampled_from(KINDS), steps=STEPS)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=PHASES,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    def test_the_books_agree_after_each_step(self, money, kind, steps):
        with self.env.cr.savepoint() as savepoint:
            self._start(money, kind)
            self._check()
            for name, *arguments in steps:
                try:
                    with self.env.cr.savepoint():
                        getattr(self, f"_do_{name}")(*arguments)
                    self.done[name] = self.done.get(name, 0) + 1
                except (UserError, ValidationError) as error:
                    _logger.info("%s %s: %s", name, arguments, error)
                    self.env.invalidate_all(flush=False)
                    self.moves = self.moves.exists()
                    self.cards = self.cards.exists()
                self._check()
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
