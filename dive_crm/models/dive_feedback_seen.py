"""Where feedback is seen: on the trip, on guides and on customers."""

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from .res_partner import STAFF_GROUPS


def in_words(env, number, points):
    """Return an average as it stands on a button: "4.6 (12)"."""
    if not number:
        return False
    return f"{formatLang(env, points, digits=1)} ({number})"


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    feedback_ids = fields.One2many("dive.feedback", "trip_id", groups=STAFF_GROUPS)
    feedback_text = fields.Char(
        "Average", compute="_compute_feedback_text", groups=STAFF_GROUPS
    )

    @api.depends("feedback_ids.rated_on")
    @api.depends_context("uid")
    def _compute_feedback_text(self):
        feedback = self.env["dive.feedback"]
        found = (
            feedback._dive_averages([("trip_id", "in", self.ids)], "trip_id")
            if feedback.has_access("read")
            else {}
        )
        for trip in self:
            trip.feedback_text = in_words(self.env, *found.get(trip._origin, (0, 0)))

    def action_view_feedback(self):
        """List what divers say about these trips."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_feedback"
        )
        action["domain"] = [("trip_id", "in", self.ids)]
        action["context"] = {}
        return action


class ResPartner(models.Model):
    _inherit = "res.partner"

    dive_feedback_given = fields.Char(
        "Feedback given", compute="_compute_dive_feedback", groups=STAFF_GROUPS
    )
    dive_feedback_got = fields.Char(
        "Feedback as guide", compute="_compute_dive_feedback", groups=STAFF_GROUPS
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_dive_feedback(self):
        feedback = self.env["dive.feedback"]
        given, got = {}, {}
        if self.ids and feedback.has_access("read"):
            given = feedback._dive_averages(
                [("partner_id", "in", self.ids)], "partner_id"
            )
            got = self._dive_feedback_as_guides()
        for partner in self:
            partner.dive_feedback_given = in_words(
                self.env, *given.get(partner._origin, (0, 0))
            )
            partner.dive_feedback_got = in_words(
                self.env, *got.get(partner._origin, (0, 0))
            )

    def _dive_feedback_as_guides(self):
        """Return number and average of the trips that each of these has guided."""
        by_trip = self.env["dive.feedback"]._dive_averages(
            [("trip_id.guide_ids", "in", self.ids)], "trip_id"
        )
        sums = {}
        for trip, (number, points) in by_trip.items():
            # sudo: who guided is on every list; the feedback was asked with rights
            for guide in trip.sudo().guide_ids:
                count, total = sums.get(guide, (0, 0))
                sums[guide] = count + number, total + number * points
        return {guide: (count, total / count) for guide, (count, total) in sums.items()}

    def action_view_dive_feedback(self):
        """List what this person says about trips, and what is said of theirs."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_feedback"
        )
        action["domain"] = [
            "|",
            ("partner_id", "=", self.id),
            ("trip_id.guide_ids", "=", self.id),
        ]
        action["context"] = {}
        return action
