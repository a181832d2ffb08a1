"""How an emergency sheet reads the profiles of those for whom it was opened."""

from typing import NamedTuple

from odoo import models


class Grant(NamedTuple):
    """Leave for one person to read of some divers, with the reason that was given.

    A class of its own: no JSON of a caller's context is one. Narrower than a ticket.
    """

    user_id: int
    partner_ids: frozenset
    reason: str


class DiveMedicalProfile(models.Model):
    _inherit = "dive.medical.profile"

    def _dive_granted(self, opening):
        """Return the profiles of an opening's divers, open for the current user.

        To be called after ``opening._dive_look()``, which asks for the right.
        """
        grant = Grant(
            self.env.uid, frozenset(opening._dive_partner_ids()), opening.reason
        )
        # sudo: guides have no right to profiles; the grant opens these alone
        profiles = self.sudo().with_context(dive_emergency=grant)
        return profiles.search([("partner_id", "in", list(grant.partner_ids))])

    def _dive_secret_ask(self, field_names, operation):
        grant = self.env.context.get("dive_emergency")
        if (
            isinstance(grant, Grant)
            and operation == "read"
            and grant.user_id == self.env.uid
            # sudo: whose they are
            and grant.partner_ids.issuperset(self.sudo().partner_id.ids)
        ):
            return grant.reason
        return super()._dive_secret_ask(field_names, operation)
