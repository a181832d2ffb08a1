"""Marks that are made first and then written about: run, staff, end."""

import logging

from odoo import api, fields, models
from odoo.fields import Domain

from .dive_alert_mixin import OVERTAKEN
from .res_partner_way import Way

_logger = logging.getLogger(__name__)


class DiveAlertMark(models.AbstractModel):
    """A mark in the name of a company that is made first, and then written about.

    A kind of reminder says how rows become marks (:meth:`_dive_tell_all`), and which of
    them would be told today as well (:meth:`_dive_still_so`).
    """

    _name = "dive.alert.mark"
    _description = "Reminder that is written about"
    _inherit = ["dive.alert.mixin", "dive.alert.writer", "dive.alert.round"]

    company_id = fields.Many2one(
        "res.company",
        "In charge",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    about_date = fields.Date("Until", readonly=True)

    def _dive_company(self):
        return self.company_id

    # ------------------------------------------------------------------
    # The run
    # ------------------------------------------------------------------

    @api.model
    def _dive_alert_marks(self):
        return self

    @api.model
    def _dive_round_first(self):
        """Take back what is no longer so, too."""
        return super()._dive_round_first() and self._dive_sweep()

    @api.model
    def _dive_tell_due(self, due):
        """Tell divers and staff; mark that it was done.

        To be called with the company in charge as the current one. What cannot be
        written for one diver does not stop the others.

        :param list due: rows, see :class:`~.dive_alert_round.DiveAlertRound`
        :return: the marks
        """
        # sudo: marks, mails and texts are nobody's to write; the run is nobody
        alerts = self.sudo()
        try:
            with self.env.cr.savepoint():
                return alerts._dive_tell_all(due)
        except OVERTAKEN:
            raise
        except Exception:
            # One of them is at fault: each on its own, to find out which.
            _logger.info("A batch of reminders failed, now one by one", exc_info=True)
        told = alerts
        for row in due:
            told += alerts._dive_tell_one(row)
        return told

    def _dive_tell_one(self, row):
        """Tell one; if that fails, tell staff that the diver was not told."""
        try:
            with self.env.cr.savepoint():
                return self._dive_tell_all([row])
        except OVERTAKEN:
            raise
        except Exception as error:
            _logger.warning("No reminder about %s %s: %s", self._name, row.id, error)
            return self._dive_tell_all([row], error=str(error)[:200])

    def _dive_tell_all(self, due, error=""):
        """Make the marks, the messages of the divers, and the activities of staff.

        :param str error: why nobody can be written to
        :return: the marks
        """
        raise NotImplementedError

    def _dive_write_all(self, ways):
        """Put the messages of these marks into the queues.

        :param ways: mark → way; of all that the run tells, maybe of others
        """
        mine = {alert: ways[alert] for alert in self}
        messages = {**self._dive_write_mails(mine), **self._dive_write_texts(mine)}
        for alert, message in messages.items():
            alert.mail_message_id = message

    @api.model
    def _dive_mark_of_way(self, way, user):
        """Return the values of a mark that say how somebody was told."""
        return {
            "company_id": self.env.company.id,
            "recipient_id": way.recipient.id,
            "channel": way.channel or False,
            "address": way.address or False,
            "reason": way.reason or False,
            "error": way.error or False,
            "user_id": user.id,
        }

    # ------------------------------------------------------------------
    # Staff
    # ------------------------------------------------------------------

    def _dive_add_activities(self, user, xmlid, about):
        """Make an activity for each of ``about``: (record, its marks, summary)."""
        if not about:
            return
        kind = self.env.ref(xmlid, raise_if_not_found=False)
        kind = kind or self.env.ref("mail.mail_activity_data_todo")
        today = self.env.company._dive_today()
        # without a mail for each
        quick = self.with_context(lang=user.lang, mail_activity_quick_update=True)
        activities = quick.env["mail.activity"].create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(record._name),
                    "res_id": record.id,
                    "activity_type_id": kind.id,
                    "user_id": user.id,
                    "automated": True,
                    "date_deadline": alerts._dive_deadline(today),
                    "summary": summary,
                    "note": alerts._dive_staff_note(user),
                }
                for record, alerts, summary in about
            ]
        )
        for (_record, alerts, _summary), activity in zip(
            about, activities, strict=True
        ):
            alerts.activity_id = activity

    def _dive_deadline(self, today):
        """Whom nobody wrote to is to be reached today; else there is time."""
        reached = all(alert.channel and not alert.failure_noted for alert in self)
        dates = [alert.about_date for alert in self if alert.about_date]
        return max(min(dates, default=today), today) if reached else today

    def _dive_staff_note(self, user):
        """Return what was done about the divers of these marks, or is left to do."""
        raise NotImplementedError

    def _dive_told(self):
        """Return the way by which it was told, or was not."""
        if self.failure_noted:
            recipient = self.recipient_id or self.partner_id
            return Way(recipient, reason="failed", address=self.address)
        return Way(
            self.recipient_id,
            self.channel or "",
            self.address or "",
            self.reason or "",
            self.error or "",
        )

    def _dive_rewrite_notes(self):
        for todo in self.activity_id:
            alerts = self.search([("activity_id", "=", todo.id)], order="id")
            todo.note = alerts._dive_staff_note(todo.user_id)

    # ------------------------------------------------------------------
    # What no longer holds
    # ------------------------------------------------------------------

    def _dive_still_so(self):
        """Return those of these that would be told today as well."""
        raise NotImplementedError

    @api.model
    def _dive_retract_stale(self, domain):
        """Take back those of some reminders that are no longer so.

        :param domain: which reminders may be concerned
        """
        # sudo: see _dive_retract
        alerts = self.sudo().search(
            Domain(domain)
            & Domain.OR(
                Domain(name, "!=", False) for name in ("mail_message_id", "activity_id")
            )
        )
        (alerts - alerts._dive_still_so())._dive_retract()

    @api.model
    def _dive_sweep(self):
        """Take back open activities that have become pointless, batch by batch.

        Nobody has touched what the reminder is about: a trip is over, a customer was
        merged.

        :return: whether there was time for all of them
        :rtype: bool
        """
        return self._dive_batches(
            [("activity_id.active", "=", True)],
            lambda alerts: (alerts - alerts._dive_still_so())._dive_retract(),
            counted=False,
        )
