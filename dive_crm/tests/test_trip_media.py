"""Photos of a trip: checked when they come, and shown to those who were there."""

import base64
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DiveHttpCommon
from .roll_common import RollMixin
from .scan_files import jpeg

VIDEO = b"\0\0\0\x18ftypmp42" + b"\0" * 64


@tagged("post_install", "-at_install", "dive_long")
class TestTripMedia(RollMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpRoll()

    def _add(self, data, user=None):
        media = self.env["dive.trip.media"].with_user(user or self.instructor)
        return media.create(
            {
                "trip_id": self.trip.id,
                "name": "Reef",
                "data": base64.b64encode(data),
            }
        )

    def test_what_is_taken_and_by_whom(self):
        photo, video = self._add(jpeg()), self._add(VIDEO, self.front)
        self.assertEqual(photo.mimetype, "image/jpeg")
        self.assertTrue(photo.thumbnail)
        self.assertFalse(photo.is_video)
        self.assertEqual(video.mimetype, "video/mp4")
        self.assertTrue(video.is_video)
        trip = self.trip.with_user(self.instructor)
        self.assertEqual(trip.media_count, 2)
        found = self.env["dive.trip.media"].search(trip.action_media()["domain"])
        self.assertEqual(found, photo.sudo() + video.sudo())
        for junk in (
            b"",
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"%PDF-1.4",
            b"\xff\xd8\xff and then nothing",
            b"MZ" + b"\0" * 64,
        ):
            with self.assertRaises(UserError):
                self._add(junk)
        limit = "odoo.addons.dive_crm.models.dive_trip_media.VIDEO_LIMIT"
        with self.assertRaises(UserError), patch(limit, 50):
            self._add(VIDEO)
        with self.assertRaises(UserError):
            photo.write({"data": base64.b64encode(b"<script>")})
        photo.name = "Reef at noon"
        stranger = self.instructor.copy({"login": "t_stranger"})
        for user in (stranger, self.medical, self.employee, self.portal):
            mine = photo.with_user(user)
            by_default = mine.with_context(default_trip_id=self.trip.id)
            data = base64.b64encode(jpeg())
            for call in (
                lambda user=user: self._add(jpeg(), user),
                lambda mine=by_default, data=data: mine.create({"data": data}),
                lambda mine=mine: mine.write({"name": "x"}),
                mine.unlink,
            ):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    call()
        for user in (self.medical, self.employee, self.portal):
            with self.assertRaises(AccessError):
                photo.with_user(user).read(["name"])
        elsewhere = self.env["res.company"].create({"name": "Other centre"})
        foreign = self.front.copy(
            {
                "login": "t_foreign",
                "company_id": elsewhere.id,
                "company_ids": [Command.set(elsewhere.ids)],
            }
        )
        self.assertFalse(self.env["dive.trip.media"].with_user(foreign).search([]))
        video.unlink()

    def test_portal(self):
        photo, video = self._add(jpeg()), self._add(VIDEO)
        me = self.portal.partner_id
        me.dive_customer = True
        seat = self._booking(me, self.trip, confirm=True).diver_ids
        paths = (
            f"/my/photos/{photo.id}",
            f"/my/photos/{photo.id}/small",
            f"/my/photos/{video.id}",
        )
        self.authenticate("t_portal", "t_portal")
        # not before the trip is over
        self.assertIn("No photos yet", self._get("/my/photos").text)
        for path in paths:
            self._get(path, 404)
        self.trip.action_done()
        page = self._get("/my/photos").text
        self.assertIn("Reef", page)
        self.assertIn(f"/my/photos/{photo.id}/small", page)
        kinds = []
        for path in paths:
            answer = self._get(path)
            kinds.append(answer.headers["Content-Type"])
            self.assertEqual(answer.headers["Cache-Control"], "private, no-cache")
        self.assertEqual(kinds, ["image/jpeg", "image/jpeg", "video/mp4"])
        for path in (
            f"/my/photos/{video.id}/small",
            f"/my/photos/{photo.id}/large",
            "/my/photos/0",
            f"/my/photos/{2**40}",
            f"/web/content/dive.trip.media/{photo.id}/data",
        ):
            self._get(path, 404)
        # who stayed ashore was not there, nor is somebody else
        seat.action_no_show()
        self.assertNotIn("Reef", self._get("/my/photos").text)
        for path in paths:
            self._get(path, 404)
        # a guardian sees those of a ward
        self.tom.dive_guardian_id = me
        self.assertIn("Reef", self._get("/my/photos").text)
        self.authenticate(None, None)
        self.assertIn("/web/login", self._get(paths[0], 303).headers["Location"])

    def test_queries_do_not_grow(self):
        """The screen of a trip, and the page in the portal."""
        data = base64.b64encode(jpeg())
        media = self.env["dive.trip.media"].with_user(self.front)
        spec = {name: {} for name in ("is_video", "thumbnail", "name")}
        me = self.portal.partner_id
        self._booking(me, self.trip, confirm=True)
        self.trip.action_done()
        portal = self.env["dive.trip.media"].with_user(self.portal).sudo()
        counts = []
        for number in (1, 79):
            media.create([{"trip_id": self.trip.id, "data": data}] * number)
            for _turn in range(2):  # the first one warms the caches of the registry
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                found = media.with_context(bin_size=True).web_search_read(
                    [("trip_id", "=", self.trip.id)], spec
                )
                shown = portal.search(portal._dive_portal_domain())
                shown.mapped("name")
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(found["length"], 80)
        self.assertEqual(len(shown), 80)
        self.assertEqual(*counts)
