import logging
import secrets

from werkzeug.exceptions import NotFound, abort

from odoo import http
from odoo.exceptions import UserError, ValidationError
from odoo.http import Response, request
from odoo.tools import lazy

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.dive_key_holder import is_shut

_logger = logging.getLogger(__name__)

#: In the session: which link the browser has answered by, and its key to it.
BROWSER = "dive_medical_browser"
#: In the session: for which link somebody has chosen which language.
LANGUAGE = "dive_medical_language"
#: The largest id that the database can compare.
LARGEST_ID = 2**31 - 1
OVERVIEW = "/my/medical"
#: Of pages about health: kept by nobody, found by nobody, in nobody's frame.
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "frame-ancestors 'self'",
    "X-Robots-Tag": "noindex, nofollow",
}


def _pages(*ends):
    """Return the addresses of a page: of a diver who is logged in, and with a token."""
    return [
        f"{start}{end}"
        for start in ("/my/medical/<int:diver_id>", "/dive/medical/<string:token>")
        for end in ends
    ]


PAGE = {"type": "http", "auth": "public", "website": True, "sitemap": False}


def gone():
    """Return the answer to an address that does not open, whatever is wrong with it.

    It is a page of its own: those of the layout differ from one to the next, and
    Odoo's own comes to grief over some addresses.
    """
    # in the language of the request, never in that of whose address it was
    lang = request.lang.code
    words = request.env["ir.qweb"].with_context(lang=lang)
    page = words._render("dive_crm.physician_gone", {"lang": lang})
    headers = {**HEADERS, "Referrer-Policy": "no-referrer"}
    return Response(f"<!DOCTYPE html>{page}", status=404, headers=headers)


def told(error):
    """Return what somebody outside the dive centre is told of an error."""
    if is_shut(error):
        return request.env._(
            "This cannot be opened or stored just now. Please try again in a few"
            " minutes, or ask at the desk."
        )
    return str(error)


def speak(code):
    """Go on in a language, whatever the browser asks for; if it is installed."""
    lang = request.env["res.lang"]._get_data(code=code or "")
    if lang:
        request.update_context(lang=lang.code)
        # for what comes next: the answers that are sent, the page that says thank you
        request.future_response.set_cookie("frontend_lang", lang.code)


