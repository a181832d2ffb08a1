"""The run that tells all who are due: company by company, batch by batch."""

import logging

from odoo import api, models
from odoo.tools import SQL

from .dive_alert_mixin import OVERTAKEN

_logger = logging.getLogger(__name__)

#: Reminders per transaction: enough that the fixed cost vanishes, few enough that what
#: somebody wants to change is locked for a second at most.
BATCH = 200
MAX_TRIES = 5


class DiveAlertRound(models.AbstractModel):
    """The scheduled action of a kind of reminder; what it is about, its model says.

    May be killed anywhere, run again, and run twice at once: messages and marks of a
    batch come with one commit, and who has a mark is due no more.
    """

    _name = "dive.alert.round"
    _description = "Run of reminders"

    #: A named tuple: a row of :meth:`_dive_due_sql`; it begins with the key.
    _dive_due_type = None
    #: Which columns tell such rows apart, and put them in order; no number below 0.
    _dive_due_key = ("id",)

    # ------------------------------------------------------------------
    # What a kind of reminder says
    # ------------------------------------------------------------------

    @api.model
    def _dive_alert_marks(self):
        """Return the model of the marks, a ``dive.alert.mixin``."""
        raise NotImplementedError

    @api.model
    def _dive_alert_companies(self):
        """Return the companies that tell at all, in their order."""
        raise NotImplementedError

    @api.model
    def _dive_due_sql(self, company):
        """SQL: all who are due; ``company`` is the current one as well."""
        raise NotImplementedError

    @api.model
    def _dive_due_about(self, due):
        """Return what each row is about, in this order: it is locked while told of."""
        raise NotImplementedError

    @api.model
    def _dive_tell_due(self, due):
        """Tell of these rows, and mark that it was done."""
        raise NotImplementedError

    @api.model
    def _dive_plans_due(self, due):
        """Return row → row of the plan."""
        plans = self.env["dive.message.plan"].browse(row.plan_id for row in due)
        return dict(zip(due, plans, strict=True))

    @api.model
    def _dive_due_words(self, due):
        """Return what these rows are about, for the log: how a sentence begins."""
        raise NotImplementedError

    @api.model
    def _dive_round_first(self):
        """Do what comes before anybody is told: what is late, what did not arrive.

        :return: whether there was time for all of it
        :rtype: bool
        """
        marks = self._dive_alert_marks()
        marks._dive_take_back_late()
        return marks._dive_try_again()

    # ------------------------------------------------------------------
    # The run
    # ------------------------------------------------------------------

    @api.model
    def _cron_tell(self):
        """Tell all who are due, and commit after each batch.

        Before, staff learn of messages that did not arrive.
        """
        companies = self._dive_alert_companies()
        self.env.flush_all()
        marks = self._dive_alert_marks()
        failed = marks.search_count(marks._dive_failed_domain())
        rounds = [(company, self.with_company(company)) for company in companies]
        counts = [me._dive_count_due(company) for company, me in rounds]
        self.env["ir.cron"]._commit_progress(remaining=failed + sum(counts))
        if not self._dive_round_first():
            return
        if not marks._dive_note_failures():
            return
        for (company, me), count in zip(rounds, counts, strict=True):
            if count and not me._dive_tell_company(company):
                return  # out of time; Odoo starts the rest soon

    @api.model
    def _dive_count_due(self, company):
        query = SQL("SELECT count(*) FROM (%s) due", self._dive_due_sql(company))
        return self.env.execute_query(query)[0][0]

    @api.model
    def _dive_due(self, company, after=None):
        """Return the next who are due, by their key.

        :param after: the key of the last one before
        :rtype: list[NamedTuple]
        """
        names = self._dive_due_key
        rows = self.env.execute_query(
            SQL(
                "SELECT * FROM (%(rows)s) due WHERE (%(key)s) > %(after)s"
                " ORDER BY %(key)s LIMIT %(batch)s",
                rows=self._dive_due_sql(company),
                key=SQL(", ").join(SQL.identifier("due", name) for name in names),
                after=after or (0,) * len(names),
                batch=BATCH,
            )
        )
        return [self._dive_due_type(*row) for row in rows]

    @api.model
    def _dive_tell_company(self, company):
        """Tell those of one company who are due, batch by batch.

        :return: whether there was time for all of them
        :rtype: bool
        """
        after, tries = None, 0
        while due := self._dive_due(company, after):
            try:
                self._dive_tell_free(due)
                self.env.flush_all()
            except OVERTAKEN:
                self.env.cr.rollback()
                tries += 1
                if tries < MAX_TRIES:
                    continue
                _logger.warning(
                    "%s are changed all the time: %s reminders wait for the next run",
                    self._dive_due_words(due),
                    len(due),
                )
            after, tries = due[-1][: len(self._dive_due_key)], 0
            time_left = self.env["ir.cron"]._commit_progress(len(due))
            # As much memory for the last batch as for the first.
            self.env.invalidate_all()
            if not time_left:
                return False
        return True

    @api.model
    def _dive_tell_free(self, due):
        """Tell of what nobody works on right now: the rest is for the next run."""
        about = self._dive_due_about(due)
        free = about.try_lock_for_update(allow_referencing=True)
        self._dive_tell_due(
            [row for row, one in zip(due, about, strict=True) if one in free]
        )
