"""A diver who waits for a place, or is offered one."""

from odoo import api, fields, models

#: On the waiting list, or offered a place from it.
QUEUED = ("waitlisted", "offered")


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    wait_rank = fields.Integer(
        "Rank on the waiting list",
        readonly=True,
        copy=False,
        aggregator=None,
        help="Divers of a booking have the same; the lowest is next.",
    )
    wait_since = fields.Datetime("Waiting since", readonly=True, copy=False)
    offer_id = fields.Many2one(
        "dive.booking.offer",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    offer_until = fields.Datetime(related="offer_id.until", string="Offered until")
    wait_place = fields.Char("In the list", compute="_compute_wait_place")
    wait_held_up = fields.Boolean(related="booking_id.wait_held_up")

    _queue = models.Index(
        "(trip_id, wait_rank) WHERE state IN ('waitlisted', 'offered')"
    )

    @api.depends_context("lang")
    def _compute_wait_place(self):
        for seat in self:
            seat.wait_place = False
            if seat.state == "waitlisted":
                seat.wait_place = str(seat.booking_id.wait_place)
            elif seat.state == "offered":
                seat.wait_place = self.env._("Offer")

    def action_open_booking_reorder(self):
        """Ask for another place of this diver's group on the waiting list."""
        return self.booking_id.action_open_reorder()

    def action_accept_booking_offer(self):
        """Accept the places offered to this diver's group."""
        return self.booking_id.action_accept_offer()

    def write(self, vals):
        queued = self.browse()
        if "state" in vals:
            queued = self.filtered(lambda seat: seat.state in QUEUED)
        trips = queued.trip_id
        result = super().write(vals)
        if queued and vals["state"] != "waitlisted":
            queued._dive_after_queue(vals["state"])
            trips._dive_promote_soon()
        return result

    def _dive_after_queue(self, state):
        """Close the offers that these divers do not need any more."""
        if state not in QUEUED:
            self._dive_unlocked().write({"wait_rank": 0, "wait_since": False})
        offers = self.offer_id.filtered(
            lambda offer: (
                offer.state == "open"
                and "offered" not in offer.seat_ids.mapped("state")
            )
        )
        # sudo: whoever may change a place may end its offer; nobody writes offers
        offers.sudo()._dive_close("withdrawn", late=True)

    def unlink(self):
        offers = self.offer_id
        trips = self.trip_id
        result = super().unlink()
        # sudo: see _dive_after_queue
        open_offers = offers.sudo().filtered(lambda offer: offer.state == "open")
        open_offers.filtered(lambda offer: not offer.seat_ids)._dive_close(
            "withdrawn", late=True
        )
        trips._dive_promote_soon()
        return result
