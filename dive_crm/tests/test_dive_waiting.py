"""The waiting list: who comes next, is asked, and answers."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import format_datetime

from .common import DiveCommon
from .waiting_common import WaitingMixin


@tagged("post_install", "-at_install", "dive_long")
class TestDiveWaiting(WaitingMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpWaiting()

    # -- coming to the list ---------------------------------------------------

    def test_confirming_a_full_trip_offers_the_list(self):
        booking = self._booking(self.people[2], self.trip).with_user(self.front)
        action = booking.action_confirm_or_wait()
        wizard = (
            self.env["dive.booking.wait"]
            .with_user(self.front)
            .with_context(**action["context"])
        )
        form = Form(wizard)
        self.assertIn("has 0 free places", form.words)
        self.assertIn("for 24 hours", form.rule)
        self.assertIn("Smaller groups may pass", form.rule)
        form.save().action_wait()
        self.assertEqual(
            (booking.state, booking.wait_state, booking.wait_place),
            ("draft", "waiting", 1),
        )
        self.assertEqual(self.trip.seats_taken, 2)
        self.assertEqual(self.trip.wait_count, 1)
        # a trip with room is just confirmed, an empty booking says what it lacks
        other = self._booking(self.people[2], self._trip()).with_user(self.front)
        self.assertIs(other.action_confirm_or_wait(), True)
        self.assertEqual(other.state, "confirmed")
        with self.assertRaisesRegex(UserError, "no diver yet"):
            other.copy().action_confirm_or_wait()

    def test_who_cannot_wait(self):
        room, past = self._trip(), self._trip(1, capacity=1)
        free = self._booking(self.people[2], room)
        big = self._booking(self.people[4], self.trip, self.people[4:7])
        late = self._booking(self.people[3], past)
        # somebody who is not on the other trip at that time
        self._booking(self.people[7], past, confirm=True)
        past.date_start = fields.Datetime.now() - timedelta(hours=1)
        for booking, words in (
            (free, "has free places: confirm"),
            (big, "never has room for 3"),
            (late, "has started"),
            (self.first, "Nobody in"),
        ):
            with self.subTest(words=words), self.assertRaises(UserError) as caught:
                booking.action_waitlist()
            self.assertIn(words, str(caught.exception))
        big.may_split = True
        big.action_waitlist()
        self.assertEqual(big.wait_state, "waiting")
        with self.assertRaisesRegex(UserError, "as a group"):
            big.diver_ids = [Command.create({"partner_id": self.people[7].id})]
        for user in (self.instructor, self.accountant, self.employee, self.portal):
            for method in ("action_waitlist", "action_accept_offer"):
                with self.assertRaises(AccessError):
                    getattr(free.with_user(user), method)()
        for vals in ({"wait_rank": 9}, {"wait_since": False}, {"offer_id": 1}):
            with self.assertRaisesRegex(UserError, "cannot be set directly"):
                big.diver_ids.with_user(self.manager).write(vals)
        # leaving: by the button, by another trip, by cancelling
        big.action_leave_waitlist()
        self.assertEqual(self._states(big), ["requested,requested,requested"])
        self.assertFalse(any(big.diver_ids.mapped("wait_rank")))
        big.action_waitlist()
        big.trip_id = room
        self.assertEqual((big.wait_state, room.wait_count), (False, 0))

    # -- promotion ------------------------------------------------------------

    def test_offer_says_the_price(self):
        """What the payer of the booking pays for their group, as the page does."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.env["ir.module.module"]._load_module_terms(["dive_crm"], ["de_DE"])
        pair = self._wait(2, 3)
        self.people[2].lang = "de_DE"
        price = 100
        self._free(0, 1)
        offer = pair.notice_ids
        self.assertEqual(pair.offer_ids._dive_price(), 2 * price)
        until = format_datetime(
            self.env(context={"lang": "de_DE"}),
            pair.offer_ids.until,
            tz=str(self.company._dive_zone()),
            dt_format="E, d. MMM HH:mm",
        )
        body = self._mails(offer).body_html
        self.assertRegex(body, r"Der Preis für Sie ist \D*200,00\D*\.</p>")
        self.assertIn(f"halten ihn bis {until} frei", body)
        # what somebody else pays for is not added; what nobody asks is not said
        pair.diver_ids[1].payer_id = self.people[3]
        offer.invalidate_recordset()
        self.assertRegex(offer.text, r" The price for you is \D*100\.00\D*$")
        pair.diver_ids.payer_id = self.people[3]
        offer.invalidate_recordset()
        self.assertNotIn("price", offer.text)

    def test_in_order_each_place_to_one(self):
        one, two = self._wait(2), self._wait(3)
        self.assertEqual((one.wait_place, two.wait_place), (1, 2))
        self._free(0)
        self.assertEqual(self._states(one, two), ["offered", "waitlisted"])
        self.assertEqual(self.trip.seats_taken, 2)
        self.assertEqual((one.wait_state, two.wait_place), ("offered", 1))
        places = (one | two).diver_ids.mapped("wait_place")
        self.assertEqual(places, ["Offer", "1"], "in the tab of the trip")
        self.assertTrue(one.offer_until)
        # run again: nothing changes, nobody is told twice
        self._run()
        self.assertEqual(self._told(one, two), [["offer"], []])
        mail = self._mails(one.notice_ids)
        self.assertEqual(mail.recipient_ids, self.people[2])
        self.assertIn(one.offer_ids._dive_url(), mail.body_html)
        self.assertIn("A place is free", mail.subject)
        # the desk accepts; the next place goes to the next
        one.with_user(self.front).action_accept_offer()
        self.assertEqual((one.state, self._states(one)), ("confirmed", ["booked"]))
        self.assertEqual(one.offer_ids.state, "accepted")
        with self.assertRaisesRegex(UserError, "offered no place"):
            one.action_accept_offer()
        self._free(1)
        self.assertEqual(self._states(two), ["offered"])
        self.assertEqual(self.trip.seats_taken, 2)

    def test_lapse_decline_and_leaving_pass_it_on(self):
        queue = one, two, three, four = [self._wait(number) for number in range(2, 6)]
        self._free(0)
        self._let_lapse(one)
        self.assertEqual(one.state, "cancelled")
        self.assertEqual(self._told(one), [["offer", "lapsed"]])
        self.assertFalse(one.offer_ids._dive_accept())
        self.assertEqual(
            self._states(*queue), ["cancelled", "offered", "waitlisted", "waitlisted"]
        )
        self.assertTrue(two.offer_ids._dive_decline())
        self._run()
        self.assertEqual(self._states(two, three), ["cancelled", "offered"])
        # the desk takes somebody off the list, or cancels: the offer is withdrawn
        three.action_leave_waitlist()
        self.assertEqual(three.offer_ids.state, "withdrawn")
        self.assertFalse(three.offer_ids._dive_accept(late=True))
        self._run()
        self.assertEqual(self._states(three, four), ["requested", "offered"])
        four.action_cancel()
        self.assertEqual(four.offer_ids.state, "withdrawn")
        self.assertEqual(self.trip.seats_taken, 1)
        # nobody had read of it: what was still in the queue is taken back
        self.assertEqual(self._told(two, three, four), [[]] * 3)

    def test_what_starts_the_run(self):
        trigger = self.env["ir.cron.trigger"]
        cron = self.env.ref("dive_crm.ir_cron_waiting")

        def started():
            found = trigger.search(
                [("cron_id", "=", cron.id), ("call_at", "<=", fields.Datetime.now())]
            )
            found.unlink()
            return bool(found)

        started()  # what demo data has left
        boat = self.env["dive.boat"].create({"name": "Nerea", "capacity": 2})
        self.trip.boat_id = boat
        self.first.diver_ids[0].action_cancel()
        self.first.action_draft()
        self.first.action_cancel()
        self.assertFalse(started())
        self.first.action_draft()
        self.first.diver_ids._set_state("requested")
        self.first.action_confirm()
        waiting = self._wait(2)
        self.assertTrue(started())
        for change in (
            lambda: boat.write({"capacity": 3}),
            lambda: self.trip.write({"capacity": 3}),
            lambda: self.trip.write({"divers_per_guide": 0}),
            lambda: self.first.diver_ids[0].action_cancel(),
            lambda: self.first.diver_ids[1].action_move(self._trip().id),
        ):
            change()
            self.assertTrue(started())
        self._run()
        waiting.diver_ids.unlink()
        self.assertFalse(started())

    def test_booked_at_once_and_never_after_the_start(self):
        company = self.trip.company_id
        company.dive_offer_hours = 0
        one, two = self._wait(2), self._wait(3)
        self.assertIn("is booked for the first", self.trip.wait_rule)
        self._free(0)
        self.assertEqual((one.state, self._states(one)), ("confirmed", ["booked"]))
        self.assertEqual(self._told(one), [["place"]])
        company.dive_offer_hours = 720
        self._free(1)
        self.assertEqual(two.offer_until, self.trip.date_start)
        self.trip.date_start -= timedelta(hours=3)
        self.assertEqual(two.offer_until, self.trip.date_start)
        with self.assertRaisesRegex(UserError, "on the waiting list of"):
            self.trip.active = False
        # started: the list is closed
        three = self._wait(4)
        now = fields.Datetime.now()
        self.trip.date_start = now - timedelta(minutes=1)
        two.offer_ids.until = self.trip.date_start
        self._run()
        self.assertEqual((two.state, three.state), ("cancelled", "cancelled"))
        self.assertEqual(self.trip.seats_taken, 1)

    def test_of_a_split_group_those_are_named_who_have_a_place(self):
        self.trip.company_id.dive_offer_hours = 0
        group = self._wait(2, 3, may_split=True)
        self._free(0)
        booked = group.diver_ids.filtered(lambda seat: seat.state == "booked")
        self.assertEqual(len(booked), 1)
        self.assertEqual(group.notice_ids.seat_ids, booked)
        self.assertNotIn("James", group.notice_ids.text)

    def test_two_offers_of_a_split_group_are_answered_each(self):
        group = self._wait(2, 3, may_split=True)
        self._free(0)
        self._free(1)
        one, two = group.offer_ids.sorted("id")
        self.assertTrue(one._dive_decline())
        self.assertEqual(self._states(group), ["cancelled,offered"])
        self.assertEqual((two.state, group.state), ("open", "draft"))
        self.assertTrue(two._dive_accept())
        self.assertEqual(self._states(group), ["booked,cancelled"])

    def test_an_offer_that_lapses_is_told_to_each_payer(self):
        pair = self._wait(2, 3, split="each")
        self._free(0, 1)
        self._let_lapse(pair)
        lapsed = pair.notice_ids.filtered(lambda notice: notice.kind == "lapsed")
        self.assertEqual(lapsed.recipient_id, self.people[2] + self.people[3])

    def test_an_offer_is_for_those_who_are_left(self):
        pair = self._wait(2, 3)
        self._free(0, 1)
        offer = pair.offer_ids
        self.assertEqual(offer._dive_price(), 200)
        pair.diver_ids[1].action_cancel()
        self.assertEqual(offer._dive_price(), 100)
        self.assertEqual(offer._dive_seats(), pair.diver_ids[0])

    def test_who_cannot_be_written_to_is_called(self):
        self.people[2].dive_channel = "phone"
        self.people[2].phone = "+32 470 12 34 56"
        self.people[3].write({"dive_channel": "sms", "phone": "+32 470 12 34 57"})
        call, text = self._wait(2), self._wait(3)
        call.user_id = self.front
        self._free(0, 1)
        self.assertEqual(call.notice_ids.state, "staff")
        activity = call.activity_ids
        self.assertEqual(activity.user_id, self.front)
        self.assertIn("+32 470 12 34 56", activity.note)
        self.assertIn("/dive/offer/", self._texts(text.notice_ids).body)
        # who works elsewhere now could not even read it
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.front.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        self.assertEqual(
            call.notice_ids._dive_staff(), self.trip.company_id._dive_caretaker()
        )

    # -- a trip called off ----------------------------------------------------

    def test_cancelled_trip_tells_everybody_once_with_alternatives(self):
        day = timedelta(days=1)
        kind, start = self.trip.type_id, self.trip.date_start
        product = self.trip.product_id

        def other(days, **vals):
            return self._trip(
                type_id=vals.pop("type_id", kind.id),
                product_id=product.id,
                date_start=start + days * day,
                name=f"After {days}",
                **vals,
            )

        suit = [other(number) for number in (5, 1, 3, 9)]
        other(15)
        other(2, state="draft")
        small = other(4, capacity=1)
        other(2, type_id=kind.copy().id)
        self._booking(self.people[0], suit[1], confirm=True)
        offered, waiting = self._wait(2), self._wait(3)
        draft = self._booking(self.people[4], self.trip)
        self._free(1)
        unfit = {(suit[2].id, self.people[3].id)}
        with patch.object(
            type(self.trip), "_dive_unfit_pairs", lambda trip, pairs: unfit
        ):
            self.trip.with_user(self.front).action_cancel()
        self.assertEqual(
            self._told(self.first, offered, waiting, draft),
            # the offer was in the queue, and is taken back
            [["cancelled"], ["cancelled"], ["cancelled"], []],
        )
        self.assertEqual(offered.offer_ids.state, "withdrawn")

        def named(booking):
            return booking.notice_ids.sorted("id")[-1].alternative_ids

        three_days, one_day = suit[2], suit[1]
        self.assertEqual(set(named(offered)), {one_day, three_days, small})
        self.assertEqual(set(named(waiting)), {one_day, small, suit[0]})
        self.assertEqual(set(named(self.first)), {three_days, small, suit[0]})
        mail = self._mails(waiting.notice_ids)
        self.assertIn("does not take place", mail.body_html)
        self.assertIn("After 1", mail.body_html)
        # again, after it was reopened: they are told nothing new
        self.trip.action_open()
        self.trip.action_cancel()
        self.assertEqual(self._told(waiting), [["cancelled"]])
        # the desk books one of them
        action = waiting.with_user(self.front).action_open_rebook()
        wizard = Form(
            self.env["dive.booking.wait"]
            .with_user(self.front)
            .with_context(**action["context"])
        )
        wizard.other_trip_id = one_day
        wizard.save().action_other()
        self.assertEqual((waiting.state, waiting.trip_id), ("confirmed", one_day))

    # -- size -----------------------------------------------------------------

    def test_queries_do_not_grow(self):
        """One run, for one group of one diver or many groups of two."""

        def serve(groups):
            divers = self.Partner.create(
                [
                    {"name": f"W {number}", "email": f"w{number}@reef.test"}
                    for number in range(groups * 2)
                ]
            )
            trip = self._trip(groups, capacity=groups * 2)
            full = self._booking(self.people[0], trip, divers, confirm=True)
            bookings = self.env["dive.booking"]
            other = self.Partner.create(
                [
                    {"name": f"X {number}", "email": f"x{number}@reef.test"}
                    for number in range(groups * 2)
                ]
            )
            for number in range(groups):
                pair = other[number * 2 : number * 2 + 2]
                bookings += self._booking(pair[0], trip, pair)
            bookings.action_waitlist()
            full.action_cancel()
            self.env.flush_all()
            self.env.invalidate_all()
            count = self.env.cr.sql_log_count
            self._run()
            self.env.flush_all()
            count = self.env.cr.sql_log_count - count
            self.assertEqual(set(bookings.mapped("wait_state")), {"offered"})
            self.assertEqual(len(self._mails(bookings.notice_ids)), groups)
            bookings.action_cancel()
            return count

        serve(1)
        one = serve(1)
        # the ORM writes a hundred rows per UPDATE, and these are 160 places
        self.assertLessEqual(serve(80), one + 3)
