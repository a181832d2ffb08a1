"""Each movement of a card: one conditional UPDATE, and a row of the ledger."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class DiveDiscountCard(models.Model):
    _inherit = "dive.discount.card"

    def _dive_move(self, kind, amount, visits=0.0, source=None, **values):
        """Add to the balance of this card (below 0: take), and note it.

        The condition is part of the UPDATE: of two desks that take the last cent, the
        second finds nothing left, or is run again by Odoo.

        :param kind: see ``dive.discount.card.entry``
        :param amount: money or visits, as the card counts
        :param visits: how many visits more, or less, were used
        :param source: a record that it was for, or the words of who said why
        :return: the movement
        :raise UserError: more than is left
        """
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """UPDATE dive_discount_card
                      SET balance = balance + %(amount)s,
                          visits = visits + %(visits)s
                    WHERE id = %(id)s
                      AND balance + %(amount)s BETWEEN 0 AND whole
                RETURNING balance""",
                amount=amount,
                visits=visits,
                id=self.id,
            )
        )
        row = self.env.cr.fetchone()
        self.invalidate_recordset(["balance", "visits"], flush=False)
        if not row:
            raise UserError(self._dive_too_little(-amount))
        record = source if isinstance(source, models.BaseModel) else None
        return (
            self.env["dive.discount.card.entry"]
            # sudo: nobody writes movements; they follow from what is done with cards
            .sudo()
            ._dive_adding()
            .create(
                {
                    "card_id": self.id,
                    "company_id": self.company_id.id,
                    "kind": kind,
                    "date": fields.Datetime.now(),
                    "amount": amount,
                    "visits": visits,
                    "balance_before": float(row[0]) - amount,
                    "balance_after": float(row[0]),
                    "user_name": self.env.user.name,
                    "source": record.display_name if record else source,
                    "source_model": record._name if record else False,
                    "source_id": record.id if record else False,
                    **values,
                }
            )
        )

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
        return self.env._("%(count)s visits", count=f"{amount:g}")
