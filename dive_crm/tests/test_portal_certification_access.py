from odoo.exceptions import AccessError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from .portal_certification_common import LIST, NEW, PortalCertificationCommon
from .scan_files import jpeg

MISSING = 2**31 - 2
IMPOSSIBLE = 2**40


@tagged("post_install", "-at_install", "dive_long")
class TestPortalCertificationAccess(PortalCertificationCommon):
    """Somebody else's ids: nobody learns whether there is such a card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls._card(cls.diver, number="100001")
        cls.ward = cls._ward(cls.diver)
        cls.wards = cls._card(cls.ward, number="100002")
        cls.foreign = cls._card(cls.other, number="100003")
        cls.others_ward = cls._ward(cls.other, "Otis")
        cls.others_wards = cls._card(cls.others_ward, number="100004")
        cls.archived = cls._card(cls.diver, number="100005", active=False)
        cls.gone_ward = cls._ward(cls.diver, "Gone")
        cls.gone_wards = cls._card(cls.gone_ward, number="100006")
        cls.gone_ward.active = False
        cls.grown_up = cls._ward(cls.diver, "Gil")
        cls.grown_up.birthdate_date = "2000-02-29"
        cls.grown_ups = cls._card(cls.grown_up, number="100007")
        cls.hidden = cls.foreign | cls.others_wards | cls.gone_wards | cls.grown_ups

    def _not_found(self, path, **kwargs):
        """Return the page of a refusal, comparable: without what each one has anew."""
        answer = self.url_open(path, allow_redirects=False, **kwargs)
        self.assertEqual(answer.status_code, 404, path)
        self.assertNotRegex(answer.text, "Zebra|Otto|Otis|Gone|Gil|Traceback")
        return len(answer.text)

    def _see(self, path):
        return self.url_open(path, allow_redirects=False).status_code

    def test_own_and_wards(self):
        self._login("t_portal")
        for card in self.own | self.wards:
            self.assertEqual(self._see(f"{LIST}/{card.id}"), 200)
            picture = self._with_picture(card)
            self.assertEqual(self._see(picture), 200)
            self.assertEqual(self._see(f"{picture}/thumbnail"), 200)
        page = self._get(LIST)
        self.assertIn("100002", page)
        for number in ("100003", "100004", "100005", "100006", "100007"):
            self.assertNotIn(number, page)

    def test_pages_of_others(self):
        self._login("t_portal")
        nothing = self._not_found(f"{LIST}/{MISSING}")
        for card_id in [*(self.hidden | self.archived).ids, IMPOSSIBLE, 0]:
            same = self._not_found(f"{LIST}/{card_id}")
            # the address itself may stand on the page
            self.assertAlmostEqual(same, nothing, delta=60)
        for path in (f"{LIST}/-1", f"{LIST}/x"):
            self._not_found(path)

    def test_forms_of_others(self):
        self._login("t_portal")
        token = self._token_of(self._get(NEW))
        for card_id in [*(self.hidden | self.archived).ids, MISSING, IMPOSSIBLE]:
            form = {"number": "666", "csrf_token": token}
            self._not_found(f"{LIST}/{card_id}", data=form)
        self.assertNotIn("666", (self.hidden | self.archived).mapped("number"))

    def test_pictures_of_others(self):
        self._login("t_portal")
        nothing = self._not_found(f"/dive/file/{MISSING}")
        for card in self.hidden:
            picture = self._with_picture(card)
            for path in (picture, f"{picture}/thumbnail", f"{picture}?download=1"):
                same = self._not_found(path)
                self.assertAlmostEqual(same, nothing, delta=60)

    def test_send_for_others(self):
        self._login("t_portal")
        for diver in (self.other, self.others_ward, self.gone_ward, self.company):
            form = self._form(partner_id=str(diver.id))
            self._post(NEW, form, 404)
        for diver_id in ("", "0", str(MISSING), "x", str(IMPOSSIBLE), "²"):
            self._post(NEW, self._form(partner_id=diver_id), 404)
        self.assertEqual(self._cards(self.other), self.foreign)
        self.assertEqual(self._cards(self.others_ward), self.others_wards)

    def test_form_key_of_somebody_else(self):
        self._login("t_portal_b")
        form = self._form(partner_id=str(self.other.id))
        self._post(NEW, form)
        theirs = self._cards(self.other) - self.foreign
        self._login("t_portal")
        answer = self._post(NEW, form | {"partner_id": str(self.diver.id)})
        self.assertNotIn(str(theirs.id), answer.headers["Location"])
        self.assertEqual(len(self._cards()), 2)

    def test_needs_the_token(self):
        self._login("t_portal")
        with mute_logger("odoo.http"):
            for path in (NEW, f"{LIST}/{self.own.id}", f"{LIST}/{MISSING}"):
                self._post(path, self._form(), 400, token="wrong")
        self.assertEqual(self._cards(), self.own)

    def test_not_logged_in(self):
        self.authenticate(None, None)
        picture = self._with_picture(self.own)
        for path in (
            LIST,
            NEW,
            f"{LIST}/{self.own.id}",
            f"{LIST}/{MISSING}",
            f"{LIST}/levels?q=zebra",
            picture,
        ):
            answer = self.url_open(path, allow_redirects=False)
            self.assertEqual(answer.status_code, 303, path)
            self.assertIn("/web/login", answer.headers["Location"])

    def test_not_a_diver(self):
        self.diver.dive_customer = False
        (self.own | self.wards).active = False
        self.ward.dive_customer = False
        self._login("t_portal")
        self.assertNotIn(f'href="{LIST}"', self._get("/my"))
        self.assertIn("not registered as a diver", self._get(f"{LIST}/page/2"))
        self._not_found(NEW)
        self._not_found(f"{LIST}/levels?q=zebra")

    def test_guardian_who_does_not_dive(self):
        self.diver.dive_customer = False
        self._login("t_portal")
        page = self._get(NEW)
        self.assertNotIn('name="partner_id"', page)
        self._post(NEW, self._form())
        self.assertEqual(len(self._cards(self.ward)), 2)

    def test_staff_have_no_more_here_than_divers(self):
        for role in ("instructor", "front", "manager", "medical", "employee"):
            self._login(f"t_{role}")
            with self.subTest(role):
                self.assertNotIn("Zebra", self._get(LIST))
                for card in self.own | self.wards | self.foreign:
                    self._not_found(f"{LIST}/{card.id}")
                self._not_found(NEW)
                self._not_found(f"{LIST}/levels?q=zebra")

    def test_instructor_who_dives(self):
        self.instructor.partner_id.dive_customer = True
        self._login("t_instructor")
        self._post(NEW, self._form())
        self.assertEqual(self._cards(self.instructor.partner_id).source, "portal")

    def test_ward_of_another_company(self):
        company = self.env["res.company"].create({"name": "Far away"})
        self.ward.company_id = company
        self._login("t_portal")
        self._not_found(f"{LIST}/{self.wards.id}")
        self._not_found(self._with_picture(self.wards))

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_access", "odoo.models")
    def test_nothing_is_written_by_rpc(self):
        card = self.own.id
        for model, method, *args in (
            ("dive.certification", "write", [card], {"number": "1"}),
            ("dive.certification", "write", [card], {"source": "desk"}),
            ("dive.certification", "web_save", [card], {"number": "1"}, {}),
            ("dive.certification", "create", [{"partner_id": self.diver.id}]),
            ("dive.certification", "unlink", [card]),
            ("dive.certification", "action_archive", [card]),
            ("dive.certification.check", "create", [{"certification_id": card}]),
            ("dive.certification", "read", self.foreign.ids, ["number"]),
            ("dive.certification", "read", [card], ["note"]),
            ("dive.certification", "read", [card], ["form_key"]),
            ("dive.certification.check", "search_read", [], ["evidence"]),
            ("dive.certification.renewal", "search_read", [], ["note"]),
            ("dive.sealed.file", "search_read", [], ["name"]),
            ("dive.certification", "_dive_portal_card", card),
        ):
            with self.subTest(f"{model}.{method}"):
                self._rpc_refused("portal", model, method, *args)
        found = self._rpc("portal", "dive.certification", "search", [])
        self.assertEqual(set(found), set((self.own | self.wards).ids))

    def test_hint_stays_with_staff(self):
        self._card(self.other, number="100001")
        hint = self._rpc("portal", "dive.certification", "read", self.own.ids, ["hint"])
        self.assertFalse(hint[0]["hint"])
        self.assertIn("Otto", self.own.with_user(self.front).hint)

    def test_methods_ask_for_themselves(self):
        cards = self.Card.with_user(self.portal)
        self.assertFalse(cards._dive_portal_card(self.foreign.id))
        nobody = self.Card.with_user(self.employee)
        self.assertFalse(nobody._dive_portal_people())
        self.assertFalse(nobody._dive_portal_cards())
        with self.assertRaises(AccessError):
            cards.browse(self.own.id)._dive_sealed_put("front", jpeg())
