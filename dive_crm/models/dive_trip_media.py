"""Photos and videos of a trip, for those who were there."""

import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.scan import MAGIC, MEGABYTE, ScanError, clean_scan

#: the longest video that is taken, in bytes
VIDEO_LIMIT = 100 * MEGABYTE
PHOTOS = ("image/jpeg", "image/png")
MOST_PER_TRIP = 300


def video_type(data):
    """Return what kind of video the first bytes say that this is, or None."""
    if data[4:8] == b"ftyp" and data[8:12] != b"heic":
        return "video/quicktime" if data[8:10] == b"qt" else "video/mp4"
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return "video/webm"
    return None


class DiveTripMedia(models.Model):
    """A photo or video of a trip; a photo without where and by whom it was taken."""

    _name = "dive.trip.media"
    _description = "Photo or video of a trip"
    _order = "id"
    _check_company_auto = True

    # cascade: a trip with bookings cannot be deleted
    trip_id = fields.Many2one(
        "dive.trip", required=True, index=True, ondelete="cascade", check_company=True
    )
    company_id = fields.Many2one(
        related="trip_id.company_id", store=True, index=True, precompute=True
    )
    name = fields.Char("Title", required=True, default="Photo")
    data = fields.Binary("File", required=True, attachment=True)
    thumbnail = fields.Binary(readonly=True, attachment=True)
    mimetype = fields.Char(readonly=True)
    is_video = fields.Boolean(compute="_compute_is_video")

    @api.depends("mimetype")
    def _compute_is_video(self):
        for media in self:
            media.is_video = (media.mimetype or "").startswith("video/")

    @api.model_create_multi
    def create(self, vals_list):
        media = super().create(
            [{**vals, **self._dive_checked(vals.get("data"))} for vals in vals_list]
        )
        # after: the trip may also be a default of the call
        trips = media.trip_id
        trips._dive_check_may_roll()
        for trip in trips:
            if self.search_count([("trip_id", "=", trip.id)]) > MOST_PER_TRIP:
                raise UserError(
                    self.env._(
                        "A trip has at most %(count)s photos and videos: remove some.",
                        count=MOST_PER_TRIP,
                    )
                )
        return media

    def write(self, vals):
        if vals.keys() - {"name"}:
            raise UserError(
                self.env._("Only the title can be changed: remove the file, add anew.")
            )
        self.trip_id._dive_check_may_roll()
        return super().write(vals)

    def unlink(self):
        if not self.env.su:
            self.trip_id._dive_check_may_roll()
        return super().unlink()

    @api.model
    def _dive_checked(self, data):
        """Return the values of a file as it is kept.

        :param data: in base64, as the web client sends it
        :raise UserError: neither a photo nor a video, or too large
        """
        try:
            content = base64.b64decode(data or b"", validate=False)
        except (binascii.Error, ValueError, TypeError):
            content = b""
        kind = video_type(content)
        if kind and len(content) <= VIDEO_LIMIT:
            return {"data": data, "mimetype": kind, "thumbnail": False}
        if any(content.startswith(MAGIC[photo]) for photo in PHOTOS):
            try:
                photo = clean_scan(content)
            except ScanError:
                photo = None
            if photo:
                return {
                    "data": base64.b64encode(photo.data),
                    "mimetype": photo.mimetype,
                    "thumbnail": base64.b64encode(photo.thumbnail),
                }
        raise UserError(
            self.env._(
                "This file cannot be shared: photos are JPEG or PNG of at most 10 MB,"
                " videos MP4, MOV or WebM of at most %(size)s MB.",
                size=VIDEO_LIMIT // MEGABYTE,
            )
        )

    # ------------------------------------------------------------------
    # Portal
    # ------------------------------------------------------------------

    @api.model
    def _dive_portal_domain(self, people=None):
        """Return which photos the user sees in the portal: of trips they dived on.

        :param people: whose photos; the user's and their wards' if nobody is named
        :return: a domain for the superuser
        """
        if people is None:
            people = self.env["res.partner"]._dive_portal_acting()
        return [
            (
                "trip_id.seat_ids",
                "any",
                [("partner_id", "in", people.ids), ("state", "=", "done")],
            )
        ]


class DiveTrip(models.Model):
    _inherit = "dive.trip"

    media_count = fields.Integer(
        compute="_compute_media_count",
        groups="dive_crm.group_front_desk,dive_crm.group_instructor",
    )

    def _compute_media_count(self):
        counts = dict(
            self.env["dive.trip.media"]._read_group(
                [("trip_id", "in", self.ids)], ["trip_id"], ["__count"]
            )
        )
        for trip in self:
            trip.media_count = counts.get(trip._origin, 0)

    def action_media(self):
        """Open the photos and videos of this trip, to look at and to add."""
        self.ensure_one()
        self._dive_check_may_roll()
        return {
            **self.env["ir.actions.actions"]._for_xml_id(
                "dive_crm.action_dive_trip_media"
            ),
            "display_name": self.env._("Photos: %(trip)s", trip=self.display_name),
            "domain": [("trip_id", "=", self.id)],
            "context": {"default_trip_id": self.id},
        }
