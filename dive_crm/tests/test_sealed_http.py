import os

from odoo.tests.common import tagged
from odoo.tools import mute_logger

from . import scan_files as files
from .common import DiveHttpCommon
from .sealed_common import SealedMixin, b64


@tagged("post_install", "-at_install", "dive_long")
class TestSealedHttp(SealedMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpKeys()
        cls.level = cls._level(cls.env)
        cls.diver = cls._customer("Ada Diver")
        cls.card = cls._card(
            cls.diver,
            cls.level,
            number="1",
            front_image=b64(files.jpeg()),
            back_image=b64(files.pdf()),
        )
        cls.front_file, cls.back_file = cls.card.front_id, cls.card.back_id

    def _get(self, role, path):
        if role:
            self.authenticate(f"t_{role}", f"t_{role}")
        else:
            self.authenticate(None, None)
        return self.url_open(path, allow_redirects=False)

    def test_picture_and_document(self):
        for file, start, mimetype in (
            (self.front_file, b"\xff\xd8\xff", "image/jpeg"),
            (self.back_file, b"%PDF-", "application/pdf"),
        ):
            answer = self._get("front", f"/dive/file/{file.id}")
            self.assertEqual(answer.status_code, 200)
            self.assertTrue(answer.content.startswith(start))
            self.assertEqual(len(answer.content), file.size)
            headers = answer.headers
            self.assertEqual(headers["Content-Type"], mimetype)
            self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(
                headers["Content-Security-Policy"], "default-src 'none'; sandbox"
            )
            self.assertEqual(headers["Cache-Control"], "private, no-store")
            self.assertNotIn("ETag", headers)
            self.assertTrue(headers["Content-Disposition"].startswith("inline"))
            self.assertIn(str(file.id), headers["Content-Disposition"])
        answer = self._get("front", f"/dive/file/{self.front_file.id}?download=1")
        self.assertTrue(answer.headers["Content-Disposition"].startswith("attachment"))

    def test_thumbnail(self):
        path = "/dive/file/%s/thumbnail"
        answer = self._get("instructor", path % self.front_file.id)
        self.assertEqual(answer.headers["Content-Type"], "image/jpeg")
        self.assertTrue(answer.content.startswith(b"\xff\xd8\xff"))
        self.assertEqual(answer.headers["Cache-Control"], "private, no-store")
        answer = self._get("front", path % self.back_file.id)
        self.assertEqual(answer.status_code, 404)

    def test_wrong_missing_and_foreign_look_the_same(self):
        orphan = self.card.front_id.sudo().copy({"res_id": 2**31 - 1})
        elsewhere = self.card.front_id.sudo().copy({"res_model": "res.partner"})
        missing = self.front_file.id + 100_000
        with mute_logger("odoo.http"):
            for role in ("accountant", "employee", "portal"):
                answers = {
                    self._shown(role, f"/dive/file/{file_id}{end}")
                    for file_id in (
                        self.front_file.id,
                        self.back_file.id,
                        orphan.id,
                        elsewhere.id,
                        missing,
                        0,
                        2**31,
                        10**30,
                    )
                    for end in ("", "/thumbnail", "?download=1")
                }
                self.assertEqual(len(answers), 1, role)
                self.assertEqual(answers.pop()[0], 404)
            self.assertEqual(
                self._shown("front", f"/dive/file/{missing}"),
                self._shown("front", f"/dive/file/{orphan.id}"),
            )

    def _shown(self, role, path):
        answer = self._get(role, path)
        # what differs by itself: the address, and tokens of the page's session
        text = answer.text.replace(path, "").split("csrf_token")[0]
        return answer.status_code, answer.headers.get("Content-Type"), text

    def test_nobody_logged_in(self):
        for file_id in (self.front_file.id, self.front_file.id + 100_000):
            answer = self._get(None, f"/dive/file/{file_id}")
            self.assertEqual(answer.status_code, 303)
            self.assertIn("/web/login", answer.headers["Location"])

    def test_the_diver_and_nobody_elses(self):
        mine = self._card(
            self.portal.partner_id,
            self.level,
            number="2",
            front_image=b64(files.jpeg()),
        )
        own = self._get("portal", f"/dive/file/{mine.front_id.id}")
        other = self._get("portal", f"/dive/file/{self.front_file.id}")
        self.assertEqual((own.status_code, other.status_code), (200, 404))

    def test_a_replaced_file_is_gone(self):
        path = f"/dive/file/{self.front_file.id}"
        self.card.front_image = b64(files.jpeg())
        self.assertEqual(self._get("front", path).status_code, 404)

    def test_no_key_says_so_to_whom_may_see_it(self):
        os.rename(self.key_file, self.key_file + ".away")
        self.addCleanup(os.rename, self.key_file + ".away", self.key_file)
        path = f"/dive/file/{self.front_file.id}"
        with mute_logger("odoo.addons.dive_crm.models.dive_key_holder"):
            answer = self._get("front", path)
        self.assertEqual(answer.status_code, 503)
        self.assertIn("the key file is not there", answer.text)
        self.assertNotIn(self.key_file, answer.text)
        self.assertEqual(self._get("employee", path).status_code, 404)

    def test_odoos_own_addresses_give_nothing(self):
        self.authenticate("t_front", "t_front")
        for path in (
            "/web/content/dive.certification/%s/front_image",
            "/web/image/dive.certification/%s/front_image",
            "/web/image?model=dive.certification&id=%s&field=front_image&unique=1",
        ):
            answer = self.url_open(path % self.card.id)
            self.assertFalse(answer.content.startswith(b"\xff\xd8\xff"), path)
        for field in ("payload", "thumbnail"):
            answer = self.url_open(
                f"/web/content/dive.sealed.file/{self.front_file.id}/{field}"
            )
            self.assertEqual(answer.status_code, 404)

    def test_api(self):
        """What a script sees that speaks JSON-RPC, whatever context it sends."""
        forged = {"dive_ticket": True, "bin_size": False}
        [row] = self._rpc(
            "front", "dive.certification", "read", self.card.ids, ["front_image"]
        )
        self.assertTrue(row["front_image"])
        for role in ("accountant", "employee"):
            self._rpc_refused(
                role,
                "dive.certification",
                "read",
                self.card.ids,
                ["front_image"],
                context=forged,
            )
        for role in ("front", "manager"):
            for method, args in (
                ("read", [self.front_file.ids, ["payload"]]),
                ("search_read", [[]]),
                ("web_read", [self.front_file.ids, {"name": {}}]),
                ("unlink", [self.front_file.ids]),
                ("_open", [self.front_file.ids]),
                ("_seal", [self.front_file.ids, "front", "x"]),
            ):
                self._rpc_refused(
                    role, "dive.sealed.file", method, *args, context=forged
                )
            self._rpc_refused(
                role, "dive.certification", "_dive_sealed_open", self.card.ids, "front"
            )
            self._rpc_refused(
                role,
                "dive.certification",
                "write",
                self.card.ids,
                {"back_id": self.front_file.id},
                context={"dive_ticket": {"a": 1}},
            )

    def test_the_form_reads_the_name_of_a_file_and_no_more(self):
        [row] = self._rpc(
            "front",
            "dive.certification",
            "web_read",
            self.card.ids,
            {"front_image": {}, "front_id": {"fields": {"display_name": {}}}},
            context={"bin_size": True},
        )
        self.assertEqual(row["front_id"]["display_name"], "front.jpg")
        self.assertRegex(row["front_image"], r"^[\d.]+ (bytes|Kb)$")
        self._rpc_refused(
            "front",
            "dive.certification",
            "web_read",
            self.card.ids,
            {"front_id": {"fields": {"uid": {}}}},
        )
