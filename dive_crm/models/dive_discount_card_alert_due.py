"""Which holders of cards are to be told today; what the morning's run asks."""

from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from .dive_alert_late import LATE
from .dive_discount_card_alert import ENDED
from .dive_message_plan_card import ENDED as HAS_ENDED
from .dive_message_plan_card import ENDS, LOW


class Due(NamedTuple):
    """A card of which somebody is to be told, and what."""

    id: int
    low: int  # 1: that little is left; 0: that it ends
    kind: str
    days: int
    date: object
    amount: object
    since: int
    plan_id: int


class DiveDiscountCardAlert(models.Model):
    _inherit = "dive.discount.card.alert"

    _dive_due_type = Due
    _dive_due_key = ("id", "low")
    _dive_cron = "dive_crm.ir_cron_card_alert"

    # ------------------------------------------------------------------
    # Who is due
    # ------------------------------------------------------------------

    @api.model
    def _dive_windows(self, company):
        """Return (days, first end, last end, plan): which ends each of the days is for.

        Each end has one of the days, the nearest that has come. What was missed before
        is thus never told late as well.
        """
        first = company._dive_today()
        windows = []
        for plan in company._dive_plans(ENDS):
            last = company._dive_today() + timedelta(plan.interval)
            windows.append((plan.interval, first, last, plan.id))
            first = last + timedelta(1)
        return windows

    @api.model
    def _dive_usable_sql(self, today):
        """SQL: something is left on ``card``, and today it can be used."""
        return SQL(
            "card.state = 'active' AND card.balance > 0"
            " AND (card.expiry_date IS NULL OR card.expiry_date >= %s)",
            today,
        )

    @api.model
    def _dive_little_sql(self):
        """SQL: little is left on ``card``, as ``company`` says."""
        return self._dive_is_little_sql(SQL("card.balance"))

    @api.model
    def _dive_is_little_sql(self, balance):
        """SQL: so much of ``card`` is little; of several visits, the last one is."""
        return SQL(
            """(%(balance)s * 100 < card.whole * company.dive_card_alert_percent
                OR card.unit = 'visits' AND card.whole > 1 AND %(balance)s <= 1)""",
            balance=balance,
        )

    @api.model
    def _dive_since_sql(self):
        """SQL: the last movement of ``card`` that left more than little on it."""
        return SQL(
            """SELECT COALESCE(max(entry.id), 0) AS id
                 FROM dive_discount_card_entry entry
                WHERE entry.card_id = card.id AND NOT %s""",
            self._dive_is_little_sql(SQL("entry.balance_after")),
        )

    @api.model
    def _dive_due_before_sql(self, company):
        """SQL: cards of ``company`` that end.

        Not for a day that had passed when the card was sold: who has just bought it
        knows until when it is good.
        """
        return SQL(
            """SELECT card.id, 0 AS low, 'before' AS kind, due.days,
                      card.expiry_date AS date, card.balance AS amount, 0 AS since,
                      due.plan_id
                 FROM (VALUES %s) due(days, first_end, last_end, plan_id)
                 JOIN dive_discount_card card
                   ON card.expiry_date BETWEEN due.first_end AND due.last_end
                 JOIN res_partner diver ON diver.id = card.partner_id
                WHERE card.company_id = %s AND diver.active IS TRUE AND %s
                  AND (card.sold_on IS NULL
                       OR card.sold_on <= card.expiry_date - due.days)
                  AND NOT EXISTS (
                      SELECT FROM dive_discount_card_alert alert
                       WHERE alert.card_id = card.id AND alert.kind = 'before'
                         AND alert.about_date = card.expiry_date
                         AND alert.days <= due.days)""",
            SQL(", ").join(
                SQL("(%s, %s::date, %s::date, %s)", *window)
                for window in self._dive_windows(company)
            ),
            company.id,
            self._dive_usable_sql(company._dive_today()),
        )

    @api.model
    def _dive_due_ended_sql(self, company, plan):
        """SQL: cards of ``company`` that ended with something on them.

        Whether what was left has been taken off yet or not: it is the balance, and what
        movements of the expiry took that no extension gave back.
        """
        today = company._dive_today()
        return SQL(
            """SELECT card.id, 0 AS low, 'ended' AS kind, %s AS days,
                      card.expiry_date AS date, lapsed.amount, 0 AS since,
                      %s AS plan_id
                 FROM dive_discount_card card
                 JOIN res_partner diver ON diver.id = card.partner_id
                 JOIN LATERAL (
                      SELECT card.balance - COALESCE(sum(entry.amount), 0) AS amount
                        FROM dive_discount_card_entry entry
                       WHERE entry.card_id = card.id AND entry.kind = 'expiry'
                         AND NOT EXISTS (
                             SELECT FROM dive_discount_card_entry back
                              WHERE back.reverses_id = entry.id)
                      ) lapsed ON lapsed.amount > 0
                WHERE card.company_id = %s AND diver.active IS TRUE
                  AND card.state IN ('active', 'expired')
                  AND card.expiry_date BETWEEN %s AND %s
                  AND NOT EXISTS (
                      SELECT FROM dive_discount_card_alert alert
                       WHERE alert.card_id = card.id AND alert.kind = 'ended'
                         AND alert.about_date = card.expiry_date)""",
            ENDED,
            plan.id,
            company.id,
            today - LATE,
            today - timedelta(1),
        )

    @api.model
    def _dive_due_low_sql(self, company, plan):
        """SQL: cards of ``company`` on which little is left since a use."""
        return SQL(
            """SELECT card.id, 1 AS low, 'low' AS kind, 0 AS days,
                      card.expiry_date AS date, card.balance AS amount,
                      since.id AS since, %s AS plan_id
                 FROM dive_discount_card card
                 JOIN res_company company ON company.id = card.company_id
                 JOIN res_partner diver ON diver.id = card.partner_id
                 JOIN LATERAL (%s) since ON TRUE
                WHERE card.company_id = %s AND diver.active IS TRUE AND %s AND %s
                  AND NOT EXISTS (
                      SELECT FROM dive_discount_card_alert alert
                       WHERE alert.card_id = card.id AND alert.kind = 'low'
                         AND alert.since_id >= since.id)""",
            plan.id,
            self._dive_since_sql(),
            company.id,
            self._dive_usable_sql(company._dive_today()),
            self._dive_little_sql(),
        )

    @api.model
    def _dive_due_sql(self, company):
        """SQL: cards that end, that ended, and with little left, as :class:`Due`."""
        queries = []
        if self._dive_windows(company):
            queries.append(self._dive_due_before_sql(company))
        if plan := company._dive_plans(HAS_ENDED)[:1]:
            queries.append(self._dive_due_ended_sql(company, plan))
        if plan := company._dive_plans(LOW)[:1]:
            queries.append(self._dive_due_low_sql(company, plan))
        return SQL(" UNION ALL ").join(queries)

    # ------------------------------------------------------------------
    # The run
    # ------------------------------------------------------------------

    @api.model
    def _dive_alert_companies(self):
        return self.env["dive.message.plan"]._dive_companies(ENDS, HAS_ENDED, LOW)

    @api.model
    def _dive_due_about(self, due):
        return self.env["dive.discount.card"].browse(row.id for row in due)

    @api.model
    def _dive_due_words(self, due):
        return "Prepaid cards"
