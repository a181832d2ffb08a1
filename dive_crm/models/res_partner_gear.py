"""What gear a customer is likely to need: as they said, else as the last time."""

from odoo import models

from ..tools.gear_size import mentions
from .dive_equipment_kind import PREFERENCES

#: What customers say of their gear.
WISHES = ["dive_own_gear", *dict(PREFERENCES)]


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_gear_wishes(self, kinds):
        """Suggest size, number and what is their own; for many divers at once.

        :return: (partner id, kind id) → values of a ``dive.gear``
        :rtype: dict
        """
        self.fetch(WISHES)
        last = {
            (gear.partner_id.id, gear.kind_id.id): gear
            for gear in self._dive_last_gear(kinds)
        }
        return {
            (partner.id, kind.id): partner._dive_gear_wish(
                kind, last.get((partner.id, kind.id))
            )
            for partner in self
            for kind in kinds
        }

    def _dive_last_gear(self, kinds):
        """Return the newest need of each kind of each of these divers."""
        if not self.ids or not kinds.ids:
            return self.env["dive.gear"]
        # sudo: sizes are the same at all our companies
        Gear = self.env["dive.gear"].sudo()
        Gear.flush_model()
        self.env.cr.execute(
            "SELECT DISTINCT ON (partner_id, kind_id) id FROM dive_gear"
            " WHERE partner_id IN %s AND kind_id IN %s"
            " ORDER BY partner_id, kind_id, id DESC",
            [tuple(self.ids), tuple(kinds.ids)],
        )
        return Gear.browse([row[0] for row in self.env.cr.fetchall()])

    def _dive_gear_wish(self, kind, last=None):
        """Suggest one kind for one diver.

        :param last: what they needed of it the last time, if known
        """
        self.ensure_one()
        said = self[kind.preference] if kind.preference else False
        size = kind._dive_size_for(str(said) if said else "")
        if not size and last and last.size_id.kind_id == kind:
            size = last.size_id
        number = 1.0
        if kind.counted:
            wanted = said if isinstance(said, float) else 0
            number = wanted or (last.quantity if last else 0) or 1.0
        own = mentions(self.dive_own_gear, kind.name) or bool(last and last.own)
        return {"size_id": size.id, "quantity": number, "own": own}
