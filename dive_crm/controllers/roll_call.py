"""The roll call: a page of its own, light for a phone on a boat."""

import json
import os

from markupsafe import Markup

from odoo import http
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools.misc import file_path

FILES = ("roll_call.js", "roll_call.css")
#: The largest id that the database can compare.
LARGEST_ID = 2**31 - 1
HEADERS = [
    ("Cache-Control", "private, no-store"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("Content-Type", "text/html; charset=utf-8"),
]


class RollCall(http.Controller):
    """Who may, and what is done, is in ``dive.trip``: ``roll_call_*``."""

    @http.route("/dive/trip/<int:trip_id>/rollcall", type="http", auth="user")
    def page(self, trip_id):
        """Show the roll call of a trip."""
        trip = self._trip(trip_id)
        if not trip:
            return self._render("dive_crm.roll_call_refused", 404)
        try:
            state = trip.roll_call_state()
        except AccessError:
            return self._render("dive_crm.roll_call_refused", 403)
        data = {
            "trip": trip.id,
            "user": request.env.uid,
            "user_name": request.env.user.name,
            "state": state,
            "words": self._words(),
        }
        # "</script>" in a name does not end the data
        text = Markup(json.dumps(data).replace("<", "\\u003c"))
        return self._render("dive_crm.roll_call", trip=trip, data=text)

    @http.route("/dive/trip/<int:trip_id>/rollcall/send", type="jsonrpc", auth="user")
    def send(self, trip_id, actions=None):
        """Take what was tapped, and tell where everybody is now."""
        trip = self._trip(trip_id)
        if not trip:
            raise AccessError(request.env._("There is no such trip."))
        return trip.roll_call_send(actions or [])

    # ------------------------------------------------------------------

    def _trip(self, trip_id):
        """Return a trip that the user may read, or nothing."""
        trip = request.env["dive.trip"].browse(min(trip_id, LARGEST_ID)).exists()
        return trip if trip and trip.has_access("read") else None

    def _render(self, template, status=200, **values):
        lang = request.env["res.lang"]._get_data(code=request.env.lang or "en_US")
        values.update(
            rtl=lang.direction == "rtl",
            html_lang=(request.env.lang or "en_US").replace("_", "-"),
            files={name: self._address(name) for name in FILES},
        )
        body = request.env["ir.qweb"]._render(template, values)
        return request.make_response(f"<!DOCTYPE html>\n{body}", HEADERS, status=status)

    def _address(self, name):
        """Return where a file is, anew after each change, as browsers keep it."""
        changed = os.stat(file_path(f"dive_crm/static/roll_call/{name}")).st_mtime
        return f"/dive_crm/static/roll_call/{name}?v={changed:.0f}"

    def _words(self):
        """Return what the script says."""
        _ = request.env._
        return {
            "ashore": _("Ashore"),
            "out": _("In the water"),
            "in": _("On board"),
            "undo": _("Undo"),
            "again": _("Next dive"),
            "all_out": _("All into the water"),
            "all_in": _("All back"),
            "no_group": _("Without a group"),
            "group": _("Buddies %s"),
            "overdue": _("OVERDUE"),
            "minutes_left": _("Back in %s min"),
            "minutes_over": _("%s min overdue"),
            "nobody_out": _("Nobody in the water"),
            "later": _("+15 min"),
            "sent": _("Everything is sent"),
            "waiting": _("Not sent yet: %s"),
            "waiting_hint": _("No connection. Go on: it is kept and sent later."),
            "offline": _("No connection: what others tap is not shown."),
            "login": _("Log in again: what you tapped is kept."),
            "since": _("since %s"),
            "back_since": _("back %s"),
            "minor": _("minor"),
            "counted": _("%(number)s by %(name)s, %(time)s"),
            "not_sent": _("not sent yet"),
            "listed": _("%s are on the list"),
            "need": _("Enter a number and the name of who has counted."),
            "same": _("%s has counted already: a second person has to count."),
            "empty": _("Nobody is booked on this trip."),
            "close": _("Close"),
        }
