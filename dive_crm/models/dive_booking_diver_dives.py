"""The dives of a diver on a trip, and what they add to the diver's figures."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .dive_trip_emergency import ABOARD


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    dive_ids = fields.One2many("dive.logged.dive", "seat_id", "Dives")

    def _dive_relogged(self, change):
        """Make a change to the dives of these divers, and have the figures follow.

        What a finished trip has added before is taken back exactly, then added anew.
        """
        seats = self.exists()
        # sudo: whoever may log dives need not be allowed to write places
        logged = seats.sudo().filtered("logged_on")
        dived = seats.sudo().filtered("dive_ids")
        logged._unlog_dives()
        result = change()
        seats = seats.exists().sudo()
        for seat in seats:
            deepest = max(seat.dive_ids.mapped("depth_m"), default=0)
            ours = seat.dive_ids or seat in dived
            if ours and deepest != seat.max_depth_m:
                seat.max_depth_m = deepest
        again = logged.exists() | seats.filtered(
            lambda seat: seat.state == "done" and seat.dive_ids
        )
        again.filtered(lambda seat: seat.state == "done")._log_dives()
        return result

    def _dive_dives_to_log(self):
        """Return how many dives were made: those in the table, else the trip's."""
        self.ensure_one()
        return len(self.dive_ids) or self.trip_id.dives

    def _check_write(self, vals):
        result = super()._check_write(vals)
        moved = self.filtered(
            lambda seat: (
                seat.dive_ids
                and (
                    vals.get("booking_id", seat.booking_id.id) != seat.booking_id.id
                    or vals.get("partner_id", seat.partner_id.id) != seat.partner_id.id
                )
            )
        )
        if moved:
            raise UserError(
                self.env._(
                    "Dives are logged for %(divers)s on this trip: delete them first.",
                    divers=", ".join(moved.partner_id.mapped("name")),
                )
            )
        return result


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    logged_dive_count = fields.Integer(compute="_compute_logged_dive_count")

    @api.depends("seat_ids.dive_ids")
    def _compute_logged_dive_count(self):
        # sudo: a number, for whoever sees the trip
        counts = dict(
            self.env["dive.logged.dive"]
            .sudo()
            ._read_group([("trip_id", "in", self.ids)], ["trip_id"], ["__count"])
        )
        for trip in self:
            trip.logged_dive_count = counts.get(trip._origin, 0)

    def action_log_dives(self):
        """Open one table with each dive of each diver; what is missing is added."""
        self.ensure_one()
        self._dive_check_may_roll()
        problem = None
        if self.state not in ("open", "done"):
            problem = self.env._("it did not take place")
        elif self.date_start > fields.Datetime.now():
            problem = self.env._("it has not begun yet")
        elif not self.dives:
            problem = self.env._("it has no dives: enter how many on the trip")
        elif not self._dive_roll_seats():
            problem = self.env._("nobody was on it")
        if problem:
            raise UserError(
                self.env._(
                    "No dives of “%(trip)s” to log: %(problem)s.",
                    trip=self.display_name,
                    problem=problem,
                )
            )
        self._dive_add_dives()
        return self._dive_action_dives()

    def _dive_action_dives(self):
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_logged_dive_trip"
        )
        return {
            **action,
            "display_name": self.env._("Dives: %(trip)s", trip=self.display_name),
            "domain": [("trip_id", "=", self.id)],
            "context": {"dive_log_trip_id": self.id},
        }

    def _dive_add_dives(self):
        """Add the rows that are not there; two people at once add them once.

        The trip's row is written, not only locked: the second one begins anew, and
        then sees the rows of the first.
        """
        self.env.cr.execute(
            SQL("UPDATE dive_trip SET dives = dives WHERE id = %s", self.id)
        )
        dives = self.env["dive.logged.dive"]
        rows = []
        for seat in self._dive_roll_seats().filtered(lambda s: s.state in ABOARD):
            if seat.dive_ids:
                continue
            minutes = seat._dive_minutes_seen()
            for number in range(1, self.dives + 1):
                last = number == self.dives
                rows.append(
                    {
                        "seat_id": seat.id,
                        "number": number,
                        "gas": seat.gas or "air",
                        "minutes": minutes if last else 0,
                    }
                )
        # sudo: whether this user may was asked by the caller
        dives.sudo().create(rows)

    def action_dives_as_first(self):
        """Copy depth and minutes of the first diver's dives to where they are empty."""
        self.ensure_one()
        self._dive_check_may_roll()
        dives = self.env["dive.logged.dive"].search([("trip_id", "=", self.id)])
        first = {}
        # sudo: whether this user may was asked above
        for dive in dives.sudo():
            model = first.setdefault(dive.number, dive)
            if dive == model:
                continue
            values = {
                name: model[name]
                for name in ("depth_m", "minutes")
                if model[name] and not dive[name]
            }
            if values:
                dive.write(values)
        return True

    def action_unlog_dives(self):
        """Delete all dives of this trip; the figures count as before."""
        self.ensure_one()
        self._dive_check_may_roll()
        dives = self.env["dive.logged.dive"].search([("trip_id", "=", self.id)])
        if not dives:
            raise UserError(self.env._("No dives of this trip are logged."))
        dives.sudo().unlink()  # sudo: whether this user may was asked above
        # sudo: a note on the trip, from whoever may log its dives
        self.sudo()._message_log(
            body=self.env._("The logged dives of this trip were deleted."),
            author_id=self.env.user.partner_id.id,
        )
        return True
