"""What is owed to the holders of prepaid cards on a day, by card and by age."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..models.dive_discount_type_tax import TREATMENTS

#: days since the sale; the keys sort as the labels are read
AGES = [
    ("d000", "0 to 30 days"),
    ("d031", "31 to 90 days"),
    ("d091", "91 to 180 days"),
    ("d181", "181 to 365 days"),
    ("d366", "Over a year"),
    ("none", "Without a card"),
]
#: when the card ends, seen from the day of the report
ENDS = [
    ("d000", "Expired"),
    ("d001", "Within 30 days"),
    ("d031", "In 31 to 90 days"),
    ("d091", "Later"),
    ("none", "Without a card"),
]


class DiveDiscountCardLiability(models.Model):
    """One row per card that was sold, as of the day that the context names.

    ``liability`` is what the account of prepaid cards says: posted journal items until
    that day. What stands there without a card is a row of its own, so that the total is
    the balance of the account, always. ``expected`` is what the cards say, each
    movement on the day on which it is in the books.

    The day is ``dive_as_of`` in the context; without one, today where the company is.
    """

    _name = "dive.discount.card.liability"
    _description = "Card liability"
    _auto = False
    _order = "sold_on, id"
    _depends = {
        "account.move": ["date", "dive_card_entry_id", "dive_card_use_id", "state"],
        "account.move.line": [
            "account_id",
            "balance",
            "company_id",
            "date",
            "display_type",
            "dive_card_id",
            "move_id",
            "parent_state",
        ],
        "dive.discount.card": [
            "booked",
            "company_id",
            "consumed_booked",
            "currency_id",
            "expiry_date",
            "name",
            "partner_id",
            "price",
            "sold_on",
            "treatment",
            "type_id",
        ],
        "dive.discount.card.entry": [
            "booked",
            "card_id",
            "date",
            "reverses_id",
            "source_id",
            "source_model",
        ],
        "dive.discount.card.use": [
            "booked",
            "card_id",
            "entry_id",
            "returns_id",
            "state",
        ],
        "res.company": ["currency_id", "dive_card_account_id", "partner_id"],
        "res.partner": ["tz"],
    }

    card_id = fields.Many2one("dive.discount.card", readonly=True)
    name = fields.Char("Number", readonly=True)
    partner_id = fields.Many2one("res.partner", "Holder", readonly=True)
    type_id = fields.Many2one("dive.discount.type", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(
        "res.currency", "Currency of the books", readonly=True
    )
    card_currency_id = fields.Many2one(
        "res.currency", "Currency of the card", readonly=True
    )
    sold_on = fields.Date("Sold on", readonly=True)
    expiry_date = fields.Date("Valid until", readonly=True)
    treatment = fields.Selection(TREATMENTS, "Taxed", readonly=True)
    price = fields.Monetary(
        currency_field="card_currency_id", readonly=True, aggregator=None
    )
    date = fields.Date("As of", readonly=True)
    age = fields.Selection(AGES, "Sold", readonly=True)
    ends = fields.Selection(ENDS, "Expires", readonly=True)
    liability = fields.Monetary(
        readonly=True, help="What the account of prepaid cards says on that day."
    )
    expected = fields.Monetary(
        "By the cards",
        readonly=True,
        help="What was sold until that day, less what was used of it.",
    )
    difference = fields.Monetary(
        readonly=True, help="Account less cards: there should be none."
    )

    @api.model
    def _dive_as_of(self):
        """Return the day of which the figures are.

        :raise UserError: the context names something that is no day
        """
        day = self.env.context.get("dive_as_of")
        try:
            return fields.Date.to_date(day) or self.env.company._dive_today()
        except (TypeError, ValueError, AttributeError, LookupError) as error:
            # a dictionary is cut to ten characters: a KeyError since Python 3.12
            raise UserError(
                self.env._("“%(day)s” is no date: choose one.", day=day)
            ) from error

    @api.model
    def _search(self, domain, *args, **kwargs):
        # The same rows are others on another day: no row is kept from before.
        self.invalidate_model(flush=False)
        # Compiling takes PostgreSQL longer than adding up; sums per card fit in memory.
        self.env.cr.execute("SET LOCAL jit = off; SET LOCAL work_mem = '64MB'")
        return super()._search(domain, *args, **kwargs)

    @property
    def _table_query(self):
        """What the cards say is joined last: not at all where nobody asks for it."""
        day = self._dive_as_of()
        return SQL(
            """
            SELECT owed.id, owed.card_id, owed.name, owed.partner_id, owed.type_id,
                   owed.treatment, owed.price, owed.card_currency_id, owed.company_id,
                   house.currency_id, owed.sold_on, owed.expiry_date, owed.liability,
                   %(day)s AS date,
                   %(expected)s AS expected,
                   owed.liability - %(expected)s AS difference,
                   CASE WHEN owed.card_id IS NULL THEN 'none'
                        WHEN owed.sold_on >= %(day)s - 30 THEN 'd000'
                        WHEN owed.sold_on >= %(day)s - 90 THEN 'd031'
                        WHEN owed.sold_on >= %(day)s - 180 THEN 'd091'
                        WHEN owed.sold_on >= %(day)s - 365 THEN 'd181'
                        ELSE 'd366' END AS age,
                   CASE WHEN owed.card_id IS NULL THEN 'none'
                        WHEN owed.expiry_date < %(day)s THEN 'd000'
                        WHEN owed.expiry_date <= %(day)s + 30 THEN 'd001'
                        WHEN owed.expiry_date <= %(day)s + 90 THEN 'd031'
                        ELSE 'd091' END AS ends
              FROM (%(owed)s) owed
              JOIN res_company house ON house.id = owed.company_id
         LEFT JOIN (%(held)s) held ON held.card_id = owed.card_id
         LEFT JOIN (%(unsold)s) unsold ON unsold.card_id = owed.card_id
         LEFT JOIN (%(later)s) later ON later.card_id = owed.card_id
            """,
            day=day,
            owed=self._dive_owed_sql(day),
            expected=EXPECTED,
            held=HELD,
            unsold=self._dive_unsold_sql(day),
            later=self._dive_later_sql(day),
        )

    @api.model
    def _dive_owed_sql(self, day):
        """SQL: the cards, and what is on the account without one, per company."""
        return SQL(
            """
            SELECT 2 * card.id AS id,
                   card.id AS card_id,
                   card.name,
                   card.partner_id, card.type_id, card.treatment, card.price,
                   card.currency_id AS card_currency_id,
                   card.company_id,
                   COALESCE(card.sold_on, card.create_date::date) AS sold_on,
                   card.expiry_date,
                   card.booked, card.consumed_booked,
                   COALESCE(books.liability, 0) AS liability
              FROM dive_discount_card card
         LEFT JOIN (%(books)s) books ON books.card_id = card.id
             WHERE books.liability IS NOT NULL
                OR (card.booked != 0 AND card.sold_on <= %(day)s)
         UNION ALL
            SELECT 2 * rest.company_id + 1, NULL, %(without)s, NULL, NULL, NULL, NULL,
                   NULL, rest.company_id, NULL, NULL, 0, 0, rest.liability
              FROM (%(rest)s) rest
            """,
            day=day,
            without=self.env._("Without a card"),
            books=self._dive_books_sql(
                day, SQL("line.dive_card_id AS card_id"), SQL("IS NOT NULL")
            ),
            rest=self._dive_books_sql(day, SQL("line.company_id"), SQL("IS NULL")),
        )

    @api.model
    def _dive_books_sql(self, day, owner, card):
        """SQL: what the account says, per owner: a card or, without one, a company.

        Two questions, as each has an index that leaves out the rest of the books.
        """
        return SQL(
            """
            SELECT %(owner)s, -SUM(line.balance) AS liability
              FROM account_move_line line
             WHERE line.dive_card_id %(card)s
               AND line.account_id IN %(accounts)s
               AND line.parent_state = 'posted'
               AND line.date <= %(day)s
          GROUP BY 1
            """,
            owner=owner,
            card=card,
            accounts=self._dive_accounts(),
            day=day,
        )

    @api.model
    def _dive_accounts(self):
        """Return the accounts of prepaid cards of all companies, by their numbers."""
        # sudo: which accounts they are; the rows are cut to the user's companies
        companies = self.env["res.company"].sudo()
        companies = companies.search([("dive_card_account_id", "!=", False)])
        return tuple(companies.dive_card_account_id.ids) or (0,)

    @api.model
    def _dive_unsold_sql(self, day):
        """SQL: the cards whose sale is in the books after the day."""
        return SQL(
            """
            SELECT line.dive_card_id AS card_id
              FROM account_move_line line
              JOIN account_move sale ON sale.id = line.move_id
             WHERE line.dive_card_id IS NOT NULL
               AND line.display_type = 'product'
               AND line.parent_state = 'posted'
               AND line.date > %(day)s
               AND sale.move_type = 'out_invoice'
          GROUP BY line.dive_card_id
            """,
            day=day,
        )

    @api.model
    def _dive_later_sql(self, day):
        """SQL: what uses and all else have consumed per card after the day.

        A movement is in the books when its entry is: that of the use it makes, the
        document it comes from, or the entry made for it; else on its own day. What is
        held is in no books. What goes back to where it came from (a draft that is
        cancelled) counts with the movement that it takes back. Only what may be later
        is looked at, one by one: joined, PostgreSQL expects far too few and takes
        minutes.
        """
        return SQL(
            """
            SELECT entry.card_id,
                   SUM(entry.booked + COALESCE(
                       (SELECT SUM(again.booked)
                          FROM dive_discount_card_entry again
                         WHERE again.reverses_id = entry.id
                           AND again.source_model = entry.source_model
                           AND again.source_id = entry.source_id), 0)) AS booked
              FROM (SELECT id FROM dive_discount_card_entry
                     WHERE date >= %(day)s - 1
                     UNION
                    SELECT entry.id
                      FROM account_move move
                      JOIN dive_discount_card_entry entry
                        ON entry.source_model = 'account.move'
                       AND entry.source_id = move.id
                     WHERE move.date > %(day)s
                     UNION
                    SELECT used.entry_id
                      FROM account_move move
                      JOIN dive_discount_card_use used
                        ON used.id = move.dive_card_use_id
                     WHERE move.date > %(day)s
                     UNION
                    SELECT move.dive_card_entry_id
                      FROM account_move move
                     WHERE move.date > %(day)s
                   ) candidate
              JOIN dive_discount_card_entry entry ON entry.id = candidate.id
              JOIN res_company house ON house.id = entry.company_id
              JOIN res_partner address ON address.id = house.partner_id
         LEFT JOIN dive_discount_card_use used ON used.entry_id = entry.id
             WHERE used.state IS DISTINCT FROM 'held'
               AND (entry.reverses_id IS NULL OR NOT EXISTS (
                   SELECT FROM dive_discount_card_entry first
                    WHERE first.id = entry.reverses_id
                      AND first.source_model = entry.source_model
                      AND first.source_id = entry.source_id))
               AND COALESCE(
                   (SELECT settled.date
                      FROM account_move settled
                     WHERE settled.dive_card_use_id = used.id
                       AND settled.state = 'posted'
                  ORDER BY settled.id DESC
                     LIMIT 1),
                   (SELECT document.date
                      FROM account_move document
                     WHERE document.id = entry.source_id
                       AND entry.source_model = 'account.move'
                       AND document.state = 'posted'),
                   (SELECT made.date
                      FROM account_move made
                     WHERE made.dive_card_entry_id = entry.id
                       AND made.state = 'posted'
                  ORDER BY made.id DESC
                     LIMIT 1),
                   (entry.date AT TIME ZONE 'UTC' AT TIME ZONE
                    COALESCE(NULLIF(address.tz, ''), 'UTC'))::date) > %(day)s
          GROUP BY entry.card_id
            """,
            day=day,
        )

    @api.model
    def _dive_default_filters(self):
        """Return with which filters the report opens."""
        return {"search_default_owed": 1, "search_default_group_age": 1}

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open(self):
        """Open the card; where there is none, the journal items without one."""
        self.ensure_one()
        if self.card_id:
            return self.card_id.get_formview_action()
        return self.action_items()

    def action_items(self):
        """Open the journal items that the figure is made of."""
        self.ensure_one()
        return self.card_id._dive_action_items(self.company_id, self._dive_as_of())

    def action_compare(self):
        """Open the same day with what the cards say beside it."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_card_liability_compare"
        )
        day = self._dive_as_of()
        title = self.env._(
            "%(date)s: account and cards", date=format_date(self.env, day)
        )
        return {
            **action,
            "name": title,
            "display_name": title,
            "context": {
                "dive_as_of": fields.Date.to_string(day),
                "dive_compare": True,
                "search_default_difference": 1,
            },
        }

    def action_other_date(self):
        """Ask for another day."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_card_liability_wizard"
        )


#: SQL: what is taken from cards and not yet from the books
HELD = SQL(
    "SELECT card_id, SUM(CASE WHEN returns_id IS NULL THEN booked ELSE -booked END)"
    " AS booked FROM dive_discount_card_use WHERE state = 'held' GROUP BY card_id"
)
#: SQL: what cards say that the account should say
EXPECTED = SQL(
    "(CASE WHEN unsold.card_id IS NULL THEN owed.booked ELSE 0 END"
    " - owed.consumed_booked + COALESCE(held.booked, 0) + COALESCE(later.booked, 0))"
)
