import time

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from .portal_medical import HEADERS, gone, speak, told
from .portal_physician import LARGEST_FORM, pdf_of, uploaded, what_page

START = "/dive/physician"
#: Where a session notes which address it has given the date of birth for, and when.
KNOWN = "dive_physician"
#: Where it notes by which address it has sent a page: sent twice is sent as well.
SENT = "dive_physician_sent"
#: Seconds that it holds.
KNOWN_FOR = 3600
PAGE = {"type": "http", "auth": "public", "website": True, "sitemap": False}


class PhysicianLink(http.Controller):
    """The papers and the page that is returned, without a login.

    A guessed, cut, lapsed, used-up or closed address gives the same answer, byte for
    byte. It is given back, not raised: what a wrong date of birth has counted is
    committed.
    """

    def _render(self, template, link=None, token=None, status=200, **values):
        response = request.render(
            f"dive_crm.{template}",
            {
                "no_header": True,
                "no_footer": True,
                "token": token,
                "base": f"{START}/{token}",
                "company": link and link.form_id.company_id,
                "what_page": what_page(request.env),
                "error": None,
                **values,
            },
            status=status,
        )
        response.headers.update({**HEADERS, "Referrer-Policy": "no-referrer"})
        return response

    def _link(self, token):
        """Return the link of a token; go on in the language of who has come by it.

        A physician's practice reads what its browser asks for; where the dive centre
        does not speak that, the page is in the diver's language, as the papers are.
        """
        link = request.env["dive.physician.link"]._dive_of(token)
        if link and not request.env["ir.http"].get_nearest_lang(request.best_lang):
            diver = link.form_id.partner_id
            speak(diver.dive_statement_recipient_id.lang or diver.lang)
        return link.with_context(lang=request.env.lang)

    def _is_known(self, link):
        """Say whether this visitor has given the date of birth for this address."""
        noted = request.session.get(KNOWN)
        return (
            isinstance(noted, list)
            and len(noted) == 2
            and noted[0] == link.token_hash
            and noted[1] > time.time() - KNOWN_FOR
        )

    @http.route(f"{START}/<string:token>", methods=["GET"], **PAGE)
    def open(self, token, **_kw):
        """Ask for the date of birth; then show the papers."""
        link = self._link(token)
        if not link:
            return gone()
        known = self._is_known(link)
        return self._render(
            "physician_papers" if known else "physician_birth", link, token
        )

    @http.route(f"{START}/<string:token>", methods=["POST"], **PAGE)
    def birth(self, token, birthdate=None, **_kw):
        """Let somebody in who knows when the diver was born."""
        link = self._link(token)
        if not link:
            return gone()
        if link._dive_try(birthdate):
            request.session[KNOWN] = [link.token_hash, time.time()]
            return request.redirect(f"{START}/{token}")
        if not self._link(token):
            return gone()
        return self._render("physician_birth", link, token, 422, error=True)

    @http.route(f"{START}/<string:token>/packet", methods=["GET"], **PAGE)
    def packet(self, token, **_kw):
        """Give the papers as a PDF."""
        link = self._link(token)
        if not link:
            return gone()
        if not self._is_known(link):
            return request.redirect(f"{START}/{token}")
        url = f"{link.get_base_url()}{START}/{token}"
        try:
            return pdf_of(link.form_id, lambda: url, ("link", link.id))
        except UserError as error:
            return self._render("physician_papers", link, token, 503, error=told(error))

    @http.route(
        f"{START}/<string:token>/page",
        methods=["POST"],
        max_content_length=LARGEST_FORM,
        **PAGE,
    )
    def page(self, token, page=None, **_kw):
        """Take the page that the physician has signed."""
        link = self._link(token)
        if not link:
            return self._sent_twice(token)
        if not self._is_known(link):
            return request.redirect(f"{START}/{token}")
        try:
            taken = link._dive_receive(uploaded(page))
        except UserError as error:
            return self._render("physician_papers", link, token, 422, error=told(error))
        if not taken:
            return self._sent_twice(token)
        request.session[SENT] = request.session.pop(KNOWN)[0]
        return request.redirect(f"{START}/thanks")

    def _sent_twice(self, token):
        """Thank whoever has tapped twice; to others the address is used up."""
        if request.session.get(SENT) == request.env["dive.physician.link"]._dive_hash(
            token
        ):
            return request.redirect(f"{START}/thanks")
        return gone()

    @http.route(f"{START}/thanks", methods=["GET"], **PAGE)
    def thanks(self, **_kw):
        """Say thank you."""
        return self._render("physician_thanks")

    @http.route(f"{START}/<path:rest>", methods=["GET", "POST"], **PAGE)
    def other(self, rest, **_kw):
        """Answer whatever else somebody tries as a wrong address."""
        return gone()
