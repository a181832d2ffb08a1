"""A card on an invoice: held while it is a draft, settled when it is posted."""

from odoo import fields, models

from .dive_discount_card_move import MOVEMENT


class DiveDiscountCardUse(models.Model):
    """What one card pays of one invoice.

    What it takes of the card is taken at once, so that nobody else can use it; what it
    takes of the card's price is fixed then as well, and leaves the account of prepaid
    cards when the invoice is posted.
    """

    _name = "dive.discount.card.use"
    _description = "Use of a prepaid card"
    _inherit = ["dive.guarded.mixin"]
    _order = "id desc"
    _rec_name = "card_id"
    _check_company_auto = True
    _dive_guarded = dict.fromkeys(
        (
            "card_id",
            "move_id",
            "partner_id",
            "entry_id",
            "amount",
            "worth",
            "consumed",
            "booked",
            "state",
            "returns_id",
        )
    )

    card_id = fields.Many2one(
        "dive.discount.card",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="card_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="card_id.currency_id")
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the books"
    )
    # a draft that is deleted has given back what it held
    move_id = fields.Many2one(
        "account.move",
        "Invoice",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    # for whom it was taken: a draft may be made somebody else's
    partner_id = fields.Many2one("res.partner", readonly=True, index="btree_not_null")
    entry_id = fields.Many2one(
        "dive.discount.card.entry", "Movement", readonly=True, ondelete="restrict"
    )
    amount = fields.Float(
        digits=(16, 3),
        readonly=True,
        help="What it takes of the card: money or visits.",
    )
    worth = fields.Monetary(readonly=True, help="What it pays of the invoice.")
    consumed = fields.Monetary(
        "Price consumed", readonly=True, help="What it takes of the card's price."
    )
    booked = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="The same in the books, at the rate of the sale.",
    )
    state = fields.Selection(
        [("held", "Reserved"), ("settled", "Settled"), ("released", "Given back")],
        readonly=True,
        required=True,
        index=True,
    )
    # a credit note gives a use, or a part of it, back to the card
    returns_id = fields.Many2one(
        "dive.discount.card.use",
        "Gives back",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    return_ids = fields.One2many(
        "dive.discount.card.use", "returns_id", "Given back by"
    )
    settlement_ids = fields.One2many("account.move", "dive_card_use_id", "Entries")

    def _dive_set(self, values):
        """Write what only methods write, whoever posts or credits an invoice."""
        # sudo: nobody writes uses; they follow from what is done with invoices
        self.sudo()._dive_unlocked().write(values)

    def _dive_release(self):
        """Give back to the cards what these uses hold; each once."""
        for use in self:
            use.flush_recordset()
            self.env.cr.execute(
                "UPDATE dive_discount_card_use SET state = 'released'"
                " WHERE id = %s AND state = 'held' RETURNING id",
                [use.id],
            )
            if not self.env.cr.fetchone():
                continue
            use.invalidate_recordset(["state"], flush=False)
            entry = use.entry_id
            use.card_id._dive_move(
                "back",
                **{name: -entry[name] for name in MOVEMENT},
                source=use.move_id,
                reverses_id=entry.id,
            )
