"""Eight desks take one card at one moment: it pays what is on it, and no cent more."""

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import RaceCase

DESKS = 8


@tagged("post_install", "-at_install", "dive_long")
class TestCardRace(RaceCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self._clean)
        with self._env() as env:
            company = env.company
            self.set_up = {
                name: company[name].id
                for name in (
                    "dive_card_account_id",
                    "dive_card_breakage_account_id",
                    "dive_card_journal_id",
                )
            }
            self.product_id = (
                env["product.product"]
                .create(
                    {
                        "name": "Race",
                        "type": "service",
                        "list_price": 400,
                        "taxes_id": [Command.clear()],
                    }
                )
                .id
            )
            self.partner_id = env["res.partner"].create({"name": "Race"}).id
            kind = env["dive.discount.type"].create(
                {
                    "name": "Race",
                    "price": 400,
                    "value": 500,
                    "service_ids": [Command.set([self.product_id])],
                }
            )
            self.kind_id = kind.id
            self.card_ids = [self._sell(env, kind).id for _number in range(2)]

    def _make_moves(self, number):
        with self._env() as env:
            self.moves = [self._invoice(env).id for _number in range(number)]

    def _sell(self, env, kind):
        card = env["dive.discount.card"].create(
            {"type_id": kind.id, "partner_id": self.partner_id}
        )
        card.action_sell()
        card.sale_move_id.action_post()
        env["account.payment.register"].with_context(
            active_model="account.move", active_ids=card.sale_move_id.ids
        ).create({})._create_payments()
        return card

    def _invoice(self, env):
        return env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.partner_id,
                "invoice_line_ids": [Command.create({"product_id": self.product_id})],
            }
        )

    def _clean(self):
        """Remove what the race has committed; in SQL, since the ledger stays."""
        with self.registry.cursor() as cr:
            cards = "SELECT id FROM dive_discount_card WHERE type_id = %s"
            kind = [self.kind_id]
            uses = f"SELECT id FROM dive_discount_card_use WHERE card_id IN ({cards})"
            entries = (
                f"SELECT id FROM dive_discount_card_entry WHERE card_id IN ({cards})"
            )
            for table, column, rows in (
                ("account_move", "dive_card_use_id", uses),
                ("account_move", "dive_card_entry_id", entries),
                ("account_move_line", "dive_card_use_id", uses),
                ("account_move_line", "dive_card_id", cards),
            ):
                cr.execute(
                    f"UPDATE {table} SET {column} = NULL WHERE {column} IN ({rows})",
                    kind,
                )
            cr.execute("ALTER TABLE dive_discount_card_entry DISABLE TRIGGER USER")
            for table in ("use", "entry"):
                cr.execute(
                    f"DELETE FROM dive_discount_card_{table}"
                    f" WHERE card_id IN ({cards})",
                    kind,
                )
            cr.execute("ALTER TABLE dive_discount_card_entry ENABLE TRIGGER USER")
            cr.execute("DELETE FROM dive_discount_card WHERE type_id = %s", kind)
        with self._env() as env:
            moves = env["account.move"].search(
                [("line_ids.partner_id", "=", self.partner_id)]
            )
            moves.origin_payment_id.action_cancel()
            moves.filtered(lambda move: move.state == "posted").button_draft()
            payments = moves.origin_payment_id
            moves.with_context(force_delete=True).unlink()
            payments.unlink()
            env["account.payment.register"].search(
                [("partner_id", "=", self.partner_id)]
            ).unlink()
            env["dive.discount.type"].browse(self.kind_id).unlink()
            env["product.product"].browse(self.product_id).product_tmpl_id.unlink()
            env["res.partner"].browse(self.partner_id).unlink()
            self._remove_what_was_made(env.company)

    def _remove_what_was_made(self, company):
        """Remove accounts and journal, if this test was the first to need them."""
        for name, before in self.set_up.items():
            made = company[name]
            if made and not before:
                if made._name == "account.journal":
                    made.env["account.payment.method.line"].search(
                        [("journal_id", "=", made.id)]
                    ).unlink()
                company[name] = False
                made.unlink()

    def _redeem(self, amount, card=0, **document):
        def run(env):
            cards = env["dive.discount.card"].browse(self.card_ids)
            return cards[card].redeem(amount, **document)

        return run

    def _card(self, env):
        return env["dive.discount.card"].browse(self.card_ids[0])

    def test_eight_invoices(self):
        self._make_moves(DESKS)
        done = self._race([self._redeem(100, invoice=move) for move in self.moves])
        self.assertEqual(done.count(True), 5, done)
        for error in done:
            if error is not True:
                self.assertIsInstance(error, UserError)
        with self._env() as env:
            card = self._card(env)
            self.assertEqual((card.balance, card.consumed, card.visits), (0, 400, 5))
            self.assertEqual(len(card.entry_ids), 6)
            uses = env["dive.discount.card.use"].search([("card_id", "=", card.id)])
            self.assertEqual(sum(uses.mapped("amount")), 500)

    def test_eight_times_over_the_counter(self):
        done = self._race([self._redeem(100)] * DESKS)
        self.assertEqual(done.count(True), 5, done)
        with self._env() as env:
            card = self._card(env)
            self.assertEqual((card.balance, card.state), (0, "used"))
            lines = env["account.move.line"].search(
                [("dive_card_id", "=", card.id), ("parent_state", "=", "posted")]
            )
            self.assertAlmostEqual(sum(lines.mapped("balance")), 0)

    def test_one_request_eight_times(self):
        done = self._race([self._redeem(100, key="one")] * DESKS)
        self.assertEqual(done, [True] * DESKS)
        with self._env() as env:
            self.assertEqual(self._card(env).balance, 400)

    def test_two_cards_one_invoice(self):
        self._make_moves(2)
        for move_id, post in zip(self.moves, (False, True), strict=False):
            if post:
                with self._env() as env:
                    env["account.move"].browse(move_id).action_post()
            done = self._race(
                [
                    self._redeem(100, card=number % 2, invoice=move_id)
                    for number in range(DESKS)
                ]
            )
            self.assertEqual(done.count(True), 4, done)
            with self._env() as env:
                move = env["account.move"].browse(move_id)
                self.assertEqual(sum(move.dive_card_use_ids.mapped("worth")), 400)
                if not post:
                    move.action_post()
                self.assertEqual(move.payment_state, "paid")

    def test_the_same_dialog(self):
        """A double click, and a request that the browser sends again."""
        self._make_moves(1)
        with self._env() as env:
            move = env["account.move"].browse(self.moves[0])
            dialog_id = move.action_dive_use_card()["res_id"]
        done = self._race(
            [lambda env: env["dive.card.use"].browse(dialog_id).action_use()] * 4
        )
        self.assertEqual(done, [True] * 4)
        with self._env() as env:
            cards = env["dive.discount.card"].browse(self.card_ids)
            self.assertEqual(sum(cards.mapped("balance")), 2 * 500 - 400)
            self.assertEqual(len(cards.entry_ids), 2 + 1)
