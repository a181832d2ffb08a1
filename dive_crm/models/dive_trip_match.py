"""Trips that are on sale for somebody, and who would like to come along."""

from odoo import api, fields, models
from odoo.fields import Domain


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    @api.model
    def _dive_next_for(self, partners):
        """Return the trips to come that these customers can still book, in order.

        Open, with a place that nobody waits for, of the customers' companies; of a
        customer without a company, the user's. Read as superuser: whom a trip is shown
        to is said by those who ask.

        :rtype: dive.trip
        """
        # sudo: portal users may not read trips, and are shown what is on sale
        companies = partners.sudo().company_id
        if not all(partner.company_id for partner in partners.sudo()):
            companies |= self.env.companies
        trips = self.sudo().search(
            Domain(
                [
                    ("state", "=", "open"),
                    ("date_start", ">", fields.Datetime.now()),
                    ("seats_free", ">", 0),
                    ("company_id", "in", companies.ids),
                ]
            )
        )
        return trips.filtered(lambda trip: not trip.wait_count)
