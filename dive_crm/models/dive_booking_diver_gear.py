"""What a diver needs, suggested; and what becomes of it with the diver's place."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.seats import SEAT_COMING
from .dive_gear import LENDERS


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    gear_ids = fields.One2many(
        "dive.gear", "seat_id", groups=",".join(LENDERS), copy=False
    )
    # one conditional UPDATE sets it: of two clicks one writes the list
    gear_prepared = fields.Boolean(readonly=True, copy=False)
    gear_text = fields.Char(
        "Gear in short", compute="_compute_gear_text", groups=",".join(LENDERS)
    )

    @api.depends("gear_ids.state", "state")
    def _compute_gear_text(self):
        """Say in two words how far the gear of each of these divers is."""
        counts = defaultdict(dict)
        for seat, state, count in self.env["dive.gear"]._read_group(
            [("seat_id", "in", self.ids)], ["seat_id", "state"], ["__count"]
        ):
            counts[seat.id][state] = count
        alike = defaultdict(list)
        for seat in self:
            text = seat._dive_gear_text(counts[seat._origin.id])
            alike[text].append(seat.id)
        for text, ids in alike.items():
            self.browse(ids).gear_text = text

    def _dive_gear_text(self, counts):
        if not counts:
            return ""
        coming = self.state in SEAT_COMING
        if coming and counts.get("missing"):
            return self.env._("%(count)s missing", count=counts["missing"])
        if counts.get("out"):
            return self.env._("%(count)s out", count=counts["out"])
        if coming and counts.get("reserved"):
            return self.env._("Ready")
        if counts.get("back"):
            return self.env._("Returned")
        return self.env._("Own") if counts.get("own") else ""

    # ------------------------------------------------------------------
    # What is needed
    # ------------------------------------------------------------------

    def _dive_prepare_gear(self):
        """Write down what those of these divers need who have no list yet."""
        seats = self.filtered(lambda seat: seat.state in SEAT_COMING)
        seats = seats._dive_claim_gear()
        if not seats:
            return
        kinds = {trip: trip._dive_gear_kinds() for trip in seats.trip_id}
        # sudo: customers of another company may come along; their sizes are asked for
        wishes = seats.sudo().partner_id._dive_gear_wishes(
            self.env["dive.equipment.kind"].union(*kinds.values())
        )
        self.env["dive.gear"].create(
            [
                {
                    "seat_id": seat.id,
                    "kind_id": kind.id,
                    **wishes[seat.partner_id.id, kind.id],
                }
                for seat in seats
                for kind in kinds[seat.trip_id]
            ]
        )
        # what was made in this transaction believes that it has no gear
        seats.invalidate_recordset(["gear_ids"])
        seats.trip_id.invalidate_recordset(["gear_ids"])

    def _dive_claim_gear(self):
        """Return those of these places whose list nobody else has written or writes."""
        if not self:
            return self
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "UPDATE dive_booking_diver SET gear_prepared = TRUE"
                " WHERE id IN %s AND gear_prepared IS NOT TRUE RETURNING id",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["gear_prepared"], flush=False)
        return self.browse(sorted(row[0] for row in rows))

    def action_gear(self):
        """Open what this diver needs; the list is suggested the first time."""
        self.ensure_one()
        self.trip_id._dive_check_may_lend()
        self.check_access("read")
        self._dive_prepare_gear()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Gear of %(diver)s", diver=self.partner_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(self.env.ref("dive_crm.view_dive_seat_gear_form").id, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_assign_gear(self):
        """Reserve free items for all that these divers miss; stay in the dialog."""
        self.trip_id._dive_check_may_lend()
        self._dive_prepare_gear()
        for trip in self.trip_id:
            trip._dive_assign_gear()
        return self.action_gear() if len(self) == 1 else True

    def action_give_out_gear(self):
        """Hand out all that is ready for these divers."""
        self.gear_ids.action_give_out()
        return True

    def action_take_back_gear(self):
        """Take back all that these divers have."""
        self.gear_ids.action_take_back()
        return True

    # ------------------------------------------------------------------
    # What becomes of it
    # ------------------------------------------------------------------

    def write(self, vals):
        if "partner_id" in vals:
            self._dive_gear_of_another(vals["partner_id"])
        trips = {seat: seat.trip_id for seat in self}
        result = super().write(vals)
        if "booking_id" in vals:
            moved = self.filtered(lambda seat: seat.trip_id != trips[seat])
            moved._dive_gear_follow_trip()
        if "state" in vals:
            self._dive_gear_follow_state(vals["state"])
        return result

    def _dive_gear_follow_state(self, state):
        """Free what is reserved for divers who do not come; what is out stays out.

        Where nobody clicked what was packed, it was used, and is back after the trip.
        """
        if state in SEAT_COMING:
            return
        # sudo: who may cancel a place frees its gear as well
        loans = self.sudo().gear_ids._dive_loans("reserved")
        if state == "done":
            loans._dive_unlocked().write({"state": "back"})
        else:
            loans._dive_release()

    def _dive_gear_of_another(self, partner_id):
        """Drop a list of gear that was another diver's; sizes are nobody else's.

        What was handed out or invoiced stays on record.
        """
        changed = self.filtered(lambda seat: seat.partner_id.id != partner_id)
        # sudo: who may change the diver changes what is prepared for them
        needs = changed.sudo().gear_ids
        if not needs:
            return
        needs._dive_check_none_out()
        needs._dive_not_on_record().unlink()
        changed._dive_forget_gear()

    def _dive_forget_gear(self):
        self.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE dive_booking_diver SET gear_prepared = FALSE WHERE id IN %s"
                " RETURNING id",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["gear_prepared"], flush=False)

    def _dive_gear_follow_trip(self):
        """Take the gear of these divers along to their trip, where it is free then.

        What is not, is missing afterwards.

        :raise UserError: something is out already
        """
        # sudo: who may move a booking moves its gear
        needs = self.sudo().gear_ids
        needs._dive_check_none_out()
        before = needs._dive_loans("reserved")
        pairs = [(loan.gear_id, loan.equipment_id) for loan in before]
        before._dive_release()
        by_trip = defaultdict(list)
        for gear, item in pairs:
            by_trip[gear.trip_id].append((gear, item))
        for trip, wanted in by_trip.items():
            rows = trip._dive_gear_items(needs.kind_id)
            free = {row.equipment_id for row in rows if row.verdict == "free"}
            trip._dive_reserve_all(
                [pair for pair in wanted if pair[1].id in free], defaultdict(list)
            )

    def unlink(self):
        # sudo: their own checks say what stays on record
        needs = self.sudo().gear_ids
        if needs:
            self._unlink_except_invoiced()
            needs.unlink()
        return super().unlink()
