"""What the front desk sees of types, cards and movements."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_date

from .dive_discount_card_alert import READERS

#: An end so near stands out.
SOON = 30
#: Nothing is on the card yet: there is nothing to show.
NOT_YET = ("draft", "unpaid")


class DiveDiscountType(models.Model):
    _inherit = "dive.discount.type"

    card_count = fields.Integer(
        "Cards sold", compute="_compute_card_count", groups=READERS
    )

    def _compute_card_count(self):
        counts = dict(
            self.env["dive.discount.card"]._read_group(
                [
                    ("type_id", "in", self.ids),
                    ("state", "not in", ("draft", "cancelled")),
                ],
                ["type_id"],
                ["__count"],
            )
        )
        for kind in self:
            kind.card_count = counts.get(kind._origin, 0)

    def action_use_suggested_value(self):
        """Take the suggested value as the value of these types."""
        for kind in self:
            if kind.suggested_value:
                kind.value = kind.suggested_value

    def action_view_cards(self):
        """Open the cards of these types; a new one is of the first."""
        self.check_access("read")
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_discount_card"
        )
        action["domain"] = [("type_id", "in", self.ids)]
        action["context"] = {"default_type_id": self[:1].id}
        return action


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    balance_words = fields.Char("Left", compute="_compute_words")
    whole_words = fields.Char("In all", compute="_compute_words")
    left_percent = fields.Float(compute="_compute_words")
    ends_soon = fields.Boolean(
        compute="_compute_ends_soon",
        help="In a month at most; something is left on it.",
    )

    @api.depends("balance", "whole", "unit", "currency_id", "state")
    @api.depends_context("lang")
    def _compute_words(self):
        for card in self:
            known = bool(card.type_id)
            card.whole_words = known and card._dive_in_words(card.whole)
            shown = known and card.state not in NOT_YET
            card.balance_words = shown and card._dive_in_words(card.balance)
            card.left_percent = card.whole and 100 * card.balance / card.whole

    @api.depends("expiry_date", "state")
    def _compute_ends_soon(self):
        for card in self:
            today = card.company_id._dive_today()
            card.ends_soon = (
                card.state in ("unpaid", "active")
                and card.expiry_date
                and card.expiry_date <= today + timedelta(SOON)
            )


class DiveDiscountCardEntry(models.Model):
    _inherit = "dive.discount.card.entry"

    partner_id = fields.Many2one(related="card_id.partner_id", string="Holder")
    amount_words = fields.Char("Movement", compute="_compute_words")
    left_words = fields.Char("Left", compute="_compute_words")
    source_words = fields.Char(
        "For",
        compute="_compute_source_words",
        help="What the source is called today: a draft has got its number since.",
    )

    @api.depends_context("lang")
    def _compute_source_words(self):
        for entry in self:
            entry.source_words = entry._dive_expiry_words() or entry.source
        moves = self.filtered(lambda entry: entry.source_model == "account.move")
        # sudo: who sees the movement sees its name as it was then, without more rights
        names = self.env["account.move"].sudo().browse(moves.mapped("source_id"))
        names = {move.id: move.display_name for move in names.exists()}
        for entry in moves:
            entry.source_words = names.get(entry.source_id, entry.source)

    def _dive_expiry_words(self):
        """Return until when a card was that has expired, in the reader's language."""
        self.ensure_one()
        if self.kind != "expiry":
            return ""
        try:
            day = fields.Date.to_date(self.source)
        except ValueError:
            return ""  # words, of before there was a day
        return day and self.env._("Valid until %s", format_date(self.env, day))

    @api.depends("amount", "balance_after", "card_id")
    @api.depends_context("lang")
    def _compute_words(self):
        for entry in self:
            card = entry.card_id
            # a transfer moves nothing: no words, not “0.0”
            entry.amount_words = (
                card._dive_in_words(entry.amount) if entry.amount else False
            )
            entry.left_words = card._dive_in_words(entry.balance_after)

    def action_open(self):
        """Open what the movement was for; else, or when that is gone, its card.

        With the user's own rights: who may not read it does not see it here either.
        """
        self.ensure_one()
        self.check_access("read")
        record = self.card_id
        if self.source_model in self.env:
            record = (
                self.env[self.source_model].browse(self.source_id).exists() or record
            )
        record.check_access("read")
        return record.get_formview_action()
