"""What has moved on a card, and why; rows are added, never changed."""

from odoo import fields, models


class DiveDiscountCardEntry(models.Model):
    """One movement of a card, with what was left before and after.

    Only added: a wrong one is followed by its reversal. What it comes from is a plain
    number: an invoice that is deleted as a draft takes no movement with it.
    """

    _name = "dive.discount.card.entry"
    _description = "Movement of a prepaid card"
    _inherit = ["dive.append.only.mixin"]
    # no link to users either: who deletes one would change rows
    _log_access = False
    _order = "id desc"
    _rec_name = "source"
    _check_company_auto = True

    card_id = fields.Many2one(
        "dive.discount.card",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        [
            ("sale", "Sold"),
            ("use", "Used"),
            ("back", "Given back"),
            ("expiry", "Expired"),
            ("extension", "Extended"),
            ("refund", "Refunded"),
            ("transfer", "Transferred"),
        ],
        readonly=True,
        required=True,
    )
    date = fields.Datetime(readonly=True, required=True, index=True)
    amount = fields.Float(
        digits=(16, 3), readonly=True, help="Money or visits; less than 0: used."
    )
    visits = fields.Float(digits=(16, 3), readonly=True)
    balance_before = fields.Float(
        "Before", digits=(16, 3), readonly=True, aggregator=None
    )
    balance_after = fields.Float(
        "After", digits=(16, 3), readonly=True, aggregator=None
    )
    consumed = fields.Float(
        "Of the price",
        digits=(16, 3),
        readonly=True,
        help="How much of the price the movement has consumed, in the card's currency.",
    )
    booked = fields.Float(
        "In the books",
        digits=(16, 3),
        readonly=True,
        help="The same in the company's currency, at the rate of the sale.",
    )
    user_name = fields.Char("By", readonly=True, required=True)
    source = fields.Char(readonly=True, help="What it was used for, or who said why.")
    source_model = fields.Char("Kind of record", readonly=True)
    source_id = fields.Many2oneReference(
        "Record", model_field="source_model", readonly=True
    )
    reverses_id = fields.Many2one(
        "dive.discount.card.entry",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    key = fields.Char(readonly=True, help="A request that comes again has the same.")

    _key_once = models.UniqueIndex("(card_id, key) WHERE key IS NOT NULL")
