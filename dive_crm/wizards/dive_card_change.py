"""Small dialogs about one card: use at the counter, refund, extend, transfer."""

import secrets

from odoo import api, fields, models


class DiveCardDialogMixin(models.AbstractModel):
    """A dialog about the card from which it was opened."""

    _name = "dive.card.dialog.mixin"
    _description = "Dialog about a card"
    _inherit = ["dive.dialog.mixin"]
    _dive_about = ("card_id",)

    # with the rights of who asks, here and below: any number can be put in
    card_id = fields.Many2one("dive.discount.card", required=True, readonly=True)
    company_id = fields.Many2one(related="card_id.company_id", related_sudo=False)
    unit = fields.Selection(related="card_id.unit", related_sudo=False)
    currency_id = fields.Many2one(related="card_id.currency_id", related_sudo=False)
    expiry_date = fields.Date(
        related="card_id.expiry_date", string="Valid until now", related_sudo=False
    )
    holder_id = fields.Many2one(
        related="card_id.partner_id", string="Holder now", related_sudo=False
    )
    left_text = fields.Char("Left on it", compute="_compute_left_text")

    @api.depends("card_id")
    def _compute_left_text(self):
        for dialog in self:
            card = dialog.card_id
            dialog.left_text = card and card._dive_in_words(card.balance)


class DiveCardCounter(models.TransientModel):
    """Something is sold over the counter, and the card pays it."""

    _name = "dive.card.counter"
    _description = "Use a card over the counter"
    _inherit = ["dive.card.dialog.mixin"]

    # by which a request that comes again is known
    token = fields.Char(
        required=True, readonly=True, default=lambda self: secrets.token_hex(12)
    )
    money = fields.Monetary("Amount")
    visits = fields.Float(digits=(16, 3), default=1.0)
    note = fields.Char("What for", help="Stands on the invoice.")

    def action_use(self):
        """Invoice the amount and pay it with the card; a second time does nothing."""
        self.ensure_one()
        amount = self.visits if self.unit == "visits" else self.money
        entry = self.card_id.redeem(amount, key=self.token)
        if self.note and entry.source_model == "account.move":
            self.env["account.move"].browse(entry.source_id).ref = self.note
        return {"type": "ir.actions.act_window_close"}


class DiveCardRefund(models.TransientModel):
    """How much goes back, before it does."""

    _name = "dive.card.refund"
    _description = "Refund a card"
    _inherit = ["dive.card.dialog.mixin"]

    state = fields.Selection(related="card_id.state", related_sudo=False)
    price = fields.Monetary(related="card_id.price", related_sudo=False)
    consumed = fields.Monetary(related="card_id.consumed", related_sudo=False)
    back = fields.Monetary("Goes back", compute="_compute_back")
    # not the holder, to whom the card may have gone since
    payer_id = fields.Many2one("res.partner", "Bought by", compute="_compute_back")

    @api.depends("card_id")
    def _compute_back(self):
        for dialog in self:
            dialog.back = dialog.price - dialog.consumed
            # sudo: who is on the invoice of a card that the user can read
            dialog.payer_id = dialog.card_id.sudo().sale_move_id.partner_id

    def action_refund(self):
        """Make the credit note and show it: from there the money is paid."""
        self.ensure_one()
        return self.card_id.action_refund()


class DiveCardExtend(models.TransientModel):
    """Until when, and why."""

    _name = "dive.card.extend"
    _description = "Extend a card"
    _inherit = ["dive.card.dialog.mixin"]

    date = fields.Date(
        "New last day", compute="_compute_date", store=True, readonly=False
    )
    reason = fields.Char(help="Stays with the card's movements.")

    @api.depends("card_id")
    def _compute_date(self):
        """Propose what the type gives from today; a month more if that is not later."""
        for dialog in self:
            card = dialog.card_id
            today = card.company_id._dive_today()
            last = max(card.expiry_date or today, today)
            date = card.type_id._dive_expiry(today) if card else False
            later = date and date > last
            dialog.date = date if later else fields.Date.add(last, months=1)

    def action_extend(self):
        """Let the card be used until then."""
        self.ensure_one()
        self.card_id.action_extend(self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}


class DiveCardTransfer(models.TransientModel):
    """To whom, and why."""

    _name = "dive.card.transfer"
    _description = "Transfer a card"
    _inherit = ["dive.card.dialog.mixin"]
    _dive_about = ("card_id", "partner_id")

    partner_id = fields.Many2one("res.partner", "New holder", required=True)
    reason = fields.Char(help="Stays with the card's movements.")

    def action_transfer(self):
        """Give the card to its new holder."""
        self.ensure_one()
        self.card_id.action_transfer(self.partner_id, self.reason)
        return {"type": "ir.actions.act_window_close"}
