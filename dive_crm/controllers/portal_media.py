"""Photos and videos of trips, for those who were there."""

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

START = "/my/photos"
#: The largest id that the database can compare.
LARGEST_ID = 2**31 - 1
MOST = 300


class PortalMedia(CustomerPortal):
    """Wrong, missing and foreign ids are all "not found"."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "dive_photo_count" in counters:
            media = self._dive_media()
            values["dive_photo_count"] = media.search_count(media._dive_portal_domain())
        return values

    def _dive_media(self):
        # sudo: who was on which trip is said by the domain
        return request.env["dive.trip.media"].sudo()

    @http.route(START, type="http", auth="user", website=True)
    def photos(self, **_kw):
        """Show the photos of the trips somebody was on, the latest first."""
        media = self._dive_media()
        found = media.search(
            media._dive_portal_domain(), order="trip_id desc, id", limit=MOST
        )
        trips = found.grouped("trip_id")
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "dive_photos",
            "by_trip": sorted(
                trips.items(), key=lambda entry: entry[0].date_start, reverse=True
            ),
        }
        return request.render("dive_crm.portal_my_photos", values)

    @http.route(
        [f"{START}/<int:media_id>", f"{START}/<int:media_id>/<string:size>"],
        type="http",
        auth="user",
    )
    def photo(self, media_id, size="full", **_kw):
        """Give one file."""
        media = self._dive_media()
        domain = [("id", "=", min(media_id, LARGEST_ID)), *media._dive_portal_domain()]
        found = media.search(domain)
        field = {"full": "data", "small": "thumbnail"}.get(size)
        if not found or not field or not found[field]:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(
            found, field, mimetype=found.mimetype if size == "full" else "image/jpeg"
        )
        response = stream.get_response(as_attachment=False, immutable=False)
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
