from odoo import api, models


class ResPartner(models.Model):
    """Whom somebody acts for in the portal: themselves, and their wards under age."""

    _inherit = "res.partner"

    @api.model
    def _dive_portal_people(self):
        """Return the user and the wards, as superuser.

        A ward of unknown age is one; a grown-up acts for themselves.

        :rtype: res.partner
        """
        # sudo: a guardian may not read the contact of a ward; here it is a name
        partners = self.sudo()
        me = self.env.user.partner_id
        limit = self.env["res.company"]._dive_minor_limit()
        wards = partners.search(
            [
                ("dive_guardian_id", "=", me.id),
                ("dive_customer", "=", True),
                ("company_id", "in", [*self.env.companies.ids, False]),
                "|",
                ("birthdate_date", "=", False),
                ("birthdate_date", ">", limit),
            ],
            order="name, id",
        )
        return partners.browse(me.ids) | wards
