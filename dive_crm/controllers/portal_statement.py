"""One's own statement, and wards': totals on the page, everything in the PDF."""

from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request

from ..tools.rate import RateLimit
from .portal_diving import PAGE, PortalDiving

START = "/my/statement"
PERIOD = "this_year"
#: making a PDF takes a second of the server
PRINTS = RateLimit(10, 60)


class PortalStatement(PortalDiving):
    def _dive_periods(self):
        """Return the periods to choose from: (value, words)."""
        # sudo: words of a dialog of the desk's
        wizard = request.env["dive.statement.wizard"].sudo()
        periods = wizard._fields["period"]._description_selection(request.env)
        return [entry for entry in periods if entry[0] != "custom"]

    def _dive_period(self, chosen):
        return chosen if chosen in dict(self._dive_periods()) else PERIOD

    @http.route(START, methods=["GET"], **PAGE)
    def dive_statement(self, diver=None, period=PERIOD, **_kw):
        """Show what was charged and paid, and what is open."""
        return self._dive_statement_page(diver, period)

    def _dive_statement_page(self, diver, period, status=200, error=""):
        people = self._dive_people()
        chosen = self._dive_chosen(people, diver)
        period = self._dive_period(period)
        wizard, statement = chosen._dive_portal_statement(period, people)
        return self._dive_render(
            "portal_my_statement",
            "dive_statement",
            status,
            people=people,
            diver=chosen,
            period=period,
            periods=self._dive_periods(),
            wizard=wizard,
            s=statement,
            error=error,
        )

    @http.route(f"{START}/<int:diver_id>/pdf", methods=["GET"], **PAGE)
    def dive_statement_pdf(self, diver_id, period=PERIOD, **_kw):
        """Give the statement as a file."""
        people = self._dive_people()
        chosen = self._dive_chosen(people, diver_id)
        period = self._dive_period(period)
        if not PRINTS.allows((request.db, request.env.uid)):
            error = request.env._(
                "This was asked for very often. Please wait a minute."
            )
            return self._dive_statement_page(chosen.id, period, 429, error)
        wizard, _values = chosen._dive_portal_statement(period, people)
        # sudo: portal users may read no reports
        reports = request.env["ir.actions.report"].sudo()
        try:
            content = reports._dive_statement_pdfs(wizard)[chosen.id]
        except UserError:
            error = request.env._(
                "The file cannot be made just now. Please try again later."
            )
            return self._dive_statement_page(chosen.id, period, 503, error)
        name = f"{wizard._statement_name(chosen)}.pdf"
        return request.make_response(
            content,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", content_disposition(name)),
                ("Cache-Control", "no-store"),
            ],
        )
