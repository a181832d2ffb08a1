from odoo import api, models


class ResPartner(models.Model):
    """Whom somebody acts for in the portal: themselves, and their wards under age."""

    _inherit = "res.partner"

    @api.model
    def _dive_portal_acting(self):
        """Return for whom the user acts, as superuser; staff for themselves alone.

        The desk writes who is whose guardian, and could let itself in to anybody.
        """
        people = self._dive_portal_people()
        if self.env.user._is_internal():
            people &= self.env.user.partner_id
        return people

    @api.model
    def _dive_portal_people(self, me=None):
        """Return the user and the wards, as superuser.

        A ward of unknown age is one; a grown-up acts for themselves.

        :param me: somebody else than the user, of whom it is asked
        :rtype: res.partner
        """
        # sudo: a guardian may not read the contact of a ward; here it is a name
        partners = self.sudo()
        me = me or self.env.user.partner_id
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

    def action_dive_portal_page(self):
        """Show the desk what this diver sees in the portal."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/dive/portal/{self.id}",
            "target": "new",
        }
