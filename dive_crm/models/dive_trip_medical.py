"""Who lacks what, seen from the trip."""

from collections import defaultdict

from odoo import api, fields, models

from ..tools.seats import SEAT_HELD
from .res_partner import STAFF_GROUPS
from .res_partner_medical import STATUSES


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    paper_missing_count = fields.Integer(
        "Papers missing",
        compute="_compute_paper_missing_count",
        groups=STAFF_GROUPS,
        help="Divers of this trip who, on its day, are not known to be fit to dive.",
    )

    @api.depends("seat_ids.state", "seat_ids.medical_status")
    @api.depends_context("company")
    def _compute_paper_missing_count(self):
        for trip in self:
            # sudo: how many, for whoever sees the trip
            trip.paper_missing_count = sum(
                seat.state in SEAT_HELD and seat.medical_status != "fit"
                for seat in trip.sudo().seat_ids
            )

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


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    medical_status = fields.Selection(
        STATUSES,
        compute="_compute_medical_status",
        groups=STAFF_GROUPS,
        help="What the diver's forms say of the day of the trip.",
    )

    @api.depends("partner_id", "trip_id.date_start")
    @api.depends_context("company")
    def _compute_medical_status(self):
        days = self._dive_days()
        # sudo: a status, never an answer; a diver may be another company's customer
        status = (
            self.env["res.partner"]
            .sudo()
            ._dive_medical_on(pair for pair in days.values() if pair[0])
        )
        seats = defaultdict(list)
        for seat in self:
            seats[status.get(days[seat], False)].append(seat.id)
        for found, ids in seats.items():
            self.browse(ids).medical_status = found
