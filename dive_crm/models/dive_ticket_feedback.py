"""A diver who was not happy gets an answer: low feedback opens a ticket."""

from odoo import api, fields, models
from odoo.tools import plaintext2html

ACTIVITY = "dive_crm.mail_activity_type_ticket"


class DiveTicket(models.Model):
    _inherit = "dive.ticket"

    feedback_id = fields.Many2one(
        "dive.feedback", readonly=True, copy=False, ondelete="set null"
    )

    _feedback_uniq = models.UniqueIndex(
        "(feedback_id) WHERE feedback_id IS NOT NULL",
        lambda env, diag: env._("There is a ticket of this feedback already."),
    )

    def _dive_tell_managers(self):
        """Give each manager, and whoever has the ticket, something to do."""
        for ticket in self:
            for user in ticket.user_id | ticket.company_id._dive_managers():
                _ = ticket.with_context(lang=user.lang or self.env.lang).env._
                ticket.activity_schedule(
                    ACTIVITY,
                    summary=_("Unhappy customer: please answer"),
                    user_id=user.id,
                )

    def _dive_moved(self, stage):
        result = super()._dive_moved(stage)
        if self.stage_kind != "open":
            # sudo: whose activity it is does not matter, it is done
            self.sudo().activity_feedback([ACTIVITY])
        return result


class DiveFeedback(models.Model):
    _inherit = "dive.feedback"

    ticket_ids = fields.One2many("dive.ticket", "feedback_id", "Tickets")
    ticket_id = fields.Many2one("dive.ticket", compute="_compute_ticket_id")

    @api.depends("ticket_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ticket_id(self):
        tickets = self.env["dive.ticket"].with_context(active_test=False)
        found = {}
        if tickets.has_access("read"):
            rows = tickets.search_fetch([("feedback_id", "in", self.ids)])
            found = {ticket.feedback_id: ticket for ticket in rows}
        for feedback in self:
            feedback.ticket_id = found.get(feedback._origin)

    def rating_apply(self, rate, token=None, rating=None, **kwargs):
        """Open a ticket of a low answer; another mind comes into the same one."""
        before = self.value, self.words
        rating = super().rating_apply(rate, token=token, rating=rating, **kwargs)
        if (self.value, self.words) != before:
            # of two requests at once the database has one run again from here, which
            # then finds the answer and the ticket of the other
            self.flush_recordset()
            self._dive_follow_up()
        return rating

    def _dive_is_low(self):
        """Say whether such an answer is to be followed up."""
        # sudo: a setting
        limit = int(self.company_id.sudo().dive_ticket_feedback or 0)
        return bool(self.rated_on) and self.value <= limit

    def _dive_follow_up(self):
        """Open the ticket of this feedback, or add to it what was said now."""
        self.ensure_one()
        # sudo: whoever answered has no rights to tickets; one that was put away counts
        tickets = self.env["dive.ticket"].sudo().with_context(active_test=False)
        ticket = tickets.search([("feedback_id", "=", self.id)], limit=1)
        low = self._dive_is_low()
        if ticket:
            ticket.with_context(dive_keep_stage=not low).message_post(
                author_id=self.partner_id.id or None,
                body=plaintext2html(self._dive_said()),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        elif low:
            ticket = tickets._dive_unlocked().create(self._dive_ticket_values())
            # what is locked stays so for whoever comes after
            tickets.browse(ticket.id)._dive_tell_managers()

    def _dive_said(self):
        """Return mood and words as they were answered."""
        moods = dict(self._fields["mood"]._description_selection(self.env))
        return "\n\n".join(filter(None, (moods.get(self.mood), self.words)))

    def _dive_ticket_values(self):
        lang = self.company_id.partner_id.lang or self.env.lang
        named = self.with_context(lang=lang)
        return {
            "name": named.env._("Feedback: %(trip)s", trip=named.display_name),
            "description": self.words,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "booking_id": self.booking_id.id,
            "trip_id": self.trip_id.id,
            "feedback_id": self.id,
            "kind": "complaint",
            "priority": "1",
            "source": "feedback",
        }
