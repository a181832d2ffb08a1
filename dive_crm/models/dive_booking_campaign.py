"""Bookings with the code of an offer, and what they cost with it."""

from odoo import api, models
from odoo.exceptions import UserError

from ..tools.seats import SEAT_SOLD


class DiveBooking(models.Model):
    _name = "dive.booking"
    _inherit = ["dive.booking", "dive.offer.mixin"]

    def _dive_offer_company(self):
        return self.trip_id.company_id or super()._dive_offer_company()

    def _dive_offer_people(self):
        people = super()._dive_offer_people()
        return people | self._active_seats().partner_id

    def _dive_check_offer_fits(self, before):
        """Prices that are invoiced stay: neither does a code lower them later."""
        result = super()._dive_check_offer_fits(before)
        billed = {"draft", "invoiced"} & set(self.diver_ids.mapped("invoice_state"))
        if billed and "prices" in (before | self.offer_id).mapped("gives"):
            raise UserError(
                self.env._(
                    "%(booking)s is invoiced: cancel the draft invoice, or make a"
                    " credit note, before its code changes.",
                    booking=self.display_name,
                )
            )
        return result

    def _prepare_invoice_line(self, seat):
        """Name the code by which the price came about."""
        line = super()._prepare_invoice_line(seat)
        # sudo: whoever makes invoices may not read offers
        if offer := self.sudo().offer_id:
            words = offer._dive_line_words(seat._dive_payer())
            line["name"] = f"{line['name']}\n{words}"
        return line

    def _dive_booking_there(self, trip, state):
        """Divers who move to another trip take along what they were promised.

        Their code counts whether it is over by now or not, and they hold the use that
        they have, also if some of them stay.
        """
        there = super()._dive_booking_there(trip, state)
        if there.diver_ids or not (self.campaign_id or self.offer_id):
            return there
        there._dive_unlocked().write(
            {
                "campaign_id": self.campaign_id.id,
                "offer_id": self.offer_id.id,
                "offer_used_id": self.offer_used_id.id,
            }
        )
        self._dive_unlocked().offer_used_id = False
        return there


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def _dive_offer_pricelist(self):
        """Return the pricelist of the booking's offer, as superuser; maybe none."""
        # sudo: prices are the house's
        offer = self.booking_id.sudo().offer_id
        return offer.pricelist_id if offer.gives == "prices" else offer.pricelist_id[:0]

    @api.depends("booking_id.offer_id")
    def _compute_price_list(self):
        return super()._compute_price_list()

    def _dive_price_key(self, number=None):
        """Another code is another price, also of a place that is confirmed."""
        key = super()._dive_price_key(number)
        if not self._dive_offer_pricelist():
            return key
        head, _slash, number = key.rpartition("/")
        # sudo: which code a booking has
        return f"{head}/{self.booking_id.sudo().offer_id._origin.id}/{number}"

    def _dive_keeps_price(self, pricelists):
        keeps = super()._dive_keeps_price(pricelists)
        return keeps and (self.state in SEAT_SOLD or not self._dive_offer_pricelist())

    @api.model
    def _dive_prices(self, wanted):
        """With a code nothing costs more than without it."""
        prices = super()._dive_prices(wanted)
        known = {}
        for index, (seat, trip, product) in enumerate(wanted):
            pricelist = product and seat._dive_offer_pricelist()
            if not pricelist:
                continue
            company = trip.company_id or self.env.company
            number = seat._dive_price_number()
            key = (company, pricelist, product, number, trip.date_start)
            if key not in known:
                known[key] = company.currency_id.round(self._dive_price_of(*key))
            prices[index] = min(prices[index], known[key])
        return prices
