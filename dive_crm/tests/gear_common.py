"""What tests about gear share."""

from datetime import timedelta

from odoo import Command


class GearMixin:
    """Two kinds with items, one by number, and divers who have said their size."""

    @classmethod
    def setUpGear(cls):
        """Call from ``setUpClass``, after the users are there."""
        Kind = cls.env["dive.equipment.kind"]
        # those of the demo or of the data would come along
        Kind.search([]).write({"usual": False})
        cls.bcd, cls.regulator, cls.lead = Kind.create(
            [
                {
                    "name": "Jacket",
                    "sequence": 1,
                    "preference": "dive_size_bcd",
                    "product_id": cls._product(name="Rental", list_price=12).id,
                    "size_ids": [
                        Command.create({"name": name, "sequence": place})
                        for place, name in enumerate(("S", "M", "L"))
                    ],
                },
                {"name": "Regulator", "sequence": 2, "service_months": 12},
                {
                    "name": "Lead",
                    "sequence": 3,
                    "counted": True,
                    "unit": "kg",
                    "preference": "dive_weight_kg",
                },
            ]
        )
        cls.small, cls.medium, cls.large = cls.bcd.size_ids
        cls.bcd_m1 = cls._item("Jacket M1", size_id=cls.medium.id, barcode="M1")
        cls.bcd_m2 = cls._item("Jacket M2", size_id=cls.medium.id)
        cls.bcd_l = cls._item("Jacket L", size_id=cls.large.id)
        cls.reg_1 = cls._item("Reg 1", kind_id=cls.regulator.id, serial="SN 100%")
        cls.reg_2 = cls._item("Reg 2", kind_id=cls.regulator.id)
        cls.anna = cls._customer(
            "Anna Keller", dive_size_bcd="M, 5 mm", dive_weight_kg=6
        )
        cls.tom = cls._customer(
            "Tom Keller", dive_size_bcd="L", dive_own_gear="mask, regulator"
        )

    @classmethod
    def _item(cls, name, **vals):
        return cls.env["dive.equipment"].create(
            {"name": name, "kind_id": cls.bcd.id, **vals}
        )

    @classmethod
    def _gear(cls, trip, diver, kind):
        """Return what a diver needs of a kind on a trip."""
        return cls.env["dive.gear"].search(
            [
                ("trip_id", "=", trip.id),
                ("partner_id", "=", diver.id),
                ("kind_id", "=", kind.id),
            ]
        )


class TripGearMixin(GearMixin):
    """A trip of two divers, seen by the front desk, and how to prepare it.

    The instructor guides it.
    """

    @classmethod
    def setUpTripGear(cls):
        """Call from ``setUpClass``, after the users are there."""
        cls.setUpGear()
        cls.trip = cls._trip(name="Wreck", guide_ids=cls.instructor.partner_id.ids)
        cls.booking = cls._booking(cls.anna, cls.trip, cls.anna + cls.tom, confirm=True)
        cls.trip = cls.trip.with_user(cls.front)
        # as in a request: what was made is read anew
        cls.env.invalidate_all()

    def _prepare(self, trip=None):
        trip = trip or self.trip
        action = trip.action_prepare_gear()
        self.env.flush_all()
        return action["params"]

    def _other(self, hours=0, divers=None, **vals):
        """Make another trip so many hours after the start of the first."""
        start = self.trip.date_start + timedelta(hours=hours)
        trip = self._trip(name="Other", date_start=start, **vals)
        self._booking(self.tom if divers is None else divers, trip, confirm=True)
        return trip.with_user(self.front)

    def _of(self, diver, kind, trip=None):
        return self._gear(trip or self.trip, diver, kind).with_user(self.front)
