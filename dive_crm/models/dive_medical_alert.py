"""What was told to whom about a medical form: that it ends, that a paper is missing."""

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .dive_alert_mixin import STATUSES

#: ``days`` of what is told after the end.
ENDED = -1


class DiveMedicalAlert(models.Model):
    """The mark that somebody was told: see ``dive.alert.mixin``.

    It says no more than that a form or a paper is needed; nothing of what is in it.
    """

    _name = "dive.medical.alert"
    _description = "Reminder of a medical form"
    _inherit = ["dive.alert.mark"]
    _order = "date desc, id desc"
    _rec_name = "partner_id"

    # A signed form is deleted with its customer alone, on purpose; its reminders say
    # nothing without it.
    form_id = fields.Many2one(
        "dive.medical.form",
        required=True,
        readonly=True,
        ondelete="cascade",
        help="The newest one at that time; the message stands there.",
    )
    partner_id = fields.Many2one(related="form_id.partner_id", string="Diver")
    company_id = fields.Many2one(
        help="Where the form was signed; for a trip, whose trip it is."
    )
    kind = fields.Selection(
        [
            ("before", "Form ends"),
            ("ended", "Form has ended"),
            ("paper", "Paper for a trip"),
        ],
        "About",
        required=True,
        readonly=True,
    )
    days = fields.Integer(
        "Days before",
        readonly=True,
        aggregator=None,
        help="Of the days before the end, or before the trip, the one that had come.",
    )
    about_date = fields.Date(
        required=True, help="The last day of the form, or the day of the trip."
    )
    seat_id = fields.Many2one(
        "dive.booking.diver", "Place", readonly=True, ondelete="set null"
    )
    trip_id = fields.Many2one(
        "dive.trip", readonly=True, ondelete="set null", index="btree_not_null"
    )

    # Whole sentences, which templates cannot have: there each expression ends a term.
    summary = fields.Char(
        compute="_compute_words", help="For templates: what it is about, in short."
    )
    text = fields.Char(
        compute="_compute_words", help="For templates: what is needed, and by when."
    )
    what_to_do = fields.Char(
        compute="_compute_words", help="For templates: what comes before the link."
    )
    link = fields.Char(
        compute="_compute_words",
        help="For templates: the page of the diver; empty without a login.",
    )

    _recent = models.Index("(date) WHERE gave_up IS NOT TRUE")
    # The marks themselves. No constraints, so that a merge of customers never deletes.
    _once = models.UniqueIndex(
        "(form_id, days) WHERE kind != 'paper'",
        lambda env, diag: env._("This reminder went out already."),
    )
    _once_a_stage = models.UniqueIndex(
        "(seat_id, about_date, days) WHERE kind = 'paper'",
        lambda env, diag: env._("This reminder went out already."),
    )
    _form = models.Index("(form_id)")

    @api.depends("partner_id.name", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for alert in self:
            alert.display_name = f"{alert.partner_id.name or ''} · {kinds[alert.kind]}"

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr != "state":
            return super()._field_to_sql(alias, field_expr, query)
        # To have what failed on top of a list.
        return SQL(
            "CASE WHEN %(channel)s IS NULL THEN 'staff' ELSE COALESCE(("
            " SELECT CASE WHEN bool_or(note.notification_status IN %(failed)s)"
            " THEN 'failed' WHEN bool_or(note.notification_status IN %(queued)s)"
            " THEN 'queued' END FROM mail_notification note"
            " WHERE note.mail_message_id = %(message)s), 'sent') END",
            channel=self._field_to_sql(alias, "channel", query),
            message=self._field_to_sql(alias, "mail_message_id", query),
            failed=STATUSES["failed"],
            queued=STATUSES["queued"],
            to_flush=self.env["mail.notification"]._fields["notification_status"],
        )

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    @api.depends("kind", "about_date", "form_id.partner_id.name", "recipient_id")
    @api.depends_context("lang", "company")
    def _compute_words(self):
        today = self.env.company._dive_today()
        for alert in self:
            if not alert.kind:
                alert.summary = alert.text = alert.what_to_do = alert.link = False
                continue
            # sudo: whoever the diver is; what it says goes to the diver
            diver = alert.sudo().form_id.partner_id
            alert.link = self._dive_alert_link(alert.sudo().recipient_id or diver)
            alert.what_to_do = alert._dive_words_to_do(bool(alert.link))
            values = {
                "name": diver.name or "",
                "date": format_date(self.env, alert.about_date, date_format="long"),
            }
            alert.summary = alert._dive_words_short(values, today)
            alert.text = alert._dive_words_long(values, today)

    @api.model
    def _dive_alert_link(self, partner):
        """Return where this person sees what is needed; empty without a login."""
        # sudo: who has a login is for administrators to read
        if not partner.sudo().user_ids:
            return ""
        return f"{self.env.company.get_base_url()}/my/medical"

    def _dive_words_to_do(self, has_login):
        if self.kind == "paper":
            if has_login:
                return self.env._("Here you see what is needed:")
            return self.env._("Please ask us what is needed.")
        if has_login:
            return self.env._("It takes a few minutes, here:")
        return self.env._(
            "Please come to the desk a little earlier before your next dive: it takes a"
            " few minutes."
        )

    def _dive_words_short(self, values, today):
        if self.kind == "paper":
            return self.env._("Your trip on %(date)s", **values)
        if self.about_date < today:
            return self.env._("Please fill in a new form before your next dive")
        return self.env._("Please fill in a new form by %(date)s", **values)

    def _dive_words_long(self, values, today):
        ward = self.recipient_id and self.recipient_id != self.partner_id
        if self.kind == "paper":
            if ward:
                return self.env._(
                    "A paper for the trip of %(name)s on %(date)s is still missing.",
                    **values,
                )
            return self.env._(
                "A paper for your trip on %(date)s is still missing.", **values
            )
        if self.about_date < today:
            if ward:
                return self.env._(
                    "The diver's form of %(name)s ended on %(date)s. Before the next"
                    " dive with us a new one is needed.",
                    **values,
                )
            return self.env._(
                "Your diver's form ended on %(date)s. Before your next dive with us a"
                " new one is needed.",
                **values,
            )
        if ward:
            return self.env._(
                "The diver's form of %(name)s is valid until %(date)s. To dive with us"
                " after that, a new one is needed.",
                **values,
            )
        return self.env._(
            "Your diver's form is valid until %(date)s. To dive with us after that, a"
            " new one is needed.",
            **values,
        )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_about(self):
        """Open the booking, or the form, that the reminder is about."""
        self.ensure_one()
        about = self.seat_id.booking_id or self.form_id
        return about.get_formview_action()
