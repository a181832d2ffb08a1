"""The prepaid cards on a statement: start, movements, end; and in no other sum."""

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..reports.dive_statement_report import REPORT
from .card_common import CardMixin
from .common import DiveCommon
from .statement_common import StatementMixin


@tagged("dive_long", "post_install", "-at_install")
class TestCardStatement(CardMixin, StatementMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpStatement()
        cls.setUpCards()

    def _cards(self, wizard):
        return [statement["cards"] for statement in self._statements(wizard)]

    def _sold_on(self, day, **kwargs):
        with freeze_time(f"{day} 10:00:00"):
            return self._sold(**kwargs)

    def _moved_on(self, card, day, kind="use", **vals):
        with freeze_time(f"{day} 10:00:00"):
            return card._dive_move(kind, **vals)

    def test_start_movements_end(self):
        card = self._sold_on("2025-12-30")
        self._moved_on(card, "2025-12-31", amount=-100)
        self._moved_on(card, "2026-01-01", amount=-250)
        self._moved_on(card, "2026-12-31", "back", amount=50)
        self._moved_on(card, "2027-01-01", amount=-1000)
        ((table,),) = self._cards(self._wizard(self.anna))
        self.assertEqual(
            [table["opening"], table["closing"]],
            [card._dive_in_words(3900), card._dive_in_words(3700)],
        )
        self.assertEqual(
            [(row["day"], row["what"], row["left"]) for row in table["rows"]],
            [
                (date(2026, 1, 1), "Used", card._dive_in_words(3650)),
                (date(2026, 12, 31), "Given back", card._dive_in_words(3700)),
            ],
        )
        # of all dates: from nothing to what is left
        every = self._wizard(self.anna, date_from=False, date_to=False)
        ((table,),) = self._cards(every)
        self.assertEqual(table["opening"], card._dive_in_words(0))
        self.assertEqual(table["closing"], card._dive_in_words(card.balance))
        self.assertEqual(len(table["rows"]), 5)

    def test_in_the_account(self):
        """What a card pays follows its invoice, and says so; also what comes back."""
        card = self._sold_on("2026-03-01")
        with freeze_time("2026-03-02 10:00:00"):
            move = self._invoice(self.dive)
            card.redeem(400, invoice=move)
            move.action_post()
            late = self._invoice(self.night, post=True)
            card.redeem(500, invoice=late)
            self._credit(move).action_post()
        (statement,) = self._statements(self._wizard(self.anna))
        lines = statement["sections"][0]["lines"][2:]
        kinds = [line["kind"] for line in lines]
        self.assertEqual(sorted(set(kinds)), ["card", "card_back", "invoice", "refund"])
        self.assertLess(kinds.index("refund"), kinds.index("card"))
        self.assertEqual(kinds.count("card"), 2)
        text = " ".join(self._pages(self._wizard(self.anna)))
        self.assertIn(f"Paid with a prepaid card · {card.name}", text)

    def test_the_day_is_the_company_s(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        card = self._sold_on("2026-06-01")
        with freeze_time("2026-12-31 12:00:00"):  # the new year has begun there
            card._dive_move("use", amount=-1)
        ((table,),) = self._cards(self._wizard(self.anna))
        self.assertEqual(table["closing"], card._dive_in_words(4000))
        ((table,),) = self._cards(
            self._wizard(
                self.anna, date_from=date(2027, 1, 1), date_to=date(2027, 12, 31)
            )
        )
        self.assertEqual(table["rows"][0]["day"], date(2027, 1, 1))

    def test_which_cards(self):
        """Sold in it, moved in it, or something left: and nobody else's."""
        kind = self._type("Visits", unit="visits", visits=10)
        unpaid = self._sold_on("2026-05-01", pay=False)
        visits = self._sold_on("2025-05-01", kind=kind)
        over = self._sold_on("2025-05-01")
        self._moved_on(over, "2025-06-01", amount=-4000)
        later = self._sold_on("2027-02-01")
        self._sold_on("2026-05-01", partner=self.ann)
        self._card()
        (tables,) = self._cards(self._wizard(self.anna))
        self.assertEqual([table["card"] for table in tables], [visits, unpaid])
        self.assertEqual(tables[0]["closing"], "10 visits")
        self.assertEqual((tables[1]["state"], tables[1]["rows"]), ("To pay", []))
        self.assertFalse(later.expiry_date < date(2027, 8, 1))
        self.assertEqual(
            self._cards(self._wizard(self.anna, include_cards=False)), [[]]
        )

    def test_in_no_other_balance(self):
        """What is left on a card is not in the account."""
        self._sold_on("2026-05-01")
        (with_cards,) = self._statements(self._wizard(self.anna))
        (without,) = self._statements(self._wizard(self.anna, include_cards=False))
        for key in ("opening", "charges", "payments", "closing"):
            self.assertEqual(
                with_cards["sections"][0][key], without["sections"][0][key], key
            )
        self.assertEqual(with_cards["sections"][0]["closing"], 0)

    def test_on_paper(self):
        """As with the other tables; the number of the invoice, and no staff."""
        card = self._sold_on("2026-03-01")
        pages = self._pages(self._wizard(self.anna))
        text = " ".join(pages)
        self.assertIn(f"Prepaid card {card.name} · 4,000 for 3,500", text)
        self.assertIn(f"Card bought · {card.sale_move_id.name}", text)
        for words in ("Left at the start", "Left at the end", "Valid until"):
            self.assertIn(words, text)
        self.assertNotIn(self.env.user.name, text)
        for _n in range(120):
            self._moved_on(card, "2026-04-01", amount=-1)
        pages = self._pages(self._wizard(self.anna, include_upcoming=False))
        self.assertGreater(len(pages), 2)
        for page in pages[2:]:
            self.assertIn("Date What Amount Left", page)

    def test_cards_alone(self):
        only = {
            "include_account": False,
            "include_balance": False,
            "include_bookings": False,
            "include_upcoming": False,
        }
        text = " ".join(self._pages(self._wizard(self.anna, **only)))
        self.assertIn("No prepaid cards in this period", text)
        self._wizard(self.anna, **only)._check_complete()
        with self.assertRaisesRegex(UserError, "nothing is ticked"):
            self._wizard(self.anna, include_cards=False, **only)._check_complete()

    def test_query_count(self):
        """As many queries for eighty cards, movements and customers as for one."""
        several = self.Partner.create(
            [{"name": f"Customer {n}", "dive_customer": True} for n in range(80)]
        )
        kinds = self.type | self._type("Other")
        moves = self.env["account.move"]
        for later in range(6):
            booking = self._booking(several[0], self._trip(later), confirm=True)
            booking.action_create_invoice()
            moves |= booking.invoice_ids
        cards = self.env["dive.discount.card"].create(
            [
                {"type_id": kind.id, "partner_id": partner.id}
                for partner in several
                for kind in kinds
            ]
        )
        cards._dive_unlocked().write({"state": "active", "sold_on": "2026-01-01"})
        with freeze_time("2026-05-01 10:00:00"):  # once: it takes long
            for number, card in enumerate(cards):
                card._dive_move("sale", amount=100, source=moves[number % 6])
            for number in range(80):
                cards[0]._dive_move("use", amount=-1, source=moves[number % 6])
        counts = []
        for partners in (several[1], several[1], several[0], several):
            wizard = self._wizard(partners)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            wizard.env["ir.actions.report"]._render_qweb_html(REPORT, wizard.ids)
            counts.append(self.env.cr.sql_log_count - start)
        self.assertLessEqual(counts[2], counts[1] + 7, "80 movements, with a booking")
        self.assertLessEqual(counts[3], counts[2] + 3, "80 customers")
