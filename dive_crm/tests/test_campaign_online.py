"""Codes on-line: in the form, in the link of a mailing; nobody guesses them."""

from datetime import date
from unittest.mock import patch

from odoo.tests import tagged

from ..controllers import online_booking, online_code
from ..tools.rate import RateLimit
from .campaign_common import CampaignMixin
from .common import DiveHttpCommon
from .online_common import OnlineMixin


@tagged("post_install", "-at_install", "dive_long")
class TestCampaignOnline(CampaignMixin, OnlineMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpOnline()
        cls.setUpCampaign()
        cls.Request = cls.env["dive.online.request"]

    def setUp(self):
        super().setUp()
        for module, name in (
            (online_booking, "FROM_ONE"),
            (online_booking, "TO_ONE"),
            (online_code, "TRIED"),
        ):
            free = patch.object(module, name, RateLimit(1000, 60))
            free.start()
            self.addCleanup(free.stop)

    def _asked(self, email):
        return self.Request.search([("email", "=", email)], order="id desc", limit=1)

    def _ask(self, status=303, **values):
        """Send the form for newcomers; return the answer and what was asked."""
        page = self._get(f"/dive/trips/{self.trip.id}").text
        answer = self.url_open(
            f"/dive/trips/{self.trip.id}",
            data={
                "csrf_token": self._token_of(page),
                "name": "Nora New",
                "email": "nora@code.test",
                "phone": "0470 65 43 21",
                "birthdate": "1992-04-05",
                **values,
            },
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status)
        self.env.invalidate_all()
        asked = self._asked("nora@code.test")
        return answer, asked

    def _book(self, status=303, **values):
        """Send the form of the portal as the diver who is logged in."""
        page = self._get(f"/my/trips/{self.trip.id}").text
        answer = self.url_open(
            f"/my/trips/{self.trip.id}",
            data={
                "csrf_token": self._token_of(page),
                "key": self._key(page),
                "diver": self.diver.id,
                **values,
            },
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status)
        self.env.invalidate_all()
        return answer

    # ------------------------------------------------------------------

    def test_newcomer_with_a_code(self):
        answer, asked = self._ask(422, code="AUTUMN1O")
        self.assertIn("no offer with the code “AUTUMN1O”", answer.text)
        for kept in ("Nora New", "nora@code.test", "AUTUMN1O"):
            self.assertIn(kept, answer.text, "nothing is lost")
        self.assertFalse(asked)
        _answer, asked = self._ask(code=" autumn10")
        self.assertEqual(
            (asked.offer_id, asked.campaign_id), (self.offer, self.campaign)
        )
        self.assertEqual(self.offer.uses, 0, "until the link is opened")
        self.assertEqual(asked._dive_confirm(), "request")
        booking = self._mine()
        self.assertEqual(
            (booking.offer_id, booking.campaign_id), (self.offer, self.campaign)
        )
        self.assertEqual((booking.diver_ids.price_unit, self.offer.uses), (90, 1))

    def test_newcomer_whose_code_is_used_up_meanwhile(self):
        """Not booked at another price than shown: the desk tells them."""
        self.company.dive_online = "confirm"
        anna = self._customer(
            "Nora New",
            email="nora@code.test",
            phone="+32 470 65 43 21",
            birthdate_date=date(1992, 4, 5),
        )
        self.offer.uses_max = 1
        _answer, asked = self._ask(code="AUTUMN10")
        self._booked(self.guest, self._trip(later=9), offer_id=self.offer.id)
        self.assertEqual(asked._dive_confirm(), "request")
        booking = self._mine()
        self.assertEqual((booking.partner_id, booking.state), (anna, "draft"))
        self.assertEqual(
            (booking.offer_id.id, booking.campaign_id), (False, self.campaign)
        )
        self.assertIn("AUTUMN10", self._todo(booking).note)
        self.assertEqual(booking.diver_ids.price_unit, 100)
        # with one left: booked at once
        self.offer.uses_max = 2
        self.trip = self._trip(later=20, name="Later", type_id=self.kind.id)
        _answer, asked = self._ask(code="AUTUMN10")
        self.assertEqual(asked._dive_confirm(), "booked")
        self.assertEqual(self._mine().diver_ids.price_unit, 90)

    def test_who_got_the_mailing_does_not_show(self):
        """The answer to the form is the same whoever the address belongs to."""
        self.offer.audience = "mailed"
        self._mailing(self.guest)
        known, _asked = self._ask(code="AUTUMN10", email=self.guest.email)
        strange, asked = self._ask(code="AUTUMN10")
        self.assertEqual(known.headers["Location"], strange.headers["Location"])
        self.assertEqual(asked._dive_confirm(), "request")
        self.assertFalse(self._mine().offer_id)
        self.assertEqual(self.offer.uses, 0)
        self.trip = self._trip(later=20, type_id=self.kind.id)
        self._ask(code="AUTUMN10", email=self.guest.email)
        asked = self._asked(self.guest.email)
        asked._dive_confirm()
        self.assertEqual(self._mine().offer_id, self.offer)

    def test_link_of_the_mailing(self):
        link = self.offer.link.removeprefix(self.offer.get_base_url())
        page = self._get(link)
        self.assertIn("AUTUMN10", page.text)
        form = self._get(f"/dive/trips/{self.trip.id}")
        self.assertIn('value="AUTUMN10"', form.text)
        self.assertIn("10 % off", form.text)
        self.assertIn("90.00", form.text)
        # with the code taken out the campaign is remembered
        _answer, asked = self._ask(code="")
        self.assertEqual((asked.offer_id.id, asked.campaign_id), (False, self.campaign))
        asked._dive_confirm()
        self.assertEqual(self._mine().campaign_id, self.campaign)
        self.assertFalse(self._mine().offer_id)

    def test_links_that_say_anything(self):
        before = self.env["utm.campaign"].search_count([])
        for said in ("Nothing like it", "%", "<script>alert(1)</script>", "x" * 3000):
            page = self.url_open(
                f"/dive/trips/{self.trip.id}",
                params={"utm_campaign": said, "code": said},
            )
            self.assertEqual(page.status_code, 200)
            self.assertNotIn("<script>alert", page.text)
        self.opener.cookies.set("odoo_utm_campaign", "Another thing")
        _answer, asked = self._ask()
        self.assertFalse(asked.campaign_id)
        self.assertEqual(self.env["utm.campaign"].search_count([]), before)

    def test_portal(self):
        self.authenticate("t_portal", "t_portal")
        page = self._get(f"/my/trips/{self.trip.id}?code=autumn10").text
        self.assertIn("90.00", page)
        page = self._book(422, code="wrong", note="Diet: none").text
        self.assertIn("no offer with the code “wrong”", page)
        self.assertIn("Diet: none", page)
        self.assertFalse(self._mine())
        self._book(code="autumn10")
        booking = self._mine()
        self.assertEqual(
            (booking.offer_id, booking.campaign_id), (self.offer, self.campaign)
        )
        self.assertEqual(booking.diver_ids.price_unit, 90)
        # whose it is not
        self.trip = self._trip(later=20, type_id=self.kind.id)
        self.offer.audience = "mailed"
        self.assertIn("got the message", self._book(422, code="AUTUMN10").text)
        self._mailing(self.diver, "open")
        self._book(code="AUTUMN10")
        self.assertEqual(self._mine().offer_id, self.offer)

    def test_last_use_on_the_portal(self):
        self.authenticate("t_portal", "t_portal")
        self.offer.uses_max = 1
        page = self._get(f"/my/trips/{self.trip.id}?code=autumn10").text
        self.assertNotIn("as often as", page)
        self._booked(self.guest, self._trip(later=9), offer_id=self.offer.id)
        self.assertIn("as often as", self._book(422, code="AUTUMN10").text)
        self._book(code="")
        self.assertEqual(self._mine().diver_ids.price_unit, 100)

    def test_once_for_each_customer_on_the_portal(self):
        """The form says it before anything is sent, and others may go on."""
        self.authenticate("t_portal", "t_portal")
        self.offer.uses_per_customer = 1
        self._book(code="AUTUMN10")
        self.assertEqual(self._mine().offer_id, self.offer)
        self.trip = self._trip(later=20, type_id=self.kind.id)
        page = self._get(f"/my/trips/{self.trip.id}?code=autumn10").text
        self.assertIn("as one customer may", page)
        self.assertIn("as one customer may", self._book(422, code="AUTUMN10").text)
        self.assertFalse(self._mine())
        self._booked(self.guest, self._trip(later=9), offer_id=self.offer.id)
        self.assertEqual(self.offer.uses, 2)

    def test_guessing(self):
        with patch.object(online_code, "TRIED", RateLimit(3, 600)):
            for number in range(3):
                answer, _asked = self._ask(422, code=f"GUESS{number}")
                self.assertIn("no offer", answer.text)
            answer, _asked = self._ask(422, code="AUTUMN10")
            self.assertIn("Too many codes", answer.text)
            self.assertNotIn("10 % off", answer.text)
            self._ask(code="")

    def test_visitors_read_no_offer(self):
        for role in ("portal", "employee"):
            self._rpc_refused(
                role, "dive.campaign.offer", "search_read", [], fields=["code"]
            )
