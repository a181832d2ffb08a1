"""What tests of on-line booking share."""

import re
from datetime import date, timedelta

from odoo import fields

from .portal_common import PortalMixin


class OnlineMixin(PortalMixin):
    @classmethod
    def setUpOnline(cls):
        """Make a trip for two, and nothing that speaks against coming along."""
        cls.setUpPortal()
        cls.env["dive.fitness.rule"].search([]).severity = "off"
        # what the database has on sale is none of the test's
        cls.env["dive.trip.type"].search([]).online = False
        cls.env["dive.equipment.kind"].search([]).usual = False
        cls.company.write({"dive_online": "request", "dive_online_newcomers": True})
        cls.company.country_id = cls.env.ref("base.be")
        cls.kind = cls.env["dive.trip.type"].create({"name": "Reef"})
        cls.trip = cls._trip(name="Reef tour", type_id=cls.kind.id, capacity=2)
        cls.ward = cls._ward(cls.diver, birthdate_date=date.today() - timedelta(4000))
        cls.Booking = cls.env["dive.booking"]

    @classmethod
    def _rule(cls, code, severity):
        cls.env.ref(f"dive_crm.dive_fitness_rule_{code}").severity = severity

    def _mine(self, trip=None):
        return self.Booking.search(
            [("trip_id", "=", (trip or self.trip).id), ("source", "=", "online")]
        )

    def _key(self, page):
        return re.search(r'name="key" value="([^"]+)"', page)[1]

    def _fill(self, trip, number):
        """Sell places of a trip."""
        names = [f"Full {trip.id} {index}" for index in range(number)]
        people = self.Partner.union(*map(self._customer, names))
        return self._booking(people[0], trip, people, confirm=True)

    def _todo(self, booking):
        return booking.activity_ids.filtered(
            lambda one: (
                one.activity_type_id
                == self.env.ref("dive_crm.mail_activity_type_online")
            )
        )

    @classmethod
    def _soon(cls, hours):
        return fields.Datetime.now() + timedelta(hours=hours)
