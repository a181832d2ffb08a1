"""The emergency sheet on paper: an index, and one page for each diver."""

import io

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime
from odoo.tools.pdf import PdfFileReader, merge_pdf

from ..tools.page_layout import text_lines

REPORT = "dive_crm.report_dive_emergency"
#: Sizes of the letters, of 1: tried in turn until everything is on one page.
SIZES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.42)
#: Then texts are cut to so many characters, with a sentence that says so; whom to call
#: never is, and allergies to no fewer than ALLERGIES.
CUTS = (6000, 3000, 1500, 800, 400)
ALLERGIES = 6000
STEPS = [(size, None) for size in SIZES] + [(SIZES[-1], cut) for cut in CUTS]
#: What a text of full size takes on a page, measured: a line holds so many letters,
#: and beside the contacts and the chamber there is room for so many lines.
LETTERS = 122
LINES = 42
#: A text of more lines than these is printed without its line ends.
MOST_LINES = 5


class DiveEmergencyReport(models.AbstractModel):
    _name = "report.dive_crm.report_dive_emergency"
    _description = "Emergency sheet"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Return the values of the QWeb template; the documents are openings.

        Whoever asks must have opened each of them: the number of somebody else's, or of
        one that has lapsed, is refused and noted.

        :raise AccessError: see ``dive.emergency.opening``
        """
        sheets = self._sheets(docids)
        for sheet in sheets:
            # on a screen there are no pages: nothing is cut
            sheet["divers"] = [_at_step(diver, 0) for diver in sheet["divers"]]
        return {"sheets": sheets}

    @api.model
    def _sheets(self, docids):
        # sudo: only managers have the right to read them; each asks whose it is
        openings = self.env["dive.emergency.opening"].sudo().browse(docids or ())
        openings = openings.exists()
        if not openings:
            raise UserError(self.env._("This sheet is not kept: open it anew."))
        return [
            _laid_out(opening._dive_sheet("print"), self.env) for opening in openings
        ]


def _laid_out(sheet, env):
    """Return a sheet with the sizes of its pages, on one line what has many lines."""
    lang = env["res.lang"]._get_data(code=env.lang or "en_US")
    sheet["rtl"] = lang.direction == "rtl"
    sheet["plan"] = _in_few_lines(sheet["plan"], 20)
    sheet.update(_words(sheet, env))
    for diver in sheet["divers"]:
        for part in diver.get("texts", ()):
            part["text"] = _in_few_lines(part["text"], MOST_LINES)
        diver["plan"] = sheet["plan"]
        diver["contacts_text"] = env._(
            "Contacts: %(count)s", count=len(diver["contacts"])
        )
        diver["step"] = _first_step(sheet, diver)
    return sheet


def _words(sheet, env):
    """Return the sentences of the paper that have values in them."""
    opening = sheet["opening"]
    return {
        "sites_text": env._("Dive sites: %(names)s", names=sheet["sites"]),
        "index_text": env._(
            "Divers: %(count)s, each on a page of their own",
            count=len(sheet["divers"]),
        ),
        "opened_text": env._(
            "Opened by %(user)s, %(date)s.",
            user=opening.user_name,
            date=format_datetime(env, opening.date, dt_format=False),
        ),
    }


def _in_few_lines(text, most):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(lines) if len(lines) <= most else " · ".join(lines)


def _first_step(sheet, diver):
    """Return the number of the first of STEPS with which a diver is on one page.

    An estimate; where it says that texts are to be cut, rather too late than too early.
    """
    for number, (size, cut) in enumerate(STEPS):
        room = LINES * 1.5 if (size, cut) == (SIZES[-1], None) else LINES
        if _lines(sheet, _cut(diver, cut), size) * size <= room:
            return number
    return len(STEPS) - 1


def _lines(sheet, diver, size):
    """Estimate how many lines the texts of a diver take with letters of this size."""
    texts = [part["text"] for part in diver.get("texts", ())]
    texts += diver["plan"].splitlines()
    texts += [chamber["address"] for chamber in sheet["chambers"]]
    lines = sum(
        text_lines(line, int(LETTERS / size))
        for text in texts
        for line in text.splitlines() or [""]
    )
    return lines + 1.5 * max(len(diver["contacts"]), 2 * len(sheet["chambers"]))


class IrActionsReport(models.Model):
    """Each diver's page is one page: what does not fit is printed smaller.

    The engine that prints breaks pages where it likes and says nothing. So it is asked
    to print all pages at once, and their number is counted; only where an estimate was
    wrong is each page printed by itself, smaller until it is one.
    """

    _inherit = "ir.actions.report"

    @api.model
    def _dive_private_reports(self):
        return {*super()._dive_private_reports(), REPORT}

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        if self._get_report(report_ref).report_name != REPORT:
            return super()._render_qweb_pdf_prepare_streams(
                report_ref, data, res_ids=res_ids
            )
        if self.get_wkhtmltopdf_state() == "install":
            raise UserError(
                self.env._("wkhtmltopdf is missing on the server: no PDF can be made.")
            )
        sheets = self.env["report.dive_crm.report_dive_emergency"]._sheets(res_ids)
        return {
            sheet["opening"].id: {
                "stream": io.BytesIO(self._dive_emergency_pdf(sheet)),
                "attachment": None,  # never kept
            }
            for sheet in sheets
        }

    @api.model
    def _dive_emergency_pdf(self, sheet):
        divers = sheet["divers"]
        pages = self._dive_emergency_pages(
            sheet, [_at_step(diver, diver["step"]) for diver in divers]
        )
        if len(divers) == 1:
            if _page_count(pages) == 1:
                return pages
            return self._dive_emergency_one_page(
                sheet, divers[0], divers[0]["step"] + 1
            )
        if _page_count(pages) != len(divers):
            pages = merge_pdf(
                [
                    self._dive_emergency_one_page(sheet, diver, diver["step"])
                    for diver in divers
                ]
            )
        return merge_pdf([self._dive_emergency_pages(sheet, [], index=True), pages])

    @api.model
    def _dive_emergency_one_page(self, sheet, diver, step):
        """Return the page of one diver: smaller, then cut, until it is one."""
        for number in range(min(step, len(STEPS) - 1), len(STEPS)):
            page = self._dive_emergency_pages(sheet, [_at_step(diver, number)])
            if _page_count(page) == 1:
                break
        return page

    @api.model
    def _dive_emergency_pages(self, sheet, divers, index=False):
        values = {
            "sheets": [{**sheet, "divers": divers, "index": index and sheet["divers"]}]
        }
        html = self.env["ir.qweb"]._render(REPORT, values)
        return self._run_wkhtmltopdf([f"<!DOCTYPE html>\n{html}"], report_ref=REPORT)


def _at_step(diver, number):
    size, cut = STEPS[number]
    return {**_cut(diver, cut), "size": size}


def _cut(diver, most):
    """Return a diver with no text longer than ``most``; None: as they are."""
    if most is None:
        return diver
    texts = []
    for part in diver.get("texts", ()):
        kept = max(most, ALLERGIES) if part["name"] == "allergies" else most
        more = max(len(part["text"]) - kept, 0)
        texts.append({**part, "text": part["text"][:kept], "more": more})
    return {**diver, "texts": texts, "plan": diver["plan"][:most]}


def _page_count(content):
    return len(PdfFileReader(io.BytesIO(content), strict=False).pages)
