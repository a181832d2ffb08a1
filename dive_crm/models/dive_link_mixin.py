import hashlib
import re
import secrets

from odoo import api, fields, models
from odoo.tools import SQL

#: What :func:`secrets.token_urlsafe` makes of 32 bytes.
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class DiveLinkMixin(models.AbstractModel):
    """An address that opens something without a login, until it lapses.

    Only the hash of what stands in the address is kept.
    """

    _name = "dive.link.mixin"
    _description = "Address that opens without a login"

    token_hash = fields.Char(required=True)
    expires_at = fields.Datetime(required=True, index=True)

    _token_unique = models.UniqueIndex("(token_hash)", "This address exists already.")

    @api.model
    def _dive_new_token(self, lasts, **vals):
        """Make an address; return its token, which is kept nowhere.

        :param timedelta lasts: how long it opens
        :param vals: what it opens
        """
        token = secrets.token_urlsafe(32)
        # sudo: nobody has the right to these rows; who may ask is the caller's to know
        self.sudo().create(
            {
                **vals,
                "token_hash": self._dive_hash(token),
                "expires_at": fields.Datetime.now() + lasts,
            }
        )
        return token

    @api.model
    def _dive_of(self, token):
        """Return the link of a token as superuser; empty: wrong, cut, lapsed, used."""
        links = self.sudo()  # see _dive_new_token
        if not TOKEN.fullmatch(token or ""):
            return links
        return links.search(
            [
                ("token_hash", "=", self._dive_hash(token)),
                ("expires_at", ">", fields.Datetime.now()),
            ],
            limit=1,
        )

    @api.model
    def _dive_hash(self, token):
        return hashlib.sha256(token.encode()).hexdigest()

    @api.autovacuum
    def _gc_lapsed(self):
        if self._abstract:
            return  # Odoo calls it of this model as well
        self.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE expires_at < %s",
                SQL.identifier(self._table),
                fields.Datetime.now(),
            )
        )
