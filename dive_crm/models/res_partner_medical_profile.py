from odoo import models

from .dive_secret_mixin import MEDICAL


class ResPartner(models.Model):
    """The way from a customer to the medical profile; what becomes of it at the end."""

    _inherit = "res.partner"

    def action_dive_medical_profile(self):
        """Open the medical profile, or an empty one.

        A manager is asked for a reason first.

        :raise AccessError: this user may not
        """
        self.ensure_one()
        profiles = self.env["dive.medical.profile"]
        medical = self.env.user.has_group(MEDICAL)
        if not medical and not self._dive_access_reason():
            return self.action_dive_access_reason()
        profile = profiles.search([("partner_id", "=", self.id)])
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "dive_crm.action_dive_medical_profile"
        )
        return {
            **action,
            "name": self.env._("Medical: %(diver)s", diver=self.name),
            "res_id": profile.id,
            "context": {"default_partner_id": self.id},
        }

    def _dive_reason_given(self):
        """Go on to the profile when the reason is given: see dive.access.reason."""
        return self.action_dive_medical_profile()

    def _dive_with_medical_profiles(self):
        """Return those who have a medical profile."""
        # sudo: whether there is one, also for those who may not see it
        profiles = self.env["dive.medical.profile"].sudo()
        found = profiles.search([("partner_id", "in", self.ids)]).partner_id
        return self.filtered(lambda partner: partner.id in found.ids)

    def _dive_erase_medical_profiles(self):
        """Delete the profile of somebody who is erased, which takes no key.

        Only reached by administrators: everybody else was sent to archiving.
        """
        # An administrator of the system need not have a role in the dive centre.
        profiles = self.env["dive.medical.profile"].sudo()
        profiles.search([("partner_id", "in", self.ids)])._dive_erase()
