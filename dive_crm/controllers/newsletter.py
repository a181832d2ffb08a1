"""Newsletters: asked for on a page, begun by a link, ended by a click that is meant."""

from odoo import http
from odoo.http import Response, request
from odoo.tools import email_normalize

from odoo.addons.mass_mailing.controllers.main import MassMailController

from ..models.dive_newsletter_request import START
from ..tools.online_form import clean
from ..tools.rate import RateLimit
from .consent import whole
from .offer import HEADERS

PAGE = {"type": "http", "auth": "public", "website": True, "sitemap": False}
#: forms that one visitor sends, and that are sent for one address
FROM_ONE = RateLimit(10, 600)
TO_ONE = RateLimit(3, 3600)
LARGEST_FORM = 16 * 1024
NAME, EMAIL = 80, 254


class Newsletter(http.Controller):
    """Double opt-in. The answer is the same whoever the address belongs to.

    Opening the link changes nothing: programs open links as well.
    """

    def _render(self, template, status=200, **values):
        response = request.render(
            f"dive_crm.{template}",
            {
                "no_header": True,
                "no_footer": True,
                "company": request.env.company.sudo(),  # sudo: its name and phone
                **values,
            },
            status=status,
        )
        response.headers.update(HEADERS)
        return response

    def _gone(self):
        page = request.env["ir.qweb"]._render(
            "dive_crm.newsletter_gone", {"lang": request.env.lang or "en_US"}
        )
        return Response(f"<!DOCTYPE html>{page}", status=404, headers=HEADERS)

    @http.route(START, methods=["GET"], **PAGE)
    def form(self, list=None, **_kw):
        """Show what can be subscribed to, in which words; ticked: what a link says."""
        offered = request.env["mailing.list"]._dive_offered()
        return self._form(lists=offered.filtered(lambda one: one.id == whole(list)))

    def _form(self, status=200, wrong="", lists=()):
        offered = request.env["mailing.list"]._dive_offered()
        return self._render(
            "newsletter_form",
            status,
            lists=offered,
            chosen=lists,
            form=request.httprequest.form,
            wrong=wrong,
        )

    @http.route(START, methods=["POST"], max_content_length=LARGEST_FORM, **PAGE)
    def ask(self, email="", name="", **post):
        """Write to the address that was entered, whoever has it."""
        if post.get("website"):
            return request.redirect(f"{START}/sent")  # no person fills this in
        offered = request.env["mailing.list"]._dive_offered()
        asked = {whole(number) for number in request.httprequest.form.getlist("list")}
        lists = offered.filtered(lambda one: one.id in asked)
        email = email_normalize(clean(email, EMAIL)) or ""
        if not lists:
            return self._form(422, "list", lists)
        if not email:
            return self._form(422, "email", lists)
        visitor = request.httprequest.remote_addr
        if not FROM_ONE.allows((request.db, visitor)):
            return self._form(429, "often", lists)
        if TO_ONE.allows((request.db, email)):
            request.env["dive.newsletter.request"]._dive_ask(
                lists,
                {"email": email, "name": clean(name, NAME), "lang": request.env.lang},
            )
        return request.redirect(f"{START}/sent")

    @http.route(f"{START}/sent", methods=["GET"], **PAGE)
    def sent(self, **_kw):
        """Say that a message is on its way, to whomever."""
        return self._render("newsletter_sent")

    @http.route(f"{START}/<string:token>", methods=["GET"], **PAGE)
    def open(self, token, **_kw):
        """Show the words, and a button."""
        asked = request.env["dive.newsletter.request"]._dive_of(token)
        return self._words(asked, token) if asked else self._gone()

    def _words(self, asked, token, said=""):
        return self._render(
            "newsletter_confirm",
            lists=asked.list_ids,
            base=f"{START}/{token}",
            said=said,
        )

    @http.route(f"{START}/<string:token>", methods=["POST"], **PAGE)
    def confirm(self, token, words=None, **_kw):
        """Subscribe whoever has opened the link, read, and pressed the button."""
        asked = request.env["dive.newsletter.request"]._dive_of(token)
        if asked.list_ids.dive_purpose_id._dive_says_else(words):
            return self._words(asked, token, "words")
        if not asked or not asked._dive_confirm():
            return self._gone()
        partners = request.env["res.partner"]
        return self._render(
            "newsletter_thanks",
            link=partners._dive_consent_link("email", asked.email),
        )


class Mailing(MassMailController):
    """Opening a link ends no subscription: programs that look for viruses open it."""

    @http.route()
    def mailing_unsubscribe(
        self, mailing_id, document_id=None, email=None, hash_token=None, **_post
    ):
        """Show, on a GET, what Odoo would have changed already.

        Of our customers and newsletters; what other apps send is theirs.
        """
        # sudo: the signature of the link is looked at by Odoo, in either case
        mailing = request.env["mailing.mailing"].sudo().browse(mailing_id).exists()
        post = request.httprequest.method == "POST"
        if post or not mailing._dive_is_ours(email):
            return super().mailing_unsubscribe(
                mailing_id, document_id, email, hash_token
            )
        return self.mailing_confirm_unsubscribe(
            mailing_id, document_id, email, hash_token
        )

    @http.route()
    def mailing_update_list_subscription(
        self,
        mailing_id=None,
        document_id=None,
        email=None,
        hash_token=None,
        lists_optin_ids=None,
        **post,
    ):
        """Ask for a yes in writing where somebody subscribes on Odoo's page.

        The words are not on that page: they are in the message that comes.
        """
        result = super().mailing_update_list_subscription(
            mailing_id, document_id, email, hash_token, lists_optin_ids, **post
        )
        if result in ("error", "unauthorized"):
            return result
        found, _token = self._fetch_user_information(email, hash_token)
        address = email_normalize(found or "")
        chosen = {whole(number) for number in lists_optin_ids or []}
        offered = request.env["mailing.list"]._dive_offered()
        lists = offered.filtered(lambda one: one.id in chosen)
        if lists := lists._dive_not_agreed_at(address):
            request.env["dive.newsletter.request"]._dive_ask(
                lists, {"email": address, "name": "", "lang": request.env.lang}
            )
        return result
