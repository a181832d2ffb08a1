"""A trip is not closed while somebody is in the water, or heads are not counted."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .dive_booking_diver import CHECK_IN_BEFORE


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    begun = fields.Boolean(
        compute="_compute_begun",
        help="From the day before the trip: earlier there is nothing of it to keep.",
    )
    over = fields.Boolean(compute="_compute_begun", help="Over, and not closed.")
    head_count_ids = fields.Many2many(
        "dive.head.count",
        string="Head counts",
        compute="_compute_head_count_ids",
        groups="dive_crm.group_front_desk,dive_crm.group_instructor",
    )
    roll_seat_ids = fields.Many2many(
        "dive.booking.diver", string="Roll call", compute="_compute_roll_seat_ids"
    )
    head_counts_missing = fields.Char(compute="_compute_head_counts_missing")

    @api.depends("date_start", "date_end", "state")
    def _compute_begun(self):
        begun = self._dive_begun_or_soon()
        now = fields.Datetime.now()
        for trip in self:
            trip.begun = trip in begun
            trip.over = (
                trip.state in ("draft", "open")
                and bool(trip.date_end)
                and trip.date_end < now
            )

    def _dive_begun_or_soon(self):
        """Return those that have begun or begin within a day.

        Of the others no roll is called: it opens the day before.
        """
        tomorrow = fields.Datetime.now() + CHECK_IN_BEFORE
        return self.filtered(
            lambda trip: trip.date_start and trip.date_start <= tomorrow
        )

    @api.depends("state", "date_start")
    def _compute_head_count_ids(self):
        counts = self.env["dive.head.count"].search(
            [("trip_id", "in", self._dive_begun_or_soon().ids)]
        )
        for trip in self:
            trip.head_count_ids = counts.filtered(
                lambda count, trip=trip: count.trip_id == trip._origin.id
            )

    @api.depends("seat_ids.state", "seat_ids.buddy_group", "date_start")
    def _compute_roll_seat_ids(self):
        near = self._dive_begun_or_soon()
        for trip in self:
            # sudo: reading forty places one by one without asking for each
            paired = any(seat.buddy_group for seat in trip.sudo().seat_ids)
            trip.roll_seat_ids = (
                trip._dive_roll_seats() if paired or trip in near else False
            )

    @api.depends("seat_ids.roll_call", "seat_ids.state", "date_start")
    def _compute_head_counts_missing(self):
        near = self._dive_begun_or_soon()
        for trip in self:
            trip.head_counts_missing = (
                trip in near
                and trip.state == "open"
                and trip._dive_needs_counts()
                and trip._dive_counts_missing()
            )

    def _dive_needs_counts(self):
        """Say whether heads have to be counted before this trip is closed."""
        self.ensure_one()
        rule = self.company_id.dive_head_count_rule
        if rule == "boat" and self.boat_id:
            return bool(self._dive_roll_seats())
        return rule != "never" and any(
            seat.out_at or seat.roll_call for seat in self._dive_roll_seats()
        )

    def _dive_counts_missing(self):
        """Return what is missing of the two head counts on the way back, or False.

        Counts from before the last dive say nothing about it. Two different people
        have to find as many divers as are on the list.
        """
        self.ensure_one()
        seats = self._dive_roll_seats()
        since = max(filter(None, seats.mapped("out_at")), default=None)
        # sudo: whether they agree is part of the trip
        counts = self.env["dive.head.count"].sudo()
        last = counts._dive_of(self, "back", since)._dive_last_two()
        listed = len(seats)
        if not last:
            return self.env._("Nobody has counted heads on the way back yet.")
        if len(last) < 2:
            return self.env._(
                "%(name)s has counted %(number)s on the way back: a second person has"
                " to count as well.",
                name=last.counted_by,
                number=last.number,
            )
        if len(set(last.mapped("number"))) > 1:
            return self.env._(
                "%(first)s has counted %(number)s, %(second)s %(other)s: count again.",
                first=last[0].counted_by,
                number=last[0].number,
                second=last[1].counted_by,
                other=last[1].number,
            )
        if last[0].number != listed:
            return self.env._(
                "Both have counted %(number)s, and %(listed)s are on the list: find out"
                " who is missing; who did not come is a no-show.",
                number=last[0].number,
                listed=listed,
            )
        return False

    def action_done(self):
        self.check_access("write")
        for trip in self.filtered(lambda trip: trip.state == "open"):
            trip._dive_check_back()
        return super().action_done()

    def _dive_check_back(self):
        """Raise a UserError while somebody is in the water, or not counted."""
        self.ensure_one()
        out = self.seat_ids.filtered(lambda seat: seat.roll_call == "out")
        if out:
            raise UserError(
                self.env._(
                    "“%(trip)s” cannot be closed: in the water, as the roll call says:"
                    " %(divers)s.",
                    trip=self.display_name,
                    divers=", ".join(out.partner_id.mapped("name")),
                )
            )
        if self._dive_needs_counts() and (missing := self._dive_counts_missing()):
            raise UserError(
                self.env._(
                    "“%(trip)s” cannot be closed. %(missing)s",
                    trip=self.display_name,
                    missing=missing,
                )
            )

    def action_view_roll_entries(self):
        """Open each tap of the roll call of this trip."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_roll_entry"
        )
        return {**action, "domain": [("trip_id", "=", self.id)]}
