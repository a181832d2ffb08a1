"""A newsletter that somebody asked for, until the e-mail is shown to be theirs."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .mail_mail import waiting

#: hours that the link opens
HOURS = 72
#: to one address in an hour: a mailbox is not to be filled by others
MOST_MAILS = 3
START = "/dive/newsletter"


class DiveNewsletterRequest(models.Model):
    """An address that opens once. The token is kept nowhere; see dive.link.mixin."""

    _name = "dive.newsletter.request"
    _inherit = ["dive.link.mixin"]
    _description = "Newsletter that waits for its e-mail"

    email = fields.Char(required=True, index=True)
    name = fields.Char()
    lang = fields.Char()
    list_ids = fields.Many2many("mailing.list", "dive_newsletter_request_list_rel")
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    used_at = fields.Datetime()

    @api.model
    def _dive_ask(self, lists, values):
        """Keep what was entered, and have Odoo's queue write to its address.

        The same work whether the address is known or not.

        :param lists: what was asked for, of those that are offered
        :param dict values: e-mail, name, language
        """
        requests = self.sudo()  # see dive.link.mixin
        recent = [
            ("email", "=", values["email"]),
            ("create_date", ">", fields.Datetime.now() - timedelta(hours=1)),
        ]
        if requests.search_count(recent, limit=MOST_MAILS) >= MOST_MAILS:
            return
        token = self._dive_new_token(
            timedelta(hours=HOURS),
            list_ids=[(6, 0, lists.ids)],
            company_id=self.env.company.id,
            **values,
        )
        request = requests._dive_of(token)
        # sudo: whoever asks has no right to templates and queues
        template = self.env.ref("dive_crm.mail_template_newsletter_request").sudo()
        template.with_context(
            dive_newsletter_url=f"{request.get_base_url()}{START}/{token}"
        ).send_mail(request.id, force_send=False, email_values={"headers": waiting()})
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _dive_of(self, token):
        """Return the request of a token as superuser; empty: wrong, lapsed, used."""
        request = super()._dive_of(token)
        return request if request and not request.used_at else request.browse()

    def _dive_use(self):
        """Use this request up; of two taps one does."""
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "UPDATE dive_newsletter_request SET used_at = %s"
                " WHERE id = %s AND used_at IS NULL RETURNING id",
                fields.Datetime.now(),
                self.id,
            )
        )
        self.invalidate_recordset(["used_at"], flush=False)
        return bool(rows)

    def _dive_confirm(self):
        """Subscribe somebody who has opened the link and said yes, once.

        :return: whether it was now, and not before
        """
        self.ensure_one()
        if not self._dive_use():
            return False
        partners = self.env["res.partner"]
        for purpose in self.list_ids.dive_purpose_id.filtered("wording_id"):
            partners._dive_answer_at(
                "email", self.email, purpose, True, "newsletter", self.name
            )
        self.list_ids._dive_subscribe(self.email, self.name)
        return True
