"""Offers of campaigns at the desk: what a code gives, to whom, how often."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .campaign_common import CampaignMixin
from .card_common import CardMixin
from .common import DiveCommon


@tagged("post_install", "-at_install")
class TestCampaignOffer(CampaignMixin, CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.setUpCampaign()
        cls.trip = cls._trip()

    def _form(self, trip=None):
        form = Form(self.env["dive.booking"].with_user(self.front))
        form.partner_id = self.guest
        form.trip_id = trip or self.trip
        return form

    def _refused(self, text, function, *args, **kwargs):
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            function(*args, **kwargs)
            self.env.flush_all()
        self.assertIn(text, str(caught.exception))

    # ------------------------------------------------------------------

    def test_code_typed_at_the_desk(self):
        form = self._form()
        form.offer_code = " autumn 10 "
        self.assertEqual(form.offer_id.id, self.offer.id)
        self.assertEqual(form.campaign_id.id, self.campaign.id)
        booking = form.save()
        self.assertEqual(booking.diver_ids.price_unit, 90)
        self.assertEqual(booking.offer_code, "AUTUMN10")
        self.assertEqual((self.offer.uses, booking.offer_used_id), (1, self.offer))
        booking.action_confirm()
        booking.action_create_invoice()
        self.assertEqual(booking.invoice_ids.amount_untaxed, 90)
        # cancelled: another may have it; back: it is taken again
        booking.action_cancel()
        self.assertEqual(self.offer.uses, 0)
        booking.action_draft()
        self.assertEqual(self.offer.uses, 1)
        booking.write({"note": "twice is once"})
        self.assertEqual(self.offer.uses, 1)
        booking.action_cancel()
        self.assertEqual(self.offer.uses, 0)

    def test_code_taken_off_and_chosen(self):
        booking = self._form().save()
        self.assertEqual(booking.diver_ids.price_unit, 100)
        with Form(booking.with_user(self.front)) as form:
            form.offer_id = self.offer.with_user(self.front)
            self.assertEqual(form.offer_code, "AUTUMN10")
        self.assertEqual(booking.diver_ids.price_unit, 90)
        with Form(booking.with_user(self.front)) as form:
            form.offer_code = ""
        self.assertEqual((booking.diver_ids.price_unit, self.offer.uses), (100, 0))
        self.assertEqual(booking.campaign_id, self.campaign, "it brought them here")
        booking.offer_code = "AUTUMN10"
        self.assertEqual(self.offer.uses, 1)
        booking.with_user(self.manager).unlink()
        self.assertEqual(self.offer.uses, 0)

    def test_confirmed_and_by_hand_and_invoiced(self):
        booking = self._booking(self.guest, self.trip, confirm=True)
        booking.offer_code = "autumn10"
        self.assertEqual(booking.diver_ids.price_unit, 90)
        booking.offer_id = False
        booking.diver_ids.price_unit = 70
        booking.offer_id = self.offer
        self.assertEqual(booking.diver_ids.price_unit, 70, "what was agreed stays")
        booking.action_create_invoice()
        self._refused("is invoiced", booking.write, {"offer_id": False})
        self.assertEqual(booking.offer_id, self.offer)

    def test_never_dearer_than_without(self):
        self.env.user.write(
            {
                "group_ids": [
                    Command.link(self.env.ref("product.group_product_pricelist").id)
                ]
            }
        )
        self.env.ref("base.group_user").implied_ids |= self.env.ref(
            "product.group_product_pricelist"
        )
        friends = self.env["product.pricelist"].create(
            {
                "name": "Friends",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": 25,
                        }
                    )
                ],
            }
        )
        self.guest.property_product_pricelist = friends
        booking = self._booked(
            self.guest, self.trip, confirm=False, offer_id=self.offer.id
        )
        self.assertEqual(booking.diver_ids.price_unit, 75)
        # of nobody else it becomes the pricelist
        other = self._customer("Otto Other")
        self.assertNotEqual(other.property_product_pricelist, self.offer.pricelist_id)
        # rules of Odoo's own: from the third diver on
        groups = self.env["product.pricelist"].create(
            {
                "name": "Groups",
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "min_quantity": 2,
                            "compute_price": "fixed",
                            "fixed_price": 60,
                        }
                    )
                ],
            }
        )
        offer = self._offer(code="GROUP", pricelist_id=groups.id)
        self.assertFalse(offer.discount)
        mate = self._customer("Mia Mate")
        trip = self._trip(later=1)
        booking = self._booked(self.guest, trip, confirm=False, offer_id=offer.id)
        self.assertEqual(booking.diver_ids.price_unit, 75)
        booking.diver_ids = [Command.create({"partner_id": mate.id})]
        self.assertEqual(booking.diver_ids.mapped("price_unit"), [60, 60])

    def test_gear_costs_less_as_well(self):
        kind = self.env["dive.equipment.kind"].create(
            {"name": "Camera", "product_id": self._product(list_price=40).id}
        )
        booking = self._booking(self.guest, self.trip)
        gear = self.env["dive.gear"].create(
            {"seat_id": booking.diver_ids.id, "kind_id": kind.id}
        )
        self.assertEqual(gear.price, 40)
        booking.offer_code = "AUTUMN10"
        self.assertEqual((gear.price, booking.diver_ids.price_unit), (36, 90))

    def test_wrong_codes(self):
        other_company = self.env["res.company"].create({"name": "Other reef"})
        self.Offer.with_company(other_company).create(
            {
                "campaign_id": self.campaign.id,
                "name": "Theirs",
                "code": "THEIRS",
                "company_id": other_company.id,
                "discount": 50,
            }
        )
        self._offer(code="PAST", date_to=self._day(-1))
        self._offer(code="SOON", date_from=self._day(1))
        self._offer(code="GONE", active=False)
        self._offer(code="CARD", gives="card", type_id=self.type.id)
        self._offer(code="TODAY", date_from=self._day(), date_to=self._day())
        booking = self._booking(self.guest, self.trip).with_user(self.front)
        for code, text in {
            "AUTUMN1O": "no offer with the code “AUTUMN1O”",
            "THEIRS": "no offer with the code",
            "😀": "no offer with the code",
            "<b>x</b>": "no offer with the code",
            "كود": "no offer with the code",
            "x" * 5000: "no offer with the code",
            "%": "no offer with the code",
            "PAST": "ended on",
            "SOON": "begins on",
            "GONE": "is over",
            "CARD": "is for a prepaid card",
        }.items():
            self._refused(text, booking.write, {"offer_code": code})
            self.assertFalse(booking.offer_id)
        self._refused(
            "no offer",
            booking.write,
            {"offer_id": self.Offer.search([("code", "=", "THEIRS")]).id},
        )
        booking.offer_code = "today"
        self.assertEqual(booking.diver_ids.price_unit, 90)
        # the form says it at once, and keeps what was typed
        form = self._form(self._trip(later=5))
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as said:
            form.offer_code = "past"
        self.assertIn("ended on", said.output[0])
        with self.assertLogs("odoo.tests.form.onchange", "WARNING") as said:
            form.offer_code = "nonsense"
        self.assertIn("no offer with the code “nonsense”", said.output[0])
        self._refused("no offer", form.save)
        self.campaign.active = False
        late = self._booking(self.guest, self._trip(later=3))
        self._refused("is over", late.write, {"offer_code": "AUTUMN10"})

    def test_last_use(self):
        self.offer.uses_max = 1
        first = self._booked(self.guest, self.trip, offer_id=self.offer.id)
        late = self._booking(self._customer("Lena Late"), self.trip)
        self._refused("as often as", late.write, {"offer_code": "AUTUMN10"})
        self.assertEqual((late.diver_ids.price_unit, self.offer.uses), (100, 1))
        first.action_cancel()
        late.offer_code = "AUTUMN10"
        self._refused("as often as", first.action_draft)
        first.offer_code = False
        first.action_draft()
        self.assertEqual((first.state, first.diver_ids.price_unit), ("draft", 100))
        self.offer.uses_max = 2
        first.offer_code = "AUTUMN10"
        self._refused("used 2 times", self.offer.write, {"uses_max": 1})
        self._refused("used 2 times", self.offer.write, {"uses_max": -1})
        self.offer.uses_max = 0
        self._refused("cannot be set", self.offer.write, {"uses": 0})
        self._refused("cannot be set", late.write, {"offer_used_id": False})

    def test_move_takes_the_promise_along(self):
        """Whole or in part, and the offer may be over by then: one use, one price."""
        self.offer.uses_max = 1
        mate = self._customer("Mia Mate")
        booking = self._booked(
            self.guest, self.trip, self.guest | mate, offer_id=self.offer.id
        )
        self.offer.date_to = self._day(-1)
        later = self._trip(later=5, product_id=self.trip.product_id.id)
        seat = booking.diver_ids.filtered(lambda one: one.partner_id == mate)
        seat.with_user(self.front).action_move(later.id)
        moved = seat.booking_id
        self.assertEqual(
            (moved.offer_id, moved.campaign_id), (self.offer, self.campaign)
        )
        self.assertEqual((seat.price_unit, booking.diver_ids.price_unit), (90, 90))
        self.assertEqual(self.offer.uses, 1)
        last = self._trip(later=9, product_id=self.trip.product_id.id)
        booking.diver_ids.action_move(last.id)
        self.assertEqual((booking.state, self.offer.uses), ("cancelled", 1))
        moved.action_cancel()
        self.assertEqual(self.offer.uses, 0)

    def test_only_who_got_the_mailing(self):
        self.offer.audience = "mailed"
        mailed = self._customer("Mona Mailed", email="mona@mail.test")
        bounced = self._customer("Bo Bounced", email="bo@mail.test")
        self._mailing(mailed)
        self._mailing(bounced, "bounce")
        for person in (self.guest, bounced):
            booking = self._booking(person, self._trip(later=person.id % 50))
            self._refused("got the message", booking.write, {"offer_code": "AUTUMN10"})
        # the payer got it, or a diver
        one = self._booking(mailed, self.trip)
        one.offer_code = "AUTUMN10"
        agency = self._customer("Agency", is_company=True)
        two = self._booking(agency, self._trip(later=9), mailed)
        two.offer_code = "AUTUMN10"
        self.assertEqual(self.offer.uses, 2)

    def test_card_with_a_code(self):
        cheap = self._type("Autumn card", price=3000)
        offer = self._offer(code="CARD", gives="card", type_id=cheap.id)
        form = Form(self.env["dive.discount.card"].with_user(self.front))
        form.partner_id = self.guest
        form.offer_code = "card"
        self.assertEqual(form.type_id, cheap)
        card = form.save()
        self.assertEqual((card.price, card.campaign_id), (3000, self.campaign))
        self.assertEqual(offer.uses, 1)
        self._refused("is for the card", card.write, {"type_id": self.type.id})
        other = self._card()
        self._refused("for a booking", other.write, {"offer_code": "AUTUMN10"})
        self._refused("is for the card", other.write, {"offer_code": "CARD"})
        by_code = self._card(cheap, offer_code="CARD")
        self.assertEqual((by_code.offer_id, offer.uses), (offer, 2))
        by_code.unlink()
        self.assertEqual(offer.uses, 1)
        card.action_sell()
        self._refused("is sold", card.write, {"offer_id": False})
        given = self.env["dive.discount.card"].create(
            {"partner_id": self.guest.id, "offer_id": offer.id}
        )
        self.assertEqual(given.type_id, cheap)

    def test_offers_that_make_no_sense(self):
        for vals, text in (
            ({"discount": 0}, "enter a discount"),
            ({"discount": 100}, "enter a discount"),
            ({"discount": -5}, "enter a discount"),
            ({"gives": "card"}, "choose which"),
            ({"code": "a"}, "is no code"),
            ({"code": "<b>HTML</b>"}, "is no code"),
            ({"code": "x" * 25}, "is no code"),
            ({"code": "autumn 10"}, "has this code already"),
            ({"date_from": self._day(2), "date_to": self._day(1)}, "before it begins"),
        ):
            self._refused(text, self._offer, **{"code": "NEW", **vals})
        self.assertRegex(self._offer(code=False).code, "^[A-Z2-9]{8}$")
        self.offer.discount = 20
        self.assertEqual(self.offer.pricelist_id.item_ids.percent_price, 20)
        copied = self.offer.copy()
        self.assertEqual((copied.discount, copied.uses), (20, 0))
        self.assertNotEqual(copied.pricelist_id, self.offer.pricelist_id)
        self._booked(self.guest, self.trip, offer_id=self.offer.id)
        self._refused("archive it instead", self.offer.unlink)
        self._refused("archive it instead", self.campaign.unlink)
        other = self.env["res.company"].create({"name": "Other reef"})
        self._refused("stays with", self.offer.write, {"company_id": other.id})
        copied.unlink()

    def test_who_may(self):
        marketing = self.employee
        marketing.group_ids |= self.env.ref("mass_mailing.group_mass_mailing_user")
        for user in (self.manager, marketing):
            offer = self.Offer.with_user(user).create(
                {
                    "campaign_id": self.campaign.id,
                    "name": "5 % off",
                    "code": f"BY{user.id}",
                    "discount": 5,
                }
            )
            offer.discount = 6
            self.assertTrue(offer.link)
            offer.unlink()
        for user in (self.front, self.instructor, self.medical, self.accountant):
            mine = self.offer.with_user(user)
            self.assertEqual(mine.display_name, "10 % off · AUTUMN10")
            for values in ({"name": "x"}, {"uses_max": 0}, {"discount": 90}):
                with self.assertRaises(AccessError):
                    mine.write(values)
            with self.assertRaises(AccessError):
                mine.unlink()
        with self.assertRaises(AccessError):
            self.offer.with_user(self.portal).read(["code"])
        other = self.env["res.company"].create({"name": "Other reef"})
        self.offer.company_id = other
        with self.assertRaises(AccessError):
            self.offer.with_user(self.manager).invalidate_recordset()
            self.offer.with_user(self.manager).read(["code"])
