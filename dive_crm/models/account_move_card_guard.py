"""What of cards is written on journal entries is written by cards alone.

``readonly`` keeps a field out of the form, not out of the web API: who could write on
a line which card it sells would sell one for nothing.
"""

from odoo import api, models
from odoo.exceptions import UserError

from .dive_guarded_mixin import is_unlocked, unlocked

LINKS = {"dive_card_id", "dive_card_use_id", "dive_card_entry_id"}
#: what says of an entry what it books, and of which day
BOOKED = {"company_id", "currency_id", "date", "journal_id", "partner_id", "state"}
#: and of a line of it
BOOKED_LINE = {
    "account_id",
    "amount_currency",
    "balance",
    "credit",
    "currency_id",
    "debit",
    "move_id",
    "partner_id",
    "tax_ids",
}
#: what says of a payment what is paid, by whom, when and how
PAID = {
    "amount",
    "company_id",
    "currency_id",
    "date",
    "destination_account_id",
    "journal_id",
    "outstanding_account_id",
    "partner_id",
    "partner_type",
    "payment_method_line_id",
    "payment_type",
}
#: Odoo sets the other states of a payment, when it reconciles
UNDONE = ("draft", "canceled", "rejected")


def check_links(env, vals):
    """Raise a UserError if somebody else than a card sets what cards set."""
    if not is_unlocked(env) and any(vals.get(name) for name in LINKS & vals.keys()):
        raise UserError(
            env._(
                "What belongs to a prepaid card is booked by the card itself: sell it,"
                " use it or refund it there."
            )
        )


def changed_by(vals, names, records):
    """Return the records of which these values change something named."""
    names = names & vals.keys()
    if not names:
        return records.browse()
    will_change = records.env["account.move"]._field_will_change
    return records.filtered(
        lambda record: any(will_change(record, vals, name) for name in names)
    )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_links(self.env, vals)
        moves = {vals["move_id"] for vals in vals_list if vals.get("move_id")}
        self.env["account.move"].browse(moves)._dive_check_own_entries()
        return super().create(vals_list)

    def write(self, vals):
        changed_by(vals, BOOKED_LINE, self).move_id._dive_check_own_entries()
        if LINKS & vals.keys():
            changed = {
                name: vals[name] or True
                for name in LINKS & vals.keys()
                if any(line[name].id != (vals[name] or False) for line in self)
            }
            check_links(self.env, changed)
        return super().write(vals)


class AccountMove(models.Model):
    _inherit = "account.move"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_links(self.env, vals)
        return super().create(vals_list)

    def write(self, vals):
        changed_by(vals, BOOKED, self)._dive_check_own_entries()
        if vals.get("state") in ("draft", "cancel"):
            self._dive_check_cards_let_go()
        if LINKS & vals.keys():
            check_links(self.env, {name: True for name in LINKS & vals.keys()})
        return super().write(vals)

    def _dive_check_cards_let_go(self):
        """Refuse to unpost, by its state alone, what cards have booked.

        The buttons have told the cards before they come here.
        """
        posted = self.filtered(lambda move: move.state == "posted")
        settled = posted.dive_card_use_ids.filtered(lambda use: use.state == "settled")
        cards = settled.card_id | posted._dive_sold_cards().filtered("booked")
        cards |= posted._dive_refunded_lines().dive_card_id.filtered(
            lambda card: card.state == "refunded"
        )
        if cards:
            raise UserError(
                self.env._(
                    "%(cards)s would not know of it: use the button “Reset to Draft” of"
                    " the invoice.",
                    cards=", ".join(cards.mapped("name")),
                )
            )

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note says of the same cards as what it reverses."""
        self._dive_check_own_entries()
        moves = super(AccountMove, unlocked(self))._reverse_moves(
            default_values_list, cancel
        )
        return moves.with_env(self.env)


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def write(self, vals):
        """Refuse to change what a card has paid: the card would say something else."""
        names = PAID | ({"state"} if vals.get("state") in UNDONE else set())
        changed_by(vals, names, self).move_id._dive_check_own_entries()
        return super().write(vals)
