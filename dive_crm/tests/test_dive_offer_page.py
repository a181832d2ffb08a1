"""The page at which somebody without a login accepts a place."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveHttpCommon
from .waiting_common import WaitingMixin


@tagged("post_install", "-at_install", "dive_long")
class TestDiveOfferPage(WaitingMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpWaiting()

    def _offered(self, number, freed):
        booking = self._wait(number)
        self._free(freed)
        return booking, f"/dive/offer/{booking.offer_ids._dive_token()}"

    def _answer(self, url, answer):
        """Press a button of the page, as a browser without a login."""
        page = self.url_open(url)
        token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        # the page was open before the offer was over
        self.csrf = token or self.csrf
        return self.url_open(f"{url}/{answer}", data={"csrf_token": self.csrf})

    @mute_logger("odoo.http")
    def test_answers_and_addresses_that_do_not_open(self):
        booking, url = self._offered(2, 1)
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        for text in ("Mia Reef", self.trip.name, "Yes, book it", "100.00", "We keep"):
            self.assertIn(text, page.text)
        self.assertNotIn("Anna Reef", page.text)
        # what somebody else pays for is not said, nor added
        booking.diver_ids.payer_id = self._customer("Somebody Else")
        self.assertEqual(booking.offer_ids._dive_price(), 0)
        self.assertIn("no-store", page.headers["Cache-Control"])
        # opening changes nothing, nor does an answer that is none
        gone = self._answer(url, "perhaps")
        self.assertEqual((gone.status_code, booking.wait_state), (404, "offered"))
        thanks = self._answer(url, "accept")
        self.assertIn("You are booked", thanks.text)
        self.env.invalidate_all()
        self.assertEqual(
            (booking.state, self._states(booking)), ("confirmed", ["booked"])
        )
        # answered, guessed, cut, over: the same page, byte for byte
        lapsed, over = self._offered(3, 0)
        lapsed.offer_ids.until = fields.Datetime.now() - timedelta(seconds=5)
        number, _dash, sign = over.rpartition("/")[2].partition("-")
        answers = [
            self.url_open(address)
            for address in (
                url,
                over,
                f"/dive/offer/{number}-{'0' * len(sign)}",
                f"/dive/offer/{booking.offer_ids.id}-{sign}",
                f"/dive/offer/{number}",
                f"/dive/offer/{10**30}-{sign}",
                f"/dive/offer/²-{sign}",
                f"/dive/offer/{'9' * 5000}-{sign}",
                "/dive/offer/x/y/z",
            )
        ]
        self.assertEqual({answer.status_code for answer in answers}, {404})
        self.assertEqual({answer.content for answer in answers}, {gone.content})
        # no, thank you
        lapsed.offer_ids.until = fields.Datetime.now() + timedelta(hours=1)
        self.assertIn("Thank you for telling us", self._answer(over, "decline").text)
        self.env.invalidate_all()
        self.assertEqual((lapsed.state, self.trip.seats_taken), ("cancelled", 1))
        self.assertEqual(self._answer(over, "accept").status_code, 404)
