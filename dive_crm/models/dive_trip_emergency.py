"""The way from a trip to the emergency sheet of those aboard."""

from datetime import timedelta

from odoo import models

#: Who has a place and came, or may be about to: no_show stayed ashore.
ABOARD = ("booked", "checked_in", "done")


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    def _dive_aboard(self):
        """Return the divers of a trip, by name, as the superuser."""
        # sudo: to be called after asking whether this person may see them
        seats = self.sudo().seat_ids.filtered(lambda seat: seat.state in ABOARD)
        return seats.partner_id.sorted(lambda diver: (diver.name or "", diver.id))

    def _dive_emergency_day(self):
        """Say whether it is the day before the trip, its days, or the day after."""
        self.ensure_one()
        company = self.company_id
        one = timedelta(days=1)
        first = company._dive_day_of(self.date_start) - one
        last = company._dive_day_of(self.date_end) + one
        return first <= company._dive_today() <= last

    def action_dive_emergency_sheet(self):
        """Open the emergency page of the trip, which asks for a reason first.

        :raise AccessError: this user may not; the message says who can
        """
        self.ensure_one()
        self.env["dive.emergency.opening"]._dive_ask(self, self._dive_aboard())
        return {
            "type": "ir.actions.act_url",
            "url": f"/dive/emergency/trip/{self.id}",
            "target": "self",
        }


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def action_dive_emergency_sheet(self):
        """Open the emergency page of this diver on the trip.

        :raise AccessError: this user may not
        """
        self.ensure_one()
        action = self.trip_id.action_dive_emergency_sheet()
        # sudo: a diver may be a contact of another company
        diver = self.partner_id.sudo()
        return {**action, "url": f"{action['url']}?diver={diver.id}"}
