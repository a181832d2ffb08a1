"""Who in a company looks after what is medical."""

from odoo import models

OFFICERS = "dive_crm.group_medical"


class ResCompany(models.Model):
    _inherit = "res.company"

    def _dive_medical_officer(self):
        """Return who gets the activities about medical forms.

        The first medical officer; where there is none, who looks after certifications
        learns that something has arrived, and not what.

        :rtype: res.users
        """
        self.ensure_one()
        # sudo: who is in a group is for administrators to read
        people = self.env.ref(OFFICERS).sudo().all_user_ids
        people = people.filtered(
            lambda user: user.active and self in user.company_ids
        ).sorted("id")
        robot = self.env.ref("base.user_root")
        return (
            (people - robot)[:1]
            or self._dive_caretaker()
            or self.env.ref("base.user_admin").sudo()
        )
