import json
from uuid import uuid4

from odoo import http
from odoo.http import request
from odoo.tools import lazy

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.dive_certification_portal import SLOTS
from ..models.dive_certification_portal_send import FormErrors
from ..tools.rate import RateLimit
from ..tools.scan import MEGABYTE, SIZE_LIMIT

PER_PAGE = 20
FEWEST_LETTERS = 2
#: Two pictures that are too large are still taken, to say so beside them.
LARGEST_FORM = 4 * SIZE_LIMIT
SEARCHES = RateLimit(60, 30)
FIELDS = (
    "partner_id",
    "level_id",
    "level_text",
    "number",
    "issue_date",
    "expiry_date",
    "form_key",
)


class PortalCertification(CustomerPortal):
    """A diver's cards: see them, send one, correct one, read why one was refused.

    Wrong, missing and foreign ids are all "not found".
    """

    # ------------------------------------------------------------------
    # Home
    # ------------------------------------------------------------------

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dive_certification_count" in counters:
            values["dive_certification_count"] = len(self._cards()._dive_portal_cards())
        return values

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        # divers find it before they have any card
        values["dive_portal_divers"] = lazy(
            lambda: len(self._cards()._dive_portal_divers())
        )
        return values

    def _cards(self):
        return request.env["dive.certification"]

    # ------------------------------------------------------------------
    # Look
    # ------------------------------------------------------------------

    @http.route(
        ["/my/certifications", "/my/certifications/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def certifications(self, page=1, sent=None, **_kw):
        """List the user's cards and those of their wards, by diver."""
        cards = self._cards()._dive_portal_cards()
        paging = pager("/my/certifications", len(cards), page, PER_PAGE)
        shown = cards[paging["offset"] : paging["offset"] + PER_PAGE]
        by_diver = {}
        for tile in shown._dive_portal_tiles():
            by_diver.setdefault((tile["diver_id"], tile["diver"]), []).append(tile)
        return request.render(
            "dive_crm.portal_my_certifications",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "dive_certifications",
                "by_diver": by_diver,
                "pager": paging,
                "sent": sent,
            },
        )

    @http.route(
        "/my/certifications/<int:card_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def certification(self, card_id, said=None, **_kw):
        """Show a card: what became of it, its pictures, what the diver can do."""
        return self._detail(self._card(card_id), {}, {}, said=said)

    def _card(self, card_id):
        card = self._cards()._dive_portal_card(card_id)
        if not card:
            raise request.not_found()
        return card

    def _detail(self, card, form, errors, **values):
        tile = card._dive_portal_tiles()[0]
        fields = card.sudo()  # one of the user's own: see _card
        typed = {
            name: fields[name] or "" for name in ("number", "issue_date", "expiry_date")
        }
        return request.render(
            "dive_crm.portal_certification",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "dive_certifications",
                "card": tile,
                "pictures": card._dive_portal_pictures(),
                "number_hint": card._dive_portal_number_hint(),
                "renews": bool(fields.renewal_months or fields.expiry_date),
                "form": typed | form,
                **self._form_values(errors),
                **values,
            },
            status=422 if errors else 200,
        )

    # ------------------------------------------------------------------
    # Send
    # ------------------------------------------------------------------

    @http.route(
        "/my/certifications/new",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def new(self, **_kw):
        """Show the form of a new card."""
        return self._form(self._divers(), {"form_key": uuid4().hex}, {})

    @http.route(
        "/my/certifications/new",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=LARGEST_FORM,
    )
    def send(self, front=None, back=None, **post):
        """Take a new card; show it, or the form again with what is wrong with it."""
        form = self._typed(post)
        divers = self._divers()
        diver = self._diver(divers, form.get("partner_id"))
        pictures = self._pictures(front=front, back=back)
        try:
            card, known = self._cards()._dive_portal_send(diver, form, pictures)
        except FormErrors as wrong:
            chosen = bool(pictures)
            return self._form(divers, form, wrong.errors, choose_again=chosen)
        if not card:
            return request.redirect("/my/certifications?sent=1")
        said = "known" if known else "sent"
        return request.redirect(f"/my/certifications/{card.id}?said={said}")

    @http.route(
        "/my/certifications/<int:card_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        max_content_length=LARGEST_FORM,
    )
    def correct(self, card_id, front=None, back=None, **post):
        """Take a better picture, or another number or date."""
        card = self._card(card_id)
        form = self._typed(post)
        pictures = self._pictures(front=front, back=back)
        try:
            card._dive_portal_correct(form, pictures)
        except FormErrors as wrong:
            chosen = bool(pictures)
            return self._detail(card, form, wrong.errors, choose_again=chosen)
        return request.redirect(f"/my/certifications/{card.id}?said=sent")

    @http.route(
        "/my/certifications/levels",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def levels(self, q="", **_kw):
        """Find levels by a few letters: a list of {id, name, renews}, as JSON."""
        self._divers()
        text = q.strip()[:100]
        if len(text) < FEWEST_LETTERS:
            found = []
        elif not SEARCHES.allows((request.db, request.session.uid)):
            return request.make_response("", status=429)
        else:
            found = self._cards()._dive_portal_find_levels(text)
        return request.make_response(
            json.dumps(found),
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Cache-Control", "private, max-age=300"),
            ],
        )

    # ------------------------------------------------------------------
    # What the forms are made of
    # ------------------------------------------------------------------

    def _divers(self):
        """Return for whom the user may send cards; nobody: there is no such page."""
        divers = self._cards()._dive_portal_divers()
        if not divers:
            raise request.not_found()
        return divers

    def _diver(self, divers, chosen):
        """Return the diver that was chosen; who is alone has no choice."""
        if not chosen and len(divers) == 1:
            return divers
        diver = divers.filtered(lambda diver: str(diver.id) == chosen)
        if not diver:
            raise request.not_found()
        return diver

    def _typed(self, post):
        return {name: post[name] for name in FIELDS if isinstance(post.get(name), str)}

    def _pictures(self, **uploads):
        """Return the files that were chosen: slot → bytes."""
        # one byte more than is taken shows that a file is too large
        return {
            slot: uploads[slot].read(SIZE_LIMIT + 1)
            for slot in SLOTS
            if getattr(uploads[slot], "filename", None)
        }

    def _form(self, divers, form, errors, **values):
        return request.render(
            "dive_crm.portal_certification_new",
            {
                **self._prepare_portal_layout_values(),
                "page_name": "dive_certifications",
                "creating": True,
                "divers": divers,
                "levels": self._cards()._dive_portal_levels(),
                "unlisted": bool(self._cards()._dive_unlisted_level()),
                "renews": True,
                "form": form,
                **self._form_values(errors),
                **values,
            },
            status=422 if errors else 200,
        )

    def _form_values(self, errors):
        return {
            "errors": errors,
            "choose_again": False,
            "fewest_letters": FEWEST_LETTERS,
            "size_limit": SIZE_LIMIT,
            "size_limit_mb": SIZE_LIMIT // MEGABYTE,
            "today": request.env.company._dive_today(),
        }
