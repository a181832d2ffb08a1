"""Booking in the portal: who, what, how many, once."""

from datetime import date, timedelta
from unittest.mock import patch
from uuid import uuid4

from lxml import html

from odoo.tests import tagged

from ..controllers.portal_trip import LARGEST_ID
from .common import DiveHttpCommon
from .online_common import OnlineMixin


@tagged("post_install", "-at_install", "dive_long")
class TestOnlinePortal(OnlineMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpOnline()

    def setUp(self):
        super().setUp()
        self.authenticate("t_portal", "t_portal")
        self.csrf = None

    def _page(self, trip=None):
        page = self._get(f"/my/trips/{(trip or self.trip).id}").text
        if not self.csrf:
            self.csrf = self._token_of(page)
        return page

    def _send(self, *divers, trip=None, page=None, status=303, **more):
        """Press the button of a trip's page."""
        trip = trip or self.trip
        if not self.csrf:
            page = page or self._page(trip)
        answer = self.url_open(
            f"/my/trips/{trip.id}",
            data={
                "csrf_token": self.csrf,
                "key": self._key(page) if page else uuid4().hex,
                "diver": [str(diver.id) for diver in divers],
                **more,
            },
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, status)
        self.env.invalidate_all()
        return answer

    # ------------------------------------------------------------------

    def test_only_what_is_sold(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        service = self.env["dive.trip.type"].create(
            {"name": "Snorkel", "kind": "service"}
        )
        self.assertFalse(service.online)
        hidden = self._trip(name="Not on sale", state="draft")
        hidden |= self._trip(name="A service", type_id=service.id)
        hidden |= self._trip(name="Too soon", date_start=self._soon(11))
        hidden |= self._trip(name="Not ours", company_id=other.id)
        late = self._trip(name="Just in time", date_start=self._soon(13))
        later = self._trip(
            name="Next month", type_id=self.kind.id, date_start=self._soon(24 * 40)
        )
        self._fill(late, 3)
        page = self._get("/my/trips").text
        for trip in hidden:
            self.assertNotIn(trip.name, page)
            self._get(f"/my/trips/{trip.id}", 404)
        for text in ("Reef tour", "2 places", "Just in time", "Last place", "100.00"):
            self.assertIn(text, page)
        self._get(f"/my/trips/{LARGEST_ID + 1}", 404)
        month = later._dive_day().strftime("%Y-%m")
        page = self._get(f"/my/trips?month={month}&kind={self.kind.id}").text
        self.assertIn("Next month", page)
        self.assertNotIn("Just in time", page)
        # what nobody offers filters nothing
        self.assertIn("Reef tour", self._get("/my/trips?month=x&kind='&page=y").text)
        self.company.dive_online = "off"
        self.assertNotIn("Reef tour", self._get("/my/trips").text)
        self._get(f"/my/trips/{self.trip.id}", 404)

    def test_request_once(self):
        """A double tap, the back button: one booking, which holds no place."""
        page = self._page()
        first = self._send(self.diver, page=page, note="Vegetarian <b>")
        booking = self._mine()
        self.assertEqual(
            (booking.state, booking.source, booking.partner_id, booking.note),
            ("draft", "online", self.diver, "Vegetarian <b>"),
        )
        self.assertEqual((self.trip.seats_taken, booking.user_id.id), (0, False))
        again = self._send(self.diver, page=page)
        self.assertIn(f"/my/bookings/{booking.id}", first.headers["Location"])
        self.assertIn(f"/my/bookings/{booking.id}", again.headers["Location"])
        self.assertEqual(self._mine(), booking)
        # another tab: told, and not booked twice
        answer = self._send(self.diver, status=422)
        self.assertIn("is on this trip already", answer.text)
        sent = f"/my/bookings/sent/{self._key(page)}"
        self.assertIn(f"/{booking.id}", self._get(sent, 303).headers["Location"])
        gone = self._get("/my/bookings/sent/nosuchkey1", 303).headers["Location"]
        self.assertTrue(gone.endswith("/my/bookings"))
        # the desk confirms: done with
        self.assertEqual(len(self._todo(booking)), 1)
        booking.with_user(self.front).action_confirm()
        self.assertFalse(self._todo(booking))
        self.assertEqual(self.trip.seats_taken, 1)
        page = self._get(f"/my/bookings/{booking.id}").text
        self.assertIn("Your places are booked", page)

    def test_nobody_elses_people(self):
        stranger = self._customer("Sam Stranger")
        for people in ((self.other,), (stranger,), ()):
            answer = self._send(*people, status=422)
            self.assertIn("Choose who comes along", answer.text)
        grown = self._ward(self.diver, "Gus Grown", birthdate_date=date(2000, 1, 1))
        self._send(grown, status=422)
        self.assertFalse(self._mine())
        # another family's, none, too large: the same
        theirs = self._booking(self.other, self.trip)
        for path in (theirs.id, 2**31 - 1, 2**40):
            self._get(f"/my/bookings/{path}", 404)
            self._get(f"/my/bookings/{path}/calendar", 404)
        page = self._page()
        answer = self.url_open(
            f"/my/bookings/{theirs.id}/cancel",
            data={"csrf_token": self._token_of(page)},
            allow_redirects=False,
        )
        self.assertEqual((answer.status_code, theirs.state), (404, "draft"))
        # who is only taken along sees that, and neither prices nor the others
        theirs = self._booking(stranger, self.trip, stranger | self.diver)
        page = self._get(f"/my/bookings/{theirs.id}").text
        self.assertIn("Petra Portal", page)
        for text in ("Sam Stranger", "100.00", "200.00", "Take it back"):
            self.assertNotIn(text, page)
        # who pays for a place of it sees this price, and where it is paid
        theirs.diver_ids[1].payer_id = self.diver
        with patch.object(
            type(theirs), "_dive_pay_url", lambda _self, who: f"/pay/{who.id}"
        ):
            page = self._get(f"/my/bookings/{theirs.id}").text
        for text in ("100.00", f'href="/pay/{self.diver.id}"'):
            self.assertIn(text, page)
        for text in ("Sam Stranger", "200.00", f"/pay/{stranger.id}"):
            self.assertNotIn(text, page)
        self._get(f"/my/bookings/{theirs.id}/calendar", 404)
        theirs.action_confirm()
        file = self._get(f"/my/bookings/{theirs.id}/calendar")
        self.assertIn("text/calendar", file.headers["Content-Type"])
        self.assertIn("Petra Portal", file.text)
        self.assertNotIn("Sam Stranger", file.text)

    def test_guardian_agrees_in_words(self):
        self._rule("guardian", "block")
        answer = self._send(self.ward, status=422, note="Bring cake")
        self.assertIn("please tick that you agree", answer.text)
        self.assertIn("Bring cake", answer.text)
        kind = self.env["dive.equipment.kind"].create(
            {
                "name": "Jacket",
                "size_ids": [(0, 0, {"name": "M"})],
                "product_id": self._product(list_price=12.5).id,
            }
        )
        self.kind.gear_kind_ids = kind
        page = self._page()
        self.assertIn("from us: Jacket", page, "nothing is rented unsaid")
        self.assertIn("12.50", page)
        field = f"{self.ward.id}_{kind.id}"
        self.company.dive_online = "confirm"
        self._send(
            self.ward,
            self.diver,
            **{
                f"consent_{self.ward.id}": "1",
                # of somebody grown up nobody else agrees
                f"consent_{self.diver.id}": "1",
                f"note_{self.ward.id}": "First time",
                f"gear_{field}": "rent",
                f"size_{field}": str(kind.size_ids.id),
            },
        )
        booking = self._mine()
        self.assertEqual((booking.state, self.trip.seats_taken), ("confirmed", 2))
        seats = {seat.partner_id: seat for seat in booking.diver_ids}
        seat = seats[self.ward]
        self.assertTrue(seat.guardian_consent)
        self.assertIn("I am the guardian of Wanda Ward", seat.guardian_consent_words)
        self.assertIn("Reef tour", seat.guardian_consent_words)
        self.assertFalse(seats[self.diver].guardian_consent_words)
        self.assertEqual(seat.note, "First time")
        gear = seat.gear_ids.filtered(lambda one: one.kind_id == kind)
        self.assertEqual((gear.size_id, gear.own), (kind.size_ids, False))
        page = self._get(f"/my/bookings/{booking.id}").text
        self.assertIn("Jacket M", page)

    def test_who_may_not_come_along_reads_why(self):
        self.company.dive_online = "confirm"
        self._rule("dives", "block")
        self._rule("medical", "warn")
        self.trip.min_dives = 100
        self.diver.dive_logged_dives = 3
        page = self._page()
        self.assertIn("Needs 100 logged dives", page)
        self.assertIn('href="/my/medical"', page)
        self.assertNotIn(f'value="{self.diver.id}"', page)
        answer = self._send(self.diver, page=page, status=422)
        self.assertIn("Needs 100 logged dives", answer.text)
        self.assertFalse(self._mine())
        # a minor with a login asks a grown-up
        self.diver.birthdate_date = date.today() - timedelta(5000)
        self.assertIn("Only grown-ups book", self._page())
        self._send(self.diver, page=page, status=422)
        self.assertFalse(self._mine())

    def test_what_holds_for_most_trips_is_said_once(self):
        """Above the list; a sign stays where it holds, and reasons that forbid."""
        # the ward, who stands beside, has nothing to read here
        self.ward.dive_guardian_id = False
        self._rule("dives", "warn")
        trips = self.trip + self.trip.union(
            *(self._trip(day, name=f"Wreck {day}", min_dives=10) for day in (1, 2, 3))
        )
        trips[1:].type_id.online = True
        words = "Needs 10 logged dives"
        page = self._get("/my/trips").text
        signs = html.fromstring(page).xpath(
            "//div[contains(@class, 'o_dive_trip ')]"
            "[.//i[contains(@class, 'o_dive_sign')]]//h5/a/text()"
        )
        self.assertEqual(signs, ["Wreck 1", "Wreck 2", "Wreck 3"])
        (box,) = html.fromstring(page).xpath("//div[contains(@class,'o_dive_always')]")
        said = " ".join(box.itertext())
        self.assertIn("Before most of these trips", said)
        self.assertNotIn("Before your next trip", said)
        texts = " ".join(html.fromstring(page).itertext())
        self.assertEqual((said.count(words), texts.count(words)), (1, 1))
        # of all of them: no sign is needed
        self.trip.min_dives = 10
        page = html.fromstring(self._get("/my/trips").text)
        self.assertEqual(" ".join(page.itertext()).count(words), 1)
        self.assertIn("Before your next trip", " ".join(page.itertext()))
        self.assertFalse(page.xpath("//i[contains(@class, 'o_dive_sign')]"))
        # what keeps somebody away stands at each trip
        self.trip.min_dives = 0
        self._rule("dives", "block")
        texts = " ".join(html.fromstring(self._get("/my/trips").text).itertext())
        self.assertEqual(texts.count(words), 3)
        self.assertNotIn("Before most", texts)

    def test_full_while_choosing(self):
        """Told, nothing lost, nobody named; then on the waiting list."""
        self.company.dive_online = "confirm"
        page = self._page()
        full = self._fill(self.trip, 2)
        answer = self._send(self.diver, page=page, status=409, note="Pick me up")
        self.assertIn("The trip is full", answer.text)
        self.assertIn("Pick me up", answer.text)
        self.assertIn('name="wait"', answer.text)
        self.assertNotIn(full.partner_id.name, answer.text)
        self.assertFalse(self._mine())
        self._send(self.diver, page=answer.text, wait="1")
        booking = self._mine()
        self.assertEqual((booking.wait_state, self.trip.seats_taken), ("waiting", 2))
        self.assertIn(
            "place 1", self._get(f"/my/bookings/{booking.id}").text, "its own"
        )
        self.assertIn("Full: waiting list", self._get("/my/trips").text)

    def test_cancelling_is_asked_for_once(self):
        booking = self._booking(self.diver, self.trip, confirm=True)
        other = self._booking(self.ward, self.trip)
        token = self._token_of(self._page())
        for _twice in range(2):
            for one in booking | other:
                self.url_open(
                    f"/my/bookings/{one.id}/cancel",
                    data={"csrf_token": token, "why": "Ill <b>"},
                )
        self.env.invalidate_all()
        self.assertEqual(booking.state, "confirmed")
        self.assertEqual(len(self._todo(booking)), 1)
        self.assertIn("Ill &lt;b&gt;", self._todo(booking).note)
        self.assertEqual(other.state, "cancelled", "a request is taken back at once")
        listed = self.Booking.with_user(self.front).search(
            [("cancel_asked", "!=", False), ("state", "=", "confirmed")]
        )
        self.assertEqual(listed, booking)
        self.assertIn(
            "You asked us to cancel", self._get(f"/my/bookings/{booking.id}").text
        )
        booking.with_user(self.front).action_cancel()
        self.assertFalse(self._todo(booking))
        # booked anew, it may be asked for anew
        booking.action_draft()
        self.assertFalse(booking.cancel_asked)
        booking.action_confirm()
        self.assertTrue(booking._dive_ask_cancel("Ill again"))

    def _queries_do_not_grow(self):
        """Of both lists, for one trip and for 80; of each a booking."""
        trips = self.trip.create(
            [
                {
                    **self.trip.copy_data()[0],
                    "state": "open",
                    "date_start": self.trip.date_start + timedelta(number),
                    "date_end": self.trip.date_end + timedelta(number),
                }
                for number in range(1, 81)
            ]
        )
        self.diver.dive_favorite_type_ids = self.kind
        people = self.diver | self.ward
        self.env.ref("base.group_user").implied_ids |= self.env.ref(
            "product.group_product_pricelist"
        )
        self.env.registry.clear_cache("groups")
        tax = self.env["account.tax"].create({"name": "21 %", "amount": 21})
        self.trip.product_id.taxes_id = tax
        season = trips[40].date_start
        rules = [
            {"percent_price": 10, "date_end": season - timedelta(seconds=1)},
            {"percent_price": 20, "date_start": season},
        ]
        self.diver.specific_property_product_pricelist = self.env[
            "product.pricelist"
        ].create(
            {
                "name": "Friends",
                "item_ids": [
                    (0, 0, {"compute_price": "percentage", **rule}) for rule in rules
                ],
            }
        )
        for trip in trips[:3]:
            self._fill(trip, 2)
        bookings = self.Booking.create(
            [
                {
                    "partner_id": self.diver.id,
                    "trip_id": trip.id,
                    "diver_ids": [(0, 0, {"partner_id": self.diver.id})],
                }
                for trip in trips
            ]
        )
        bookings[:3].action_waitlist()
        counts = []
        for number in (1, 1, 80):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some = trips[:number].sudo()
            suits = some._dive_online_suits(people)
            tiles = some._dive_online_tiles(self.diver, people, suits)
            middle = self.cr.sql_log_count
            self.env.invalidate_all()
            rows = bookings[:number].sudo()._dive_portal_rows()
            counts.append((middle - before, self.cr.sql_log_count - middle))
            self.assertEqual(len(tiles), number)
        self.assertEqual(len(rows), 80)
        prices = [round(tile["price"], 2) for tile in tiles]
        self.assertEqual(prices, [108.9] * 40 + [96.8] * 40)
        # one more for the price of the other season
        self.assertLessEqual(counts[2][0], counts[1][0] + 2)
        self.assertLessEqual(counts[2][1], counts[1][1])

    def test_lists_and_lost_logins(self):
        """Queries do not grow with trips; without a login nothing is shown."""
        self._booking(self.diver, self.trip)
        page = self._get("/my/bookings").text
        self.assertIn("Reef tour", page)
        self.assertIn("Requested", page)
        self._queries_do_not_grow()
        self.authenticate(None, None)
        for path in ("/my/trips", "/my/bookings", f"/my/trips/{self.trip.id}"):
            self.assertIn("/web/login", self._get(path, 303).headers["Location"])
