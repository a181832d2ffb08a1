"""Since when and until when a card counts."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

STATES = [("valid", "Valid"), ("expiring", "Expiring"), ("expired", "Expired")]


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    # Not stored: it changes at the company's midnight, and no row has to be written.
    state = fields.Selection(
        STATES,
        "Validity",
        compute="_compute_state",
        search="_search_state",
        help="Expiring: within the days before the end on which people are told.",
    )
    days_left = fields.Integer(
        compute="_compute_state", help="Days until the card ends; below 0: since."
    )

    renewed = fields.Boolean(compute="_compute_renewed")

    @api.depends("renewal_ids.withdraws_id", "renewal_ids.withdrawn_by_ids")
    def _compute_renewed(self):
        """Tell whether a renewal that holds says when the card ends."""
        effective = self.env["dive.certification.renewal"]._dive_effective(self)
        for card in self:
            card.renewed = card._origin in effective.certification_id

    @api.depends("expiry_date")
    @api.depends_context("company")
    def _compute_state(self):
        today, soon = self._dive_state_days()
        for card in self:
            ends = card.expiry_date
            card.days_left = (ends - today).days if ends else 0
            if not ends or ends > soon:
                card.state = "valid"
            else:
                card.state = "expiring" if ends >= today else "expired"

    @api.model
    def _dive_state_days(self):
        """Return the company's day, and the last one that counts as soon."""
        company = self.env.company
        today = company._dive_today()
        return today, fields.Date.add(today, days=company._dive_alert_horizon())

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "state":
            today, soon = self._dive_state_days()
            ends = super()._field_to_sql(alias, "expiry_date", query)
            return SQL(
                "CASE WHEN %s < %s THEN 'expired' WHEN %s <= %s THEN 'expiring'"
                " ELSE 'valid' END",
                ends,
                today,
                ends,
                soon,
            )
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today, soon = self._dive_state_days()
        ends = "expiry_date"
        domains = {
            "valid": Domain(ends, "=", False) | Domain(ends, ">", soon),
            "expiring": Domain(ends, ">=", today) & Domain(ends, "<=", soon),
            "expired": Domain(ends, "<", today),
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    # ------------------------------------------------------------------
    # On a day
    # ------------------------------------------------------------------

    def _dive_periods(self):
        """Return when each card of ``self`` counts.

        In one query for the renewals of all.

        :return: card → list of (first day or None, last day or None), both inclusive
        """
        renewals = self.env["dive.certification.renewal"]
        by_card = renewals._dive_effective(self).grouped("certification_id")
        periods = {}
        for card in self:
            mine = by_card.get(card, renewals).sorted(lambda r: (r.date_from, r.id))
            first_end = mine[0].previous_expiry if mine else card.expiry_date
            periods[card] = [(card.issue_date or None, first_end or None)]
            periods[card] += [(row.date_from, row.expiry_date) for row in mine]
        return periods

    def _dive_valid_on(self, date=None, periods=None):
        """Return those of ``self`` that count on a day, the first and last included.

        A rejected or archived card never does, also not for the past.

        :param date: a day, past or future; the company's today if none
        :param periods: what :meth:`_dive_periods` says of these cards, for who asks
            about many days
        :rtype: recordset
        """
        date = date or self.env.company._dive_today()
        cards = self._dive_trusted()
        periods = cards._dive_periods() if periods is None else periods
        return cards.filtered(
            lambda card: any(
                (not first or first <= date) and (not last or date <= last)
                for first, last in periods[card]
            )
        )

    def _dive_ended_on(self, date=None):
        """Return those of ``self`` that had been issued by a day, and may have ended.

        :param date: a day, past or future; the company's today if none
        :rtype: recordset
        """
        date = date or self.env.company._dive_today()
        return self._dive_trusted().filtered(
            lambda card: (
                card.expiry_date and (not card.issue_date or card.issue_date <= date)
            )
        )

    def _dive_trusted(self):
        """Return those of ``self`` that are neither rejected nor archived."""
        return self.filtered(
            lambda card: card.active and card.verification != "rejected"
        )
