"""What was told to whom about a certification that ends: one row, once."""

from odoo import api, fields, models
from odoo.fields import Domain

from .res_partner_preference import CHANNELS

#: Why a diver was not written to; staff have to.
REASONS = [
    ("phone", "Prefers to be called"),
    ("post", "Prefers letters"),
    ("guardian", "A minor without guardian"),
    ("address", "No e-mail address and no phone"),
    ("opted_out", "Wants no such messages"),
    ("error", "The message could not be written"),
]
#: What Odoo says of a message → what a person wants to know.
STATUSES = {
    "queued": ("ready", "process"),
    "sent": ("pending", "sent"),
    "failed": ("bounce", "exception", "canceled"),
}


class DiveCertificationAlert(models.Model):
    """The mark that somebody was told, made in one transaction with the message.

    A run that is killed loses both or neither, and the unique indexes see to it that
    two runs at once do not both tell.
    """

    _name = "dive.certification.alert"
    _description = "Reminder of a certification"
    _order = "date desc, id desc"
    _rec_name = "certification_id"

    # No customer is deleted by this: a card goes only by itself, and its reminders
    # say nothing without it.
    certification_id = fields.Many2one(
        "dive.certification",
        "Card",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(related="certification_id.partner_id", string="Diver")
    level_id = fields.Many2one(related="certification_id.level_id")
    kind = fields.Selection(
        [("auto", "On time"), ("manual", "By hand")],
        required=True,
        readonly=True,
        default="auto",
    )
    expiry_date = fields.Date("Card ends", required=True, readonly=True)
    days = fields.Integer(
        "Days before",
        readonly=True,
        aggregator=None,
        help="Of the days set for the company, the one that had come.",
    )
    date = fields.Datetime(
        "Told on", required=True, readonly=True, default=fields.Datetime.now
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
        CHANNELS, "By", readonly=True, help="Empty: staff were told, the diver was not."
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

    # The marks themselves. No constraints, so that a merge of customers never deletes.
    _once = models.UniqueIndex(
        "(certification_id, expiry_date, days) WHERE kind = 'auto'",
        lambda env, diag: env._("This reminder went out already."),
    )
    _once_a_day = models.UniqueIndex(
        "(certification_id, day) WHERE kind = 'manual' AND failure_noted IS NOT TRUE",
        lambda env, diag: env._("The diver was reminded of this card today already."),
    )

    @api.depends("mail_message_id.notification_ids.notification_status", "channel")
    def _compute_state(self):
        # sudo: what becomes of a message is its author's and its readers' to see; that
        # it arrived is for all who may see the reminder
        for alert in self:
            if not alert.channel:
                alert.state = "staff"
                continue
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
        domains = {
            "staff": ~told,
            "failed": told & failed,
            "queued": told & queued & ~failed,
            "sent": told & ~failed & ~queued,
        }
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("certification_id", "day")
    def _compute_display_name(self):
        for alert in self:
            alert.display_name = alert.certification_id.display_name

    def action_open_card(self):
        """Open the card that the reminder is about."""
        self.ensure_one()
        return self.certification_id.get_formview_action()

    # ------------------------------------------------------------------
    # Taking back
    # ------------------------------------------------------------------

    def _dive_retract(self):
        """Take back what nobody has got yet: unsent messages, open activities.

        What was told stays on record. Where nobody was told, the mark goes as well, so
        that the same end is told again if it turns out to be the right one.
        """
        # sudo: messages, their queues and activities are other people's; those who may
        # change a card thereby decide that there is nothing to tell
        alerts = self.sudo()
        messages = alerts.mail_message_id
        # A queue that sends one of them right now has it locked: this transaction
        # then waits, fails, and is run again by Odoo.
        waiting = [("mail_message_id", "in", messages.ids)]
        mails = self.env["mail.mail"].sudo()
        mails = mails.search([*waiting, ("state", "in", ("outgoing", "exception"))])
        texts = self.env["sms.sms"].sudo()
        texts = texts.search([*waiting, ("state", "in", ("outgoing", "error"))])
        unsent = mails.mail_message_id | texts.mail_message_id
        todo = alerts.activity_id.filtered("active")
        untold = alerts.filtered(
            lambda alert: (
                alert.mail_message_id in unsent
                or (not alert.channel and alert.activity_id in todo)
            )
        )
        texts.unlink()
        mails.unlink()
        unsent.exists().unlink()
        todo.unlink()
        untold.unlink()
