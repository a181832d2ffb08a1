"""Where the books, the cards and their movements disagree: nowhere, if all is well."""

from odoo import api, fields, models
from odoo.tools import SQL

from .dive_discount_card_liability import HELD

PROBLEMS = [
    ("account", "The account and the card differ"),
    ("no_card", "Journal item without a card"),
    ("elsewhere", "Journal item on another account"),
    ("ledger", "The balance and the movements differ"),
    ("consumed", "The price consumed and the movements differ"),
    ("booked", "Consumed in the books, and the movements differ"),
    ("sale", "The sale is not in the books"),
    ("held", "Held for an invoice that is no draft"),
    ("settled", "Used, and not in the books"),
    ("moved", "Moved, and not in the books"),
]
#: a row's id is that of the record it is about, times this, and a place of its own
SLOTS = 16
#: SQL: the accounts of prepaid cards, of all companies
ACCOUNTS = SQL(
    "ARRAY(SELECT dive_card_account_id FROM res_company"
    " WHERE dive_card_account_id IS NOT NULL)"
)


class DiveDiscountCardCheck(models.Model):
    """One row for each difference: what is wrong with which card, and by how much.

    A branch per kind of difference, see :meth:`_dive_branches`. All posted journal
    items count, whatever their day.
    """

    _name = "dive.discount.card.check"
    _description = "Difference of a card"
    _auto = False
    _order = "card_id desc, id"
    _depends = {
        "account.account": ["account_type"],
        "account.move": [
            "dive_card_entry_id",
            "dive_card_use_id",
            "move_type",
            "reversed_entry_id",
            "state",
        ],
        "account.move.line": [
            "account_id",
            "balance",
            "company_id",
            "display_type",
            "dive_card_id",
            "move_id",
            "parent_state",
        ],
        "dive.discount.card": [
            "balance",
            "booked",
            "company_id",
            "consumed",
            "consumed_booked",
        ],
        "dive.discount.card.entry": [
            "amount",
            "booked",
            "card_id",
            "company_id",
            "consumed",
            "kind",
            "reverses_id",
            "source_id",
            "source_model",
        ],
        "dive.discount.card.use": [
            "booked",
            "card_id",
            "company_id",
            "move_id",
            "returns_id",
            "state",
        ],
        "res.company": ["currency_id", "dive_card_account_id"],
    }

    problem = fields.Selection(PROBLEMS, readonly=True)
    card_id = fields.Many2one("dive.discount.card", readonly=True)
    move_id = fields.Many2one("account.move", "Document", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    one = fields.Float("Is", digits=(16, 3), readonly=True, aggregator=None)
    other = fields.Float("Should be", digits=(16, 3), readonly=True, aggregator=None)
    difference = fields.Float(digits=(16, 3), readonly=True, aggregator=None)
    reason = fields.Char("What is wrong", compute="_compute_reason")
    difference_text = fields.Char(
        "Difference in words", compute="_compute_reason", help="Money, or visits."
    )

    @api.depends("problem", "one", "other", "difference")
    @api.depends_context("lang")
    def _compute_reason(self):
        for row in self:
            row.reason = row._dive_reason()
            row.difference_text = row._dive_in_words(row.difference)

    def _dive_reason(self):
        """Return what is wrong, in a sentence that says where to look."""
        self.ensure_one()
        env = self.env
        texts = {
            "account": env._(
                "The account says %(one)s for %(card)s, and the card says %(other)s."
            ),
            "no_card": env._(
                "%(document)s has %(one)s on the account of prepaid cards for no card:"
                " book it on another account."
            ),
            "elsewhere": env._(
                "%(document)s has %(one)s of %(card)s on an account that is not the one"
                " of prepaid cards."
            ),
            "ledger": env._(
                "%(card)s has %(one)s left, and its movements add up to %(other)s."
            ),
            "consumed": env._(
                "Of the price of %(card)s %(one)s are consumed, and its movements add"
                " up to %(other)s."
            ),
            "booked": env._(
                "In the books %(one)s of %(card)s are consumed, and its movements add"
                " up to %(other)s."
            ),
            "sale": env._(
                "The sale of %(card)s was booked with %(other)s, and its posted invoice"
                " says %(one)s."
            ),
            "held": env._(
                "%(card)s holds %(one)s for %(document)s, which is no draft any more."
            ),
            "settled": env._(
                "%(document)s has moved %(other)s of %(card)s, and no posted entry says"
                " so."
            ),
            "moved": env._(
                "%(card)s expired, was extended or refunded with %(other)s, and no"
                " posted entry says so."
            ),
        }
        return texts[self.problem] % {
            "card": self.card_id.name,
            "document": self.move_id.display_name or env._("a deleted draft"),
            "one": self._dive_in_words(self.one),
            "other": self._dive_in_words(self.other),
        }

    def _dive_in_words(self, amount):
        """Return an amount in what it is counted in: visits, or a currency."""
        if self.problem == "ledger":
            return self.card_id._dive_in_words(amount)
        if self.problem == "consumed":
            return self.card_id.currency_id.format(amount)
        return self.company_id.currency_id.format(amount)

    # ------------------------------------------------------------------
    # What is compared
    # ------------------------------------------------------------------

    @property
    def _table_query(self):
        rows = [
            SQL(
                """
                SELECT found.record_id::bigint * %(slots)s + %(slot)s AS id,
                       %(problem)s AS problem,
                       found.card_id, found.move_id, found.company_id,
                       found.one, found.other,
                       found.one - found.other AS difference
                  FROM (%(branch)s) found
                """,
                slots=SLOTS,
                slot=slot,
                problem=problem,
                branch=branch,
            )
            for slot, (problem, branch) in enumerate(self._dive_branches())
        ]
        return SQL(" UNION ALL ").join(rows)

    @api.model
    def _dive_branches(self):
        """Return (problem, SQL of its rows).

        Columns: record_id, card_id, move_id, company_id, one, other. Only add at the
        end: a row keeps its id from one query to the next.
        """
        return [
            ("account", ACCOUNT_AND_CARD),
            ("no_card", NO_CARD),
            ("elsewhere", ELSEWHERE),
            ("ledger", self._dive_ledger_sql("balance", "amount")),
            ("consumed", self._dive_ledger_sql("consumed", "consumed")),
            ("booked", self._dive_ledger_sql("consumed_booked", "booked")),
            ("sale", SALE),
            ("held", USES_HELD),
            ("settled", USES_SETTLED),
            ("moved", MOVEMENTS),
        ]

    @api.model
    def _dive_ledger_sql(self, column, summed):
        """SQL: the cards that say otherwise than the sum of their movements."""
        return SQL(
            """
            SELECT card.id AS record_id, card.id AS card_id, NULL::int AS move_id,
                   card.company_id, COALESCE(card.%(column)s, 0) AS one,
                   COALESCE(ledger.total, 0) AS other
              FROM dive_discount_card card
         LEFT JOIN (SELECT card_id, SUM(%(summed)s) AS total
                      FROM dive_discount_card_entry GROUP BY card_id) ledger
                ON ledger.card_id = card.id
             WHERE COALESCE(card.%(column)s, 0) != COALESCE(ledger.total, 0)
            """,
            column=SQL.identifier(column),
            summed=SQL.identifier(summed),
        )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, **kwargs):
        self.env.cr.execute("SET LOCAL jit = off")
        return super()._search(domain, *args, **kwargs)

    @api.depends("problem", "card_id")
    def _compute_display_name(self):
        labels = dict(self._fields["problem"]._description_selection(self.env))
        for row in self:
            row.display_name = f"{row.card_id.name or ''} · {labels[row.problem]}"

    def action_open(self):
        """Open what the difference is about: the document, else the card."""
        self.ensure_one()
        return (self.move_id or self.card_id).get_formview_action()

    def action_open_card(self):
        """Open the card."""
        self.ensure_one()
        return self.card_id.get_formview_action()

    def action_items(self):
        """Open the journal items of the card."""
        self.ensure_one()
        return self.card_id._dive_action_items(self.company_id)


