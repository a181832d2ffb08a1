"""Who pays for what in a booking: one for all, or each their own."""

from odoo import api, fields, models


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    split = fields.Selection(
        [("together", "Pay together"), ("each", "Each pays")],
        "Payment",
        default="together",
        required=True,
        tracking=True,
        help="Each pays: an invoice for each diver, to the guardian of a minor. Who"
        " pays for whom can be changed in the list of divers.",
    )
    payer_count = fields.Integer("Number of payers", compute="_compute_payer_count")

    @api.depends("diver_ids.payer_id", "diver_ids.state", "partner_id")
    def _compute_payer_count(self):
        for booking in self:
            booking.payer_count = len(booking._dive_payers())

    @api.depends("diver_ids.amount_total", "diver_ids.state")
    def _compute_amount_total(self):
        """What the payers will be asked for, all together, with taxes and rental."""
        for booking in self:
            booking.amount_total = sum(booking._active_seats().mapped("amount_total"))

    def _dive_payers(self):
        """Return who pays for whom: payer → those of the divers who are not cancelled.

        :rtype: dict
        """
        result = {}
        for seat in self._active_seats():
            payer = seat._dive_payer()
            result[payer] = result.get(payer, seat.browse()) | seat
        return result

    def _dive_booking_there(self, trip, state):
        """Let a new booking of the same payer be paid for like this one."""
        there = super()._dive_booking_there(trip, state)
        if there.split != self.split and not there.diver_ids:
            there.split = self.split
        return there
