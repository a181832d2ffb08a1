"""What becomes of places when customers are merged into one."""

from odoo import api, models

from ..tools.seats import SEAT_HELD


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    @api.model
    def _dive_resolve_merge_duplicates(self, src_partners, dst_partner):
        """Leave one active place per trip to customers who are about to become one.

        To be called before the merge repoints rows, which the unique index on places
        would abort. The other places are cancelled, with a note, never deleted.

        :param src_partners: the customers that will disappear
        :param dst_partner: the customer that stays
        """
        # sudo: a merge spans all companies and bookings, whoever may start it
        seats = self.sudo().search(
            [
                ("partner_id", "in", (src_partners | dst_partner).ids),
                ("state", "!=", "cancelled"),
            ]
        )
        for same_trip in seats.grouped("trip_id").values():
            keep = same_trip.sorted(
                lambda seat: (
                    seat.state in SEAT_HELD,
                    seat.invoice_state in ("draft", "invoiced"),
                    seat.partner_id == dst_partner,
                    -seat.id,
                )
            )[-1]
            for seat in same_trip - keep:
                seat._dive_give_up_twin()
                seat.booking_id._log_divers(
                    seat,
                    self.env._(
                        "Customers were merged, and the other one is on this trip in"
                        " booking %(booking)s. Place cancelled",
                        booking=keep.booking_id.name,
                    ),
                )

    def _dive_give_up_twin(self):
        """Cancel a place of who has another one, and a booking with nobody else in it.

        Nobody is told that the place is cancelled: this diver still comes.
        """
        booking = self.booking_id
        if booking._active_seats() == self and booking.state in ("draft", "confirmed"):
            booking._dive_unlocked().write({"state": "cancelled"})
        self._set_state("cancelled")
        self._dive_unlocked().write({"cancelled_on": False})
        self._drop_draft_invoice_lines()
