"""Who may use an offer when, and the count of its uses."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..tools import offer_code

#: traces of mails that have not arrived
NOT_SENT = ("outgoing", "process", "error", "bounce", "cancel")


class DiveCampaignOffer(models.Model):
    _inherit = "dive.campaign.offer"

    # ------------------------------------------------------------------
    # Looking for one
    # ------------------------------------------------------------------

    @api.model
    def _dive_by_code(self, code, company):
        """Return the offer of a company that has a code, as superuser; maybe none."""
        code = offer_code.normal(code)
        if not offer_code.is_code(code):
            return self.browse()
        # sudo: whoever has the code may use it
        return (
            self.sudo()
            .with_context(active_test=False)
            .search([("code", "=", code), ("company_id", "=", company.id)], limit=1)
        )

    @api.model
    def _dive_words(self, what, code, date=""):
        """Return what is wrong with a code, for the desk and for divers alike."""
        _ = self.env._
        facts = {"code": code, "date": date}
        return {
            "unknown": _(
                "There is no offer with the code “%(code)s”. Please look at it once"
                " more: each letter and digit counts.",
                **facts,
            ),
            "over": _(
                "The offer “%(code)s” is over: please leave the code empty.", **facts
            ),
            "ended": _(
                "The offer “%(code)s” ended on %(date)s: please leave the code empty.",
                **facts,
            ),
            "early": _(
                "The offer “%(code)s” begins on %(date)s: please leave the code empty,"
                " or come back then.",
                **facts,
            ),
            "used": _(
                "The offer “%(code)s” has been used as often as there were places for"
                " it: please leave the code empty.",
                **facts,
            ),
            "customer": _(
                "The offer “%(code)s” has been used as often as one customer may use"
                " it: please leave the code empty.",
                **facts,
            ),
            "card": _(
                "The code “%(code)s” is for a prepaid card, not for a booking.", **facts
            ),
            "booking": _(
                "The code “%(code)s” is for a booking, not for a prepaid card.", **facts
            ),
            "mailed": _(
                "The offer “%(code)s” is for those who got the message about it, at"
                " that e-mail address.",
                **facts,
            ),
        }[what]

    def _dive_why_not(self, company, model):
        """Say why nobody can use this offer now; empty if somebody can.

        :param company: whose booking or card it is for
        :param str model: of what it is for
        """
        self.ensure_one()
        offer = self.sudo()  # sudo: what it gives is said to whoever has the code
        day = company._dive_today()
        date = ""
        if offer.company_id != company:
            what = "unknown"
        elif not offer.active or not offer.campaign_id.active:
            what = "over"
        elif offer.date_to and offer.date_to < day:
            what, date = "ended", offer.date_to
        elif offer.date_from and offer.date_from > day:
            what, date = "early", offer.date_from
        elif offer.gives == "card" and model != "dive.discount.card":
            what = "card"
        elif offer.gives == "prices" and model != "dive.booking":
            what = "booking"
        else:
            return ""
        date = date and format_date(self.env, date)
        return self._dive_words(what, offer.code, date)

    def _dive_why_used_up(self):
        """Say that the last use is taken; empty if it is not."""
        self.ensure_one()
        offer = self.sudo()  # sudo: as in _dive_why_not
        if not offer.uses_max or offer.uses < offer.uses_max:
            return ""
        return self._dive_words("used", offer.code)

    def _dive_why_not_for(self, people):
        """Say why an offer is not for any of these people; empty if it is."""
        self.ensure_one()
        offer = self.sudo()  # sudo: as in _dive_why_not
        if offer.audience == "all" or offer._dive_has_mailed(people.sudo()):
            return ""
        return self._dive_words("mailed", offer.code)

    def _dive_has_mailed(self, people):
        """Say whether a mailing of the campaign went to one of these people."""
        emails = [email for email in people.mapped("email_normalized") if email]
        return bool(
            self.env["mailing.trace"].search_count(
                [
                    ("campaign_id", "=", self.campaign_id.id),
                    ("is_test_trace", "=", False),
                    ("trace_status", "not in", NOT_SENT),
                    "|",
                    ("email", "in", emails),
                    "&",
                    ("model", "=", "res.partner"),
                    ("res_id", "in", people.ids),
                ],
                limit=1,
            )
        )

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _dive_take(self):
        """Count one use.

        :raise UserError: there is none left
        """
        self.ensure_one()
        if not self._dive_count(
            SQL("uses + 1"), SQL("uses_max = 0 OR uses < uses_max")
        ):
            # sudo: whoever has the code knows it
            raise UserError(self._dive_words("used", self.sudo().code))

    def _dive_give_back(self):
        """Count one use less."""
        for offer in self:
            offer._dive_count(SQL("uses - 1"), SQL("uses > 0"))

    def _dive_count(self, value, condition):
        self.flush_recordset()
        rows = self.env.execute_query(
            SQL(
                "UPDATE dive_campaign_offer SET uses = %s WHERE id = %s AND (%s)"
                " RETURNING id",
                value,
                self.id,
                condition,
            )
        )
        self.invalidate_recordset(["uses"], flush=False)
        return bool(rows)
