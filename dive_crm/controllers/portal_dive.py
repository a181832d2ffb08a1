"""The logged dives of a diver, and of wards, in the portal."""

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

START = "/my/dives"
PER_PAGE = 30


class PortalDive(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dive_dive_count" in counters:
            dives = request.env["dive.logged.dive"].sudo()
            values["dive_dive_count"] = dives.search_count(self._dive_domain())
        return values

    def _dive_domain(self):
        """Return whose dives are shown: one's own and wards', staff's own as well."""
        people = request.env["res.partner"]._dive_portal_people()
        if request.env.user._is_internal():
            people &= request.env.user.partner_id
        return [("partner_id", "in", people.ids), ("seat_id.state", "=", "done")]

    @http.route(
        [START, f"{START}/page/<int:page>"], type="http", auth="user", website=True
    )
    def dives(self, page=1, **_kw):
        """List the dives of finished trips, the latest first."""
        # sudo: a trip and its sites are not readable in the portal; whose dives is
        # said by the domain
        dives = request.env["dive.logged.dive"].sudo()
        domain = self._dive_domain()
        pager = portal_pager(
            url=START,
            total=dives.search_count(domain),
            page=page,
            step=PER_PAGE,
        )
        found = dives.search(
            domain,
            order="trip_id desc, seat_id, number",
            limit=PER_PAGE,
            offset=pager["offset"],
        )
        by_seat = {}
        for dive in found:
            by_seat.setdefault(dive.seat_id, []).append(dive)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_dives",
            "pager": pager,
            "by_seat": sorted(
                by_seat.items(), key=lambda entry: entry[0].date_start, reverse=True
            ),
            "gases": dict(dives._fields["gas"]._description_selection(request.env)),
            "me": request.env.user.partner_id,
        }
        return request.render("dive_crm.portal_my_dives", values)
