"""Pages of the portal that ask for a login: links to them bear no token."""

from odoo import fields, models


class DivePortalPageMixin(models.AbstractModel):
    """A document with a page of its own, for those who may read it."""

    _name = "dive.portal.page.mixin"
    _description = "Page in the portal"
    _inherit = ["portal.mixin"]

    # who has it opens the page without a right to read; no diver reads it over the API
    access_token = fields.Char(groups="base.group_user")

    def _get_share_url(
        self, redirect=False, signup_partner=False, pid=None, share_token=True
    ):
        """Leave out the token for who may not read it: the login is enough.

        Odoo follows its own links with the rights of who clicks: the diver was told
        that the token is not theirs to read, and never saw the page.
        """
        mine = self._has_field_access(self._fields["access_token"], "read")
        return super()._get_share_url(
            redirect, signup_partner, pid, share_token=share_token and mine
        )
