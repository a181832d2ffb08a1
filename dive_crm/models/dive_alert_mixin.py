"""What every reminder has in common: who was told how, and whether it arrived."""

import logging

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .res_partner_preference import CHANNELS
from .res_partner_way import REASONS

_logger = logging.getLogger(__name__)

#: Marks per transaction.
BATCH = 200
#: Somebody else was faster: begin the batch anew with what they have done in view.
OVERTAKEN = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, UniqueViolation)
#: What Odoo says of a message → what a person wants to know.
STATUSES = {
    "queued": ("ready", "process"),
    "sent": ("pending", "sent"),
    "failed": ("bounce", "exception", "canceled"),
}


class DiveAlertMixin(models.AbstractModel):
    """The mark that somebody was told, made in one transaction with the message.

    A run that is killed loses both or neither, and unique indexes of each kind of mark
    see to it that two runs at once do not both tell.
    """

    _name = "dive.alert.mixin"
    _description = "Reminder"

    plan_id = fields.Many2one(
        "dive.message.plan",
        "Planned by",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    date = fields.Datetime(
        "Told on",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now(),
    )
    day = fields.Date(
        "Company's day",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._dive_today(),
    )
    recipient_id = fields.Many2one(
        "res.partner",
        "Told",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The diver, or the guardian of a minor.",
    )
    channel = fields.Selection(
        CHANNELS,
        readonly=True,
        help="Empty: staff were told, the diver was not.",
    )
    address = fields.Char("To", readonly=True, help="E-mail address or number.")
    reason = fields.Selection(REASONS, "Why not told", readonly=True)
    error = fields.Char(readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Staff",
        readonly=True,
        ondelete="set null",
        help="Has an activity.",
    )
    mail_message_id = fields.Many2one(
        "mail.message", "Message", readonly=True, ondelete="set null", index=True
    )
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, ondelete="set null", index=True
    )
    # A mark of its own, for it to be done once: staff may write something else then.
    failure_noted = fields.Boolean(
        "Failure noted",
        readonly=True,
        help="The message did not arrive, and staff know.",
    )
    state = fields.Selection(
        [
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("staff", "To staff"),
        ],
        "Status",
        compute="_compute_state",
        search="_search_state",
    )

    @api.depends(
        "mail_message_id.notification_ids.notification_status", "channel", "retry_on"
    )
    def _compute_state(self):
        for alert in self:
            if not alert.channel:
                alert.state = "staff"
                continue
            if alert.retry_on and not alert.mail_message_id:
                alert.state = "queued"  # written when people are up
                continue
            # sudo: what becomes of a message is its author's and its readers' to see;
            # that it arrived is for all who may see the reminder
            told = alert.sudo().mail_message_id.notification_ids
            seen = set(told.mapped("notification_status"))
            alert.state = next(
                (
                    state
                    for state in ("failed", "queued")
                    if seen & set(STATUSES[state])
                ),
                "sent",
            )

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        told = Domain("channel", "!=", False)
        failed, queued = (
            Domain(
                "mail_message_id",
                "any!",
                [("notification_ids.notification_status", "in", STATUSES[state])],
            )
            for state in ("failed", "queued")
        )
        queued |= Domain([("mail_message_id", "=", False), ("retry_on", "!=", False)])
        domains = {
            "staff": ~told,
            "failed": told & failed,
            "queued": told & queued & ~failed,
            "sent": told & ~failed & ~queued,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def _dive_retract(self):
        """Take back what nobody has got yet: unsent messages, open activities.

        What was told stays on record. Where nobody was told, the mark goes as well, so
        that the same is told again if it turns out to be right.
        """
        # sudo: messages, their queues and activities are other people's; those who may
        # change what it is about thereby decide that there is nothing to tell
        alerts = self.sudo()
        mails, texts = alerts._dive_unsent()
        unsent = mails.mail_message_id | texts.mail_message_id
        todo = alerts.activity_id.filtered("active")
        untold = alerts.filtered(
            lambda alert: (
                alert.mail_message_id in unsent
                or (alert.retry_on and not alert.mail_message_id)
                or (not alert.channel and alert.activity_id in todo)
            )
        )
        texts.unlink()
        mails.unlink()
        unsent.exists().unlink()
        alerts._dive_drop_activities(todo)
        untold.unlink()

    def _dive_unsent(self):
        """Return what of these nobody has got yet: e-mails and SMS of the queues.

        A queue that sends one of them right now has it locked: whoever takes it back
        waits, fails, and is run again by Odoo.
        """
        waiting = [("mail_message_id", "in", self.mail_message_id.ids)]
        # sudo: queues are nobody's to read; see _dive_retract
        mails = self.env["mail.mail"].sudo()
        mails = mails.search([*waiting, ("state", "in", ("outgoing", "exception"))])
        # sudo: see above
        texts = self.env["sms.sms"].sudo()
        waiting += [("state", "in", ("outgoing", "error")), ("to_delete", "!=", True)]
        return mails, texts.search(waiting)

    def _dive_drop_activities(self, todo):
        """Remove open activities of these marks."""
        todo.unlink()

    # ------------------------------------------------------------------
    # What did not arrive
    # ------------------------------------------------------------------

    @api.model
    def _dive_note_failures(self):
        """Tell staff of messages that did not arrive: their activity says they did.

        Batch by batch, each of them once; may be killed anywhere, and run again.

        :return: whether there was time for all of them
        :rtype: bool
        """
        return self._dive_batches(
            self._dive_failed_domain(),
            # Another run has the others.
            lambda failed: failed.try_lock_for_update()._dive_note_failure(),
        )

    @api.model
    def _dive_batches(self, domain, action, counted=True):
        """Do something about marks batch by batch, and commit after each.

        What somebody else changes at the same moment waits for the next run.

        :param list domain: which marks
        :param action: is called with those of a batch
        :param counted: whether they are of those that the run has to tell of
        :return: whether there was time for all of them
        :rtype: bool
        """
        after = 0
        while marks := self.search(
            [("id", ">", after), *domain], order="id", limit=BATCH
        ):
            after = marks[-1].id
            try:
                action(marks)
                self.env.flush_all()
            except OVERTAKEN:
                self.env.cr.rollback()
                _logger.info("Earlier reminders up to %s wait for the next run", after)
            if not self.env["ir.cron"]._commit_progress(len(marks) if counted else 0):
                return False
            # As much memory for the last batch as for the first.
            self.env.invalidate_all()
        return True

    @api.model
    def _dive_failed_domain(self):
        """Reminders that were given up, and whose open activity does not say so."""
        return [
            ("gave_up", "=", True),
            ("failure_noted", "=", False),
            ("activity_id.active", "=", True),
            ("state", "=", "failed"),
        ]

    def _dive_note_failure(self):
        """Have staff reach today whom the message did not reach."""
        for company, alerts in self.grouped(lambda a: a._dive_company()).items():
            alerts.activity_id.date_deadline = company._dive_today()
        self.failure_noted = True
        self._dive_rewrite_notes()

    def _dive_company(self):
        """Return the company in whose name somebody was told."""
        raise NotImplementedError

    def _dive_rewrite_notes(self):
        """Write into the activities of these what is left to do."""
        raise NotImplementedError
