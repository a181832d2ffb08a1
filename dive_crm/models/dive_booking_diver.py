from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.seats import SEAT_COMING, SEAT_HELD

#: how long before a trip its divers may be checked in on screen
CHECK_IN_BEFORE = timedelta(hours=24)


class DiveBookingDiver(models.Model):
    """One diver in a booking: the seat."""

    _name = "dive.booking.diver"
    _description = "Diver in a booking"
    _inherit = ["dive.guarded.mixin"]
    _order = "booking_id desc, id"
    _rec_names_search = ["partner_id.name", "booking_id.name"]
    _check_company_auto = True
    _dive_guarded = {
        "state": "requested",
        "trip_id": None,
        "company_id": None,
        "invoice_state": None,
        "amount_total": None,
        "price_list": None,
        "price_key": None,
        "price_by_hand": False,  # follows from the price: dive_booking_diver_price
        # a guardian's word: noted by a button, or by the guardian
        "guardian_consent": False,
        "guardian_consent_words": False,
        "logged_on": None,
        "logged_dives": None,
        "last_dive_before": None,
        "deepest_before": None,
        # moved by closing a course and taking that back: dive_booking_diver_course
        "course_result": False,
        # the waiting list: dive_booking_diver_wait
        "wait_rank": 0,
        "wait_since": False,
        "offer_id": False,
        # the roll call: dive_booking_diver_roll
        "roll_call": False,
        "roll_before": False,
        "out_at": False,
        "back_at": False,
    }

    # cascade is what makes a row taken out of a booking disappear; a booking deletes
    # its seats through the ORM before that, so that places go back
    booking_id = fields.Many2one(
        "dive.booking", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Diver",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", False)],
    )
    trip_id = fields.Many2one(
        related="booking_id.trip_id", store=True, index=True, precompute=True
    )
    date_start = fields.Datetime("Trip date", related="trip_id.date_start")
    check_in_open = fields.Boolean(
        compute="_compute_check_in_open",
        help="From the day before the trip: earlier, the buttons only invite mistakes.",
    )
    booking_state = fields.Selection(
        related="booking_id.state", string="State of the booking"
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("waitlisted", "Waiting list"),
            ("offered", "Offered"),
            ("booked", "Booked"),
            ("checked_in", "Checked in"),
            ("done", "Done"),
            ("no_show", "No-show"),
            ("cancelled", "Cancelled"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
    )
    roll_call = fields.Selection(
        [("ashore", "Ashore"), ("out", "In the water"), ("in", "Back on board")],
        readonly=True,
        copy=False,
    )
    course_result = fields.Selection(
        [("passed", "Passed"), ("continue", "To be continued")], copy=False
    )
    price_unit = fields.Monetary(
        "Price",
        compute="_compute_price_unit",
        groups="base.group_user",
        store=True,
        readonly=False,
        precompute=True,
        help="Price of this place, from the payer's pricelist or else the trip's"
        " product, until it is changed here. With or without taxes as the product's"
        " taxes say.",
    )
    max_depth_m = fields.Float("Greatest depth (m)", digits=(6, 1), copy=False)
    note = fields.Char(groups="base.group_user")
    company_id = fields.Many2one(
        related="booking_id.company_id", store=True, index=True, precompute=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    # what the diver's status asks for: see res_partner_booking
    _partner_sold = models.Index(
        "(partner_id) WHERE state IN ('booked', 'checked_in', 'done', 'no_show')"
    )
    _partner = models.Index("(partner_id)")
    _one_seat = models.UniqueIndex(
        "(trip_id, partner_id) WHERE state != 'cancelled'",
        lambda env, diag: env._("This diver has a place on this trip already."),
    )
    _price_positive = models.Constraint(
        "CHECK (price_unit >= 0)", "A price cannot be negative."
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("trip_id.date_start")
    def _compute_check_in_open(self):
        tomorrow = fields.Datetime.now() + CHECK_IN_BEFORE
        for trip, seats in self.grouped("trip_id").items():
            start = trip.date_start
            seats.check_in_open = bool(start) and start <= tomorrow

    @api.depends("partner_id.name", "booking_id.name")
    def _compute_display_name(self):
        # sudo: who sees a place may see whose it is, and the number of its booking
        for seat in self:
            diver, booking = seat.sudo().partner_id, seat.sudo().booking_id
            seat.display_name = f"{diver.name or ''} ({booking.name})"

    # ------------------------------------------------------------------
    # Places
    # ------------------------------------------------------------------

    def _held_by_trip(self):
        """Count the places that these divers hold, by trip id."""
        return Counter(seat.trip_id.id for seat in self if seat.state in SEAT_HELD)

    def _apply_held_since(self, before):
        """Change the trips by what these divers hold now compared with ``before``."""
        changes = self._held_by_trip()
        changes.subtract(before)
        self.env["dive.trip"]._change_seats(changes)

    def _set_state(self, state):
        """Put these divers into ``state``; the only door to a seat's state."""
        changed = self.filtered(lambda seat: seat.state != state)
        changed._dive_unlocked().write({"state": state})

    @api.model
    def _check_one_seat(self, pairs):
        """Refuse a second active place of a diver on a trip, naming the first.

        :param pairs: (trip id, partner id) that ``self`` is about to have; ``self`` is
            not compared with itself
        """
        wanted = Counter(pair for pair in pairs if all(pair))
        others = self.sudo().search(  # also a place in a booking that we may not read
            [
                ("trip_id", "in", [trip_id for trip_id, _partner in wanted]),
                ("partner_id", "in", [partner_id for _trip, partner_id in wanted]),
                ("state", "!=", "cancelled"),
                ("id", "not in", self.ids),
            ]
        )
        taken = {(seat.trip_id.id, seat.partner_id.id): seat for seat in others}
        for pair, times in wanted.items():
            seat = taken.get(pair)
            if seat or times > 1:
                self._raise_second_seat(pair, seat)

    def _raise_second_seat(self, pair, seat):
        partner = self.env["res.partner"].browse(pair[1])
        trip = self.env["dive.trip"].browse(pair[0])
        if not seat:
            raise ValidationError(
                self.env._(
                    "%(diver)s appears twice in this booking: remove one of the two.",
                    diver=partner.name,
                )
            )
        raise ValidationError(
            self.env._(
                "%(diver)s is on “%(trip)s” already, in booking %(booking)s.",
                diver=partner.name,
                trip=trip.display_name,
                booking=seat.booking_id.name,
            )
        )

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # what the context of a call adds is checked like what it says
        defaults = self.default_get(["booking_id", "partner_id"])
        vals_list = [{**defaults, **vals} for vals in vals_list]
        bookings = self.env["dive.booking"].browse(
            [vals.get("booking_id") for vals in vals_list]
        )
        for booking in bookings:
            booking._check_takes_divers()
        self.browse()._check_one_seat(
            [
                (booking.trip_id.id, vals.get("partner_id"))
                for booking, vals in zip(bookings, vals_list, strict=True)
            ]
        )
        seats = super().create(vals_list)
        # a diver added to a confirmed booking takes a place at once, or is refused
        seats.filtered(lambda seat: seat.booking_id.state == "confirmed")._set_state(
            "booked"
        )
        return seats

    def write(self, vals):
        self._check_write(vals)
        if "state" not in vals:
            return super().write(vals)
        before = self._held_by_trip()
        dived = self.filtered(lambda seat: seat.state == "done")
        result = super().write(vals)
        self._apply_held_since(before)
        (self & dived).filtered(lambda seat: seat.state != "done")._unlog_dives()
        (self - dived).filtered(lambda seat: seat.state == "done")._log_dives()
        return result

    def _check_write(self, vals):
        for seat in self:
            if (
                vals.get("booking_id", seat.booking_id.id) != seat.booking_id.id
                and not self._dive_is_unlocked()
            ):
                raise UserError(
                    self.env._(
                        "%(seat)s cannot change bookings like this: use “Move to"
                        " another trip”, or cancel this place and add the diver to the"
                        " other booking.",
                        seat=seat.display_name,
                    )
                )
            if "price_unit" in vals:
                seat._check_price_open(vals["price_unit"])
        if "partner_id" in vals:
            self._check_new_diver(vals["partner_id"])
        if vals.get("state", "cancelled") != "cancelled":
            revived = self.filtered(lambda seat: seat.state == "cancelled")
            revived._check_one_seat(
                [(seat.trip_id.id, seat.partner_id.id) for seat in revived]
            )

    def _check_new_diver(self, partner_id):
        changed = self.filtered(lambda seat: seat.partner_id.id != partner_id)
        for seat in changed:
            if seat.state in ("done", "no_show"):
                raise UserError(
                    self.env._(
                        "The trip is over: %(seat)s stays on record.",
                        seat=seat.display_name,
                    )
                )
        active = changed.filtered(lambda seat: seat.state != "cancelled")
        active._check_one_seat([(seat.trip_id.id, partner_id) for seat in active])

    def _check_price_open(self, price):
        if self.invoice_state in ("draft", "invoiced") and price != self.price_unit:
            raise UserError(
                self.env._(
                    "%(seat)s is invoiced: change the price on the invoice, or make a"
                    " credit note first.",
                    seat=self.display_name,
                )
            )

    def unlink(self):
        before = self._held_by_trip()
        self._unlog_dives()
        result = super().unlink()
        self.env["dive.trip"]._change_seats({k: -n for k, n in before.items()})
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        if self._dive_is_unlocked():
            # An administrator's erasure: see ResPartner._dive_erase_bookings.
            return
        for seat in self:
            if seat.sudo().invoice_line_ids or seat.state in ("done", "no_show"):
                raise UserError(
                    self.env._(
                        "%(seat)s stays on record: cancel this place instead.",
                        seat=seat.display_name,
                    )
                )

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_open_booking(self):
        """Open the booking in which the diver has the place."""
        self.ensure_one()
        return self.booking_id.get_formview_action()

    def action_check_in(self):
        """Mark booked divers as arrived."""
        self._step(("booked", "no_show"), "checked_in")

    def action_no_show(self):
        """Mark divers who did not come; their place stays theirs and is charged."""
        self._step(("booked", "checked_in", "done"), "no_show")

    def action_undo(self):
        """Take back a check-in or a no-show."""
        for seat in self:
            after = "done" if seat.trip_id.state == "done" else "booked"
            seat._step(("checked_in", "no_show"), after)

    def action_cancel(self):
        """Give the place of these divers back; the last one cancels the booking."""
        self.check_access("write")
        seats = self.filtered(lambda seat: seat.state != "cancelled")
        for booking in seats.booking_id:
            mine = seats & booking.diver_ids
            if booking._active_seats() == mine:
                booking.action_cancel()
            else:
                mine._step((*SEAT_COMING, "requested", "waitlisted"), "cancelled")
                mine._drop_draft_invoice_lines()
                booking._log_divers(mine, self.env._("Place cancelled"))

    def _step(self, states, target):
        self.check_access("write")
        for seat in self:
            if seat.state not in states:
                raise UserError(
                    self.env._(
                        "%(seat)s is “%(state)s”, so this is not possible.",
                        seat=seat.display_name,
                        state=seat._dive_state_name(),
                    )
                )
        self._set_state(target)
