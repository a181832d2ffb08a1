"""How satisfied a customer is with the answer: asked once, when a ticket is closed."""

import logging

from odoo import fields, models
from odoo.exceptions import AccessError
from odoo.tools import email_normalize

from .dive_alert_mixin import OVERTAKEN

_logger = logging.getLogger(__name__)

TEMPLATE = "dive_crm.mail_template_ticket_rating"


class DiveTicket(models.Model):
    _inherit = "dive.ticket"

    rating_asked_on = fields.Datetime(
        "Asked for a rating on", readonly=True, copy=False
    )
    rated_on = fields.Datetime(readonly=True, copy=False)
    mood = fields.Selection(
        [("1", "Unhappy"), ("3", "Neutral"), ("5", "Happy")],
        "Rating",
        readonly=True,
        copy=False,
    )
    words = fields.Text("Rating in words", readonly=True, copy=False)

    def _dive_moved(self, stage):
        result = super()._dive_moved(stage)
        if self.stage_kind == "closed":
            self._dive_ask_rating()
        return result

    def _dive_ask_rating(self):
        """Ask the customer, or whoever sent the e-mail, once, if that is wanted."""
        self.ensure_one()
        # sudo: settings, template and the customer's address
        ticket = self.sudo()
        address = ticket.contact_id.email_normalized
        if not ticket.contact_id:
            address = email_normalize(ticket.email_from or "")
        if (
            not ticket.company_id.dive_ticket_rating
            or ticket.rating_asked_on
            or not ticket.active
            or not address
        ):
            return
        template = self.env.ref(TEMPLATE, raise_if_not_found=False)
        if not template:
            return
        # sudo: whoever closes a ticket need not be allowed to read templates
        template = template.sudo()
        try:
            with self.env.cr.savepoint():
                ticket._dive_unlocked().rating_asked_on = fields.Datetime.now()
                ticket.rating_send_request(
                    template, lang=ticket.contact_id.lang, force_send=False
                )
        except OVERTAKEN:
            raise
        except Exception as error:
            # an editor has broken it: that is no reason for the ticket to stay open
            _logger.warning("Nobody is asked about %s: %s", ticket.number, error)
            ticket._message_log(
                body=self.env._(
                    "Nobody was asked for a rating: “%(template)s” cannot be filled"
                    " in. A manager can put the template right.",
                    template=template.name,
                )
            )

    def _rating_get_partner(self):
        return self.contact_id

    def rating_apply(self, rate, token=None, rating=None, **kwargs):
        """Keep the answer here: who reads it is said by this model's rules.

        :raise AccessError: not called by the page that was shown the link, or with a
            rating of something else: staff give no answers for their customers
        """
        self.ensure_one()
        if token:
            rating = self.env["rating.rating"].search([("access_token", "=", token)])
        asked = rating and (rating.res_model, rating.res_id) == (self._name, self.id)
        if not self.env.su or not asked:
            raise AccessError(
                self.env._("Feedback is given by whoever was asked, with their link.")
            )
        # what is said of a closed ticket does not open it
        ticket = self.with_context(dive_keep_stage=True)
        rating = super(DiveTicket, ticket).rating_apply(rate, rating=rating, **kwargs)
        points = round(rating.rating)
        self._dive_unlocked().write(
            {
                "rated_on": fields.Datetime.now(),
                "mood": "5" if points >= 4 else "3" if points >= 2 else "1",
                "words": (rating.feedback or "").strip() or False,
            }
        )
        return rating
