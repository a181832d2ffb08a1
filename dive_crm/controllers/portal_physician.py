from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request

from ..tools.rate import RateLimit
from ..tools.scan import MEGABYTE, SIZE_LIMIT
from ..tools.ticket import with_ticket
from .portal_medical import HEADERS, LARGEST_ID, PortalMedical, told

#: A file that is too large is still taken, to say so.
LARGEST_FORM = 4 * SIZE_LIMIT
#: Making a PDF takes a second of the server.
PRINTS = RateLimit(10, 60)
PAGE = {"type": "http", "auth": "user", "website": True}


def pdf_response(content, name):
    """Return a PDF that neither a browser nor anything on the way keeps."""
    return request.make_response(
        content,
        [
            ("Content-Type", "application/pdf"),
            ("Content-Length", len(content)),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("Content-Disposition", f'inline; filename="{name}.pdf"'),
        ],
    )


def uploaded(file):
    """Return the bytes of a file that was chosen; empty if none was."""
    if not getattr(file, "filename", None):
        return b""
    # one byte more than is taken shows that it is too large
    return file.read(SIZE_LIMIT + 1)


def what_page(env):
    """Return what a page that is sent back may be, in the words of the page."""
    return env._(
        "Only the physician's page, photographed or scanned: a JPEG, PNG or PDF of up"
        " to %(size)s MB.",
        size=SIZE_LIMIT // MEGABYTE,
    )


def pdf_of(form, address, asker):
    """Return the papers for a physician as a response.

    :param address: returns where the page is to be sent; where there are no papers, it
        has not been called, or what it did is undone
    :raise UserError: they cannot be had; the message says why
    """
    if not PRINTS.allows(asker):
        raise UserError(
            request.env._("This was asked for very often. Please wait a minute.")
        )
    with request.env.cr.savepoint():
        return pdf_response(form._dive_packet(address()), "papers")


