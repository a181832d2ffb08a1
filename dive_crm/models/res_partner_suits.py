"""“Trips that suit” on a customer's form: what to offer, and one click to book it."""

from odoo import api, models
from odoo.exceptions import AccessError

from ..tools.fitness import light
from .res_partner import STAFF_GROUPS

#: so many of the next trips are shown
SHOWN = 6


class ResPartner(models.Model):
    _inherit = "res.partner"

    @api.readonly
    def dive_suits_you(self):
        """Return the next trips that suit this customer, for the customer's form.

        :return: list of dicts: ``trip_id``, ``name``, ``when``, ``reasons``, ``free``
            (words), ``light``, ``light_label``, ``findings`` (what to look at)
        :rtype: list[dict]
        """
        self.ensure_one()
        self._dive_check_staff()
        trips = self._dive_trips_to_offer()
        suits = self._dive_suits(trips)
        trips = trips.filtered(lambda trip: (self.id, trip.id) in suits)[:SHOWN]
        found = self.env["dive.fitness"]._dive_findings([(t, self) for t in trips])
        lights = self.env["dive.booking.diver"]._fields["fitness"]
        labels = dict(lights._description_selection(self.env))
        return [
            {
                "trip_id": trip.id,
                "name": trip.name,
                "when": trip._dive_when(),
                "reasons": suits[self.id, trip.id],
                "free": trip._dive_free_text(),
                "light": light(found[trip.id, self.id]),
                "light_label": labels[light(found[trip.id, self.id])],
                "findings": [
                    finding.text
                    for finding in found[trip.id, self.id]
                    if finding.severity in ("block", "warn")
                ],
            }
            for trip in trips
        ]

    def _dive_check_staff(self):
        """Raise unless the user works in the dive centre and sees this customer."""
        self.check_access("read")
        if not self.env.user.has_groups(STAFF_GROUPS):
            raise AccessError(
                self.env._("Only those who work in the dive centre see this.")
            )

    def _dive_trips_to_offer(self):
        """Return the trips on sale, while which this customer is on no other."""
        trips = self.env["dive.trip"]._dive_next_for(self)
        trips = trips.filtered(lambda trip: trip.company_id in self.env.companies)
        # sudo: a place in whatever company keeps somebody from another trip
        mine = (
            self.env["dive.booking.diver"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self.id),
                    ("state", "!=", "cancelled"),
                    ("trip_id.state", "in", ("draft", "open")),
                ]
            )
            .trip_id
        )
        return trips.with_env(self.env).filtered(
            lambda trip: (
                not any(
                    other.date_start < trip.date_end
                    and other.date_end > trip.date_start
                    for other in mine
                )
            )
        )

    def action_dive_book_trip(self, trip_id):
        """Open a new booking on a trip, with payer and diver filled in."""
        action = self.action_dive_new_booking()
        trip = self.env["dive.trip"].browse(trip_id)
        trip.check_access("read")
        action["context"] = dict(action["context"], default_trip_id=trip.id)
        return action
