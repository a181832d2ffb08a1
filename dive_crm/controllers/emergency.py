from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request

from ..reports.dive_emergency_report import REPORT
from ..tools.envelope import new_uid

#: The largest id that the database can compare.
LARGEST_ID = 2**31 - 1
PAGE = {"type": "http", "auth": "user"}
#: Nothing is kept by browsers or proxies, nothing runs, nothing is fetched.
HEADERS = [
    ("Cache-Control", "private, no-store"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
]
#: Trips listed on the first page: those of three days.
MOST_TRIPS = 60


class Emergency(http.Controller):
    """The emergency sheet: pages without scripts, light for a phone on a boat.

    A trip or diver, why (one tap), the sheet. Who may, and what is noted, is in
    ``dive.emergency.opening``.
    """

    @http.route("/dive/emergency", methods=["GET"], **PAGE)
    def emergency(self):
        """List the trips of these days whose sheet the user may open."""
        user = request.env.user
        if not user._is_internal():
            raise request.not_found()
        trips = request.env["dive.trip"]
        now = fields.Datetime.now()
        domain = [
            ("date_end", ">=", now - timedelta(days=3)),
            ("date_start", "<=", now + timedelta(days=3)),
            ("state", "!=", "cancelled"),
        ]
        everyone = user.has_group("dive_crm.group_medical") or user.has_group(
            "dive_crm.group_manager"
        )
        if not everyone:
            domain.append(("guide_ids", "in", user.partner_id.ids))
        found = trips
        if trips.has_access("read"):
            found = trips.search(domain, order="date_start", limit=MOST_TRIPS)
        return self._page(
            "dive_crm.emergency_trips",
            trips=found.filtered(lambda trip: trip._dive_emergency_day()),
            everyone=everyone,
        )

    @http.route("/dive/emergency/trip/<int:trip_id>", methods=["GET"], **PAGE)
    def trip(self, trip_id, diver=None):
        """Ask why, for the divers of a trip."""
        return self._ask_why(trip_id=trip_id, chosen=diver)

    @http.route("/dive/emergency/diver/<int:diver_id>", methods=["GET"], **PAGE)
    def diver(self, diver_id):
        """Ask why, for a diver outside a trip."""
        return self._ask_why(diver_id=diver_id)

    @http.route("/dive/emergency/open", methods=["POST"], **PAGE)
    def open(self, kind=None, text=None, token=None, **who):
        """Note the reason, and go on to the sheet."""
        trip_id, diver_id = (_number(who.get(name)) for name in ("trip", "diver"))
        try:
            trip, divers = self._whom(trip_id, diver_id)
            openings = request.env["dive.emergency.opening"]
            openings._dive_open(token, kind, text, trip, divers)
        except (AccessError, MissingError) as error:
            return self._refused(error)
        except UserError as error:
            return self._ask_why(trip_id, diver_id, diver_id, text, str(error))
        return request.redirect(f"/dive/emergency/sheet/{token}")

    @http.route("/dive/emergency/sheet/<string:token>", methods=["GET"], **PAGE)
    def sheet(self, token):
        """Show the sheet to who has opened it."""
        try:
            sheet = self._opening(token)._dive_sheet("open")
        except (AccessError, MissingError) as error:
            return self._refused(error)
        return self._page("dive_crm.emergency_sheet", token=token, **sheet)

    @http.route("/dive/emergency/sheet/<string:token>/pdf", methods=["GET"], **PAGE)
    def sheet_pdf(self, token):
        """Give the sheet as a PDF: what is still there without a connection."""
        try:
            opening = self._opening(token)
            reports = request.env["ir.actions.report"].with_context(
                force_report_rendering=True
            )
            content = reports._render_qweb_pdf(REPORT, opening.ids)[0]
        except (AccessError, MissingError) as error:
            return self._refused(error)
        except UserError as error:
            return self._page("dive_crm.emergency_refused", 503, why=str(error))
        headers = [
            ("Content-Type", "application/pdf"),
            ("Content-Disposition", content_disposition("emergency-sheet.pdf")),
        ]
        return request.make_response(content, HEADERS + headers)

    # ------------------------------------------------------------------

    def _whom(self, trip_id, diver_id):
        """Return the trip and the divers of an address; refuse who may not.

        :raise AccessError: not allowed, or there is no such trip or diver
        """
        env = request.env
        opening = env["dive.emergency.opening"]
        trip = env["dive.trip"].browse(trip_id or ())
        if trip:
            # sudo: whether there is one; who may is asked in the next line but one
            there = trip.sudo().exists()
            divers = there._dive_aboard()
            opening._dive_ask(trip, divers)
            if diver_id:
                divers = divers.filtered(lambda diver: diver.id == diver_id)
        else:
            divers = env["res.partner"].browse(diver_id or ())
            opening._dive_ask(trip, divers)
            divers = divers.exists()
        return trip, divers

    def _opening(self, token):
        opening = request.env["dive.emergency.opening"]._dive_of(token)
        if not opening:
            raise AccessError(opening._dive_closed())
        return opening

    def _ask_why(self, trip_id=None, diver_id=None, chosen=None, text="", error=""):
        try:
            trip, divers = self._whom(trip_id, None if trip_id else diver_id)
        except (AccessError, MissingError) as refusal:
            return self._refused(refusal)
        return self._page(
            "dive_crm.emergency_why",
            trip=trip,
            divers=divers.sudo(),  # sudo: names of those whom this person may open
            chosen=_number(chosen),
            everybody=request.env._("Everybody aboard (%(count)s)", count=len(divers)),
            text=text if isinstance(text, str) else "",
            error=error,
            token=new_uid(),
        )

    def _refused(self, error):
        why = str(error)
        if isinstance(error, MissingError):
            why = request.env._("This trip or customer is not there any more.")
        return self._page("dive_crm.emergency_refused", 403, why=why)

    def _page(self, template, status=200, **values):
        lang = request.env["res.lang"]._get_data(code=request.env.lang or "en_US")
        values.update(
            rtl=lang.direction == "rtl",
            # not "lang": QWeb puts its own there
            html_lang=(request.env.lang or "en_US").replace("_", "-"),
            csrf_token=request.csrf_token,
        )
        # not lazily: what goes wrong is to be told here
        body = request.env["ir.qweb"]._render(template, values)
        return request.make_response(
            f"<!DOCTYPE html>\n{body}",
            [*HEADERS, ("Content-Type", "text/html; charset=utf-8")],
            status=status,
        )


def _number(text):
    """Return an id that somebody sent; 0 for what is none."""
    text = str(text or "")
    number = int(text) if text.isdecimal() and len(text) < 12 else 0
    return number if number <= LARGEST_ID else 0
