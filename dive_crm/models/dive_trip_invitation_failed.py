"""Invitations that did not arrive: why, and told once to who invited."""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import groupby

#: what failed longer ago is history
DAYS = 7
DESK = "dive_crm.group_front_desk"


class DiveTripInvitation(models.Model):
    _inherit = "dive.trip.invitation"

    trouble = fields.Char(
        "Why not", compute="_compute_trouble", help="Why it did not arrive."
    )

    _not_noted = models.Index("(date) WHERE failure_noted IS NOT TRUE")

    @api.depends("state", "reason", "error")
    @api.depends_context("lang")
    def _compute_trouble(self):
        # sudo: why a message failed is its author's to see, and that of the desk
        told = self.sudo().mail_message_id.notification_ids
        kinds = dict(told._fields["failure_type"]._description_selection(self.env))
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for invitation in self:
            words = []
            if invitation.state == "failed":
                failed = (told & invitation.sudo().mail_message_id.notification_ids)[:1]
                words = [kinds.get(failed.failure_type), failed.failure_reason]
            elif invitation.state == "staff":
                words = [reasons.get(invitation.reason), invitation.error]
            invitation.trouble = " · ".join(filter(None, words))

    # ------------------------------------------------------------------
    # Told to staff
    # ------------------------------------------------------------------

    @api.model
    def _dive_failed_domain(self):
        """Invitations to trips to come, of which nobody knows yet that they failed."""
        now = fields.Datetime.now()
        return Domain(
            [
                ("failure_noted", "=", False),
                ("date", ">=", now - timedelta(days=DAYS)),
                ("state", "in", ("failed", "staff")),
                ("trip_id.date_start", ">", now),
            ]
        )

    def _dive_note_failure(self):
        """Have who invited reach those by another way, who have not booked meanwhile.

        One activity a trip and person, which grows while it is open.
        """
        self.failure_noted = True
        pressing = self.filtered(lambda one: not one.booked)
        for _key, some in groupby(pressing, lambda one: (one.trip_id, one.create_uid)):
            marks = self.browse(one.id for one in some)
            if user := marks[0]._dive_inviter():
                marks._dive_add_activity(marks.trip_id, user)

    def _dive_inviter(self):
        """Return who invited; who is not here any more is stood in for."""
        user = self.create_uid
        if (
            user.active
            and user.has_group(DESK)
            and self.company_id in user.company_ids
            and user != self.env.ref("base.user_root")
        ):
            return user
        return self.company_id._dive_caretaker()

    def _dive_add_activity(self, trip, user):
        marks = self.with_context(lang=user.lang or self.env.lang)
        lines = Markup("").join(
            Markup("<li>{}</li>").format(
                marks.env._(
                    "%(name)s: %(why)s",
                    name=mark.partner_id.name,
                    why=mark.trouble or marks.env._("it did not arrive"),
                )
            )
            for mark in marks
        )
        lines = Markup("<ul>{}</ul>").format(lines)
        activity = trip.invitation_ids.activity_id.filtered(
            lambda one: one.active and one.user_id == user
        )[:1]
        if activity:
            activity.note = (activity.note or Markup("")) + lines
        else:
            activity = trip.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=trip.company_id._dive_today(),
                summary=marks.env._("Invitations that did not arrive: call them"),
                note=lines,
                user_id=user.id,
            )
        self.write({"activity_id": activity.id, "user_id": user.id})


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    @api.model
    def _dive_round_first(self):
        """Also tell of invitations that did not arrive."""
        # sudo: as the messages about bookings, of all companies
        invitations = self.env["dive.trip.invitation"].sudo()
        return super()._dive_round_first() and invitations._dive_note_failures()
