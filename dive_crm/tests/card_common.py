"""What tests about prepaid cards share."""

from itertools import count

from odoo import Command


class CardMixin:
    """A tax, two services with it, a type of card; 3,500 are good for 4,000."""

    @classmethod
    def setUpCards(cls):
        """Call from ``setUpClass``, after the users are there."""
        cls.numbers = count(1)
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
    def _pay(cls, moves):
        moves.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        ).create({})._create_payments()

    def _liability(self, card=None):
        """Return what is owed to the holders of all cards, or of one."""
        account = self.env.company.dive_card_account_id
        lines = self.env["account.move.line"].search(
            [("account_id", "=", account.id), ("parent_state", "=", "posted")]
        )
        if card:
            lines = lines.filtered(lambda line: line.dive_card_id == card)
        return -sum(lines.mapped("balance"))
