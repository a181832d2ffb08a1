"""A medical form as it was signed, and the papers that go to a physician."""

import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.page_layout import PageFiller, text_lines
from ..tools.qr_code import qr_code
from ..tools.ticket import has_ticket

PNG = b"\x89PNG"
#: heights in CSS pixels, and characters that fit into a line; see PageFiller
LINE_PX = 19
ROW_PX = 9
FACTS_PX = 212
HEAD_PX = 30
SIGNATURES_PX = 190
LINE_CHARS = 105
QUESTION_CHARS = 72


class DiveMedicalFormReport(models.AbstractModel):
    """What stands over the signatures, made of the text that was kept in signing."""

    _name = "report.dive_crm.report_dive_medical_form"
    _description = "Medical form, as signed"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return one paper per form.

        :raise AccessError: nobody has asked for the right first: see
            ``_dive_private_pdf``
        """
        forms = self._dive_forms(docids)
        return {"docs": forms, "papers": [self._paper(form) for form in forms]}

    @api.model
    def _dive_forms(self, docids):
        if not has_ticket(self.env):
            raise AccessError(
                self.env._("Open this paper with the button on the medical form.")
            )
        # sudo: who holds a ticket was asked
        return self.env["dive.medical.form"].sudo().browse(docids).exists()

    @api.model
    def _paper(self, form):
        words = form._dive_signed_paper()
        filler = self._filler()
        filler.take(FACTS_PX + self._text_px(words["intro"]))
        questions = words["questions"]
        chunks = filler.chunks(questions, HEAD_PX, self._row_px) if questions else []
        filler.keep(self._text_px(words["declaration"]) + SIGNATURES_PX)
        return {
            **self._shared(form, words),
            "chunks": chunks,
            "sign_break": filler.broke,
            "signature": self._picture(form.signature),
            "guardian_signature": self._picture(form.guardian_signature),
        }

    @api.model
    def _shared(self, form, words):
        """Return what both papers show of the words that were signed."""
        lang = words["lang"]
        if lang not in dict(self.env["res.lang"].get_installed()):
            lang = self.env.lang  # of the labels; what was signed stays as it is
        env = self.with_context(lang=lang).env
        days = ("birthdate", "for_date", "signed_on", "guardian_signed_on")
        return {
            **words,
            **{name: fields.Date.to_date(words[name]) for name in days},
            "form": form,
            "company_name": words["company"],
            "which": env._(
                "%(name)s (%(code)s), version %(version)s",
                name=words["questionnaire"],
                code=words["code"],
                version=words["version"],
            ),
            "bring": env._(
                "Or bring it along to %(company)s.", company=form.company_id.name
            ),
            "lang": lang,
            "rtl": self.env["res.lang"]._get_data(code=lang).direction == "rtl",
            "company": form.company_id.with_context(lang=lang),
        }

    @api.model
    def _filler(self):
        """Return what deals rows out to pages, where the renderer cannot."""
        report = self.env["ir.actions.report"]
        patched = report._dive_qt_is_patched()
        return PageFiller(None if patched else report._dive_page_px())

    @api.model
    def _text_px(self, text):
        lines = (text or "").split("\n")
        return LINE_PX * sum(text_lines(line, LINE_CHARS) for line in lines)

    @api.model
    def _row_px(self, row):
        return ROW_PX + LINE_PX * text_lines(row["text"], QUESTION_CHARS)

    @api.model
    def _picture(self, signature):
        """Return a drawn signature for a page, or None."""
        if not signature:
            return None
        kind = "png" if base64.b64decode(signature).startswith(PNG) else "jpeg"
        return f"data:image/{kind};base64,{signature.decode()}"


class DiveMedicalPacketReport(models.AbstractModel):
    """For a physician: what was answered with yes, and a page to sign and return."""

    _name = "report.dive_crm.report_dive_medical_packet"
    _inherit = "report.dive_crm.report_dive_medical_form"
    _description = "Papers for the physician"

    @api.model
    def _paper(self, form):
        words = form._dive_signed_paper()
        said_yes = [row for row in words["questions"] if row["answer"]]
        filler = self._filler()
        filler.take(FACTS_PX)
        chunks = filler.chunks(said_yes, HEAD_PX, self._row_px) if said_yes else []
        return {**self._shared(form, words), "chunks": chunks}

    @api.model
    def _get_report_values(self, docids, data=None):
        values = super()._get_report_values(docids, data)
        url = data["return_url"]
        code = qr_code(url)
        return {**values, "return_url": url, "return_code": code}
