"""A booking whose divers wait for places."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from .dive_booking_diver_wait import QUEUED


class DiveBooking(models.Model):
    """Divers of one booking wait as a group; until they have places it is a draft."""

    _inherit = "dive.booking"

    wait_state = fields.Selection(
        [("waiting", "Waiting list"), ("offered", "Place offered")],
        "Waiting",
        compute="_compute_wait_state",
        store=True,
    )
    may_split = fields.Boolean(
        "Group may be split",
        copy=False,
        help="Some of this group may get places on the trip while the others wait on."
        " Otherwise all get theirs together.",
    )
    wait_held_up = fields.Boolean(
        "Held up",
        readonly=True,
        copy=False,
        help="Places were free, but somebody of this group may not go on the trip.",
    )
    wait_place = fields.Integer(
        "Place on the waiting list", compute="_compute_wait_place"
    )
    trip_wait_rule = fields.Char(related="trip_id.wait_rule")
    offer_ids = fields.One2many("dive.booking.offer", "booking_id", "Offers")
    offer_until = fields.Datetime("Offered until", compute="_compute_offer_until")

    @api.depends("diver_ids.state")
    def _compute_wait_state(self):
        for booking in self:
            states = set(booking.diver_ids.mapped("state"))
            booking.wait_state = (
                ("offered" in states and "offered")
                or ("waitlisted" in states and "waiting")
                or False
            )

    @api.depends("diver_ids.state", "diver_ids.wait_rank")
    def _compute_wait_place(self):
        queues = self.trip_id._dive_queues()
        for booking in self:
            queue = queues.get(booking.trip_id.id, [])
            booking.wait_place = (
                queue.index(booking._origin.id) + 1
                if booking._origin.id in queue
                else 0
            )

    @api.depends("offer_ids.state", "offer_ids.until")
    def _compute_offer_until(self):
        for booking in self:
            offers = booking.offer_ids.filtered(lambda offer: offer.state == "open")
            booking.offer_until = min(offers.mapped("until"), default=False)

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_confirm_or_wait(self):
        """Confirm; where too few places are free, ask what to do.

        :return: True, or the dialog that offers the waiting list and other trips
        """
        self.ensure_one()
        number = len(self.diver_ids.filtered(lambda seat: seat.state == "requested"))
        trip = self.trip_id
        if (
            self.state != "draft"
            or not number
            or trip._dive_why_not_bookable()
            or number <= trip._dive_free_for_new()
        ):
            return self.action_confirm()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Too few free places"),
            "res_model": "dive.booking.wait",
            "view_mode": "form",
            "target": "new",
            "context": {"default_booking_id": self.id},
        }

    def action_waitlist(self):
        """Put the divers of these bookings on the waiting list, as groups.

        :raises UserError: nobody to put there, a trip that cannot be booked, or one
            that has free places
        """
        self.check_access("write")
        for booking in self:
            booking._dive_waitlist()
        return True

    def _dive_waitlist(self):
        seats = self.diver_ids.filtered(lambda seat: seat.state == "requested")
        trip = self.trip_id
        self._dive_check_waitlist(seats)
        seats._dive_unlocked().write(
            {
                "state": "waitlisted",
                "wait_rank": trip._dive_next_rank(),
                "wait_since": fields.Datetime.now(),
            }
        )
        self._log_divers(seats, self.env._("On the waiting list"))
        # a place may have become free at this moment
        trip._dive_promote_soon()

    def _dive_check_waitlist(self, seats):
        if self.state != "draft" or not seats:
            raise UserError(
                self.env._(
                    "Nobody in %(booking)s is to be put on the waiting list: only"
                    " divers of a draft who have no place.",
                    booking=self.display_name,
                )
            )
        trip = self.trip_id
        trip._dive_check_bookable()
        if trip.date_start <= fields.Datetime.now():
            raise UserError(
                self.env._(
                    "“%(trip)s” has started, and its waiting list is closed: choose"
                    " another trip.",
                    trip=trip.display_name,
                )
            )
        if len(seats) > trip.seats_limit and not self.may_split:
            raise UserError(
                self.env._(
                    "“%(trip)s” never has room for %(number)s divers together. Let the"
                    " group be split, or choose another trip.",
                    trip=trip.display_name,
                    number=len(seats),
                )
            )
        if len(seats) <= trip._dive_free_for_new():
            raise UserError(
                self.env._(
                    "“%(trip)s” has free places: confirm the booking.",
                    trip=trip.display_name,
                )
            )

    def action_leave_waitlist(self):
        """Take these bookings off the waiting list; they are drafts without places."""
        self.check_access("write")
        for booking in self:
            seats = booking._dive_queued()
            if not seats:
                raise UserError(
                    self.env._(
                        "%(booking)s is not on a waiting list.",
                        booking=booking.display_name,
                    )
                )
            if booking.state == "confirmed":
                # of a group that was split: those who have places keep them
                seats._set_state("cancelled")
            else:
                seats._set_state("requested")
            booking._dive_unlocked().write({"wait_held_up": False})
            booking._log_divers(seats, self.env._("Taken off the waiting list"))
        return True

    def action_accept_offer(self):
        """Accept the places offered, for a payer who says so at the desk."""
        self.check_access("write")
        for booking in self:
            offers = booking.offer_ids.filtered(lambda offer: offer.state == "open")
            # sudo: who may write the booking may answer for the payer
            if not any([offer.sudo()._dive_accept(late=True) for offer in offers]):
                raise UserError(
                    self.env._(
                        "%(booking)s is offered no place now: the offer is answered, or"
                        " over. Reload the page.",
                        booking=booking.display_name,
                    )
                )
        return True

    def action_open_reorder(self):
        """Ask for another place on the waiting list, and why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change the order"),
            "res_model": "dive.wait.reorder",
            "view_mode": "form",
            "target": "new",
            "context": {"default_booking_id": self.id},
        }

    # ------------------------------------------------------------------
    # Leaving
    # ------------------------------------------------------------------

    def _dive_queued(self):
        return self.diver_ids.filtered(lambda seat: seat.state in QUEUED)

    def _dive_off_list(self, title, offer=None):
        """Cancel what of this booking waits or is offered; the rest stays.

        :param offer: what was answered; another one that is open stays so
        """
        seats = self._dive_queued()
        if offer:
            seats = seats.filtered(
                lambda seat: (
                    seat.state != "offered"
                    or seat.offer_id == offer
                    or seat.offer_id.state != "open"
                )
            )
        if not seats:
            return
        self._log_divers(seats, title)
        if self._active_seats() == seats:
            self.action_cancel()
        else:
            seats._set_state("cancelled")

    def _check_takes_divers(self):
        result = super()._check_takes_divers()
        if self.wait_state and self.state == "draft":
            raise UserError(
                self.env._(
                    "%(booking)s is on the waiting list as a group: take it off the"
                    " list first, or make another booking for more divers.",
                    booking=self.display_name,
                )
            )
        return result

    def write(self, vals):
        if "trip_id" in vals:
            # a place on one list is none on another
            moved = self.filtered(
                lambda booking: (
                    booking.wait_state and booking.trip_id.id != vals["trip_id"]
                )
            )
            if moved:
                moved.action_leave_waitlist()
        return super().write(vals)
