"""How a booking is confirmed and cancelled."""

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def action_confirm(self):
        """Take a place for each diver: for all of them, or for none.

        :raises UserError: no diver, a trip that cannot be booked, too few free places
        """
        self.env["dive.trip"]._dive_stand_in_line()
        self.check_access("write")
        for booking in self:
            if booking.state != "confirmed":
                booking._confirm_one()
        return True

    def _confirm_one(self, late=False):
        """Confirm one draft.

        :param bool late: also on a trip that is over (records entered afterwards)
        """
        self.ensure_one()
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(booking)s is closed: set it back to draft first.",
                    booking=self.display_name,
                )
            )
        seats = self.diver_ids.filtered(lambda seat: seat.state == "requested")
        if not seats:
            raise UserError(
                self.env._(
                    "%(booking)s has no diver yet: add at least one.",
                    booking=self.display_name,
                )
            )
        if not late:
            self.trip_id._dive_check_bookable()
            self.trip_id._dive_check_queue(len(seats))
        self._dive_unlocked().write({"state": "confirmed"})
        seats._set_state("booked")

    def action_cancel(self):
        """Give all places back; draft invoices are cancelled with the booking.

        :returns: True, or for one booking with posted invoices the credit note dialog
        :raises UserError: the trip has taken place
        """
        self.check_access("write")
        for booking in self:
            if booking.state == "done":
                raise UserError(
                    self.env._(
                        "%(booking)s has taken place. Make a credit note on its"
                        " invoice, or reopen the trip.",
                        booking=booking.display_name,
                    )
                )
        bookings = self.filtered(lambda booking: booking.state != "cancelled")
        bookings._dive_unlocked().write({"state": "cancelled"})
        seats = bookings._active_seats()
        seats._set_state("cancelled")
        seats._drop_draft_invoice_lines()
        if len(self) == 1 and self._moves_to_credit():
            return self.action_credit_note()
        return True

    def action_draft(self):
        """Take a cancellation back: the divers are requested again, without places."""
        self.check_access("write")
        bookings = self.filtered(lambda booking: booking.state == "cancelled")
        bookings._dive_unlocked().write({"state": "draft"})
        bookings.diver_ids._set_state("requested")
        return True

    def _check_takes_divers(self):
        """Raise unless divers may be added now."""
        if not self:
            return
        if self.state in ("done", "cancelled"):
            raise UserError(
                self.env._(
                    "%(booking)s is closed: no diver can be added to it.",
                    booking=self.display_name,
                )
            )
        if self.state == "confirmed":
            self.trip_id._dive_check_bookable()
            self.trip_id._dive_check_queue(1)

    def _log_divers(self, seats, title):
        """Leave a note on the booking that names the divers of ``seats``."""
        names = Markup(", ").join(seats.partner_id.mapped("name"))
        self._message_log(body=Markup("%s: %s") % (title, names))
