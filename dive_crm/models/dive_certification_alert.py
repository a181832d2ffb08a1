"""What was told to whom about a certification that ends: one row, once."""

from odoo import api, fields, models

from .res_partner_way import Way


class DiveCertificationAlert(models.Model):
    """The mark that somebody was told of a card's end: see ``dive.alert.mixin``."""

    _name = "dive.certification.alert"
    _description = "Reminder of a certification"
    _inherit = ["dive.alert.mixin"]
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
    # what is told of the end always has one; a rejected card may have none
    expiry_date = fields.Date("Card ends", readonly=True)
    days = fields.Integer(
        "Days before",
        readonly=True,
        aggregator=None,
        help="Of the days set for the company, the one that had come.",
    )

    _recent = models.Index("(date) WHERE gave_up IS NOT TRUE")
    # The marks themselves. No constraints, so that a merge of customers never deletes.
    _once = models.UniqueIndex(
        "(certification_id, expiry_date, days) WHERE kind = 'auto'",
        lambda env, diag: env._("This reminder went out already."),
    )
    _ends = models.Constraint(
        "CHECK (kind NOT IN ('auto', 'manual') OR expiry_date IS NOT NULL)",
        "This card never ends: there is no reminder.",
    )
    _once_a_day = models.UniqueIndex(
        "(certification_id, day) WHERE kind = 'manual' AND failure_noted IS NOT TRUE",
        lambda env, diag: env._("The diver was reminded of this card today already."),
    )

    @api.depends("certification_id", "day")
    def _compute_display_name(self):
        for alert in self:
            alert.display_name = alert.certification_id.display_name

    def action_open_card(self):
        """Open the card that the reminder is about."""
        self.ensure_one()
        return self.certification_id.get_formview_action()

    # ------------------------------------------------------------------
    # What did not arrive
    # ------------------------------------------------------------------

    def _dive_alert_round(self):
        return self.env["dive.certification"]

    def _dive_company(self):
        return self.certification_id.alert_company_id

    def _dive_rewrite_notes(self):
        for alert in self:
            todo = alert.activity_id
            # in the words of who reads it
            card = alert.certification_id.with_context(lang=todo.user_id.lang)
            recipient = alert.recipient_id or alert.partner_id
            way = Way(recipient, reason="failed", address=alert.address)
            todo.note = card._dive_alert_note(way)
