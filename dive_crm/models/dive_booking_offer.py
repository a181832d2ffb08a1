"""Places that are kept for those who waited, until they answer."""

import hmac as compare
import re

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime, hmac

from ..tools.day_words import day_format

#: What may be the number of a row.
NUMBER = re.compile(r"[0-9]{1,10}")
LARGEST_ID = 2**31 - 1


class DiveBookingOffer(models.Model):
    """One offer: answered once, whoever answers, and however many at once."""

    _name = "dive.booking.offer"
    _description = "Offer of a place"
    _order = "id desc"
    _rec_name = "booking_id"

    booking_id = fields.Many2one(
        "dive.booking", required=True, readonly=True, index=True, ondelete="cascade"
    )
    trip_id = fields.Many2one(
        "dive.trip", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="trip_id.company_id", store=True, index=True)
    seat_ids = fields.One2many("dive.booking.diver", "offer_id", "Divers")
    until = fields.Datetime("Open until", required=True, readonly=True)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            ("lapsed", "Offer lapsed"),
            ("withdrawn", "Withdrawn"),
        ],
        default="open",
        required=True,
        readonly=True,
    )
    answered_on = fields.Datetime(readonly=True)

    _open = models.Index("(trip_id, until) WHERE state = 'open'")

    # ------------------------------------------------------------------
    # The link
    # ------------------------------------------------------------------

    def _dive_token(self):
        """Return what stands in the address of this offer.

        It is signed with the secret of the database and kept nowhere.
        """
        self.ensure_one()
        # sudo: the secret is for the server alone
        sign = hmac(self.env(su=True), "dive-booking-offer", self.id)
        return f"{self.id}-{sign}"

    def _dive_url(self):
        return f"{self.get_base_url()}/dive/offer/{self._dive_token()}"

    @api.model
    def _dive_of(self, token):
        """Return the offer of a token as superuser; empty: wrong, lapsed, answered."""
        # sudo: who has the address may answer
        offers = self.sudo()
        number, _dash, _sign = (token or "").partition("-")
        if not NUMBER.fullmatch(number) or int(number) > LARGEST_ID:
            return offers
        offer = offers.browse(int(number))
        if not compare.compare_digest(offer._dive_token().encode(), token.encode()):
            return offers
        offer = offer.exists()
        return offer if offer and offer._dive_is_open() else offers

    def _dive_is_open(self):
        return self.state == "open" and self.until > fields.Datetime.now()

    def _dive_until_words(self):
        """Return the end as people of the user's language say it."""
        return format_datetime(
            self.env,
            self.until,
            tz=self.env.context.get("tz"),
            dt_format=day_format(self.env, time=True),
        )

    def _dive_price(self):
        """Return what the places cost who is offered them, with taxes.

        What others pay for theirs, the page does not say.
        """
        booking = self.booking_id
        return sum(
            booking._price_with_taxes(seat.price_unit, payer=booking.partner_id)
            for seat in self._dive_seats()
            if seat._dive_payer() == booking.partner_id
        )

    def _dive_seats(self):
        """Return what is still offered: somebody of the group may have left."""
        return self.seat_ids.filtered(lambda seat: seat.state == "offered")

    # ------------------------------------------------------------------
    # The answer
    # ------------------------------------------------------------------

    def _dive_close(self, state, late=False):
        """Close open offers; return those that nobody else has closed.

        One conditional UPDATE: of two answers, or an answer and the end of the offer,
        at the same moment one counts.

        :param bool late: also those whose time is over
        """
        if not self:
            return self
        self.flush_recordset()
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                "UPDATE dive_booking_offer SET state = %s, answered_on = %s"
                " WHERE id IN %s AND state = 'open' AND (until > %s OR %s)"
                " RETURNING id",
                state,
                now,
                self._ids,
                now,
                late,
            )
        )
        self.invalidate_recordset(["state", "answered_on"], flush=False)
        return self.browse(sorted(row[0] for row in rows))

    def _dive_accept(self, late=False):
        """Book the places that are offered; return whether the offer was open."""
        self.ensure_one()
        if not self._dive_close("accepted", late):
            return False
        seats = self._dive_seats()
        booking = self.booking_id
        seats._set_state("booked")
        if booking.state == "draft":
            booking._dive_unlocked().write({"state": "confirmed"})
        booking._log_divers(
            seats,
            self.env._("The offered places are accepted, at the desk")
            if late
            else self.env._("The offered places are accepted, by the link"),
        )
        return True

    def _dive_decline(self):
        """Give the places back; return whether the offer was open."""
        self.ensure_one()
        if not self._dive_close("declined"):
            return False
        self.booking_id._dive_off_list(
            self.env._("The offered places are declined, by the link"), self
        )
        return True

    def _dive_lapse(self):
        """Take those off the list who did not answer in time, and tell them."""
        for offer in self._dive_close("lapsed", late=True):
            booking = offer.booking_id
            title = self.env._("Nobody answered the offer in time")
            booking._dive_off_list(title, offer)
            self.env["dive.booking.notice"]._dive_tell(booking, "lapsed", offer)
