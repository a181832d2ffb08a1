"""Each movement of a card: one conditional UPDATE, and a row of the ledger."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.card_money import MILLI, exact, rounded

#: what a movement adds to a card, and its reversal takes away
MOVEMENT = ("amount", "visits", "consumed", "booked")


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def _dive_move(self, kind, source=None, reverses_id=False, key=None, **movement):
        """Change the balance of this card, and note it.

        The condition is part of the UPDATE: of two desks that take the last cent, the
        second finds nothing left, or is run again by Odoo.

        :param kind: see ``dive.discount.card.entry``
        :param source: a record that it was for, or the words of who said why
        :param reverses_id: the movement that is taken back
        :param key: what a request that comes again has in common with the first
        :param movement: ``amount`` (as the card counts; below 0: used), ``visits``
            used, and what is ``consumed`` of the price and ``booked`` of it
        :return: the movement
        :raise UserError: more than is left
        """
        self.ensure_one()
        movement = self._dive_in_units(movement)
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE dive_discount_card
                      SET balance = balance + %(amount)s,
                          visits = visits + %(visits)s,
                          consumed = consumed + %(consumed)s,
                          consumed_booked = consumed_booked + %(booked)s,
                          state = CASE
                              WHEN state = 'active' AND balance + %(amount)s = 0
                              THEN 'used'
                              WHEN state = 'used' AND balance + %(amount)s > 0
                              THEN 'active'
                              ELSE state END
                    WHERE id = %(id)s
                      AND balance + %(amount)s BETWEEN 0 AND whole
                RETURNING balance""",
                id=self.id,
                **movement,
            )
        )
        row = self.env.cr.fetchone()
        self.invalidate_recordset(
            ["balance", "visits", "consumed", "consumed_booked", "state"], flush=False
        )
        if not row:
            raise UserError(self._dive_too_little(-movement["amount"]))
        record = source if isinstance(source, models.BaseModel) else None
        return (
            self.env["dive.discount.card.entry"]
            # sudo: nobody writes movements; they follow from what is done with cards
            .sudo()
            ._dive_adding()
            .create(
                {
                    **movement,
                    "card_id": self.id,
                    "company_id": self.company_id.id,
                    "kind": kind,
                    "key": key,
                    "reverses_id": reverses_id,
                    "date": fields.Datetime.now(),
                    "balance_before": float(exact(row[0]) - exact(movement["amount"])),
                    "balance_after": float(row[0]),
                    "user_name": self.env.user.name,
                    "source": record.display_name if record else source,
                    "source_model": record._name if record else False,
                    "source_id": record.id if record else False,
                }
            )
        )

    def _dive_in_units(self, movement):
        """Return all of a movement, in whole units: sums of floats are not exact."""
        unit = exact(self.currency_id.rounding)
        units = {
            "amount": MILLI if self.unit == "visits" else unit,
            "visits": MILLI,
            "consumed": unit,
            "booked": exact(self.company_currency_id.rounding),
        }
        return {
            name: float(rounded(exact(movement.get(name, 0)), units[name]))
            for name in MOVEMENT
        }

    def _dive_too_little(self, amount):
        return self.env._(
            "%(card)s has %(balance)s left, and %(amount)s are asked for.",
            card=self.display_name,
            balance=self._dive_in_words(self.balance),
            amount=self._dive_in_words(amount),
        )

    def _dive_in_words(self, amount):
        """Return an amount as people say it: money in its currency, or visits."""
        self.ensure_one()
        if self.unit == "money":
            return self.currency_id.format(amount)
        if abs(amount) == 1:
            return self.env._("%(count)s visit", count=self._dive_count(amount))
        return self.env._("%(count)s visits", count=self._dive_count(amount))
