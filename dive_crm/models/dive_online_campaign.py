"""What brought somebody who books on-line: the code of an offer, the link of a mailing.

Under ``dive_came_by`` the context has both; see :meth:`DiveBooking._dive_coming_by`.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError


class DiveBooking(models.Model):
    _inherit = "dive.booking"

    def _dive_coming_by(self, offer, campaign, must=True):
        """Return bookings that will be made with a code and a campaign.

        :param bool must: no booking without the offer; otherwise the desk decides
        """
        return self.with_context(
            dive_came_by={"offer": offer.id, "campaign": campaign.id, "must": must}
        )

    @api.model
    def _dive_make_online(self, trip, payer, entries, key, note=""):
        booking = super()._dive_make_online(trip, payer, entries, key, note)
        if came := self.env.context.get("dive_came_by"):
            booking._dive_note_came_by(came)
        return booking

    def _dive_note_came_by(self, came):
        self.ensure_one()
        if came["campaign"]:
            self.campaign_id = came["campaign"]
        if not came["offer"]:
            return
        try:
            with self.env.cr.savepoint():
                self.offer_id = came["offer"]
                self.env.flush_all()
        except UserError:
            if came["must"]:
                raise
            self.invalidate_recordset()


class DiveOnlineRequest(models.Model):
    _inherit = "dive.online.request"

    offer_id = fields.Many2one(
        "dive.campaign.offer", index="btree_not_null", ondelete="restrict"
    )
    campaign_id = fields.Many2one(
        "utm.campaign", index="btree_not_null", ondelete="set null"
    )

    def _dive_book(self, trip):
        bookings = self.env["dive.booking"]._dive_coming_by(
            self.offer_id, self.offer_id.campaign_id or self.campaign_id, must=False
        )
        return super(DiveOnlineRequest, self.with_env(bookings.env))._dive_book(trip)

    def _dive_settle(self, booking, owner):
        """Nobody is booked at once at another price than the form has shown."""
        if not self.offer_id or booking.offer_id:
            return super()._dive_settle(booking, owner)
        text = self.env._(
            "The code “%(code)s” could no longer be used: tell them what it costs"
            " without it before you confirm.",
            code=self.offer_id.code,
        )
        booking._message_log(body=text)
        booking._dive_tell_desk("newcomer", text)
        return "request"


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def _dive_online_price_with(self, offer, payer):
        """Return what a place costs this payer with an offer, with taxes."""
        self.ensure_one()
        price = self._dive_online_price(payer)
        # sudo: products and prices are not for the portal to read; the price is
        trip, offer = self.sudo(), offer.sudo()
        if offer.gives != "prices" or not trip.product_id:
            return price
        lower = trip.env["dive.booking.diver"]._dive_price_of(
            trip.company_id, offer.pricelist_id, trip.product_id, 1, trip.date_start
        )
        booking = trip.env["dive.booking"].new(
            {"trip_id": trip.id, "partner_id": payer.id}
        )
        lower = booking._price_with_taxes(
            trip.company_id.currency_id.round(lower), trip.product_id
        )
        return min(price, lower)


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    @api.model
    def _dive_of_link(self, name):
        """Return the campaign that a link names, as superuser; none is ever made.

        Odoo's utm.mixin makes one of whatever an address says.
        """
        # sudo: visitors come by a campaign, and read none
        campaigns = self.sudo()
        if not name or len(name) > 200:
            return campaigns
        return campaigns.search([("name", "=", name)], limit=1)