class PortalMedical(CustomerPortal):
    """A diver answers the medical questionnaire, and signs; a guardian for a minor.

    The same pages with a login, for oneself and wards, and with a token on a tablet.
    Wrong, missing, lapsed and foreign ones are all "not found".
    """

    # ------------------------------------------------------------------
    # Whose
    # ------------------------------------------------------------------

    def _prepare_portal_layout_values(self):
        values = super()._prepare_portal_layout_values()
        values["dive_medical_divers"] = lazy(lambda: bool(self._dive_medical_divers()))
        return values

    def _dive_medical_divers(self):
        """Return those for whom the user answers, as superuser.

        Staff answer here for themselves alone: the desk writes who is whose guardian,
        and who is under age, and could let itself in to anybody's answers.
        """
        people = request.env["res.partner"]._dive_portal_people()
        if request.env.user._is_internal():
            people &= request.env.user.partner_id
        return people.filtered("dive_customer")

    def _dive_medical_diver(self, diver_id, token):
        """Return the diver of an address, as superuser."""
        if token is not None:
            link = self._dive_medical_link(token)
            self._dive_medical_speak(link)
            diver = link.partner_id
        elif request.env.user._is_public() or diver_id > LARGEST_ID:
            diver = None
        else:
            diver = self._dive_medical_divers().filtered(lambda one: one.id == diver_id)
        return diver or self._dive_medical_gone(token)

    def _dive_medical_gone(self, token):
        """Refuse an address: everybody gets the same answer.

        :raise HTTPException:
        """
        if token is not None and request.dispatcher.routing_type == "http":
            abort(gone())
        raise NotFound()

    def _dive_medical_speak(self, link):
        """Go on in the language of the diver, or in the one chosen on the page.

        The tablet is the desk's: what its browser speaks says nothing.
        """
        chosen = request.params.get("language")
        if link and chosen in request.env["res.lang"]._get_frontend():
            request.session[LANGUAGE] = (link.id, chosen)
        number, code = request.session.get(LANGUAGE) or (None, None)
        speak(code if number == link.id else link.partner_id.lang)

    def _dive_medical_link(self, token):
        """Return the link of a token; empty if it opens for another browser."""
        link = request.env["dive.medical.link"]._dive_of(token)
        number, key = request.session.get(BROWSER) or (None, None)
        if link and not link._dive_opens_for(key if number == link.id else None):
            return link.browse()
        return link

    def _dive_medical_draft(self, diver_id, token, begin=False):
        diver = self._dive_medical_diver(diver_id, token)
        link = self._dive_medical_link(token) if token is not None else None
        if link and begin:
            self._dive_medical_claim(link)
        return request.env["dive.medical.form"]._dive_page_draft(diver, begin, link)

    def _dive_medical_claim(self, link):
        """Keep what is answered here to this browser, and to this diver's turn."""
        number, key = request.session.get(BROWSER) or (None, None)
        if number != link.id:
            # one at a time: what the one before left unfinished is shut on this tablet
            key = secrets.token_urlsafe(16)
            request.session[BROWSER] = (link.id, key)
        if not link._dive_claim(key):
            self._dive_medical_gone("")

    def _dive_medical_base(self, diver_id, token):
        return f"/dive/medical/{token}" if token else f"/my/medical/{diver_id}"

    def _dive_medical_login_first(self, token):
        if token is None and request.env.user._is_public():
            path = request.httprequest.path
            return request.redirect(f"/web/login?redirect={path}")
        return None

    def _dive_medical_render(self, template, diver_id, token, status=200, **values):
        values = {
            **({} if token else self._prepare_portal_layout_values()),
            "page_name": "dive_medical",
            "token": token,
            "base": self._dive_medical_base(diver_id, token),
            "no_header": bool(token),
            "no_footer": bool(token),
            **values,
        }
        response = request.render(f"dive_crm.{template}", values, status=status)
        # neither the next one at the tablet, nor another site, learns of it
        response.headers.update({**HEADERS, "Referrer-Policy": "same-origin"})
        return response

    # ------------------------------------------------------------------
    # Overview
    # ------------------------------------------------------------------

    @http.route("/my/medical", type="http", auth="user", website=True, methods=["GET"])
    def dive_medical_overview(self, **_kw):
        """Show for each diver whether a form is needed."""
        divers = self._dive_medical_divers()
        if not divers:
            raise NotFound()
        return self._dive_medical_render(
            "portal_my_medical",
            None,
            None,
            divers=[diver._dive_medical_tile() for diver in divers],
        )

    @http.route(
        "/my/medical/<int:diver_id>/unchanged",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def dive_medical_unchanged(self, diver_id, **_kw):
        """Note that nothing has changed since the form was signed."""
        diver = self._dive_medical_diver(diver_id, None)
        form = request.env["dive.medical.form"]._dive_page_newest(diver)
        if not form:
            return request.redirect(OVERVIEW)
        try:
            form.action_confirm_unchanged()
        except UserError:
            # it has lapsed since the page was shown, which the page then says
            return request.redirect("/my/medical")
        return request.redirect("/my/medical?said=unchanged")

    # ------------------------------------------------------------------
    # Answer
    # ------------------------------------------------------------------

    @http.route(_pages(""), methods=["GET"], **PAGE)
    def dive_medical_questions(self, diver_id=None, token=None, **_kw):
        """Show the questions, those answered already with their answers."""
        return self._dive_medical_login_first(token) or self._dive_medical_open(
            diver_id, token, lambda: self._dive_medical_questions(diver_id, token)
        )

    def _dive_medical_open(self, diver_id, token, show):
        """Show a page with answers on it; say so if they do not open at present."""
        try:
            with request.env.cr.savepoint():
                return show()
        except UserError:
            # what is wrong with the keys is for the administrator, who finds it by
            # ``dive_keys check``; the diver is told that nothing is lost
            _logger.warning("Medical answers do not open: see dive_keys check.")
            return self._dive_medical_render(
                "portal_medical_shut", diver_id, token, status=503
            )

    def _dive_medical_questions(self, diver_id, token, error=None, missing=False):
        form = self._dive_medical_draft(diver_id, token)
        if not form:
            return self._dive_medical_render("portal_medical_none", diver_id, token)
        return self._dive_medical_render(
            "portal_medical_questions",
            diver_id,
            token,
            status=422 if error or missing else 200,
            form=form,
            questions=form._dive_page_questions(),
            error=error,
            missing=missing,
        )

    @http.route(_pages(""), methods=["POST"], **PAGE)
    def dive_medical_answer(self, diver_id=None, token=None, birthdate=None, **post):
        """Keep what was answered; go on to the signature when nothing is missing."""
        return self._dive_medical_open(
            diver_id,
            token,
            lambda: self._dive_medical_answer(diver_id, token, birthdate, post),
        )

    def _dive_medical_answer(self, diver_id, token, birthdate, post):
        form = self._dive_medical_draft(diver_id, token, begin=True)
        if not form:
            return self._dive_medical_render("portal_medical_none", diver_id, token)
        if error := self._dive_medical_other_words(form, post.get("version")):
            return self._dive_medical_questions(diver_id, token, error=error)
        said = {
            name.removeprefix("q_"): value
            for name, value in post.items()
            if name.startswith("q_") and value
        }
        try:
            # the answers stay also where the date of birth is none
            with request.env.cr.savepoint():
                form._dive_page_answer(said)
            with request.env.cr.savepoint():
                if not form.partner_id.birthdate_date:
                    form._dive_page_birth(birthdate)
        except (UserError, ValidationError) as error:
            if is_shut(error):
                raise
            return self._dive_medical_questions(diver_id, token, error=str(error))
        if not form._dive_page_complete():
            return self._dive_medical_questions(diver_id, token, missing=True)
        return request.redirect(f"{self._dive_medical_base(diver_id, token)}/sign")

    def _dive_medical_other_words(self, form, version):
        """Return what to tell somebody who has answered other questions; else "".

        :param version: the number of the questionnaire that the page has shown
        """
        if form and version in (None, str(form.questionnaire_id.id)):
            return ""
        return request.env._(
            "The questions have changed meanwhile. Please answer the new ones."
        )

    @http.route(_pages("/answers"), type="jsonrpc", auth="public", website=True)
    def dive_medical_keep(
        self, answers=None, diver_id=None, token=None, version=None, **_kw
    ):
        """Keep answers as they are given, so that a cut connection loses none."""
        form = self._dive_medical_draft(diver_id, token, begin=True)
        if error := self._dive_medical_other_words(form, version):
            return {"error": error}  # the page is loaded anew
        try:
            with request.env.cr.savepoint():
                form._dive_page_answer(answers)
        except UserError as error:
            # without its key it waits on the page, and is sent again
            return {"later": True} if is_shut(error) else {"error": str(error)}
        return {"kept": len(answers)}

    # ------------------------------------------------------------------
    # Sign
    # ------------------------------------------------------------------

    @http.route(_pages("/sign"), methods=["GET"], **PAGE)
    def dive_medical_sign(self, diver_id=None, token=None, **_kw):
        """Show what is signed, and where."""
        return self._dive_medical_login_first(token) or self._dive_medical_open(
            diver_id, token, lambda: self._dive_medical_sign(diver_id, token)
        )

    def _dive_medical_sign(self, diver_id, token):
        form = self._dive_medical_draft(diver_id, token)
        if not form._dive_page_ready():
            return request.redirect(self._dive_medical_base(diver_id, token))
        guardian_next = form._dive_page_waits_for_guardian()
        return self._dive_medical_render(
            "portal_medical_sign",
            diver_id,
            token,
            form=form,
            said=form._dive_page_said(),
            seen=form._dive_page_seen(guardian_next),
            guardian_next=guardian_next,
            whose_turn=form._dive_page_whose_turn(),
        )

    @http.route(
        _pages("/signature/<string:seen>"), type="jsonrpc", auth="public", website=True
    )
    def dive_medical_signature(
        self, seen, diver_id=None, token=None, name=None, signature=None, **_kw
    ):
        """Take a signature; the diver's first, then the guardian's.

        :param seen: of the page it was drawn on: what is signed is what was shown
        """
        form = self._dive_medical_draft(diver_id, token)
        base = self._dive_medical_base(diver_id, token)
        if not form.id:
            # signed in another tab, or there are new questions
            return {"force_refresh": True, "redirect_url": base if token else OVERVIEW}
        guardian = form._dive_page_waits_for_guardian()
        if seen != form._dive_page_seen(guardian):
            # a diver who taps twice does not sign for the guardian
            twice = guardian and seen == form._dive_page_seen()
            url = f"{base}/sign" if twice else f"{base}/sign?said=changed"
            return {"force_refresh": True, "redirect_url": url}
        try:
            with request.env.cr.savepoint():
                done = form._dive_page_sign(name, signature, guardian)
        except (UserError, ValidationError) as error:
            return {"error": told(error)}
        if not done:
            return {"force_refresh": True, "redirect_url": f"{base}/sign"}
        url = "/dive/medical/thanks" if token else f"{OVERVIEW}?said=signed"
        return {"force_refresh": True, "redirect_url": url}

    @http.route("/dive/medical/thanks", methods=["GET"], **PAGE)
    def dive_medical_thanks(self, **_kw):
        """Say thank you, on the tablet."""
        return self._dive_medical_render("portal_medical_thanks", None, "thanks")

    @http.route("/dive/medical/<path:rest>", methods=["GET", "POST"], **PAGE)
    def dive_medical_other(self, rest, **_kw):
        """Answer whatever else somebody tries as a wrong address."""
        return gone()
