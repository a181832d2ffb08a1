"""The diver's page: the next trip, what it still needs, and where all else is."""

from datetime import timedelta
from unittest.mock import patch

from lxml import html

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools.portal_home import Section, Step
from .common import DiveHttpCommon
from .online_common import OnlineMixin


@tagged("post_install", "-at_install", "dive_long")
class TestPortalDiving(OnlineMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpOnline()
        cls.trip.capacity = 8
        cls.home = cls.env["dive.portal.home"]

    def setUp(self):
        super().setUp()
        self.authenticate("t_portal", "t_portal")

    def _page(self, path="/my/diving", status=200):
        return html.fromstring(self._get(path, status).text)

    def _text(self, page=None):
        page = self._page() if page is None else page
        return " ".join(page.text_content().split())

    def _steps(self):
        """Return {diver's id: {title: (state, address)}} as the page shows them."""
        shown = self.home._dive_page(self.diver, self.diver | self.ward)
        found = {}
        for group in shown["steps"]:
            for step in group["steps"]:
                said = found.setdefault(step.diver, {})
                said[step.title] = (step.state, step.url)
        return found

    # ------------------------------------------------------------------
    # Which trip
    # ------------------------------------------------------------------

    def test_no_trip(self):
        """Says how to begin; without on-line booking, whom to ask."""
        page = self._page()
        self.assertIn("No trip planned yet", self._text(page))
        self.assertTrue(page.xpath("//a[@href='/my/trips'][hasclass('btn')]"))
        self.assertFalse(page.find_class("o_dive_steps"))
        self.company.dive_online = "off"
        page = self._page()
        self.assertIn("Call us or write to us", self._text(page))
        self.assertFalse(page.xpath("//a[@href='/my/trips']"))

    def test_nothing_of_others(self):
        self._booking(self.other, self.trip, confirm=True)
        self.assertNotIn("Reef tour", self._text())
        self.logout(keep_db=True)
        self.assertIn("/web/login", self._get("/my/diving", 303).headers["Location"])

    def test_the_next_trip(self):
        """The nearest that is sure, in its own zone; who comes along; not the past."""
        self.company.partner_id.tz = "Pacific/Auckland"
        self.company.partner_id.write({"street": "Quay 1", "city": "Moraira"})
        boat = self.env["dive.boat"].create({"name": "Nerea", "capacity": 20})
        self.trip.boat_id = boat
        for later, divers in ((-9, self.diver), (5, self.diver)):
            other = self._trip(later, name=f"Other {later}", type_id=self.kind.id)
            self._booking(self.diver, other, divers, confirm=later > 0)
        self._booking(self.diver, self.trip, self.diver | self.ward | self.other)
        page = self._page()
        [card] = page.find_class("o_dive_next")
        text = self._text(card)
        for words in (
            "Reef tour",
            "Requested",
            self.trip._dive_online_when(),
            "Quay 1, Moraira",
            "Nerea",
            "Petra Portal, Wanda Ward",
        ):
            self.assertIn(words, text)
        self.assertNotIn("Otto", text)

    def test_who_waits_is_on_no_trip_yet(self):
        sure = self._trip(6, name="Later but sure", type_id=self.kind.id)
        self._booking(self.diver, sure, confirm=True)
        self.trip.capacity = 1
        self._fill(self.trip, 1)
        waiting = self._booking(self.diver, self.trip)
        waiting.action_waitlist()
        page = self._page()
        self.assertIn("Later but sure", self._text(page.find_class("o_dive_next")[0]))
        self.assertIn("On a waiting list: 1", self._text(page))
        # an offer does not wait: it is on top, wherever its trip is
        sure.capacity = 20
        far = self._trip(30, name="Far away", type_id=self.kind.id, capacity=1)
        held = self._booking(self._customer("Holder"), far, confirm=True)
        later = self._booking(self.diver, far)
        later.action_waitlist()
        held.action_cancel()
        far._dive_promote()
        self.assertEqual(later.wait_state, "offered")
        page = self._page()
        [offer] = page.find_class("o_dive_offered")
        self.assertEqual(offer.get("href"), f"/my/bookings/{later.id}")
        self.assertIn("Far away", self._text(offer))
        self.assertIn("A place is offered", self._text(page))

    def test_cancelled_and_over(self):
        booking = self._booking(self.diver, self.trip, confirm=True)
        booking.action_cancel()
        self.assertFalse(self._page().find_class("o_dive_next"))

    # ------------------------------------------------------------------
    # Still to do
    # ------------------------------------------------------------------

    def test_ready(self):
        """Nothing asked, nothing owed: a friendly word."""
        self.trip.product_id = False
        self._booking(self.diver, self.trip, confirm=True)
        page = self._page()
        self.assertTrue(page.find_class("o_dive_ready"))
        self.assertFalse(page.find_class("o_dive_step_todo"))
        self.assertIn("Booked", self._text(page.find_class("o_dive_step_done")[0]))

    def test_in_order(self):
        """All rooms are asked; each item leads to where it is done."""
        for code in ("medical", "level", "emergency_contact", "dives"):
            self._rule(code, "warn")
        level = self.env["dive.certification.level"].search(
            [("max_depth_m", "=", 18), ("active", "=", True)], limit=1
        )
        kind = self.env.ref("dive_crm.equipment_kind_bcd")
        self.kind.gear_kind_ids = kind
        self.trip.write({"min_level_id": level.id, "min_dives": 10})
        booking = self._booking(self.diver, self.trip, self.diver | self.ward)
        self.assertEqual(self._steps()[0]["Request"][0], "waits")
        booking.action_confirm()
        steps = self._steps()
        self.assertEqual(list(steps), [0, self.diver.id, self.ward.id])
        self.assertEqual(list(steps[0]), ["Booked", "Pay"])
        self.assertEqual(steps[0]["Pay"][0], "waits")
        expected = {
            "Medical form": ("todo", f"/my/medical/{self.ward.id}"),
            "Certification": ("todo", "/my/certifications"),
            "Emergency contact": ("todo", "/my/emergency"),
            "To talk about with us": ("todo", f"/my/profile?diver={self.ward.id}"),
            "Sizes of your gear": ("todo", f"/my/profile?diver={self.ward.id}"),
        }
        self.assertEqual(list(steps[self.ward.id].items()), list(expected.items()))
        page = self._page()
        shown = [
            step.get("href")
            for step in page.find_class("o_dive_step")
            if step.get("href")
        ]
        self.assertIn(f"/my/medical/{self.ward.id}", shown)
        for path in shown:
            self.assertEqual(self.url_open(path).status_code, 200, path)
        # what is done is ticked, and leads nowhere
        self.env["dive.emergency.contact"].create(
            {"partner_id": self.ward.id, "name": "Mum", "phone": "+32 2 555 12 12"}
        )
        self.env["dive.certification"].create(
            {
                "partner_id": self.ward.id,
                "level_id": level.id,
                "issue_date": "2024-01-01",
            }
        )
        self.ward.write({"dive_size_bcd": "M", "dive_logged_dives": 50})
        done = {title: said[0] for title, said in self._steps()[self.ward.id].items()}
        self.assertEqual(
            done,
            {
                "Medical form": "todo",
                "Certification": "done",
                "Emergency contact": "done",
                "Sizes of your gear": "done",
            },
        )
        # what the centre does not ask for is no step
        self._rule("medical", "inform")
        self.assertNotIn("Medical form", self._steps()[self.ward.id])

    def test_medical(self):
        """The status on the day of the trip decides; nothing else of health is told."""
        self._rule("medical", "warn")
        self._rule("unfit", "block")
        self._booking(self.diver, self.trip, confirm=True)
        base = f"/my/medical/{self.diver.id}"
        partner = type(self.diver)
        for status, state, url in (
            ("none", "todo", base),
            ("expired", "todo", base),
            ("pending", "todo", base),
            ("physician", "todo", f"{base}/physician"),
            ("fit", "done", "/my/medical"),
            ("unfit", "todo", "/my/medical"),
        ):
            with patch.object(
                partner,
                "_dive_medical_coming",
                lambda self, day, said=status: dict.fromkeys(self, said),
            ):
                said = self._steps()[self.diver.id]["Medical form"]
            self.assertEqual(said, (state, url), status)

    def test_pay(self):
        """An open invoice leads to it; paid is ticked; others' money is not told."""
        booking = self._booking(self.diver, self.trip, self.diver | self.ward)
        booking.action_confirm()
        action = booking.with_user(self.manager).action_create_invoice()
        self.assertTrue(action)
        move = booking.invoice_ids
        move.action_post()
        self.assertEqual(self._steps()[0]["Pay"], ("todo", f"/my/invoices/{move.id}"))
        self.assertIn(
            "200.00", self._text(self._page().find_class("o_dive_step_todo")[0])
        )
        self._get(f"/my/invoices/{move.id}")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create({})._create_payments()
        self.env.invalidate_all()
        self.assertEqual(self._steps()[0]["Paid"][0], "done")
        # a diver who is paid for sees nothing of it
        later = self._trip(9, type_id=self.kind.id)
        guest = self._booking(self.other, later, self.other | self.diver)
        guest.action_confirm()
        # sudo: as the page is made
        steps = self.home._dive_steps_pay(guest.sudo(), self.diver, self.diver)
        self.assertFalse(steps)

    def test_a_guardian_agrees(self):
        """On the page of the booking, once, for their own wards alone."""
        self._rule("guardian", "warn")
        booking = self._booking(self.diver, self.trip, self.diver | self.ward)
        booking.action_confirm()
        path = f"/my/bookings/{booking.id}"
        self.assertEqual(
            self._steps()[self.ward.id]["A guardian's consent"], ("todo", path)
        )
        page = self._get(path).text
        self.assertIn("I am the guardian of Wanda Ward", page)
        token = {"csrf_token": self._token_of(page)}

        def agree(diver, number=booking.id):
            path = f"/my/bookings/{number}/agree/{diver}"
            return self.url_open(path, token, allow_redirects=False).status_code

        other = self._booking(self.other, self._trip(5, type_id=self.kind.id))
        for diver, number in (
            (self.diver.id, booking.id),
            (self.other.id, other.id),
            (self.ward.id, other.id),
            (10**12, booking.id),
        ):
            self.assertEqual(agree(diver, number), 404)
        seat = booking.diver_ids.filtered(lambda one: one.partner_id == self.ward)
        self.assertFalse(seat.guardian_consent)
        self.assertEqual(agree(self.ward.id), 303)
        self.env.invalidate_all()
        first = seat.guardian_consent
        self.assertTrue(first)
        self.assertIn("I am the guardian", seat.guardian_consent_words)
        self.assertEqual(agree(self.ward.id), 303)
        self.env.invalidate_all()
        self.assertEqual(seat.guardian_consent, first)
        self.assertEqual(self._steps()[self.ward.id]["A guardian's consent"][0], "done")
        self.assertNotIn("o_dive_agree", self._get(path).text)

    def test_rooms_add_theirs(self):
        """Two methods are all that a room extends; the order is by number."""
        self._booking(self.diver, self.trip, confirm=True)
        home = type(self.home)
        steps, sections = home._dive_steps, home._dive_sections

        def more_steps(this, *args):
            return [*steps(this, *args), Step(1, "First of all", "todo", url="/my")]

        def more_sections(this, *args):
            new = Section(55, "tickets", "Tickets", "fa-life-ring", "/my", "3")
            return [*sections(this, *args), new]

        with (
            patch.object(home, "_dive_steps", more_steps),
            patch.object(home, "_dive_sections", more_sections),
        ):
            page = self._page()
        self.assertIn("First of all", self._text(page.find_class("o_dive_step")[0]))
        codes = [
            next(
                name.removeprefix("o_dive_section_")
                for name in one.classes
                if name.startswith("o_dive_section_")
            )
            for one in page.find_class("o_dive_section")
        ]
        self.assertLess(codes.index("medical"), codes.index("tickets"))
        self.assertLess(codes.index("tickets"), codes.index("statement"))

    # ------------------------------------------------------------------
    # Who else
    # ------------------------------------------------------------------

    def test_home_and_family(self):
        self.assertIn("/my/diving", self._get("/my").text)
        grown_up = self._ward(self.diver, "Gina Grown", birthdate_date="1990-01-01")
        foreign = self.env["res.company"].create({"name": "Elsewhere"})
        gone = self._ward(self.diver, "Fay Far", company_id=foreign.id)
        page = self._get("/my/family").text
        self.assertIn("Wanda Ward", page)
        for hidden in (grown_up, gone):
            self.assertNotIn(hidden.name, page)
        self.ward.active = False
        self.assertIn("Nobody here yet", self._get("/my/family").text)

    def test_a_ward_with_a_login(self):
        user = self.env["res.users"].create(
            {
                "login": "t_ward",
                "password": "t_ward",
                "partner_id": self.ward.id,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
        self.authenticate(user.login, "t_ward")
        self.assertIn("Petra Portal", self._get("/my/family").text)
        self._get("/my/diving")

    def test_not_a_diver(self):
        """Somebody with a login who does not dive, and staff: nothing shown."""
        self.portal.partner_id.dive_customer = False
        self.ward.dive_guardian_id = False
        page = self._page()
        self.assertFalse(page.find_class("o_dive_section_medical"))
        self.authenticate("t_employee", "t_employee")
        self.assertIn("No trip planned yet", self._text())

    def test_staff_act_for_themselves(self):
        me = self.front.partner_id
        me.dive_customer = True
        self.ward.dive_guardian_id = me
        self._booking(me, self.trip, me | self.ward, confirm=True)
        self.authenticate("t_front", "t_front")
        self.assertNotIn("Wanda", self._text())
        self.assertNotIn("Wanda", self._get("/my/family").text)

    def test_another_company(self):
        """What is shown of a booking elsewhere is one's own, and no more."""
        company = self.env["res.company"].create({"name": "Other centre"})
        self.portal.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        self._booking(self.other, self.trip, confirm=True)
        self.assertNotIn("Reef tour", self._text())

    def test_no_methods_for_the_web(self):
        for method in ("_dive_page", "_dive_sections", "_dive_steps"):
            self._rpc_refused("portal", "dive.portal.home", method, [])
        with self.assertRaises(AccessError):
            self.env["dive.emergency.contact"].with_user(self.portal).search([])

    def test_trip_that_is_on(self):
        """While it lasts it is the next one still: today, and whom to call."""
        trip = self._trip(
            name="On right now",
            type_id=self.kind.id,
            date_start=fields.Datetime.now() + timedelta(hours=1),
        )
        self._booking(self.diver, trip, confirm=True)
        trip.write({"date_start": fields.Datetime.now() - timedelta(hours=1)})
        self.assertIn("On right now", self._text())
        self.assertEqual(self.home._dive_soon(trip), "Today")
