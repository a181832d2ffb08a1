"""What divers say about a trip, through Odoo's ratings."""

import secrets

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import NO_ACCESS, Domain

#: Where the link in an SMS leads.
SHORT = "/dive/r"


class DiveFeedback(models.Model):
    """Somebody who was asked how a trip was, and what they answered.

    Not the place itself is what is rated: a guardian is asked once for two children,
    and a place without a chatter is booked faster.
    """

    _name = "dive.feedback"
    _description = "Feedback about a trip"
    _inherit = ["rating.mixin"]
    _order = "rated_on desc nulls last, id desc"
    _check_company_auto = True

    trip_id = fields.Many2one(
        "dive.trip", required=True, readonly=True, index=True, ondelete="cascade"
    )
    booking_id = fields.Many2one(
        "dive.booking", readonly=True, index=True, ondelete="set null"
    )
    company_id = fields.Many2one(related="trip_id.company_id", store=True, index=True)
    trip_date = fields.Datetime("Trip date", related="trip_id.date_start", store=True)
    # stored, so that satisfaction can be seen guide by guide
    guide_ids = fields.Many2many(
        "res.partner",
        "dive_feedback_guide_rel",
        "feedback_id",
        "partner_id",
        "Guides",
        related="trip_id.guide_ids",
        store=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who was asked: the diver, or the guardian of a minor.",
    )
    seat_ids = fields.Many2many(
        "dive.booking.diver",
        "dive_feedback_seat_rel",
        "feedback_id",
        "seat_id",
        "Divers",
        readonly=True,
    )
    rated_on = fields.Datetime("Answered on", readonly=True)
    value = fields.Integer("Points", readonly=True, aggregator="avg")
    mood = fields.Selection(
        [("1", "Unhappy"), ("3", "Neutral"), ("5", "Happy")], "Feedback", readonly=True
    )
    words = fields.Text("In words", readonly=True)

    @api.depends("trip_id.name", "trip_id.date_start")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for feedback in self:
            zone = str(feedback.company_id._dive_zone())
            trip = feedback.trip_id.with_context(tz=zone, dive_hide_date=False)
            feedback.display_name = trip.display_name

    def _rating_get_operator(self):
        return self.trip_id.guide_ids[:1]

    def _rating_get_parent_field_name(self):
        return "trip_id"

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
        rating = super().rating_apply(rate, rating=rating, **kwargs)
        points = round(rating.rating)
        self.write(
            {
                "rated_on": fields.Datetime.now(),
                "value": points,
                "mood": "5" if points >= 4 else "3" if points >= 2 else "1",
                "words": (rating.feedback or "").strip() or False,
            }
        )
        return rating

    def _dive_rating_token(self):
        """Return what stands in the address at which this is answered; empty: none."""
        # sudo: see rating.mixin; the caller keeps it secret
        return self.sudo().rating_ids[:1].access_token or ""

    @api.model
    def _dive_ask(self, notices):
        """Make one for each message; return message → feedback."""
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        asked = quiet.create(
            [
                {
                    "trip_id": notice.trip_id.id,
                    "booking_id": notice.booking_id.id,
                    "partner_id": notice.recipient_id.id,
                    "seat_ids": [(6, 0, notice.seat_ids.ids)],
                }
                for notice in notices
            ]
        )
        self.env["rating.rating"].create(
            [
                {
                    "partner_id": feedback.partner_id.id,
                    "rated_partner_id": feedback._rating_get_operator().id,
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": feedback.id,
                    "is_internal": True,
                    # as safe as Odoo's, and half as long: it goes by SMS, too
                    "access_token": secrets.token_urlsafe(12),
                }
                for feedback in asked
            ]
        )
        return dict(zip(notices, asked, strict=True))

    @api.model
    def _dive_averages(self, domain, field):
        """Return number and average of what the user may read: record → (n, points)."""
        groups = self._read_group(
            Domain(domain) & Domain("rated_on", "!=", False),
            [field],
            ["__count", "value:avg"],
        )
        return {record: (number, points) for record, number, points in groups}


class DiveBookingNotice(models.Model):
    _inherit = "dive.booking.notice"

    feedback_id = fields.Many2one("dive.feedback", readonly=True, ondelete="set null")
    # whoever has the address answers for the customer: templates alone
    rating_link = fields.Char(
        compute="_compute_rating_link",
        groups=NO_ACCESS,
        help="For templates: ends with 1, 3 or 5.",
    )

    rating_short_link = fields.Char(
        compute="_compute_rating_link",
        groups=NO_ACCESS,
        help="For templates of SMS: the same page, with nothing chosen yet.",
    )

    def _compute_rating_link(self):
        for notice in self:
            # sudo: the token is for the message alone
            token = notice.sudo().feedback_id._dive_rating_token()
            base = notice.get_base_url()
            notice.rating_link = token and f"{base}/rate/{token}"
            notice.rating_short_link = token and f"{base}{SHORT}/{token}"

    def _dive_before_writing(self):
        result = super()._dive_before_writing()
        asked = self.filtered(
            lambda notice: (
                notice.kind == "feedback" and notice.channel and not notice.feedback_id
            )
        )
        for notice, feedback in self.env["dive.feedback"]._dive_ask(asked).items():
            notice.feedback_id = feedback
        return result

    def _dive_secrets(self):
        token = self.feedback_id._dive_rating_token()
        return [*super()._dive_secrets(), *([token] if token else [])]

    def _dive_values_again(self):
        return {**super()._dive_values_again(), "feedback_id": self.feedback_id.id}

    def _dive_still_true(self):
        if self.kind == "feedback" and self.feedback_id.rated_on:
            return False
        return super()._dive_still_true()