class PortalPhysician(PortalMedical):
    """The papers of one's own form, and the page that a physician has signed.

    Wrong, missing and foreign ids are all "not found".
    """

    def _dive_medical_form(self, diver_id):
        """Return the form that counts, of somebody for whom the user acts."""
        diver = self._dive_medical_diver(diver_id, None)
        return request.env["dive.medical.form"]._dive_page_newest(diver)

    def _dive_medical_papers(self, diver_id, form, status=200, **values):
        return self._dive_medical_render(
            "portal_medical_physician",
            diver_id,
            None,
            status=status,
            form=form,
            arrived=form.physician_page_on,
            awaited=form._dive_awaits_page(),
            what_page=what_page(request.env),
            **values,
        )

    def _dive_medical_needed(self, diver_id):
        """Return the form that needs a physician; None if one is needed no longer."""
        form = self._dive_medical_form(diver_id)
        if not form:
            raise request.not_found()
        return form if form._dive_needs_physician() else None

    # ------------------------------------------------------------------
    # With a login
    # ------------------------------------------------------------------

    @http.route("/my/medical/<int:diver_id>/signed", methods=["GET"], **PAGE)
    def dive_medical_signed(self, diver_id, **_kw):
        """Give the signed form to the diver, or the guardian."""
        form = self._dive_medical_form(diver_id)
        if not form or not form._dive_page_is_mine():
            raise request.not_found()
        try:
            # whose form it is was asked: see _diver
            content = with_ticket(form)._dive_sealed_open("signed")
        except MissingError:
            return request.redirect("/my/medical?said=later")
        except UserError:
            return self._dive_medical_render(
                "portal_medical_shut", diver_id, None, status=503
            )
        return pdf_response(content, "signed-form")

    @http.route("/my/medical/<int:diver_id>/packet", methods=["GET"], **PAGE)
    def dive_medical_packet(self, diver_id, **_kw):
        """Give the papers for the physician to the diver, or the guardian."""
        form = self._dive_medical_needed(diver_id)
        if not form:
            return request.redirect("/my/medical")
        if not form._dive_page_is_mine():
            raise request.not_found()

        def address():
            if form._dive_awaits_page():
                # opens for the physician's practice as well, without a login
                return request.env["dive.physician.link"]._dive_issue(form)
            return f"{form.get_base_url()}/my/medical/{diver_id}/physician"

        try:
            return pdf_of(form, address, ("user", request.env.uid))
        except UserError as error:
            return self._dive_medical_papers(diver_id, form, 503, error=told(error))

    @http.route("/my/medical/<int:diver_id>/physician", methods=["GET"], **PAGE)
    def dive_medical_physician(self, diver_id, **_kw):
        """Show where the papers are, and where the signed page is sent."""
        form = self._dive_medical_needed(diver_id)
        if not form:
            return request.redirect("/my/medical")
        return self._dive_medical_papers(diver_id, form)

    @http.route(
        "/my/medical/<int:diver_id>/physician",
        methods=["POST"],
        max_content_length=LARGEST_FORM,
        **PAGE,
    )
    def dive_medical_send_page(self, diver_id, page=None, **_kw):
        """Take the page that the physician has signed."""
        form = self._dive_medical_needed(diver_id)
        if not form:
            return request.redirect("/my/medical")
        try:
            form._dive_take_page(uploaded(page))
        except UserError as error:
            return self._dive_medical_papers(diver_id, form, 422, error=told(error))
        # the first one, or another one was faster: a page has arrived
        return request.redirect(f"/my/medical/{diver_id}/physician")

    # ------------------------------------------------------------------
    # For the dive centre
    # ------------------------------------------------------------------

    @http.route("/dive/physician-papers/<int:form_id>", methods=["GET"], **PAGE)
    def dive_medical_papers_for_staff(self, form_id, **_kw):
        """Give the papers to a medical officer, to be printed and handed out."""
        forms = request.env["dive.medical.form"]
        form = forms.browse(form_id).exists() if form_id <= LARGEST_ID else forms
        if not form:
            raise request.not_found()
        try:
            form._dive_packet_ask()
        except AccessError:
            raise request.not_found() from None
        try:
            links = request.env["dive.physician.link"]
            asker = ("user", request.env.uid)
            return pdf_of(form, lambda: links._dive_issue(form), asker)
        except UserError as error:
            return request.make_response(
                str(error), [("Content-Type", "text/plain; charset=utf-8")], status=503
            )

    def _dive_medical_staff_form(self, form_id):
        """Return a form for which the user, of the staff, may hand in a page."""
        forms = request.env["dive.medical.form"]
        form = forms.browse(form_id).exists() if form_id <= LARGEST_ID else forms
        try:
            form.check_access("write")
        except AccessError:
            form = forms
        if not form:
            raise request.not_found()
        return form

    def _dive_medical_scan(self, form, status=200, error=None):
        response = request.render(
            "dive_crm.physician_scan",
            {
                "no_header": True,
                "no_footer": True,
                "company": form.company_id,
                "form": form,
                "awaited": form._dive_awaits_page(),
                "error": error,
                "what_page": what_page(request.env),
            },
            status=status,
        )
        response.headers.update({**HEADERS, "Referrer-Policy": "no-referrer"})
        return response

    @http.route("/dive/physician-page/<int:form_id>", methods=["GET"], **PAGE)
    def dive_medical_scan(self, form_id, **_kw):
        """Show where staff hand in a page that the diver has brought on paper."""
        return self._dive_medical_scan(self._dive_medical_staff_form(form_id))

    @http.route(
        "/dive/physician-page/<int:form_id>",
        methods=["POST"],
        max_content_length=LARGEST_FORM,
        **PAGE,
    )
    def dive_medical_scanned(self, form_id, page=None, **_kw):
        """Take a page that the diver has brought, photographed or scanned here."""
        form = self._dive_medical_staff_form(form_id)
        try:
            form._dive_take_page(uploaded(page))
        except UserError as error:
            return self._dive_medical_scan(form, 422, str(error))
        return request.redirect(f"/odoo/dive-medical-forms/{form.id}")
