"""What came of a campaign, against plain sums over what there is."""

from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .campaign_common import CampaignMixin
from .card_common import CardMixin
from .common import DiveCommon

NUMBERS = (
    "dive_sent",
    "dive_opened",
    "dive_clicked",
    "dive_answered",
    "dive_booked",
    "dive_cards",
    "dive_new_customers",
    "dive_revenue",
)


@tagged("post_install", "-at_install")
class TestCampaignNumbers(CampaignMixin, CardMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCards()
        cls.setUpCampaign()
        cls.product = cls._service("Taxed dive", 121)

    def _new_trip(self, later=0, **vals):
        return self._trip(later, product_id=self.product.id, capacity=20, **vals)

    def _numbers(self, campaign=None, user=None):
        campaign = (campaign or self.campaign).with_user(user or self.front)
        campaign.invalidate_recordset()
        return [campaign[name] for name in NUMBERS]

    def _invoice(self, booking):
        booking._create_invoices().action_post()
        return booking.invoice_ids

    def _plain_revenue(self, campaign):
        """Add up invoices by Odoo's own signed totals, one by one."""
        bookings = self.env["dive.booking"].search(
            [("campaign_id", "=", campaign.id), ("state", "!=", "cancelled")]
        )
        cards = self.env["dive.discount.card"].search(
            [("campaign_id", "=", campaign.id)]
        )
        moves = bookings.invoice_ids | cards.sale_line_ids.move_id
        return sum(
            moves.filtered(lambda move: move.state == "posted").mapped(
                "amount_untaxed_signed"
            )
        )

    # ------------------------------------------------------------------

    def test_mails(self):
        people = [self._customer(f"Mail {i}", email=f"m{i}@x.test") for i in range(6)]
        self._mailing(people[:2], clicked=people[:1])
        self._mailing(people[2:4], "open", clicked=people[2:4])
        self._mailing(people[4:5], "reply")
        self._mailing(people[5:], "bounce")
        test = self._mailing(people[:1], "open")
        test.is_test_trace = True
        self._mailing(people, campaign=self._campaign("Another"))
        self.assertEqual(self._numbers()[:4], [6, 3, 3, 1])
        # as Odoo's own mailings count
        mailings = self.campaign.mailing_mail_ids - test.mass_mailing_id
        self.assertEqual(
            self._numbers()[:4],
            [
                sum(mailings.mapped(name))
                for name in ("sent", "opened", "clicked", "replied")
            ],
        )

    def test_money(self):
        other = self._campaign("Other")
        gina, hugo = self.guest, self._customer("Hugo")
        draft = self._booked(gina, self._new_trip(), offer_id=self.offer.id)
        two = self._booked(
            hugo, self._new_trip(1), hugo | gina, campaign_id=self.campaign.id
        )
        gone = self._booked(gina, self._new_trip(2), campaign_id=self.campaign.id)
        theirs = self._booked(hugo, self._new_trip(3), campaign_id=other.id)
        plain = self._booked(hugo, self._new_trip(4))
        for booking in (two, gone, theirs, plain):
            self._invoice(booking)
        draft._create_invoices()
        self.assertEqual(self._plain_revenue(self.campaign), 300)
        self.assertEqual(self._numbers()[-1], 300, "a draft is no money yet")
        draft.invoice_ids.action_post()
        self.assertEqual(self._plain_revenue(self.campaign), 390)
        self.assertEqual(self._numbers()[-1], 390)
        gone.action_cancel()
        self.assertEqual((self._numbers()[4], self._numbers()[-1]), (2, 290))
        # a credit note for a part of it
        refund = two.invoice_ids._reverse_moves()
        refund.invoice_line_ids[0].price_unit = 60.5
        refund.invoice_line_ids[1].unlink()
        refund.action_post()
        self.assertEqual(self._plain_revenue(self.campaign), 240)
        self.assertEqual(self._numbers()[-1], 240)
        self.assertEqual(self._numbers(other)[-1], 100)
        # a card of the campaign, and an invoice that it pays: once
        offer = self._offer(code="CARD", gives="card", type_id=self.type.id)
        card = self._card(partner=gina, offer_id=offer.id)
        card.action_sell()
        card.sale_move_id.action_post()
        self._pay(card.sale_move_id)
        self.assertEqual(self._plain_revenue(self.campaign), 3740)
        self.assertEqual(self._numbers()[-3:], [1, 2, 3740])
        by_card = self._booked(gina, self._new_trip(5), campaign_id=self.campaign.id)
        move = by_card._create_invoices()
        card.redeem(121, invoice=move)
        move.action_post()
        self.assertEqual(self._numbers()[-1], 3740, "it came in with the card")
        # with a card from elsewhere it is this campaign's
        before = self._sold(partner=gina)
        later = self._booked(gina, self._new_trip(6), campaign_id=self.campaign.id)
        move = later._create_invoices()
        before.redeem(121, invoice=move)
        move.action_post()
        self.assertEqual(self._numbers()[-1], 3840)

    def test_from_guest_to_customer(self):
        old = self._customer("Old hand")
        diver = self._customer("Was diver")
        self._booking(old, self._new_trip(), confirm=True)
        self._booking(old, self._new_trip(1), diver, confirm=True)
        new = self._customer("New one")
        mate = self._customer("New mate")
        self.assertEqual(new.dive_status, "guest")
        draft = self._booked(
            new,
            self._new_trip(2),
            new | mate | diver | old,
            confirm=False,
            campaign_id=self.campaign.id,
        )
        self.assertEqual(self._numbers()[4:7], [1, 0, 0], "asked for, not confirmed")
        draft.action_confirm()
        self.assertEqual((new.dive_status, mate.dive_status), ("existing", "existing"))
        self.assertEqual(self._numbers()[4:7], [1, 0, 2])
        # again, with another campaign: they are customers already
        other = self._campaign("Other")
        self._booked(new, self._new_trip(3), campaign_id=other.id)
        self.assertEqual(self._numbers(other)[4:7], [1, 0, 0])
        # who has cancelled is a guest still
        mates = draft.diver_ids.filtered(lambda seat: seat.partner_id == mate)
        mates.action_cancel()
        self.assertEqual(mate.dive_status, "guest")
        self.assertEqual(self._numbers()[6], 1)
        action = self.campaign.with_user(self.front).action_dive_new_customers()
        self.assertEqual(self.Partner.search(action["domain"]), new)
        draft.action_cancel()
        self.assertEqual(self._numbers()[4:7], [0, 0, 0])
        self.assertEqual(self._numbers(other)[6], 1, "now the other has won them")

    def test_companies_of_the_user(self):
        company = self.env["res.company"].create({"name": "Other reef"})
        trip = self._trip(company_id=company.id, type_id=self._new_trip().type_id.id)
        booking = self._booking(self.guest, trip, confirm=True)
        booking.campaign_id = self.campaign
        self.assertEqual(self._numbers()[4:7], [0, 0, 0])
        self.front.company_ids |= company
        both = self.campaign.with_user(self.front).with_context(
            allowed_company_ids=[self.company.id, company.id]
        )
        both.invalidate_recordset()
        self.assertEqual((both.dive_booked, both.dive_new_customers), (1, 1))

    def test_lists_behind_the_numbers(self):
        booking = self._booked(self.guest, self._new_trip(), offer_id=self.offer.id)
        self._invoice(booking)
        card = self._card(partner=self.guest)
        card.campaign_id = self.campaign
        self._mailing(self.guest)
        campaign = self.campaign.with_user(self.manager)
        for method, model, found in (
            ("action_dive_bookings", "dive.booking", booking),
            ("action_dive_cards", "dive.discount.card", card),
            ("action_dive_new_customers", "res.partner", self.guest),
        ):
            action = getattr(campaign, method)()
            self.assertEqual(action["res_model"], model)
            self.assertEqual(self.env[model].search(action["domain"]), found)
        action = campaign.action_dive_revenue()
        self.assertEqual(action["res_id"], booking.invoice_ids.id)
        action = campaign.action_dive_mails()
        self.assertEqual(len(self.env["mailing.trace"].search(action["domain"])), 1)

    def test_who_opens_a_campaign(self):
        """Front desk without a right to mailings, marketing without one to bookings."""
        booking = self._booked(self.guest, self._new_trip(), offer_id=self.offer.id)
        self._invoice(booking)
        self._mailing(self.guest, "open")
        marketing = self.employee
        marketing.group_ids |= self.env.ref("mass_mailing.group_mass_mailing_user")
        for user in (self.front, self.manager, marketing):
            with Form(self.campaign.with_user(user)) as form:
                form.title = f"By {user.login}"
            self.assertEqual(self._numbers(user=user)[:5], [1, 1, 0, 0, 1])
            self.assertEqual(self._numbers(user=user)[-1], 90)
        with Form(self.campaign.with_user(self.manager)) as form:
            with form.dive_offer_ids.new() as offer:
                offer.name = "A third off"
                offer.code = "third"
                offer.discount = 33.33
        self.assertEqual(self.campaign.dive_offer_ids[0].code, "THIRD")
        with self.assertRaises(AccessError):
            self.campaign.with_user(self.instructor).read(["dive_revenue"])
        # an app of others shows campaigns as ever
        Form(self.campaign.with_user(self.instructor)).save()

    def test_queries_do_not_grow(self):
        campaigns = self.env["utm.campaign"].create(
            [{"title": f"Campaign {index}"} for index in range(80)]
        )
        trip = self._trip(capacity=100)
        people = self.Partner.create(
            [{"name": f"P {i}", "dive_customer": True} for i in range(80)]
        )
        bookings = self.env["dive.booking"].create(
            [
                {
                    "partner_id": person.id,
                    "trip_id": trip.id,
                    "campaign_id": campaign.id,
                    "diver_ids": [Command.create({"partner_id": person.id})],
                }
                for campaign, person in zip(campaigns, people, strict=True)
            ]
        )
        bookings.action_confirm()
        now = fields.Datetime.now() - timedelta(1)
        mailing = self._mailing(people[:1]).mass_mailing_id
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": person.id,
                    "sent_datetime": now,
                }
                for person in people
            ]
        )
        counts = []
        for some in (campaigns, campaigns[:1], campaigns):
            self.env.flush_all()
            self.env.invalidate_all()
            listed = some.with_user(self.front)
            listed.mapped("title")
            start = self.env.cr.sql_log_count
            for name in NUMBERS:
                listed.mapped(name)
            counts.append(self.env.cr.sql_log_count - start)
        _warm, one, many = counts
        self.assertEqual(one, many, "1 and 80 campaigns")
        self.assertLessEqual(many, 7)
        self.assertEqual(sum(campaigns.mapped("dive_new_customers")), 80)