ACCOUNT_AND_CARD = SQL(
    """
    SELECT card.id AS record_id, card.id AS card_id, NULL::int AS move_id,
           card.company_id, COALESCE(books.liability, 0) AS one, cards.owed AS other
      FROM dive_discount_card card
 LEFT JOIN (SELECT line.dive_card_id AS card_id, -SUM(line.balance) AS liability
              FROM account_move_line line
             WHERE line.account_id = ANY(%(accounts)s)
               AND line.parent_state = 'posted'
          GROUP BY line.dive_card_id) books ON books.card_id = card.id
 LEFT JOIN (%(held)s) held ON held.card_id = card.id
CROSS JOIN LATERAL (
           SELECT COALESCE(card.booked, 0) - COALESCE(card.consumed_booked, 0)
                  + COALESCE(held.booked, 0) AS owed) cards
     WHERE COALESCE(books.liability, 0) != cards.owed
    """,
    accounts=ACCOUNTS,
    held=HELD,
)
NO_CARD = SQL(
    """
    SELECT line.id AS record_id, NULL::int AS card_id, line.move_id, line.company_id,
           -line.balance AS one, 0::numeric AS other
      FROM account_move_line line
      JOIN account_move move ON move.id = line.move_id
     WHERE line.account_id = ANY(%(accounts)s)
       AND line.parent_state = 'posted'
       AND line.dive_card_id IS NULL
       AND line.balance != 0
       -- where taxes are due when paid, Odoo books their base to and fro
       AND move.tax_cash_basis_origin_move_id IS NULL
    """,
    accounts=ACCOUNTS,
)
ELSEWHERE = SQL(
    """
    SELECT line.id AS record_id, line.dive_card_id AS card_id, line.move_id,
           line.company_id, -line.balance AS one, 0::numeric AS other
      FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
     WHERE line.dive_card_id IS NOT NULL
       AND line.parent_state = 'posted'
       AND account.account_type = 'liability_current'
       AND line.account_id != ALL(%(accounts)s)
    """,
    accounts=ACCOUNTS,
)
SALE = SQL(
    """
    SELECT card.id AS record_id, card.id AS card_id, NULL::int AS move_id,
           card.company_id, COALESCE(sale.total, 0) AS one,
           COALESCE(card.booked, 0) AS other
      FROM dive_discount_card card
 LEFT JOIN (SELECT line.dive_card_id AS card_id, -SUM(line.balance) AS total
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
             WHERE line.dive_card_id IS NOT NULL
               AND line.display_type = 'product'
               AND line.parent_state = 'posted'
               AND line.account_id = ANY(%(accounts)s)
               AND move.move_type = 'out_invoice'
          GROUP BY line.dive_card_id) sale ON sale.card_id = card.id
     WHERE COALESCE(card.booked, 0) != COALESCE(sale.total, 0)
    """,
    accounts=ACCOUNTS,
)
USES_HELD = SQL(
    """
    SELECT used.id AS record_id, used.card_id, move.id AS move_id, used.company_id,
           used.booked AS one, 0::numeric AS other
      FROM dive_discount_card_use used
 LEFT JOIN account_move move ON move.id = used.move_id
     WHERE used.state = 'held'
       AND move.state IS DISTINCT FROM 'draft'
    """
)
USES_SETTLED = SQL(
    """
    SELECT used.id AS record_id, used.card_id, used.move_id, used.company_id,
           0::numeric AS one, used.booked AS other
      FROM dive_discount_card_use used
     WHERE used.state = 'settled'
       AND used.booked != 0
       AND NOT EXISTS (
           SELECT 1
             FROM account_move entry
            WHERE entry.dive_card_use_id = used.id
              AND entry.state = 'posted'
              AND EXISTS (
                  SELECT 1 FROM account_move_line line
                   WHERE line.move_id = entry.id
                     AND line.dive_card_id = used.card_id)
              AND NOT EXISTS (
                  SELECT 1 FROM account_move undone
                   WHERE undone.reversed_entry_id = entry.id
                     AND undone.state = 'posted'))
    """
)
#: what no invoice books: an expiry, an extension; and refunds, by their credit note
MOVEMENTS = SQL(
    """
    SELECT entry.id AS record_id, entry.card_id, NULL::int AS move_id,
           entry.company_id, 0::numeric AS one, entry.booked AS other
      FROM dive_discount_card_entry entry
     WHERE entry.kind IN ('expiry', 'extension', 'refund')
       AND entry.booked != 0
       AND NOT EXISTS (
           SELECT 1
             FROM account_move move
            WHERE move.state = 'posted'
              AND (move.dive_card_entry_id = entry.id
                   OR entry.source_model = 'account.move'
                   AND move.id = entry.source_id))
       AND NOT EXISTS (
           SELECT 1
             FROM dive_discount_card_entry undone
            WHERE entry.kind = 'refund'
              AND undone.reverses_id = entry.id)
    """
)
