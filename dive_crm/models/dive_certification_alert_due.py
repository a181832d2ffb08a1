"""Which cards somebody is to be told about today, and the nightly run that does it."""

import logging
from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from .dive_alert_mixin import GRACE_DAYS, MAX_TRIES, OVERTAKEN

_logger = logging.getLogger(__name__)

#: Cards per transaction: enough that the fixed cost vanishes, few enough that a card
#: which somebody wants to change is locked for a second at most.
BATCH = 200


class Due(NamedTuple):
    """A card that somebody is to be told about, and which of the days has come."""

    card_id: int
    days: int


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    # ------------------------------------------------------------------
    # Who is due
    # ------------------------------------------------------------------

    @api.model
    def _dive_worth_telling_sql(self):
        """SQL: the end of ``card`` matters to ``diver``.

        Not if either is archived, the card rejected, or the level held longer by
        another card: agencies that renew send a new one.
        """
        return SQL(
            """card.active IS TRUE AND diver.active IS TRUE
               AND card.verification != 'rejected'
               AND NOT EXISTS (
                   SELECT FROM dive_certification other
                    WHERE other.partner_id = card.partner_id
                      AND other.level_id = card.level_id
                      AND other.active IS TRUE AND other.verification != 'rejected'
                      AND (other.expiry_date IS NULL
                           OR (other.expiry_date, other.id)
                               > (card.expiry_date, card.id)))"""
        )

    @api.model
    def _dive_windows(self, company):
        """Return (days, first end, last end): which ends each of the days is for.

        Each end has one of the days, the nearest that has come. What was missed before
        is thus never told late as well.
        """
        today = company._dive_today()
        windows = []
        first = today - timedelta(days=GRACE_DAYS)
        for days in reversed(company._dive_alert_days()):
            last = today + timedelta(days=days)
            windows.append((days, first, last))
            first = last + timedelta(days=1)
        return windows

    @api.model
    def _dive_due_sql(self, company):
        """SQL: (card id, days) of each card of ``company`` that is due."""
        main = company == company._dive_main_company()
        return SQL(
            """SELECT card.id, due.days
                 FROM (VALUES %s) due(days, first_end, last_end)
                 JOIN dive_certification card
                   ON card.expiry_date BETWEEN due.first_end AND due.last_end
                 JOIN res_partner diver ON diver.id = card.partner_id
                WHERE (diver.company_id = %s%s) AND %s
                  AND NOT EXISTS (
                      SELECT FROM dive_certification_alert alert
                       WHERE alert.certification_id = card.id
                         AND alert.expiry_date = card.expiry_date
                         AND alert.kind = 'auto' AND alert.days <= due.days)""",
            SQL(", ").join(
                SQL("(%s, %s::date, %s::date)", *window)
                for window in self._dive_windows(company)
            ),
            company.id,
            SQL(" OR diver.company_id IS NULL") if main else SQL(),
            self._dive_worth_telling_sql(),
        )

    @api.model
    def _dive_due(self, company, after=0):
        """Return the next cards of a company that are due, by id.

        :rtype: list[Due]
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%s) due WHERE due.id > %s ORDER BY due.id LIMIT %s",
                self._dive_due_sql(company),
                after,
                BATCH,
            )
        )
        return [Due(*row) for row in rows]

    # ------------------------------------------------------------------
    # The run
    # ------------------------------------------------------------------

    @api.model
    def _cron_tell(self):
        """Tell of all cards that are due, and commit after each batch.

        First staff learn of messages that did not arrive.

        May be killed anywhere, run again, and run twice at once.
        """
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search(
            [("dive_certification_alert", "=", True)], order="id"
        )
        companies = companies.filtered(lambda company: company._dive_alert_days())
        self.env.flush_all()
        alerts = self.env["dive.certification.alert"]
        failed = alerts.search_count(alerts._dive_failed_domain())
        counts = {company: self._dive_count_due(company) for company in companies}
        cron._commit_progress(remaining=failed + sum(counts.values()))
        if failed and not alerts._dive_note_failures():
            return
        for company, count in counts.items():
            if count and not self.with_company(company)._dive_tell_company(company):
                return  # out of time; Odoo starts the rest soon

    @api.model
    def _dive_count_due(self, company):
        query = SQL("SELECT count(*) FROM (%s) due", self._dive_due_sql(company))
        return self.env.execute_query(query)[0][0]

    @api.model
    def _dive_tell_company(self, company):
        """Tell of the due cards of one company, batch by batch.

        :return: whether there was time for all of them
        :rtype: bool
        """
        if not company._dive_caretaker():
            _logger.info(
                "Nobody works in %s: cards whose divers cannot be written to wait",
                company.name,
            )
        after, tries = 0, 0
        while due := self._dive_due(company, after):
            try:
                # Who renews a card right now has it locked: it is for the next run.
                cards = self.browse(row.card_id for row in due)
                cards = cards.try_lock_for_update(allow_referencing=True)
                cards._dive_tell({row.card_id: row.days for row in due})
                self.env.flush_all()
            except OVERTAKEN:
                self.env.cr.rollback()
                tries += 1
                if tries < MAX_TRIES:
                    continue
                _logger.warning(
                    "Certifications %s to %s are changed all the time: reminders wait"
                    " for the next run",
                    due[0].card_id,
                    due[-1].card_id,
                )
            after, tries = due[-1].card_id, 0
            time_left = self.env["ir.cron"]._commit_progress(len(due))
            # As much memory for the last batch as for the first.
            self.env.invalidate_all()
            if not time_left:
                return False
        return True

    # ------------------------------------------------------------------
    # What no longer holds
    # ------------------------------------------------------------------

    def _dive_retract_stale(self, of_others=None):
        """Take back reminders of these divers' cards that have become wrong.

        Of cards renewed, corrected, archived or rejected, and of those whose level a
        newer card now holds.

        :param of_others: cards that changed hands or level: all of theirs are wrong
        """
        self.env["dive.certification"].flush_model()
        self.env["res.partner"].flush_model(["active"])
        alerts = self.env["dive.certification.alert"]
        alerts.flush_model()
        # sudo: see _dive_retract; divers of cards may be of another company by now
        partners = self.sudo().partner_id
        if not partners.ids:
            return
        moved = SQL("card.id IN %s OR", of_others._ids) if of_others else SQL()
        stale = self.env.execute_query(
            SQL(
                """SELECT alert.id
                     FROM dive_certification card
                     JOIN dive_certification_alert alert
                       ON alert.certification_id = card.id
                     JOIN res_partner diver ON diver.id = card.partner_id
                    WHERE card.partner_id IN %s
                      AND (alert.mail_message_id IS NOT NULL
                           OR alert.activity_id IS NOT NULL)
                      AND (%s card.expiry_date IS DISTINCT FROM alert.expiry_date
                           OR NOT (%s))""",
                partners._ids,
                moved,
                self._dive_worth_telling_sql(),
            )
        )
        if stale:
            alerts.browse(id_ for (id_,) in stale)._dive_retract()
