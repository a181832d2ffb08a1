"""Who looks after certifications that end."""

from odoo import api, fields, models

#: Who may be asked to look after it where nobody was chosen, first come first.
CARETAKERS = ("dive_crm.group_manager", "dive_crm.group_front_desk")
#: Who may be chosen: an activity names a diver, and is of a card.
ROLES = ("dive_crm.group_front_desk", "dive_crm.group_instructor")


class ResCompany(models.Model):
    _inherit = "res.company"

    dive_certification_user_id = fields.Many2one(
        "res.users",
        "Looks after certifications",
        domain=lambda self: [
            ("share", "=", False),
            ("all_group_ids", "in", [self.env.ref(role).id for role in ROLES]),
        ],
        ondelete="set null",
        help="Gets an activity for each certification that ends. Nobody chosen: the"
        " first manager of the dive centre.",
    )

    @api.model
    def _dive_main_company(self):
        """Return the company that customers without one belong to: the first."""
        # sudo: the user need not work in it
        return self.sudo().search([], order="id", limit=1)

    def _dive_caretaker(self):
        """Return who gets the activities about certifications, if anybody works here.

        :rtype: res.users
        """
        return self._dive_who_cares("dive_certification_user_id", ROLES)

    def _dive_who_cares(self, name, roles):
        """Return who was chosen, or the first of those who may be asked.

        :param str name: the field in which somebody is chosen
        :param roles: groups, one of which whoever is chosen has to be in
        :rtype: res.users
        """
        self.ensure_one()
        # Whose groups and companies these are is not for everybody to read.
        chosen = self.sudo()[name]
        if (
            chosen.active
            and self in chosen.company_ids
            and any(chosen.has_group(role) for role in roles)
        ):
            return chosen
        for group in CARETAKERS:
            # sudo: who is in a group is for administrators to read
            people = (
                self.env.ref(group)
                .sudo()
                .all_user_ids.filtered(
                    lambda user: user.active and self in user.company_ids
                )
            )
            # the robot reads no activities
            people -= self.env.ref("base.user_root")
            if people:
                return people.sorted("id")[:1]
        return self.env["res.users"].sudo()


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    dive_certification_alert = fields.Boolean(
        related="company_id.dive_certification_alert", readonly=False
    )
    dive_certification_alert_days = fields.Char(
        related="company_id.dive_certification_alert_days", readonly=False
    )
    dive_certification_user_id = fields.Many2one(
        related="company_id.dive_certification_user_id", readonly=False
    )
