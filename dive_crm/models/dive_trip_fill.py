"""“Fill this trip”: who is invited, and who of them came."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_partner import STAFF_GROUPS

#: how many of those invited the trip's note names
NAMED = 20


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    # groups: who reads trips for the books reads all fields of one
    invitation_ids = fields.One2many(
        "dive.trip.invitation", "trip_id", "Invitations", groups=STAFF_GROUPS
    )
    invited_count = fields.Integer(
        "Invited", compute="_compute_invited", groups=STAFF_GROUPS
    )
    invited_text = fields.Char(
        "Who was invited", compute="_compute_invited", groups=STAFF_GROUPS
    )
    can_fill = fields.Boolean(compute="_compute_can_fill")

    @api.depends("invitation_ids.booked", "invitation_ids.state")
    @api.depends_context("lang")
    def _compute_invited(self):
        for trip in self:
            invited = trip.invitation_ids
            trip.invited_count = len(invited)
            trip.invited_text = trip._dive_invited_words(invited) if invited else False

    def _dive_invited_words(self, invited):
        _ = self.env._
        failed = invited.filtered(lambda one: one.state in ("failed", "staff"))
        values = {
            "invited": len(invited),
            "booked": len(invited.filtered("booked")),
            "failed": len(failed),
        }
        if not failed:
            return _("%(invited)s invited, %(booked)s booked", **values)
        return _("%(invited)s invited, %(booked)s booked, %(failed)s failed", **values)

    @api.depends("state", "seats_free", "date_start")
    def _compute_can_fill(self):
        now = fields.Datetime.now()
        for trip in self:
            trip.can_fill = bool(
                trip.state == "open"
                and trip.seats_free > 0
                and trip.date_start
                and trip.date_start > now
            )

    def _dive_check_fillable(self):
        """Raise a UserError saying why nobody can be invited to this trip."""
        self._dive_check_bookable()
        for trip in self:
            if trip.date_start <= fields.Datetime.now():
                raise UserError(
                    self.env._(
                        "“%(trip)s” has started: nobody can be invited any more.",
                        trip=trip.display_name,
                    )
                )
            if trip.seats_free <= 0 or trip._dive_free_for_new() <= 0:
                raise UserError(
                    self.env._(
                        "“%(trip)s” has no free place that nobody waits for.",
                        trip=trip.display_name,
                    )
                )

    def action_fill(self):
        """Show who would like to come along, to write to the best of them."""
        self.ensure_one()
        self.check_access("write")
        self._dive_check_fillable()
        wizard = self.env["dive.trip.fill"]._dive_open(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fill this trip"),
            "res_model": "dive.trip.fill",
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_view_invitations(self):
        """List who was invited to this trip."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_trip_invitation"
        )
        action["domain"] = [("trip_id", "=", self.id)]
        return action

    def _dive_invite(self, partners):
        """Write to these customers that the trip has free places, each once.

        Who may not be invited (any more) is left out: see ``_dive_fill_list``.

        :return: the marks of those who are written to
        :rtype: dive.trip.invitation
        """
        self.ensure_one()
        self.check_access("write")
        self._dive_check_fillable()
        people, _unfit = self._dive_fill_list(among=partners)
        invitations = self.env["dive.trip.invitation"]._dive_invite(self, people)
        told = invitations.filtered("channel")
        if told:
            self._message_log(body=self._dive_invited_note(told))
        return invitations.with_env(self.env)

    def _dive_invited_note(self, invitations):
        names = invitations.partner_id[:NAMED].mapped("name")
        more = len(invitations) - len(names)
        values = {"names": ", ".join(names), "more": more}
        text = (
            self.env._("Invited: %(names)s and %(more)s more.", **values)
            if more
            else self.env._("Invited: %(names)s.", **values)
        )
        return Markup("<p>{}</p>").format(text)
