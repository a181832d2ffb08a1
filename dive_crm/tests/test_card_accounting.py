"""docs/accounting.md, line by line: what it says is what is booked."""

import re
from collections import Counter
from pathlib import Path

from odoo import Command, fields
from odoo.tests import tagged

from .card_common import CardMixin
from .common import DiveCommon

#: the document is part of the repository, not of the add-on
DOCUMENT = Path(__file__).parents[2] / "docs" / "accounting.md"
STEP = re.compile(r"<!-- step: (\w+) -->\n+((?:\|.*\n)+)")


def steps_of(text):
    """Return step → Counter of (account, debit, credit), as the tables say."""
    result = {}
    for name, table in STEP.findall(text):
        rows = [
            [cell.strip() for cell in row.strip("| ").split("|")]
            for row in table.splitlines()[2:]
        ]
        result[name] = Counter(
            (account, *(cell.replace(",", "") or "0.00" for cell in amounts))
            for account, *amounts in ([*row, "", ""][:3] for row in rows)
        )
    return result


@tagged("post_install", "-at_install", "dive_long")
class TestCardAccounting(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        account = cls.env["account.account"].create(
            {"name": "VAT", "code": "251998", "account_type": "liability_current"}
        )
        repartition = [
            Command.create({"repartition_type": "base"}),
            Command.create({"repartition_type": "tax", "account_id": account.id}),
        ]
        cls.tax = cls._tax(
            21,
            invoice_repartition_line_ids=repartition,
            refund_repartition_line_ids=repartition,
        )
        (cls.dive | cls.night).taxes_id = cls.tax
        cls.booked = {}

    def _name(self, line):
        company = self.env.company
        names = {
            company.dive_card_account_id: "Prepaid cards",
            company.dive_card_breakage_account_id: "Prepaid cards not used",
            self.tax.invoice_repartition_line_ids.account_id: "VAT",
        }
        types = {
            "asset_receivable": "Customer",
            "income": "Services",
            "asset_cash": "Bank",
            "asset_current": "Bank",
        }
        return names.get(line.account_id) or types[line.account_id.account_type]

    def _note(self, step, *moves):
        lines = self.env["account.move.line"].union(*(move.line_ids for move in moves))
        self.booked[step] = Counter(
            (self._name(line), f"{line.debit:.2f}", f"{line.credit:.2f}")
            for line in lines
            if line.display_type not in ("line_section", "line_note")
            and (line.debit or line.credit)
        )

    def _use(self, card, amount, step, *services):
        move = self._invoice(*services or self.dive)
        card.redeem(amount, invoice=move)
        move.action_post()
        self._note(f"{step}_invoice", move)
        self._note(f"{step}_settled", *move.dive_card_use_ids.settlement_ids)
        return move

    def _sell(self, kind, step):
        card = self._card(kind)
        card.action_sell()
        card.sale_move_id.action_post()
        self._note(f"{step}_sale", card.sale_move_id)
        self._pay(card.sale_move_id)
        return card

    def _entry_of(self, card, kind):
        return card.entry_ids.filtered(lambda row: row.kind == kind)[:1].move_ids

    def _taxed_when_used(self):
        card = self._sell(self.type, "multi")
        payment = card.sale_move_id.reconciled_payment_ids
        self._note("multi_paid", payment.move_id)
        move = self._use(card, 400, "multi")
        posted = self._invoice(self.dive, post=True)
        self._note("posted_invoice", posted)
        card.redeem(400, invoice=posted)
        documents = posted.dive_card_use_ids.settlement_ids
        credit = documents.filtered(lambda move: move.move_type == "out_refund")
        self._note("posted_benefit", credit)
        self._note("posted_payment", documents - credit)
        credit = self._credit(move)
        credit.action_post()
        self._note("return_credit", credit)
        self._note("return_payment", *credit.dive_card_use_ids.settlement_ids)
        card._dive_expire()
        self._note("expiry", self._entry_of(card, "expiry"))
        self.assertEqual(self._liability(card), 0)
        later = fields.Date.add(self.company._dive_today(), years=1)
        card.action_extend(later, "Was ill")
        self._note("extension", self._entry_of(card, "extension"))
        refund = self.env["account.move"].browse(card.action_refund()["res_id"])
        self._note("refund", refund)
        self._check_books(card)

    def _taxed_when_sold(self):
        kind = self._type("Boat dives", service_ids=self.dive.ids)
        card = self._sell(kind, "single")
        self._use(card, 400, "single")
        self._check_books(card)

    def _visits(self):
        kind = self._type(
            "Ten dives",
            unit="visits",
            weight_ids=[Command.create({"product_id": self.night.id, "weight": 1.5})],
        )
        self.night.list_price = 600
        card = self._sell(kind, "visits")
        self._use(card, 1.5, "visits", self.night)
        self.assertEqual(card.balance, 8.5)

    def _rounding(self):
        card = self._sell(self._type("Small", price=100, value=120), "small")
        for number, amount in enumerate((33.33, 33.33, 53.34), 1):
            self._use(card, amount, f"small{number}")
        self.assertEqual(self._liability(card), 0)

    def test_line_by_line(self):
        self._taxed_when_used()
        self._taxed_when_sold()
        self._visits()
        self._rounding()
        said = steps_of(DOCUMENT.read_text(encoding="utf-8"))
        self.assertGreater(len(said), 18)
        for step, lines in said.items():
            self.assertEqual(self.booked[step], lines, step)
