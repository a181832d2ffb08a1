import hmac
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Long enough to fill in a form in peace, too short to be passed around.
HOURS = 3


class DiveMedicalLink(models.Model):
    """An address at which one diver answers without a login, on the desk's tablet.

    It opens until it lapses, or until the form is signed. Who made it, at the desk, is
    to read no answers: it shows none that were given elsewhere, and from the first
    answer on it opens only in the browser that gave it.
    """

    _name = "dive.medical.link"
    _inherit = ["dive.link.mixin"]
    _description = "Address of a medical questionnaire"
    _log_access = True

    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    form_id = fields.Many2one(
        "dive.medical.form", index="btree_not_null", ondelete="set null"
    )
    browser_hash = fields.Char()

    @api.model
    def _dive_issue(self, partner):
        """Make an address for ``partner``; return its token, which is kept nowhere."""
        return self._dive_new_token(timedelta(hours=HOURS), partner_id=partner.id)

    def _dive_opens_for(self, key):
        """Say whether the browser that has this key may see the answers.

        :param key: what the browser's session has for this address, or None
        """
        self.ensure_one()
        return not self.browser_hash or bool(
            key and hmac.compare_digest(self.browser_hash, self._dive_hash(key))
        )

    def _dive_claim(self, key):
        """Let only the browser that has this key see what is answered from now on.

        :return: False if another browser was faster
        """
        self.flush_recordset()
        mine = self.env.execute_query(
            SQL(
                "UPDATE dive_medical_link SET browser_hash = %s WHERE id = %s"
                " AND COALESCE(browser_hash, %s) = %s RETURNING id",
                self._dive_hash(key),
                self.id,
                self._dive_hash(key),
                self._dive_hash(key),
            )
        )
        self.invalidate_recordset(["browser_hash"], flush=False)
        return bool(mine)

    @api.model
    def _dive_use_up(self, partner):
        """Close all addresses of a diver: the form is signed."""
        # sudo: see _dive_new_token
        self.sudo().search([("partner_id", "=", partner.id)]).unlink()
