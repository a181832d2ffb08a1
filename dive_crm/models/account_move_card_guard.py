"""What of cards is written on journal entries is written by cards alone.

``readonly`` keeps a field out of the form, not out of the web API: who could write on
a line which card it sells would sell one for nothing.
"""

from odoo import api, models
from odoo.exceptions import UserError

from .dive_guarded_mixin import is_unlocked, unlocked

LINKS = {"dive_card_id", "dive_card_use_id", "dive_card_entry_id"}


def check_links(env, vals):
    """Raise a UserError if somebody else than a card sets what cards set."""
    if not is_unlocked(env) and any(vals.get(name) for name in LINKS & vals.keys()):
        raise UserError(
            env._(
                "What belongs to a prepaid card is booked by the card itself: sell it,"
                " use it or refund it there."
            )
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            check_links(self.env, vals)
        return super().create(vals_list)

    def write(self, vals):
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
        if LINKS & vals.keys():
            check_links(self.env, {name: True for name in LINKS & vals.keys()})
        return super().write(vals)

    def _reverse_moves(self, default_values_list=None, cancel=False):
        """A credit note says of the same cards as what it reverses."""
        self._dive_check_own_entries()
        moves = super(AccountMove, unlocked(self))._reverse_moves(
            default_values_list, cancel
        )
        return moves.with_env(self.env)
