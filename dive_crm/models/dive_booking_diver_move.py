"""How divers move to another trip, in one transaction."""

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.seats import SEAT_HELD

#: Of these the diver can still go on another trip.
MOVABLE = ("requested", "waitlisted", "offered", "booked")


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def action_move(self, trip_id):
        """Move these divers to another trip.

        Each goes into a booking of the same payer there, or a new one. Who has a place,
        or waits for one, gets one there; who is only requested stays so. The price is
        that of the new trip, unless it is invoiced.

        :param int trip_id: the trip
        :return: an action that opens where they are now
        :raises UserError: one of them cannot; then all stay
        """
        trip = self.env["dive.trip"].browse(trip_id)
        trip.check_access("read")
        return self._dive_move(trip)._dive_action_open()

    def action_open_move(self):
        """Ask to which trip these divers move."""
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move to another trip"),
            "res_model": "dive.booking.move",
            "view_mode": "form",
            "target": "new",
            "context": {"default_seat_ids": self.ids},
        }

    def _dive_move(self, trip):
        """Move these divers; return the bookings in which they are now."""
        self.check_access("write")
        self._dive_check_move(trip)
        targets = self.env["dive.booking"]
        for source, seats in self.sorted("id").grouped("booking_id").items():
            requested = seats.filtered(lambda seat: seat.state == "requested")
            for some, states in (
                (seats - requested, ("booked", "confirmed")),
                (requested, ("requested", "draft")),
            ):
                if some:
                    targets |= some._dive_move_into(source, trip, *states)
            if not source._active_seats():
                source.action_cancel()
        self.filtered(lambda seat: seat.state in SEAT_HELD)._dive_check_fit()
        return targets

    def _dive_move_into(self, source, trip, seat_state, booking_state):
        """Move divers of one booking into one of the same payer there."""
        before = source.trip_id
        target = source._dive_booking_there(trip, booking_state)
        # With the state, places are taken and given back by what was and what is.
        self._dive_unlocked().write({"booking_id": target.id, "state": seat_state})
        if target.state != booking_state:
            target._dive_unlocked().write({"state": booking_state})
        self._dive_rename_invoice_lines()
        self.env["dive.medical.alert"]._dive_retract_stale(
            [("seat_id", "in", self.ids)]
        )
        source._log_divers(
            self,
            self.env._(
                "Moved to “%(trip)s” (%(booking)s)",
                trip=trip.display_name,
                booking=target.name,
            ),
        )
        target._log_divers(
            self,
            self.env._(
                "Moved here from “%(trip)s” (%(booking)s)",
                trip=before.display_name,
                booking=source.name,
            ),
        )
        return target

    def _dive_check_move(self, trip):
        trip._dive_check_bookable()
        trip._dive_check_queue(
            len(self.filtered(lambda seat: seat.state != "requested"))
        )
        self._dive_check_no_result()
        for seat in self:
            if seat.state not in MOVABLE:
                raise UserError(
                    self.env._(
                        "%(seat)s is “%(state)s” and stays on this trip: only divers"
                        " who are still to come can move. Undo a check-in first.",
                        seat=seat.display_name,
                        state=seat._dive_state_name(),
                    )
                )
            if seat.trip_id == trip:
                raise UserError(
                    self.env._(
                        "%(seat)s is on “%(trip)s” already: choose another trip.",
                        seat=seat.display_name,
                        trip=trip.display_name,
                    )
                )
            if seat.company_id != trip.company_id:
                raise UserError(
                    self.env._(
                        "“%(trip)s” is another company's, which sends invoices of its"
                        " own: cancel this place and book anew.",
                        trip=trip.display_name,
                    )
                )
            seat._dive_check_move_invoice(trip)
        self._check_one_seat([(trip.id, seat.partner_id.id) for seat in self])

    def _dive_check_move_invoice(self, trip):
        """An invoice that stands goes along, if it is for the same."""
        if self.invoice_state not in ("draft", "invoiced"):
            return
        if trip.product_id == self.trip_id.product_id:
            return
        raise UserError(
            self.env._(
                "%(seat)s is invoiced for “%(product)s”, and “%(trip)s” is another"
                " product. Cancel the draft invoice, or make a credit note, then move"
                " the diver and invoice anew.",
                seat=self.display_name,
                product=self.trip_id.product_id.display_name,
                trip=trip.display_name,
            )
        )

    def _dive_state_name(self):
        self.ensure_one()
        return dict(self._fields["state"]._description_selection(self.env))[self.state]

    def _dive_rename_invoice_lines(self):
        """Let draft invoices say on which trip the diver is now."""
        # sudo: whoever may move a diver need not make invoices
        for line in self.sudo().invoice_line_ids:
            seat = line.dive_booking_diver_id
            if line.dive_gear_id:
                continue  # what is rented is the same
            if line.move_id.state == "draft" and seat.trip_id:
                values = seat.booking_id._prepare_invoice_line(seat)
                line.name = values["name"]


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    can_move = fields.Boolean(compute="_compute_can_move")

    def _compute_can_move(self):
        for booking in self:
            seats = booking.diver_ids
            booking.can_move = any(seat.state in MOVABLE for seat in seats)

    def action_open_move(self):
        """Ask to which trip the divers of this booking move, and who of them."""
        seats = self.diver_ids.filtered(lambda seat: seat.state in MOVABLE)
        if not seats:
            raise UserError(
                self.env._("Nobody in this booking can move to another trip.")
            )
        return seats.action_open_move()

    def _dive_booking_there(self, trip, state):
        """Return a booking of the same payer on ``trip`` in ``state``, maybe new."""
        self.ensure_one()
        there = self.search(
            [
                ("trip_id", "=", trip.id),
                ("partner_id", "=", self.partner_id.id),
                ("state", "=", state),
                ("diver_ids.state", "not in", ("waitlisted", "offered")),
            ],
            order="id",
            limit=1,
        )
        if there and there._dive_hold_state(state):
            return there
        return self.create(
            {
                "partner_id": self.partner_id.id,
                "trip_id": trip.id,
                "source": self.source,
                "user_id": self.user_id.id,
                "note": self.note,
            }
        )

    def _dive_hold_state(self, state):
        """Say whether the booking is in ``state``, and have others who change it wait.

        The row is written, not only locked: a cancellation at the same moment begins
        anew and sees who has come.
        """
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                "UPDATE dive_booking SET state = state WHERE id = %s AND state = %s"
                " RETURNING id",
                self.id,
                state,
            )
        )
        return bool(self.env.cr.fetchone())

    def _dive_action_open(self):
        """Open these bookings."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "dive_crm.action_dive_booking"
        )
        action["context"] = {}
        if len(self) == 1:
            return {**action, "views": [(False, "form")], "res_id": self.id}
        return {**action, "domain": [("id", "in", self.ids)]}
