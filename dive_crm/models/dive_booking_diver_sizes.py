"""Which sizes of a diver's gear are not known: what the portal asks for."""

from odoo import models

from .dive_equipment_kind import PREFERENCES

#: what somebody can say of themselves, and what is chosen by size
BY_SIZE = {name for name, _label in PREFERENCES if name.startswith("dive_size_")}


class DiveBookingDiver(models.Model):
    _inherit = "dive.booking.diver"

    def _dive_sizes_missing(self):
        """Return what of each diver's gear has no size yet, and should have.

        Only kinds of which a diver can say the size; a place on a trip that needs none
        of them is not in it.

        :return: {seat: dive.equipment.kind}
        :rtype: dict
        """
        missing = {}
        for trip, seats in self.grouped("trip_id").items():
            kinds = trip._dive_gear_kinds().filtered(
                lambda kind: kind.preference in BY_SIZE and kind.size_ids
            )
            if not kinds:
                continue
            wishes = seats.partner_id._dive_gear_wishes(kinds)
            for seat in seats:
                wanted = [
                    kind.id
                    for kind in kinds
                    if seat._dive_lacks_size(kind, wishes[seat.partner_id.id, kind.id])
                ]
                missing[seat] = kinds.browse(wanted)
        return missing

    def _dive_lacks_size(self, kind, wish):
        """Say whether we do not know which size of a kind this diver gets."""
        gear = self.gear_ids.filtered(lambda one: one.kind_id == kind)[:1]
        if gear and (gear.own or gear.size_id):
            return False
        return not (wish["own"] or wish["size_id"])

    def _dive_fill_sizes(self):
        """Write down sizes that have become known since the gear was noted."""
        for trip, seats in self.grouped("trip_id").items():
            gears = seats.gear_ids.filtered(
                lambda gear: not gear.own and not gear.size_id and not gear.equipment_id
            )
            wishes = seats.partner_id._dive_gear_wishes(trip._dive_gear_kinds())
            for gear in gears:
                wish = wishes.get((gear.partner_id.id, gear.kind_id.id))
                if wish and wish["size_id"]:
                    gear.size_id = wish["size_id"]
