"""Emergency contacts in the portal: whose, bad input, order, two at once."""

import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.dive_emergency_contact_portal import LARGEST_ID, MOST
from .common import DiveHttpCommon, RaceCase
from .portal_common import PortalMixin

START = "/my/emergency"
RTL = "\u202eأمي\u202c"


@tagged("post_install", "-at_install", "dive_long")
class TestPortalEmergency(PortalMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpPortal()
        cls.company.country_id = cls.env.ref("base.be")
        cls.ward = cls._ward(cls.diver, birthdate_date="2015-01-01")
        cls.Contact = cls.env["dive.emergency.contact"]
        cls.theirs = cls._contact(cls.other, "Foreign Friend")

    @classmethod
    def _contact(cls, diver, name="Mum", phone="+32 2 555 12 12", **vals):
        return cls.Contact.create(
            {"partner_id": diver.id, "name": name, "phone": phone, **vals}
        )

    def setUp(self):
        super().setUp()
        self.authenticate("t_portal", "t_portal")
        self.csrf = self._token_of(self._get(f"{START}/new").text)

    def _post(self, path, status=303, csrf=None, **data):
        answer = self.url_open(
            f"{START}/{path}",
            data={"csrf_token": csrf or self.csrf, **data},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status, path)
        self.env.invalidate_all()
        return answer

    def _mine(self, diver=None):
        return self.Contact.search([("partner_id", "=", (diver or self.diver).id)])

    # ------------------------------------------------------------------

    def test_add_change_remove(self):
        page = self._get(START).text
        self.assertIn("Nobody yet", page)
        self.assertIn("Wanda Ward", page)
        self.assertNotIn("Foreign Friend", page)
        self._post("new", diver=self.diver.id, name="Mum", phone="02 555 12 12")
        mum = self._mine()
        self.assertEqual((mum.name, mum.phone), ("Mum", "+32 2 555 12 12"))
        self.assertIn("Thank you", self._get(f"{START}?said=saved").text)
        self.assertIn('value="Mum"', self._get(f"{START}/{mum.id}").text)
        self._post(str(mum.id), name="Mother", phone="+32 2 555 99 99", phone_2="")
        self.assertEqual((mum.name, mum.phone), ("Mother", "+32 2 555 99 99"))
        # the desk reads of it on the customer
        words = " ".join(self.diver.message_ids.mapped("body"))
        self.assertIn("Mother, +32 2 555 99 99", words)
        self._post(f"{mum.id}/remove")
        self.assertFalse(mum.exists())
        self._post(f"{mum.id}/remove", 404)

    def test_twice(self):
        for _tap in range(2):
            self._post("new", diver=self.ward.id, name="Dad", phone="+32 2 555 12 12")
        self.assertEqual(len(self._mine(self.ward)), 1)

    def test_order(self):
        """The first is called first; what is first goes no further up."""
        contacts = [self._contact(self.diver, name) for name in ("A", "B", "C")]
        self._post(f"{contacts[2].id}/up")
        self.assertEqual(self._mine().mapped("name"), ["A", "C", "B"])
        self._post(f"{contacts[0].id}/up")
        self.assertEqual(self._mine().mapped("name"), ["A", "C", "B"])
        page = self._get(START).text
        self.assertEqual(len(re.findall(r"/up\"", page)), 2)

    def test_what_is_typed(self):
        """What cannot be meets words beside its field, and nothing typed is lost."""
        for name, phone, words in (
            ("", "+32 2 555 12 12", "Please enter the name."),
            ("   \u200b", "+32 2 555 12 12", "Please enter the name."),
            ("Mum", "", "Please enter a phone number"),
            ("Mum", "call her", "Please enter a phone number"),
            ("Mum", "112", "Please enter a phone number"),
        ):
            answer = self._post("new", 422, name=name, phone=phone, relationship="Kept")
            self.assertIn(words, answer.text)
            self.assertIn('value="Kept"', answer.text)
        self.assertFalse(self._mine())
        long = "+32" + "1" * 500
        self._post("new", name="Ä" * 5000, phone=long, relationship="x" * 9999)
        [huge] = self._mine()
        self.assertEqual(
            (len(huge.name), len(huge.phone), len(huge.relationship)), (80, 40, 60)
        )
        huge.unlink()
        markup = "<img src=x onerror=alert(1)>"
        for name in ("🐙 Ørjan", RTL, markup):
            self._post("new", name=name, phone="+32 2 555 12 12")
        names = self._mine().mapped("name")
        self.assertEqual(names, ["🐙 Ørjan", "أمي", markup])
        page = self._get(START).text
        self.assertNotIn(markup, page)
        self.assertIn("&lt;img src=x onerror=alert(1)&gt;", page)
        self.assertNotIn(markup, " ".join(self.diver.message_ids.mapped("body")))

    def test_enough(self):
        for number in range(MOST):
            self._contact(self.diver, f"Friend {number}")
        answer = self._post("new", 422, name="One more", phone="+32 2 555 12 12")
        self.assertIn("are enough", answer.text)
        self.assertNotIn(f"new?diver={self.diver.id}", self._get(START).text)

    def test_known_person(self):
        """Who is linked to a contact of ours is shown; changed, as it was typed."""
        mum = self._customer("Mum Known", phone="+32 2 555 00 00")
        line = self.Contact.create({"partner_id": self.diver.id, "contact_id": mum.id})
        self.assertIn("Mum Known", self._get(START).text)
        self._post(str(line.id), name="Mum Known", phone="+32 2 555 77 77")
        mum.phone = "+32 2 555 88 88"
        self.assertEqual(line.phone, "+32 2 555 77 77")
        self.assertEqual(mum.phone, "+32 2 555 88 88")

    # ------------------------------------------------------------------

    def test_foreign_and_forged(self):
        """Wrong, missing and foreign numbers are all not found, and change nothing."""
        data = {"name": "X", "phone": "+32 2 555 12 12"}
        gone = self._contact(self.diver)
        gone.unlink()
        grown_up = self._ward(self.diver, "Grown Up", birthdate_date="1990-01-01")
        hers = self._contact(grown_up)
        for number in (self.theirs.id, hers.id, gone.id, 0, LARGEST_ID + 1, 10**30):
            self._get(f"{START}/{number}", 404)
            for end in ("", "/up", "/remove"):
                self._post(f"{number}{end}", 404, **data)
        for diver in (self.other.id, grown_up.id, 0, "x", "' OR 1=1", 10**30):
            self._get(f"{START}/new?diver={diver}", 404)
            self._post("new", 404, diver=diver, **data)
        self.assertEqual(self.theirs.name, "Foreign Friend")
        self.assertEqual(len(self._mine(self.other)), 1)
        # without the token of a form of ours nothing is done
        mine = self._contact(self.diver)
        for path in ("new", f"{mine.id}", f"{mine.id}/remove"):
            with mute_logger("odoo.http"):
                self._post(path, 400, csrf="forged", **data)
        self._get(f"{START}/{mine.id}/remove", 405)
        self.assertTrue(mine.exists())

    def test_who(self):
        """No login, no diver, staff for themselves, a guardian no more."""
        wards = self._contact(self.ward)
        self._get(f"{START}/{wards.id}")
        self.ward.dive_guardian_id = self.other
        self._get(f"{START}/{wards.id}", 404)
        self.ward.dive_guardian_id = self.diver
        self.ward.active = False
        self._get(f"{START}/{wards.id}", 404)
        self.ward.active = True
        self.logout(keep_db=True)
        answer = self._get(START, 303)
        self.assertIn("/web/login", answer.headers["Location"])
        self.authenticate("t_employee", "t_employee")
        self._get(START, 404)
        self.front.partner_id.dive_customer = True
        self.ward.dive_guardian_id = self.front.partner_id
        self.authenticate("t_front", "t_front")
        self.assertNotIn("Wanda Ward", self._get(START).text)
        self._get(f"{START}/{wards.id}", 404)

    def test_no_right(self):
        for method, args in (("search_read", [[]]), ("unlink", [self.theirs.ids])):
            self._rpc_refused("portal", "dive.emergency.contact", method, *args)


@tagged("post_install", "-at_install", "dive_long")
class TestPortalEmergencyRace(RaceCase):
    def test_two_taps_at_once(self):
        """Two of the same at one moment are one contact."""
        with self._env() as env:
            diver = env["res.partner"].create({"name": "Race", "dive_customer": True})
            diver_id = diver.id
        self.addCleanup(self._forget, diver_id)

        def add(env):
            env["dive.emergency.contact"]._dive_portal_save(
                env["res.partner"].browse(diver_id),
                {"name": "Mum", "phone": "+32 2 555 12 12"},
            )

        self.assertEqual(self._race([add] * 4), [True] * 4)
        with self._env() as env:
            found = env["dive.emergency.contact"].search(
                [("partner_id", "=", diver_id)]
            )
            self.assertEqual(len(found), 1)

    def _forget(self, diver_id):
        with self._env() as env:
            env["dive.emergency.contact"].search(
                [("partner_id", "=", diver_id)]
            ).unlink()
            env["res.partner"].browse(diver_id).unlink()
