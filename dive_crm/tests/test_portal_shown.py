"""What the diver sees, shown to the desk: who may, nothing to press, logged."""

from lxml import html

from odoo.tests import tagged

from .access_common import LookMixin
from .common import DiveHttpCommon
from .online_common import OnlineMixin


@tagged("post_install", "-at_install", "dive_long")
class TestPortalShown(LookMixin, OnlineMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpOnline()
        cls._rule("medical", "warn")
        cls._rule("emergency_contact", "warn")
        cls._booking(cls.diver, cls.trip, cls.diver | cls.ward, confirm=True)
        cls.path = f"/dive/portal/{cls.diver.id}"

    def test_the_same_as_the_diver(self):
        """The words of the diver's own page, and no way out of it but back."""
        self.authenticate("t_portal", "t_portal")
        own = html.fromstring(self._get("/my/diving").text).find_class("o_dive_home")
        self.authenticate("t_front", "t_front")
        page = html.fromstring(self._get(self.path).text)
        [shown] = page.find_class("o_dive_home")
        ours = {step.text_content().strip() for step in shown.find_class("o_dive_step")}
        theirs = {
            step.text_content().strip() for step in own[0].find_class("o_dive_step")
        }
        self.assertEqual(ours, theirs)
        self.assertTrue(shown.find_class("o_dive_section"))
        pressed = "//a[@href] | //form | //button | //input"
        self.assertFalse(shown.xpath(pressed.replace("//", ".//")))
        self.assertTrue(own[0].xpath(".//a[@href]"))
        [back] = page.find_class("o_dive_shown")[0].xpath(".//a[@href]")
        self.assertEqual(back.get("href"), f"/odoo/dive-customers/{self.diver.id}")
        self.assertIn("what Petra Portal sees", page.text_content())
        # nobody is logged in as the diver by it
        self.assertIn("No trip planned", self._get("/my/diving").text)

    def test_offer_is_not_leaked(self):
        """The address by which an offer is accepted is for the diver alone."""
        self.trip.capacity = 2
        later = self._trip(20, name="Far away", type_id=self.kind.id, capacity=1)
        held = self._booking(self._customer("Holder"), later, confirm=True)
        self._booking(self.diver, later).action_waitlist()
        held.action_cancel()
        later._dive_promote()
        self.authenticate("t_front", "t_front")
        page = self._get(self.path).text
        self.assertIn("Far away", page)
        self.assertNotIn("/dive/offer/", page)
        self.assertNotIn("/my/", page.split("o_dive_home")[1].split("<footer")[0])

    def test_roles(self):
        for role in ("front", "manager"):
            self.authenticate(f"t_{role}", f"t_{role}")
            self._get(self.path)
        for role in ("instructor", "medical", "accountant", "employee", "portal"):
            self.authenticate(f"t_{role}", f"t_{role}")
            self._get(self.path, 404)
        self.logout(keep_db=True)
        self._get(self.path, 303)

    def test_which(self):
        """Missing, foreign, no customer, larger than any number: all not found."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self._customer("Fay Far", company_id=company.id)
        plain = self.Partner.create({"name": "No Customer"})
        gone = self._customer("Gone")
        gone.unlink()
        self.authenticate("t_front", "t_front")
        for number in (foreign.id, plain.id, gone.id, 0, 2**31, 10**30):
            self._get(f"/dive/portal/{number}", 404)
        archived = self._customer("Archie Archived", active=False)
        self.assertIn("Archie Archived", self._get(f"/dive/portal/{archived.id}").text)

    def test_nothing_can_be_sent(self):
        self.authenticate("t_front", "t_front")
        token = self._token_of(self._get("/my/security").text)
        answer = self.url_open(self.path, data={"csrf_token": token})
        self.assertEqual(answer.status_code, 405)

    def test_logged(self):
        """Who looked at whom is in the access log, and who was refused."""
        for user, allowed in ((self.front, True), (self.employee, False)):
            with self._looks() as rows:
                self.env["dive.portal.home"].with_user(user)._dive_shown(self.diver.id)
            [row] = [row for row in rows if row.field_names == "dive_portal"]
            self.assertEqual(
                (row.user_id, row.action, row.allowed), (user.id, "open", allowed)
            )
            seen = self.diver | self.ward if allowed else self.diver
            self.assertEqual(set(row.partner_ids.split(",")), set(map(str, seen.ids)))

    def test_language(self):
        """The page in the diver's language, as they read it to us; the rest in ours."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.diver.lang = "de_DE"
        self.authenticate("t_front", "t_front")
        page = self._get(self.path).text
        self.assertIn("This is what Petra Portal sees", page)
        self.assertIn('lang="de-DE"', page)
        self.assertIn("Gebucht", page)

    def test_button(self):
        action = self.diver.with_user(self.front).action_dive_portal_page()
        self.assertEqual(action["url"], self.path)
        self._rpc_refused(
            "portal", "res.partner", "action_dive_portal_page", self.other.ids
        )
