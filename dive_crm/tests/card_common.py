"""What tests about prepaid cards share."""

from itertools import count

from odoo import Command

from ..models.dive_guarded_mixin import unlocked


class CardMixin:
    """A tax, two services with it, a type of card; 3,500 are good for 4,000."""

    @classmethod
    def setUpCards(cls):
        """Call from ``setUpClass``, after the users are there."""
        cls.numbers = count(1)
        # those of demo data are over: no cron and no reminder is about them
        cls.env.cr.execute("UPDATE dive_discount_card SET state = 'cancelled'")
        cls.env["dive.discount.card"].invalidate_model(["state"])
        lines = cls.env["account.move.line"]
        cls.last_line = lines.search([], order="id desc", limit=1).id or 0
        # those of demo data are no matter of tests
        cards = cls.env["dive.discount.card"].search([], order="id desc", limit=1)
        cls.last_card = cards.id or 0
        cls.tax = cls._tax(21)
        cls.dive = cls._service("Boat dive", 400)
        cls.night = cls._service("Night dive", 500)
        cls.anna = cls._customer("Anna Keller")
        cls.type = cls._type("4,000 for 3,500")

    @classmethod
    def _tax(cls, percent, **vals):
        return cls.env["account.tax"].create(
            {
                "name": f"{percent} % {next(cls.numbers)}",
                "amount": percent,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
                **vals,
            }
        )

    @classmethod
    def _service(cls, name, price, **vals):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "service",
                "list_price": price,
                "taxes_id": [Command.set(cls.tax.ids)],
                **vals,
            }
        )

    @classmethod
    def _type(cls, name, **vals):
        return cls.env["dive.discount.type"].create(
            {"name": name, "price": 3500, "value": 4000, **vals}
        )

    @classmethod
    def _card(cls, kind=None, partner=None, **vals):
        return cls.env["dive.discount.card"].create(
            {
                "type_id": (kind or cls.type).id,
                "partner_id": (partner or cls.anna).id,
                **vals,
            }
        )

    @classmethod
    def _sold(cls, kind=None, partner=None, pay=True):
        """Return a card that was sold, and paid unless told otherwise."""
        card = cls._card(kind, partner)
        card.action_sell()
        card.sale_move_id.action_post()
        if pay:
            cls._pay(card.sale_move_id)
        return card

    @classmethod
    def _sold_many(cls, partners, kind=None):
        """Return a card for each of these, sold and paid; ten to an invoice: faster."""
        kind = kind or cls.type
        cards = cls.env["dive.discount.card"].create(
            [{"type_id": kind.id, "partner_id": partner.id} for partner in partners]
        )
        today = kind.company_id._dive_today()
        cards._dive_unlocked().write(
            {
                "state": "unpaid",
                "sold_on": today,
                "expiry_date": kind._dive_expiry(today),
            }
        )
        for start in range(0, len(cards), 10):
            some = cards[start : start + 10]
            lines = [Command.create(card._dive_prepare_sale_line()) for card in some]
            values = {**some[0]._dive_prepare_sale(), "invoice_line_ids": lines}
            sale = unlocked(cls.env["account.move"]).create(values).with_env(cls.env)
            sale.action_post()
            cls._pay(sale)
        return cards

    @classmethod
    def _pay(cls, moves):
        moves.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        ).create({})._create_payments()

    def _liability(self, card=None):
        """Return what is owed to the holders of all cards, or of one."""
        account = self.env.company.dive_card_account_id
        whose = ("=", card.id) if card else (">", self.last_card)
        ((total,),) = self.env["account.move.line"]._read_group(
            [
                ("account_id", "=", account.id),
                ("parent_state", "=", "posted"),
                ("dive_card_id", *whose),
            ],
            aggregates=["balance:sum"],
        )
        return self.env.company.currency_id.round(-(total or 0.0))

    def _held(self, card):
        """Return what is taken from a card and not from its account yet."""
        uses = self.env["dive.discount.card.use"].search(
            [("card_id", "=", card.id), ("state", "=", "held")]
        )
        return sum(uses.mapped("booked"))

    def _check_books(self, *cards):
        """Fail unless account, card and ledger agree to the cent."""
        account = self.env.company.dive_card_account_id
        stray = [
            ("account_id", "=", account.id),
            ("dive_card_id", "=", False),
            ("id", ">", self.last_line),
        ]
        self.assertFalse(self.env["account.move.line"].search(stray))
        for card in cards:
            currency = card.company_currency_id
            owed = currency.round(card.booked - card.consumed_booked + self._held(card))
            self.assertEqual(self._liability(card), owed, card.name)
            self.assertEqual(
                round(sum(card.entry_ids.mapped("amount")), 3), card.balance, card.name
            )
            self.assertAlmostEqual(sum(card.entry_ids.mapped("visits")), card.visits)

    def _invoice(self, *services, partner=None, post=False):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or self.anna).id,
                "invoice_line_ids": [
                    Command.create({"product_id": service.id}) for service in services
                ],
            }
        )
        if post:
            move.action_post()
        return move

    def _credit(self, move, cancel=False):
        """Return the credit note that Odoo's own dialog makes."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id})
        )
        before = move.reversal_move_ids
        action = wizard.modify_moves() if cancel else wizard.refund_moves()
        if cancel:
            return move.reversal_move_ids - before
        return self.env["account.move"].browse(action["res_id"])
