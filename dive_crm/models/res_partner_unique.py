from typing import NamedTuple

from odoo import models
from odoo.tools import SQL


class Claim(NamedTuple):
    """A value that a customer is about to have to itself, within a company."""

    value: str
    company_id: int | bool
    name: str

    def meets(self, company_id):
        """Tell whether a customer of ``company_id`` shares a space with the claimant.

        A customer without a company is everybody's, and so meets those of each company.
        """
        return not self.company_id or not company_id or self.company_id == company_id


class ResPartner(models.Model):
    """What only one customer may have is looked up before the database is asked.

    The unique indexes speak for two desks at the same moment, and only when a record is
    written out; by then it is too late to say who has it.
    """

    _inherit = "res.partner"

    def _dive_claims(self, column, vals_list):
        """Return the claims on ``column`` of partners created with ``vals_list``."""
        return [
            Claim(vals[column], vals.get("company_id"), vals.get("name") or "")
            for vals in vals_list
            if vals.get(column) and self._dive_is_customer_in(vals)
        ]

    def _dive_claims_after(self, column, vals):
        """Return the claims on ``column`` of ``self`` after a write of ``vals``."""
        if not {column, "dive_customer", "company_id", "active"} & vals.keys():
            return []
        claims = []
        for partner in self:
            value = vals.get(column, partner[column])
            company = vals.get("company_id", partner.company_id.id)
            if value and vals.get("dive_customer", partner.dive_customer):
                claims.append(Claim(value, company, partner.name or ""))
        return claims

    def _dive_find_owner(self, column, claims, archived=True):
        """Return the first claim that somebody else has made before, and who.

        :param str column: a column of partners, ``ref`` or ``email_normalized``
        :param list[Claim] claims: for ``self``, or for partners to come
        :param bool archived: whether archived customers keep their value
        :return: ``(claim, partner or claim)``; the partner may be one that the user
            does not see; ``None`` if all is free
        """
        seen = {}
        for claim in claims:
            for other in seen.setdefault(claim.value, []):
                if claim.meets(other.company_id):
                    return claim, other
            seen[claim.value].append(claim)
        if not seen:
            return None
        self.flush_model([column, "dive_customer", "company_id", "active"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %(column)s, company_id FROM res_partner"
                " WHERE dive_customer IS TRUE AND %(column)s IN %(values)s%(active)s"
                " AND id NOT IN %(own)s ORDER BY id",
                column=SQL.identifier(column),
                values=tuple(seen),
                active=SQL("") if archived else SQL(" AND active IS TRUE"),
                own=tuple(self.ids) or (0,),
            )
        )
        for partner_id, value, company_id in rows:
            for claim in seen[value]:
                if claim.meets(company_id):
                    return claim, self.browse(partner_id)
        return None
