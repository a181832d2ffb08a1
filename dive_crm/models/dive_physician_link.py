import hmac
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .dive_access_log import note_access

DAYS = 30
MOST_TRIES = 5
#: Open addresses of one form: each paper that is printed has one of its own.
MOST_LINKS = 20


class DivePhysicianLink(models.Model):
    """An address for the papers that go to a physician, and for the page that returns.

    It is sent by e-mail, which others may read, and printed: so it asks for the diver's
    date of birth, five times at most. It opens for thirty days, until one page has
    arrived.
    """

    _name = "dive.physician.link"
    _inherit = ["dive.link.mixin"]
    _description = "Address for a physician's page"

    form_id = fields.Many2one(
        "dive.medical.form", required=True, index=True, ondelete="cascade"
    )
    tries = fields.Integer(default=0, required=True)
    used_at = fields.Datetime()

    _tries_range = models.Constraint(
        f"CHECK (tries BETWEEN 0 AND {MOST_TRIES})",
        "A date of birth is asked for five times at most.",
    )

    @api.model
    def _dive_issue(self, form):
        """Make an address for a form; return the whole of it, which is kept nowhere."""
        token = self._dive_new_token(timedelta(days=DAYS), form_id=form.id)
        links = self.sudo()  # see _dive_new_token
        mine = [("form_id", "=", form.id)]
        links.search(mine, order="id desc", offset=MOST_LINKS).unlink()
        return f"{form.get_base_url()}/dive/physician/{token}"

    @api.model
    def _dive_of(self, token):
        """Return the link of a token as superuser.

        Empty: wrong, cut, lapsed, used, tried too often, or no page is waited for.
        """
        link = super()._dive_of(token)
        opens = (
            link
            and not link.used_at
            and link.tries < MOST_TRIES
            and link.form_id._dive_awaits_page()
        )
        return link if opens else link.browse()

    def _dive_try(self, birthdate):
        """Say whether that is the diver's date of birth; count the try if not.

        :param str birthdate: as typed, YYYY-MM-DD
        """
        self.ensure_one()
        born = self.form_id.partner_id.birthdate_date
        said = birthdate.strip() if isinstance(birthdate, str) else ""
        # counted before it is compared, so that nobody tries many at once
        counted = self._dive_update("tries = tries + 1", f"tries < {MOST_TRIES}")
        known = born and fields.Date.to_string(born)
        right = known and hmac.compare_digest(said.encode(), known.encode())
        if not counted or not right:
            note_access(self.form_id, ["packet"], "print", allowed=False)
            return False
        self._dive_update("tries = 0", "TRUE")
        return True

    def _dive_receive(self, content):
        """Take the page that a physician has signed, once.

        :param bytes content: a JPEG, PNG or PDF
        :return: False if another one was faster
        :raise UserError: not such a file; the message says why, and the link still
            works
        """
        self.ensure_one()
        # the form's row first, then those of its links: in this order by everybody
        return self.form_id._dive_take_page(content, self)

    @api.model
    def _dive_use_up(self, form):
        """Close all addresses of a form: a page has arrived."""
        self.flush_model(["used_at"])
        self.env.execute_query(
            SQL(
                "UPDATE dive_physician_link SET used_at = %s"
                " WHERE form_id = %s AND used_at IS NULL RETURNING id",
                fields.Datetime.now(),
                form.id,
            )
        )
        self.invalidate_model(["used_at"], flush=False)

    def _dive_update(self, change, condition):
        """Change the row if a condition holds of it; say whether."""
        self.flush_recordset()
        done = self.env.execute_query(
            SQL(
                "UPDATE dive_physician_link SET %s WHERE id = %s AND %s RETURNING id",
                SQL(change),
                self.id,
                SQL(condition),
            )
        )
        self.invalidate_recordset(flush=False)
        return bool(done)
