import io

import lxml.html
from reportlab.pdfgen import canvas

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.pdf import PdfFileReader, PdfFileWriter, merge_pdf

from odoo.addons.base.models import ir_actions_report as base_report

from ..models.dive_access_mixin import noting
from ..models.dive_discount_card_paper import REPORT as CARD
from .dive_brochure_report import REPORT as BROCHURE
from .dive_certification_report import LETTER, LIST
from .dive_manifest import MANIFEST
from .dive_packing_list import PACKING
from .dive_statement_report import REPORT
from .ir_actions_report_private import PACKET, SIGNED

#: reports of ours that are made for a plain Qt as well
OURS = (REPORT, LIST, LETTER, SIGNED, PACKET, PACKING, MANIFEST, CARD, BROCHURE)
#: top margin in millimetres where the letterhead stands in the body
PLAIN_MARGIN = 10
#: CSS pixels that a plain Qt puts on a millimetre: measured 4.92, whatever dpi and zoom
#: are asked for. Less, so that a page rather ends early than runs over.
PX_PER_MM = 4.4
#: room for the company's footer, which then stands below the last table
FOOTER_PX = 40


class IrActionsReport(models.Model):
    """Statements come out complete whichever wkhtmltopdf there is.

    With a patched Qt, Odoo's own way does all: letterhead and page number in the
    margins of each page, several customers in one run. An unpatched Qt ignores header
    and footer, takes one document a run, cuts rows and does not repeat table heads.
    Then the tables are split into pages beforehand (see ``PageFiller``), the
    letterhead stands in the body, each customer is a run, and the page numbers are
    put on the finished pages.
    """

    _inherit = "ir.actions.report"

    def _render_qweb_html(self, report_ref, docids, data=None):
        """Note in the access log of which customers something is printed.

        A PDF is made of this as well.
        """
        report = self._get_report(report_ref)
        records = self.env.get(report.model)
        if not hasattr(records, "_dive_access_logged"):
            return super()._render_qweb_html(report_ref, docids, data=data)
        with noting(records.browse(docids), "print", [report.report_name]):
            return super()._render_qweb_html(report_ref, docids, data=data)

    @api.model
    def _dive_qt_is_patched(self):
        return base_report._wkhtml().is_patched_qt

    @api.model
    def _dive_page_px(self):
        """Return how many CSS pixels high the body of a page is on a plain Qt."""
        paper = self._get_report(REPORT).get_paperformat()
        height = paper.print_page_height or 297
        return (height - PLAIN_MARGIN - paper.margin_bottom) * PX_PER_MM - FOOTER_PX

    def _run_wkhtmltopdf(
        self, bodies, report_ref=False, header=None, footer=None, *args, **options
    ):
        if report_ref and self._get_report(report_ref).report_name in OURS:
            if not self._dive_qt_is_patched():
                return merge_pdf(
                    [
                        self._dive_plain_pdf(body, index, report_ref, header, footer)
                        for index, body in enumerate(bodies)
                    ]
                )
        return super()._run_wkhtmltopdf(
            bodies, report_ref, header, footer, *args, **options
        )

    @api.model
    def _dive_statement_pdfs(self, wizard):
        """Return the PDF of each customer of ``wizard`` by the customer's id.

        Made from one rendering, so that the queries are those of one document.
        """
        report = self._get_report(REPORT).with_context(debug=False)
        if self.get_wkhtmltopdf_state() == "install":
            raise UserError(
                self.env._("wkhtmltopdf is missing on the server: no PDF can be made.")
            )
        html, _type = self._render_qweb_html(
            REPORT, wizard.ids, data={"report_type": "pdf", "debug": False}
        )
        bodies, partner_ids, header, footer, args = report._prepare_html(
            html, report_model="res.partner"
        )
        return {
            partner_id: self._run_wkhtmltopdf(
                [body],
                report_ref=REPORT,
                header=self._dive_margin(header, "headers", index),
                footer=self._dive_margin(footer, "footers", index),
                specific_paperformat_args=args,
            )
            for index, (partner_id, body) in enumerate(
                zip(partner_ids, bodies, strict=True)
            )
        }

    def _dive_margin(self, html, name, index):
        """Return the header or footer page of the document at ``index`` alone."""
        root = lxml.html.document_fromstring(html)
        for place, node in enumerate(self._dive_margin_nodes(root, name)):
            if place != index:
                node.drop_tree()
        return lxml.html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")

    @api.model
    def _dive_margin_nodes(self, root, name):
        return root.xpath(f"//div[@id='minimal_layout_report_{name}']/*")

    def _dive_plain_pdf(self, body, index, report_ref, header, footer):
        """Return the PDF of one document made without the help of a patched Qt."""
        page = lxml.html.document_fromstring(body)
        for html, name in ((header, "headers"), (footer, "footers")):
            root = lxml.html.document_fromstring(html)
            for node in self._dive_margin_nodes(root, name)[index : index + 1]:
                for number in node.xpath(".//*[span[@class='page']]"):
                    number.drop_tree()  # a script of the patched Qt fills it in
                if name == "headers":
                    page.body.insert(0, node)
                elif node.text_content().strip():  # nothing but a line otherwise
                    page.body.append(node)
        # Past our own override, which would come here again.
        # pylint: disable=super-method-mismatch
        content = super()._run_wkhtmltopdf(
            [lxml.html.tostring(page, encoding="unicode", doctype="<!DOCTYPE html>")],
            report_ref=report_ref,
            specific_paperformat_args={"data-report-margin-top": PLAIN_MARGIN},
        )
        langs = page.xpath("//@data-oe-lang")
        return self.with_context(lang=langs[0] if langs else None)._dive_number_pages(
            content
        )

    def _dive_number_pages(self, content):
        """Write "Page 1 of 3" at the foot of each page."""
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        writer = PdfFileWriter()
        for number, page in enumerate(reader.pages, start=1):
            width, height = float(page.mediabox.width), float(page.mediabox.height)
            packet = io.BytesIO()
            drawing = canvas.Canvas(packet, pagesize=(width, height))
            drawing.setFont("Helvetica", 8)
            drawing.drawRightString(
                width - 32, 28, self._dive_page_label(number, len(reader.pages))
            )
            drawing.save()
            packet.seek(0)
            page.merge_page(PdfFileReader(packet).pages[0])
            writer.add_page(page)
        with io.BytesIO() as buffer:
            writer.write(buffer)
            return buffer.getvalue()

    @api.model
    def _dive_page_label(self, number, count):
        """Return words if the built-in font of PDF has their letters, else digits."""
        label = self.env._("Page %(number)s of %(count)s", number=number, count=count)
        try:
            label.encode("cp1252")
        except UnicodeEncodeError:
            return f"{number} / {count}"
        return label
