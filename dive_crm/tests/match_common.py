"""What tests of matching need: two kinds of dive, two sites, and who likes which."""

from datetime import timedelta

from odoo import Command, fields


class MatchMixin:
    @classmethod
    def setUpMatch(cls):
        cls.now = fields.Datetime.now()
        types = cls.env["dive.trip.type"]
        cls.night = types.create({"name": "Night dive", "kind": "dive"})
        cls.wreck = types.create({"name": "Wreck dive", "kind": "dive"})
        cls.course = types.create({"name": "Rescue course", "kind": "course"})
        sites = cls.env["dive.site"]
        cls.wall = sites.create({"name": "The Wall"})
        cls.reef = sites.create({"name": "Coral Garden"})
        cls.product = cls._product()
        cls.anna = cls._customer("Anna Reef", email="anna@reef.test")
        cls.trip = cls._future(cls.night, sites=cls.wall)

    @classmethod
    def _future(cls, kind, days=3, sites=None, **vals):
        """Make an open trip to come."""
        return cls._trip(
            type_id=kind.id,
            product_id=cls.product.id,
            date_start=cls.now + timedelta(days=days),
            site_ids=[Command.set(sites.ids if sites else [])],
            **{"name": kind.name, **vals},
        )

    @classmethod
    def _dived(cls, kind, *divers, days=30, sites=None, **vals):
        """Make a trip that these divers have been on."""
        trip = cls._future(kind, -days, sites, capacity=len(divers) + 1, **vals)
        for diver in divers:
            booking = cls._booking(diver, trip)
            booking.diver_ids._set_state("done")
            booking._dive_unlocked().state = "done"
        trip._dive_unlocked().state = "done"
        return trip
