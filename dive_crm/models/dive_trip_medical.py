"""Who lacks what, seen from the trip."""

from odoo import api, fields, models

from .res_partner import STAFF_GROUPS


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    paper_missing_count = fields.Integer(
        "Papers missing",
        compute="_compute_paper_missing_count",
        groups=STAFF_GROUPS,
        help="Divers of this trip who, on its day, are not known to be fit to dive.",
    )

    @api.depends("seat_ids.state", "seat_ids.partner_id", "date_start")
    @api.depends_context("company")
    def _compute_paper_missing_count(self):
        counts = {}
        if self.ids:
            counts = dict(
                self.env["dive.medical.compliance"]._read_group(
                    [("trip_id", "in", self.ids), ("missing_count", "=", 1)],
                    ["trip_id"],
                    ["__count"],
                )
            )
        for trip in self:
            trip.paper_missing_count = counts.get(trip._origin, 0)

    def action_view_papers_missing(self):
        """Open who of this trip's divers lacks what."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_medical_compliance"
        )
        action["name"] = action["display_name"] = self.env._(
            "Papers: %(trip)s", trip=self.display_name
        )
        action["views"] = [(False, "list"), (False, "pivot"), (False, "graph")]
        action["domain"] = [("trip_id", "=", self.id)]
        action["context"] = {"search_default_missing": 1, "dive_of_trip": True}
        return action
