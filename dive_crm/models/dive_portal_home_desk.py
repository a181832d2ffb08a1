"""What the diver sees, for the desk: the same page, and no way out of it."""

from odoo import api, models
from odoo.exceptions import AccessError

from .dive_access_log import note_access

#: The largest id that the database can compare.
LARGEST_ID = 2**31 - 1
#: how the access log calls it
FIELD = "dive_portal"


class DivePortalHome(models.AbstractModel):
    _inherit = "dive.portal.home"

    @api.model
    def _dive_shown(self, partner_id):
        """Return a customer whose page the user, of the desk, may see; or none.

        None as well where there is no such customer, or they are another company's.
        Who looked, or was refused, is in the access log.

        :rtype: res.partner
        """
        partners = self.env["res.partner"]
        if partner_id > LARGEST_ID:
            return partners
        partner = partners.browse(partner_id)
        if not partner.exists():
            return partners
        try:
            if not self.env.user.has_group("dive_crm.group_front_desk"):
                raise AccessError(self.env._("Only the front desk opens this."))
            partner.check_access("read")
        except AccessError:
            # sudo: whether it is a customer at all, for the log
            known = partner.sudo().filtered("dive_customer")
            note_access(known.sudo(False), [FIELD], "open", allowed=False)
            return partners
        if not partner.dive_customer:
            return partners
        note_access(partner._dive_portal_people(partner), [FIELD], "open")
        return partner

    @api.model
    def _dive_shown_page(self, partner):
        """Return the page of a customer whom :meth:`_dive_shown` has returned."""
        page = self._dive_page(partner, partner._dive_portal_people(partner))
        return self._dive_look_only(page)

    @api.model
    def _dive_look_only(self, page):
        """Return the page without its ways out: the desk does nothing here."""

        def shut(entries):
            return [entry._replace(url="") for entry in entries]

        trip = page["trip"]
        return {
            **page,
            "trip": trip and {**trip, "url": "", "calendar": ""},
            "offers": [{**offer, "url": ""} for offer in page["offers"]],
            "steps": [
                {**group, "steps": shut(group["steps"])} for group in page["steps"]
            ],
            "sections": shut(page["sections"]),
        }
