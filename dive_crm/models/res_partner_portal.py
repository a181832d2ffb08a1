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

    def _dive_family_words(self, people):
        """Return what somebody reads of their family: of wards, and of the guardian.

        Called as superuser by the user's own page.

        :param people: whom they act for
        """
        self.ensure_one()
        _ = self.env._
        guardian = self.dive_guardian_id if self.dive_is_minor else self.browse()
        return {
            "wards": [
                {
                    "id": ward.id,
                    "name": ward.name,
                    "words": _(
                        "%(age)s years old: you decide until the 18th birthday.",
                        age=ward.dive_age,
                    )
                    if ward.birthdate_date
                    else _(
                        "We do not know the date of birth: please tell us, under"
                        " Profile."
                    ),
                }
                for ward in people - self
            ],
            "guardian": guardian
            and _(
                "%(name)s decides for you until you are grown up, and gets our"
                " messages.",
                name=guardian.name,
            ),
        }

    def action_dive_portal_page(self):
        """Show the desk what this diver sees in the portal."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/dive/portal/{self.id}",
            "target": "new",
        }
