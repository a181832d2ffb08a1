"""Fields that have to be numbers: what is none meets a message, not a traceback."""

from odoo import api, models
from odoo.exceptions import ValidationError

from ..tools.card_money import exact

#: more than anybody has
MOST = 10**9


class DiveNumberMixin(models.AbstractModel):
    """Refuse what is no number where one is written, also over RPC.

    NaN would pass most comparisons and constraints; half a month would be cut off
    without a word. A model lists such fields in ``_dive_numbers``, and says of each
    whether it is counted in whole numbers.
    """

    _name = "dive.number.mixin"
    _description = "Fields that have to be numbers"

    _dive_numbers = {}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._dive_check_numbers(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._dive_check_numbers(vals)
        return super().write(vals)

    @api.model
    def _dive_check_numbers(self, vals):
        for name in self._dive_numbers.keys() & vals.keys():
            whole = self._dive_numbers[name]
            try:
                number = exact(vals[name] or 0)
                wrong = abs(number) > MOST or (whole and number != int(number))
            except (ValueError, ArithmeticError):
                wrong = True
            if wrong:
                raise ValidationError(self._dive_no_number(name, vals[name], whole))

    @api.model
    def _dive_no_number(self, name, value, whole):
        words = {
            "field": self._fields[name]._description_string(self.env),
            "value": value,
        }
        if whole:
            return self.env._(
                "%(field)s: “%(value)s” cannot be, enter a whole number.", **words
            )
        return self.env._("%(field)s: “%(value)s” cannot be, enter a number.", **words)
