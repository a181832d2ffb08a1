"""Which cards somebody is to be told about today; what the nightly run asks."""

import logging
from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from .dive_alert_late import LATE
from .dive_message_plan_certification import ENDS

_logger = logging.getLogger(__name__)


class Due(NamedTuple):
    """A card that somebody is to be told about, and which of the days has come."""

    id: int
    days: int
    plan_id: int


class DiveCertification(models.Model):
    _name = "dive.certification"
    _inherit = ["dive.certification", "dive.alert.round"]

    _dive_due_type = Due
    _dive_cron = "dive_crm.ir_cron_certification_alert"

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
        """Return (days, first end, last end, plan): which ends each of the days is for.

        Each end has one of the days, the nearest that has come. What was missed before
        is thus never told late as well. What ended longer ago than is of use was typed
        in or imported as history, and the divers know.
        """
        today = company._dive_today()
        windows = []
        first = today - LATE
        for plan in company._dive_plans(ENDS):
            last = today + timedelta(days=plan.interval)
            windows.append((plan.interval, first, last, plan.id))
            first = last + timedelta(days=1)
        return windows

    @api.model
    def _dive_due_sql(self, company):
        """SQL: each card of ``company`` that is due, as :class:`Due`."""
        main = company == company._dive_main_company()
        return SQL(
            """SELECT card.id, due.days, due.plan_id
                 FROM (VALUES %s) due(days, first_end, last_end, plan_id)
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
                SQL("(%s, %s::date, %s::date, %s)", *window)
                for window in self._dive_windows(company)
            ),
            company.id,
            SQL(" OR diver.company_id IS NULL") if main else SQL(),
            self._dive_worth_telling_sql(),
        )

    # ------------------------------------------------------------------
    # The run
    # ------------------------------------------------------------------

    @api.model
    def _dive_alert_marks(self):
        return self.env["dive.certification.alert"]

    @api.model
    def _dive_alert_companies(self):
        return self.env["dive.message.plan"]._dive_companies(ENDS)

    @api.model
    def _dive_tell_company(self, company):
        if not company._dive_caretaker():
            _logger.info(
                "Nobody works in %s: cards whose divers cannot be written to wait",
                company.name,
            )
        return super()._dive_tell_company(company)

    @api.model
    def _dive_due_about(self, due):
        return self.browse(row.id for row in due)

    @api.model
    def _dive_tell_due(self, due):
        self._dive_due_about(due)._dive_tell({row.id: row for row in due})

    @api.model
    def _dive_due_words(self, due):
        return f"Certifications {due[0].id} to {due[-1].id}"

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
                    WHERE card.partner_id IN %s AND alert.kind != 'rejected'
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
