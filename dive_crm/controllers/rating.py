"""The page of Odoo's ratings, as the short link in an SMS opens it."""

import re

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import request
from odoo.tools.misc import get_lang

from odoo.addons.rating.controllers.main import Rating

from ..models.dive_feedback import SHORT

CHOICES = (5, 3, 1)
#: Ours, and those that Odoo makes.
TOKEN = re.compile(r"[A-Za-z0-9_-]{16,32}")


class DiveRating(Rating):
    @http.route(
        f"{SHORT}/<string:token>",
        type="http",
        auth="public",
        website=True,
        sitemap=False,
        methods=["GET"],
    )
    def dive_open_rating(self, token, **_kw):
        """Show the page with nothing chosen: a mail has a link for each answer."""
        if not TOKEN.fullmatch(token):
            raise NotFound()
        rating, _record = self._get_rating_and_record(token)
        user = request.env.user
        mine = user.partner_id.commercial_partner_id
        if not user._is_public() and mine != rating.partner_id.commercial_partner_id:
            # Odoo's page says who may answer
            return self.action_open_rating(token, CHOICES[0])
        lang = rating.partner_id.lang or get_lang(request.env).code
        request.update_context(lang=lang)
        _ = request.env._
        words = (_("Happy"), _("Neutral"), _("Unhappy"))
        names = dict(zip(CHOICES, words, strict=True))
        return request.render(
            "rating.rating_external_page_submit",
            {"rating": rating, "token": token, "rate_names": names, "rate": None},
        )

    @http.route()
    def action_submit_rating(self, token, rate=0, **kwargs):
        """Show the page once more to whom has sent it without a choice."""
        chosen = str(rate) in map(str, CHOICES)
        if request.httprequest.method == "POST" and not chosen:
            return request.redirect(f"{SHORT}/{token}")
        return super().action_submit_rating(token, rate=rate, **kwargs)
