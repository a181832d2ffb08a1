"""Which divers are to be told today; what the morning's run asks."""

from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.seats import SEAT_COMING
from .dive_alert_late import LATE
from .dive_medical_alert import ENDED
from .dive_message_plan_medical import ENDED as HAS_ENDED
from .dive_message_plan_medical import ENDS, PAPER


class Due(NamedTuple):
    """Somebody who is to be told, of what, and which of the days has come."""

    trip_id: int  # 0: of a form that ends
    id: int  # of the place, or of the form
    form_id: int
    kind: str
    days: int
    date: object
    plan_id: int


class DiveMedicalAlert(models.Model):
    _inherit = "dive.medical.alert"

    _dive_due_type = Due
    _dive_due_key = ("trip_id", "id")
    _dive_cron = "dive_crm.ir_cron_medical_alert"

    # ------------------------------------------------------------------
    # Who is due
    # ------------------------------------------------------------------

    @api.model
    def _dive_windows(self, company):
        """Return (kind, days, first, last end, plan): which ends each is for.

        Each end has one of the days, the nearest that has come. What was missed before
        is thus never told late as well.
        """
        today = company._dive_today()
        past = today - LATE, today - timedelta(1)
        windows = [
            ("ended", ENDED, *past, plan.id) for plan in company._dive_plans(HAS_ENDED)
        ]
        first = today
        for plan in company._dive_plans(ENDS):
            last = today + timedelta(plan.interval)
            windows.append(("before", plan.interval, first, last, plan.id))
            first = last + timedelta(1)
        return windows

    @api.model
    def _dive_trip_windows(self, company):
        """Return (days, first day, last day, plan): which trips each is for.

        A trip of today that has not begun belongs to the last one: who booked late
        yesterday is told as well.
        """
        first = company._dive_today()
        windows = []
        for plan in company._dive_plans(PAPER):
            last = company._dive_today() + timedelta(plan.interval)
            windows.append((plan.interval, first, last, plan.id))
            first = last + timedelta(1)
        return windows

    @api.model
    def _dive_form_counts_sql(self):
        """SQL: the end of ``form`` matters to ``diver``.

        Only that of the newest signed form, which a merge leaves beside others; not if
        the diver is archived; not if a physician said no, for a new form would not
        help.
        """
        return SQL(
            """form.state = 'submitted' AND diver.active IS TRUE
               AND NOT EXISTS (
                   SELECT FROM dive_medical_form newer
                    WHERE newer.partner_id = form.partner_id
                      AND newer.state = 'submitted'
                      AND (newer.signed_at, newer.id) > (form.signed_at, form.id))
               AND NOT EXISTS (SELECT FROM (%s) word WHERE word.unfit)""",
            self.env["res.partner"]._dive_medical_word_sql(
                SQL(), SQL(" AND partner_id = form.partner_id")
            ),
        )

    @api.model
    def _dive_paper_missing_sql(self):
        """SQL: a coming ``row`` of the compliance table lacks a physician's word.

        Not where the physician's page has arrived: the diver has done what there was
        to do, and the medical officer is told by another activity.
        """
        return SQL(
            """row.status = 'physician' AND row.state IN %s AND row.date_start > %s
               AND diver.active IS TRUE AND trip.active IS TRUE
               AND trip.state NOT IN ('done', 'cancelled')
               AND NOT EXISTS (
                   SELECT FROM dive_medical_form arrived
                    WHERE arrived.partner_id = row.partner_id
                      AND arrived.state = 'submitted'
                      AND arrived.physician_page_on IS NOT NULL
                      AND arrived.physician_result IS NULL)""",
            SEAT_COMING,
            fields.Datetime.now(),
        )

    @api.model
    def _dive_due_forms_sql(self, company):
        """SQL: the forms of ``company`` that end, as :class:`Due`."""
        return SQL(
            """SELECT 0 AS trip_id, form.id, form.id AS form_id, due.kind, due.days,
                      form.valid_until AS date, due.plan_id
                 FROM (VALUES %s) due(kind, days, first_end, last_end, plan_id)
                 JOIN dive_medical_form form
                   ON form.valid_until BETWEEN due.first_end AND due.last_end
                 JOIN res_partner diver ON diver.id = form.partner_id
                WHERE form.company_id = %s AND %s
                  AND NOT EXISTS (
                      SELECT FROM dive_medical_alert alert
                       WHERE alert.form_id = form.id AND alert.kind != 'paper'
                         AND alert.days <= due.days)""",
            SQL(", ").join(
                SQL("(%s, %s, %s::date, %s::date, %s)", *window)
                for window in self._dive_windows(company)
            ),
            company.id,
            self._dive_form_counts_sql(),
        )

    @api.model
    def _dive_due_papers_sql(self, company):
        """SQL: the places on trips of ``company`` for which a paper is missing."""
        windows = self._dive_trip_windows(company)
        return SQL(
            """SELECT row.trip_id, row.id, form.id AS form_id, 'paper' AS kind,
                      due.days, row.date, due.plan_id
                 FROM %s row
                 JOIN (VALUES %s) due(days, first_day, last_day, plan_id)
                   ON row.date BETWEEN due.first_day AND due.last_day
                 JOIN dive_trip trip ON trip.id = row.trip_id
                 JOIN res_partner diver ON diver.id = row.partner_id
                 JOIN LATERAL (
                      SELECT newest.id FROM dive_medical_form newest
                       WHERE newest.partner_id = row.partner_id
                         AND newest.state = 'submitted'
                       ORDER BY newest.signed_at DESC, newest.id DESC LIMIT 1
                      ) form ON TRUE
                WHERE row.company_id = %s AND row.date BETWEEN %s AND %s AND %s
                  AND NOT EXISTS (
                      SELECT FROM dive_medical_alert alert
                       WHERE alert.seat_id = row.id AND alert.kind = 'paper'
                         AND alert.about_date = row.date AND alert.days <= due.days)""",
            self.env["dive.medical.compliance"]._table_sql,
            SQL(", ").join(
                SQL("(%s, %s::date, %s::date, %s)", *one) for one in windows
            ),
            company.id,
            windows[0][1],
            windows[-1][2],
            self._dive_paper_missing_sql(),
        )

    @api.model
    def _dive_due_sql(self, company):
        """SQL: forms that end and places that lack a paper, as :class:`Due`."""
        queries = []
        if self._dive_windows(company):
            queries.append(self._dive_due_forms_sql(company))
        if self._dive_trip_windows(company):
            queries.append(self._dive_due_papers_sql(company))
        return SQL(" UNION ALL ").join(queries)

    # ------------------------------------------------------------------
    # The run
    # ------------------------------------------------------------------

    @api.model
    def _dive_alert_companies(self):
        return self.env["dive.message.plan"]._dive_companies(ENDS, HAS_ENDED, PAPER)

    @api.model
    def _dive_due_about(self, due):
        return self.env["dive.medical.form"].browse(row.form_id for row in due)

    @api.model
    def _dive_due_words(self, due):
        return "Medical forms"
