import hashlib
import hmac
import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Long enough to fill in a form in peace, too short to be passed around.
HOURS = 3
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class DiveMedicalLink(models.Model):
    """An address at which one diver answers without a login, on the desk's tablet.

    Only the hash of what stands in the address is kept. It opens until it lapses, or
    until the form is signed. Who made it, at the desk, is to read no answers: it shows
    none that were given elsewhere, and from the first answer on it opens only in the
    browser that gave it.
    """

    _name = "dive.medical.link"
    _description = "Address of a medical questionnaire"
    _log_access = True

    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    token_hash = fields.Char(required=True)
    expires_at = fields.Datetime(required=True, index=True)
    form_id = fields.Many2one(
        "dive.medical.form", index="btree_not_null", ondelete="set null"
    )
    browser_hash = fields.Char()

    _token_unique = models.UniqueIndex("(token_hash)", "This address exists already.")

    @api.model
    def _dive_issue(self, partner):
        """Make an address for ``partner``; return its token, which is kept nowhere."""
        token = secrets.token_urlsafe(32)
        # sudo: nobody has the right to these rows; who may ask is the caller's to know
        self.sudo().create(
            {
                "partner_id": partner.id,
                "token_hash": self._dive_hash(token),
                "expires_at": fields.Datetime.now() + timedelta(hours=HOURS),
            }
        )
        return token

    @api.model
    def _dive_of(self, token):
        """Return the link of a token as superuser; empty: wrong, cut, lapsed, used."""
        links = self.sudo()
        if not TOKEN.fullmatch(token or ""):
            return links
        return links.search(
            [
                ("token_hash", "=", self._dive_hash(token)),
                ("expires_at", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

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
        # sudo: see _dive_issue
        self.sudo().search([("partner_id", "=", partner.id)]).unlink()

    @api.model
    def _dive_hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.autovacuum
    def _gc_lapsed(self):
        self.env.cr.execute(
            SQL(
                "DELETE FROM dive_medical_link WHERE expires_at < %s",
                fields.Datetime.now(),
            )
        )
