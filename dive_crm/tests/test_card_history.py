"""Prepaid cards in a customer's history: sold, used, over, and what a row opens."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install", "dive_long")
class TestCardHistory(CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()

    def _history(self, partner=None, user=None, **kwargs):
        self.env.flush_all()
        rows = self.env["dive.history"].with_user(user or self.front)
        found = rows.search([("partner_id", "=", (partner or self.anna).id)])
        return found.filtered(lambda row: row.kind.startswith("card"))

    def _invoice(self, card, amount):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": card.partner_id.id,
                "invoice_line_ids": [Command.create({"product_id": self.dive.id})],
            }
        )
        card.redeem(amount, invoice=move)
        return move

    def test_sold_used_ends(self):
        card = self._sold()
        move = self._invoice(card, 400)
        move.action_post()
        rows = {row.kind: row for row in self._history()}
        self.assertEqual(set(rows), {"card", "card_use", "card_end"})
        sold, used, ends = rows["card"], rows["card_use"], rows["card_end"]
        self.assertEqual((sold.amount, sold.state), (3500, "active"))
        self.assertEqual(sold.date.date(), card.sold_on)
        self.assertEqual(sold.name, f"{card.name} · 4,000 for 3,500")
        self.assertEqual((used.amount, used.currency_id), (-400, card.currency_id))
        self.assertIn(move.name, used.name)
        self.assertEqual((ends.amount, ends.date.date()), (3600, card.expiry_date))
        labels = dict(self.env["dive.history"]._selection_state())
        self.assertEqual(labels["active"], "Active")

    def test_upcoming_and_past(self):
        """That a card ends is upcoming; that it ended is past, and said once."""
        card = self._sold()
        domain = [("partner_id", "=", self.anna.id), ("date", ">", "now")]
        history = self.env["dive.history"]
        self.env.flush_all()
        self.assertIn("card_end", history.search(domain).mapped("kind"))
        card._dive_move("expiry", amount=-card.balance)
        card._dive_unlocked().write({"state": "expired"})
        self.env.flush_all()
        self.assertNotIn("card_end", history.search(domain).mapped("kind"))
        self.assertEqual(
            sorted(self._history().mapped("kind")), ["card", "card_expiry"]
        )

    def test_every_kind_has_its_words(self):
        card = self._sold()
        for kind in ("use", "back", "expiry", "extension", "refund", "transfer"):
            card._dive_move(kind, source="Because", amount=-1 if kind == "use" else 0)
        labels = dict(
            self.env["dive.history"]._fields["kind"]._description_selection(self.env)
        )
        rows = self._history()
        self.assertEqual(len(rows), 8)
        self.assertLessEqual(set(rows.mapped("kind")), labels.keys())
        self.assertIn("Because", rows.filtered(lambda r: r.kind == "card_use").name)

    def test_visits_are_no_money(self):
        card = self._sold(self._type("Ten", unit="visits", visits=10))
        card._dive_move("use", amount=-1.5)
        (row,) = self._history().filtered(lambda row: row.kind == "card_use")
        self.assertFalse(row.amount)
        self.assertIn("-1.5 visits", row.name)
        (ends,) = self._history().filtered(lambda row: row.kind == "card_end")
        self.assertEqual(ends.name, f"{card.name} · Ten · 8.5 visits")
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.invalidate_all()
        french = ends.with_context(lang="fr_FR")
        self.assertIn(" · 8,5 ", french.name, "as the reader writes numbers")

    def test_given_away(self):
        """Who has bought a card keeps that in the history, whoever holds it now."""
        card = self._sold()
        bea = self._customer("Bea Holm")
        card.with_user(self.manager).action_transfer(bea, "A present")
        (bought,) = self._history()
        self.assertEqual((bought.kind, bought.amount), ("card", 3500))
        self.assertEqual(bought.name, f"{card.name} · 4,000 for 3,500 · Bea Holm")
        self.assertEqual(bought.date.date(), card.sold_on)
        action = bought.with_user(self.front).action_open_record()
        self.assertEqual(action["res_id"], card.id)
        kinds = sorted(self._history(bea).mapped("kind"))
        self.assertEqual(kinds, ["card", "card_end", "card_transfer"])

    def test_never_sold(self):
        self._card()
        self.assertFalse(self._history())

    def test_a_row_opens_its_record(self):
        """A use: the invoice, for who may read it; else, and after it is gone: the
        card."""
        card = self._sold()
        move = self._invoice(card, 400)

        def opened(user):
            return {
                row.kind: (action["res_model"], action["res_id"])
                for row in self._history(user=user)
                for action in [row.action_open_record()]
            }

        here = ("dive.discount.card", card.id)
        for user in (self.front, self.accountant):
            actions = opened(user)
            self.assertEqual(actions["card"], here)
            self.assertEqual(actions["card_end"], here)
            self.assertEqual(actions["card_use"], ("account.move", move.id))
        self.front.group_ids -= self.env.ref("account.group_account_invoice")
        if not self.env["account.move"].with_user(self.front).has_access("read"):
            self.assertEqual(opened(self.front)["card_use"], here)
        move.unlink()
        actions = opened(self.accountant)
        self.assertEqual((actions["card_use"], actions["card_back"]), (here, here))

    def test_access(self):
        self._sold()
        for user in (self.front, self.manager, self.accountant):
            self.assertEqual(len(self._history(user=user)), 2, user.login)
        rows = self._history()
        for user in (self.instructor, self.medical):
            self.assertFalse(self._history(user=user), user.login)
            with self.assertRaises(AccessError):
                rows[0].with_user(user).action_open_record()

    def test_query_count(self):
        """As many queries for eighty rows as for one; each found by its index."""
        cards = self.env["dive.discount.card"].create(
            [{"type_id": self.type.id, "partner_id": self.anna.id} for _n in range(80)]
        )
        one = self._customer("Just one")
        cards |= self._card(partner=one)
        today = fields.Date.today()
        cards._dive_unlocked().write(
            {
                "state": "active",
                "sold_on": today,
                "expiry_date": today + timedelta(days=9),
            }
        )
        counts = []
        for partner in (one, one, self.anna):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self.env(user=self.front)["dive.history"].web_search_read(
                [("partner_id", "=", partner.id)],
                {"name": {}, "kind": {}, "amount": {}, "state": {}},
                limit=200,
            )
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
        query = self.env["dive.history"]._search([("partner_id", "=", one.id)])
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        text = "\n".join(row[0] for row in plan)
        for table in ("dive_discount_card ", "dive_discount_card_entry "):
            self.assertNotIn(f"Seq Scan on {table}", text, text)
