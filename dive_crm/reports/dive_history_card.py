"""The history's rows about prepaid cards: sold, moved, and when they end."""

from odoo import api, fields, models
from odoo.tools import SQL

from .dive_history import SLOTS

#: numbers of the branches, which never change
SOLD, MOVED, ENDS, BOUGHT = 9, 10, 11, 12
KINDS = [
    ("card", "Card"),
    ("card_use", "Card used"),
    ("card_back", "Card: given back"),
    ("card_expiry", "Card expired"),
    ("card_extension", "Card extended"),
    ("card_refund", "Card refunded"),
    ("card_transfer", "Card transferred"),
    ("card_end", "Card ends"),
]


class DiveHistory(models.Model):
    _inherit = "dive.history"
    _depends = {
        "account.move": ["invoice_origin", "move_type", "name", "partner_id", "state"],
        "account.move.line": ["display_type", "dive_card_id", "move_id"],
        "dive.discount.card": [
            "balance",
            "company_id",
            "currency_id",
            "expiry_date",
            "name",
            "partner_id",
            "price",
            "sold_on",
            "state",
            "type_id",
            "unit",
        ],
        "dive.discount.card.entry": [
            "amount",
            "card_id",
            "date",
            "kind",
            "source",
            "source_id",
            "source_model",
        ],
        "dive.discount.type": ["name"],
        "res.partner": ["name"],
    }

    # money: instructors see none of these kinds, see the record rules
    kind = fields.Selection(selection_add=KINDS)

    @api.model
    def _state_fields(self):
        return [*super()._state_fields(), ("dive.discount.card", "state")]

    @api.model
    def _branches(self):
        return {
            **super()._branches(),
            SOLD: self._branch_card_sold(),
            MOVED: self._branch_card_moved(),
            ENDS: self._branch_card_ends(),
            BOUGHT: self._branch_card_bought(),
        }

    @api.model
    def _card_name(self):
        """Return the words of a card ``c`` of type ``k``, in the user's language."""
        return SQL(
            "concat_ws(' · ', c.name, COALESCE(k.name->>%s, k.name->>'en_US'))",
            self.env.lang or "en_US",
        )

    @api.model
    def _visits(self, column):
        """Return a number of visits as the user's language writes it: 8.5 or 8,5."""
        lang = self.env["res.lang"]._get_data(code=self.env.lang or "en_US")
        return SQL(
            "replace(trim_scale(%s::numeric)::text, '.', %s)",
            column,
            lang.decimal_point or ".",
        )

    @api.model
    def _branch_card_sold(self):
        """Cards of the customer, on the day of their sale, at their price."""
        return SQL(
            """SELECT c.id AS source_id, c.partner_id,
                      c.sold_on + time '12:00' AS date, 'card' AS kind, %s AS name,
                      c.state, c.price AS amount, c.currency_id, c.company_id,
                      'dive.discount.card' AS res_model, c.id AS res_id
                 FROM dive_discount_card c
                 JOIN dive_discount_type k ON k.id = c.type_id
                WHERE c.sold_on IS NOT NULL""",
            self._card_name(),
        )

    @api.model
    def _branch_card_bought(self):
        """Cards that somebody has bought and somebody else holds now."""
        return SQL(
            """SELECT l.id AS source_id, m.partner_id,
                      c.sold_on + time '12:00' AS date, 'card' AS kind,
                      concat_ws(' · ', %s, h.name) AS name,
                      c.state, c.price AS amount, c.currency_id, c.company_id,
                      'dive.discount.card' AS res_model, c.id AS res_id
                 FROM account_move m
                 JOIN account_move_line l
                   ON l.move_id = m.id AND l.display_type = 'product'
                 JOIN dive_discount_card c
                   ON c.id = l.dive_card_id AND c.partner_id != m.partner_id
                 JOIN res_partner h ON h.id = c.partner_id
                 JOIN dive_discount_type k ON k.id = c.type_id
                WHERE m.move_type = 'out_invoice' AND m.state != 'cancel'
                  AND c.sold_on IS NOT NULL""",
            self._card_name(),
        )

    @api.model
    def _branch_card_moved(self):
        """What was taken from cards and given back, and how they ended.

        Visits are no money: they stand in the name. So does the number of an invoice;
        one that is a draft has none, and one that is deleted neither. That a
        card expired is its kind; until when is no word to search.
        """
        return SQL(
            """SELECT e.id AS source_id, c.partner_id, e.date,
                      'card_' || e.kind AS kind,
                      concat_ws(' · ', c.name,
                          CASE WHEN c.unit = 'visits' AND e.amount != 0
                               THEN %s || ' ' || %s END,
                          NULLIF(m.name, '/'), m.invoice_origin,
                          CASE WHEN e.source_model IS NULL AND e.kind != 'expiry'
                               THEN e.source END) AS name,
                      NULL::varchar AS state,
                      CASE WHEN c.unit = 'money' AND e.amount != 0
                           THEN e.amount END AS amount,
                      c.currency_id, c.company_id,
                      'dive.discount.card' AS res_model, c.id AS res_id
                 FROM dive_discount_card c
                 JOIN dive_discount_card_entry e ON e.card_id = c.id
            LEFT JOIN account_move m
                   ON e.source_model = 'account.move' AND m.id = e.source_id
                WHERE e.kind != 'sale'""",
            self._visits(SQL("e.amount")),
            self.env._("visits"),
        )

    @api.model
    def _branch_card_ends(self):
        """The last day of the cards that still have something on them.

        What is left: money is the amount, visits stand in the name, as above.
        """
        return SQL(
            """SELECT c.id AS source_id, c.partner_id,
                      c.expiry_date + time '12:00' AS date, 'card_end' AS kind,
                      concat_ws(' · ', %s, CASE WHEN c.unit = 'visits'
                          THEN %s || ' ' || %s END) AS name,
                      c.state,
                      CASE c.unit WHEN 'money' THEN c.balance END AS amount,
                      c.currency_id, c.company_id,
                      'dive.discount.card' AS res_model, c.id AS res_id
                 FROM dive_discount_card c
                 JOIN dive_discount_type k ON k.id = c.type_id
                WHERE c.state = 'active' AND c.expiry_date IS NOT NULL""",
            self._card_name(),
            self._visits(SQL("c.balance")),
            self.env._("visits"),
        )

    def action_open_record(self):
        """Open the invoice that a card has paid, for who may read it; else the card."""
        self.ensure_one()
        if self.id % SLOTS != MOVED:
            return super().action_open_record()
        self.check_access("read")
        # sudo: which document it was; it opens for who may read it
        entry = self.env["dive.discount.card.entry"].sudo().browse(self.id // SLOTS)
        if entry.source_model in self.env:
            source = self.env[entry.source_model].browse(entry.source_id).exists()
            if source and source.has_access("read"):
                return source.get_formview_action()
        return super().action_open_record()
