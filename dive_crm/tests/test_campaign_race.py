"""The last use of an offer, wanted by several at the same moment."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.dive_booking_online import Entry
from .waiting_race_common import WaitingRaceCase


@tagged("post_install", "-at_install")
class TestCampaignRace(WaitingRaceCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            campaign = env["utm.campaign"].create({"title": "Race"})
            offer = env["dive.campaign.offer"].create(
                {
                    "campaign_id": campaign.id,
                    "name": "Race",
                    "discount": 10,
                    "uses_max": 1,
                }
            )
            self.offer_id = offer.id
        self.addCleanup(self._forget, campaign.id)

    def _forget(self, campaign_id):
        with self._env() as env:
            bookings = env["dive.booking"].search([("campaign_id", "=", campaign_id)])
            bookings.with_context(active_test=False).write({"offer_id": False})
            bookings.campaign_id = False
            offer = env["dive.campaign.offer"].browse(self.offer_id)
            pricelist = offer.pricelist_id
            offer.unlink()
            pricelist.unlink()
            env["utm.campaign"].browse(campaign_id).unlink()

    def _uses(self):
        return self._rows(
            "SELECT uses FROM dive_campaign_offer WHERE id = %s", self.offer_id
        )[0][0]

    def test_desk_and_online_want_the_last_use(self):
        with self._env() as env:
            trip = self._make_trip(env, capacity=9)
            trip_id = trip.id
            desk_ids = [
                self._make_booking(env, trip, [partner_id]).id
                for partner_id in self.partner_ids[:3]
            ]

        def at_desk(booking_id):
            return lambda env: (
                env["dive.booking"]
                .browse(booking_id)
                .write({"offer_id": self.offer_id})
            )

        def online(partner_id):
            def act(env):
                payer = env["res.partner"].browse(partner_id)
                offer = env["dive.campaign.offer"].browse(self.offer_id)
                bookings = env["dive.booking"]._dive_coming_by(offer, offer.campaign_id)
                trip = env["dive.trip"].browse(trip_id)
                bookings._dive_take_online(
                    trip, payer, [Entry(payer)], f"camp-{partner_id}"
                )

            return act

        outcome = self._race(
            [*map(at_desk, desk_ids), *map(online, self.partner_ids[3:6])]
        )
        self.assertEqual(outcome.count(True), 1, outcome)
        for refused in outcome:
            self.assertTrue(refused is True or isinstance(refused, UserError), refused)
            if refused is not True:
                self.assertIn("as often as", str(refused))
        self.assertEqual(self._uses(), 1)
        held = self._rows(
            "SELECT id FROM dive_booking WHERE offer_used_id = %s", self.offer_id
        )
        self.assertEqual(len(held), 1)

    def test_one_customer_at_two_desks(self):
        """Each of two bookings is the customer's first, as far as it sees."""
        with self._env() as env:
            offer = env["dive.campaign.offer"].browse(self.offer_id)
            offer.write({"uses_max": 0, "uses_per_customer": 1})
            partner_id = self.partner_ids[0]
            ids = [
                self._make_booking(env, self._make_trip(env), [partner_id]).id
                for _desk in range(4)
            ]

        def use(booking_id):
            return lambda env: (
                env["dive.booking"]
                .browse(booking_id)
                .write({"offer_id": self.offer_id})
            )

        outcome = self._race([use(booking_id) for booking_id in ids])
        self.assertEqual(outcome.count(True), 1, outcome)
        for refused in outcome:
            if refused is not True:
                self.assertIsInstance(refused, UserError)
                self.assertIn("as one customer may", str(refused))
        self.assertEqual(self._uses(), 1)

    def test_given_back_once(self):
        """Two cancel one booking: one use comes back, not two."""
        with self._env() as env:
            env["dive.campaign.offer"].browse(self.offer_id).uses_max = 5
            trip = self._make_trip(env, capacity=9)
            bookings = [
                self._make_booking(env, trip, [partner_id])
                for partner_id in self.partner_ids[:2]
            ]
            for booking in bookings:
                booking.offer_id = self.offer_id
            booking_id = bookings[0].id
        self.assertEqual(self._uses(), 2)
        cancel = [
            lambda env: env["dive.booking"].browse(booking_id).action_cancel() and None
        ] * 3
        self._race(cancel)
        self.assertEqual(self._uses(), 1)
