"""Whether somebody has a login for the portal, and what stands in the way of one."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize

PORTAL_STATES = [
    ("none", "No access"),
    ("invited", "Invited, has not come yet"),
    ("active", "Active"),
    ("revoked", "Access was taken away"),
    ("staff", "Works here"),
]


class ResUsers(models.Model):
    _inherit = "res.users"

    dive_invited_on = fields.Datetime("Invited on", readonly=True, copy=False)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _dive_portal_user(self):
        """Return who logs in as this person, archived ones too, as superuser."""
        # sudo: who has a login is for administrators to read; the desk has to know
        users = self.sudo().with_context(active_test=False).user_ids
        return users.sorted("active", reverse=True)[:1]

    def _dive_portal_state(self):
        """Return how far this person's access to the portal is."""
        user = self._dive_portal_user()
        if not user:
            return "none"
        if not user.share:
            return "staff"
        if not user.active or not user._is_portal():
            return "revoked"
        return "active" if user.login_date else "invited"

    def _dive_portal_obstacles(self):
        """Return why who of these cannot be given access: person → words."""
        emails = {person: email_normalize(person.email) for person in self}
        # sudo: logins are for administrators to read; only that there is one is said
        users = (
            self.env["res.users"]
            .sudo()
            .with_context(active_test=False)
            .search([("login", "in", list(filter(None, emails.values())))])
        )
        taken = {user.login: user.partner_id.id for user in users}
        words = {
            person: person._dive_portal_obstacle(
                email, taken.get(email, person.id) != person.id
            )
            for person, email in emails.items()
        }
        return {person: why for person, why in words.items() if why}

    def _dive_portal_obstacle(self, email, taken):
        _ = self.env._
        if not self.active:
            return _("Archived: bring the customer back first.")
        if self.dive_is_minor:
            return _("A minor without a guardian: fill in who decides.")
        if not (self.email or "").strip():
            return _("No e-mail address.")
        if not email:
            return _("“%(email)s” is not an e-mail address.", email=self.email[:80])
        if taken:
            return _("Somebody else logs in with this e-mail address.")
        return ""

    def action_dive_portal_access(self):
        """Open the dialog that gives these customers, or their guardians, a way in."""
        return self.env["dive.portal.dialog"]._dive_open(self)

    @api.model
    def _dive_check_inviter(self):
        """Refuse whoever is not of the front desk.

        :raise AccessError: neither front desk nor manager
        """
        if not self.env.user.has_group("dive_crm.group_front_desk"):
            raise AccessError(self.env._("The front desk gives access to the portal."))
