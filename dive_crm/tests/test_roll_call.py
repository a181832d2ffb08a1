"""The roll call: taps, times, head counts, and what it forbids."""

from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveCommon
from .roll_common import RollMixin


@tagged("post_install", "-at_install")
class TestRollCall(RollMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpRoll()

    def _states(self):
        seats = (self.anna, self.tom, self.zoe)
        return [self.seat[diver].roll_call or "ashore" for diver in seats]

    def test_taps_from_ashore_to_ashore(self):
        """Each tap is done once, noted, and only where the tapper saw the diver."""
        out = self._tap(self.anna, "ashore", "out", age=120_000)
        with freeze_time("2026-06-01 10:00:00"):
            self.trip.date_start = fields.Datetime.now()
            self.assertEqual(self._send(out), [""])
            self.assertEqual(str(self.seat[self.anna].out_at), "2026-06-01 09:58:00")
            # the first one in the water sets the time, the second does not
            self.assertEqual(str(self.trip.back_by), "2026-06-01 10:58:00")
        with freeze_time("2026-06-01 10:05:00"):
            # sent again, as the answer was lost: nothing happens twice
            self.assertEqual(self._send(out), [""])
            self._send(self._tap(self.tom, "ashore", "out"))
            self.assertEqual(self._states(), ["out", "out", "ashore"])
            self.assertEqual(str(self.trip.back_by), "2026-06-01 10:58:00")
            self.assertFalse(self.trip.roll_overdue)
        with freeze_time("2026-06-01 10:59:00"):
            self.env.invalidate_all()
            self.assertTrue(self.trip.roll_overdue)
            self.assertEqual(self.trip.roll_out_count, 2)
            before, after = "2026-06-01 10:58:00", "2026-06-01 11:13:00"
            later = {"key": "later-001", "type": "later", "from": before, "to": after}
            self.assertEqual(self._send(later), [""])
            self.assertEqual(str(self.trip.back_by), after)
            self.assertFalse(self.trip.roll_overdue)
            self.assertIn("15 minutes later", self.trip.message_ids[0].body)
            # the same press of another phone: once only
            again = {**later, "key": "later-002"}
            self.assertEqual(self._send(again, user=self.front), [""])
            self.assertEqual(str(self.trip.back_by), after)
            third = {**later, "key": "later-003", "to": "2026-06-01 11:28:00"}
            self.assertIn("Somebody else", self._send(third)[0])
        with freeze_time("2026-06-01 11:10:00"):
            self._send(self._tap(self.anna, "out", "in"), user=self.front)
            late = self._tap(self.anna, "ashore", "out")
            self.assertIn("not taken", self._send(late)[0])
            self.assertIn("Test Front", self._send({**late, "key": "late-0001"})[0])
            self.assertEqual(self._states(), ["in", "out", "ashore"])
            # taken back: still the dive that began at 9:58, no minute more
            self._send(self._tap(self.anna, "in", "out", undo=True))
            self.assertEqual(str(self.seat[self.anna].out_at), "2026-06-01 09:58:00")
            self.assertFalse(self.seat[self.anna].back_at)
            self._send(
                self._tap(self.anna, "out", "in"), self._tap(self.tom, "out", "in")
            )
            # the last one up by mistake: the time stays as well
            self._send(self._tap(self.tom, "in", "out", undo=True))
            self.assertEqual(str(self.trip.back_by), after)
            self._send(self._tap(self.tom, "out", "in"))
        with freeze_time("2026-06-01 12:00:00"):
            # the second dive of the day
            self._send(self._tap(self.tom, "in", "out"))
            self.assertEqual(str(self.trip.back_by), "2026-06-01 13:00:00")
            self._send(
                self._tap(self.tom, "out", "in"), self._tap(self.tom, "in", "ashore")
            )
        log = self.env["dive.roll.entry"].search([("trip_id", "=", self.trip.id)])
        self.assertEqual(len(log), 11)
        self.assertEqual(log[0].diver_name, "Tom Keller")
        self.assertEqual(log[0].user_name, "Test Instructor")
        for row in (log[0], self.env["dive.head.count"]):
            with self.assertRaises(UserError):
                row.sudo().create({"key": "x"})
        with self.assertRaises(UserError):
            log[0].sudo().write({"user_name": "Nobody"})

    def test_what_is_not_understood(self):
        """Whatever a phone sends, it gets an answer, and nothing changes."""
        zoe = self.seat[self.zoe]
        other = self._booking(self.anna, self._trip(), confirm=True).diver_ids
        for action in (
            self._tap(self.zoe, "ashore", "moon"),
            self._tap(self.zoe, "out", "out"),
            self._tap(self.zoe, "ashore", "out", seat="x"),
            self._tap(self.zoe, "ashore", "out", seat=other.id),
            self._tap(self.zoe, "ashore", "out", age="soon"),
            {**self._tap(self.zoe, "ashore", "out"), "type": "sink"},
            {**self._tap(self.zoe, "ashore", "out"), "key": "short"},
            self._count("out", "many", "Ann"),
            self._count("up", 3, "Ann"),
            self._count("out", -1, "Ann"),
            self._count("out", 3, " "),
            {"key": "later-009", "type": "later", "from": "x", "to": None},
        ):
            self.assertTrue(self._send(action)[0], action)
        trip = self.trip.with_user(self.instructor)
        for junk in (None, "x", [1, {"key": 5}], {}):
            self.assertFalse(trip.roll_call_send(junk)["results"])
        self.assertFalse(zoe.roll_call or self.trip.back_by)
        with self.assertRaises(UserError):
            zoe.with_user(self.front).write({"roll_call": "in"})
        with self.assertRaises(UserError):
            self.trip.with_user(self.front).write({"back_by": fields.Datetime.now()})
        # too early, and too late
        self.trip.date_start = fields.Datetime.now() + timedelta(days=3)
        tap = self._tap(self.zoe, "ashore", "out")
        self.assertIn("day before", self._send(tap)[0])
        self.trip.date_start = fields.Datetime.now()
        self.trip.action_done()
        self.assertIn("closed", self._send(tap)[0])

    def test_who_may(self):
        for role in ("front", "manager", "instructor"):
            user = getattr(self, role)
            state = self.trip.with_user(user).roll_call_state()
            self.assertEqual(len(state["divers"]), 3, role)
            self.assertTrue(self.trip.with_user(user).roll_may)
            url = self.trip.with_user(user).action_roll_call()["url"]
            self.assertEqual(url, f"/dive/trip/{self.trip.id}/rollcall")
        stranger = self.instructor.copy({"login": "t_stranger"})
        for user in (
            stranger,
            self.medical,
            self.accountant,
            self.employee,
            self.portal,
        ):
            trip = self.trip.with_user(user)
            for call in (
                trip.roll_call_state,
                trip.action_roll_call,
                trip.action_pair_up,
                lambda trip=trip: trip.roll_call_send([]),
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    call()
        self._send(self._tap(self.anna, "ashore", "out"))
        self._send(self._count("out", 3, "Ann"))
        rows = {
            model: self.env[model].search([("trip_id", "=", self.trip.id)])
            for model in ("dive.roll.entry", "dive.head.count")
        }
        elsewhere = self.env["res.company"].create({"name": "Other centre"})
        foreign = self.front.copy(
            {
                "login": "t_foreign",
                "company_id": elsewhere.id,
                "company_ids": [Command.set(elsewhere.ids)],
            }
        )
        for model, row in rows.items():
            for user in (self.front, self.instructor, self.manager):
                self.assertTrue(row.with_user(user).read(["user_name"]))
            for user in (self.medical, self.accountant, self.employee, self.portal):
                with self.assertRaises(AccessError):
                    row.with_user(user).read(["user_name"])
            found = self.env[model].with_user(foreign).search_count([])
            self.assertEqual(found, 0, model)
        with self.assertRaises(AccessError):
            self.trip.with_user(foreign).roll_call_state()

    def test_nobody_in_the_water_is_forgotten(self):
        seat = self.seat[self.zoe]
        self._send(self._tap(self.zoe, "ashore", "out"))
        front = self.trip.with_user(self.front)
        mine = seat.with_user(self.front)
        other = self._trip()
        for call in (
            front.action_done,
            front.action_cancel,
            mine.action_no_show,
            mine.action_cancel,
            mine.booking_id.action_cancel,
            mine.unlink,
            lambda: mine.action_move(other.id),
            lambda: mine.write({"partner_id": self._customer("Max").id}),
        ):
            with (
                self.assertRaisesRegex(UserError, "Zoe Alone"),
                self.env.cr.savepoint(),
            ):
                call()
        self._send(self._tap(self.zoe, "out", "in"))
        seat.buddy_group = "A"
        mine.action_move(other.id)
        self.assertEqual(seat.trip_id, other)
        self.assertFalse(seat.roll_call or seat.out_at or seat.buddy_group)

    def test_two_head_counts(self):
        """Two people, the same number, that of the list, and after the last dive."""
        front = self.trip.with_user(self.front)

        def refused(words):
            self.env.invalidate_all()
            self.assertIn(words, self.trip.head_counts_missing)
            with (
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                front.action_done()

        self._send(self._tap(self.anna, "ashore", "out"))
        self._send(self._tap(self.anna, "out", "in"))
        refused("Nobody has counted")
        self._send(self._count("out", 3, "Ann Guide"))
        self._send(self._count("back", 3, "Ann Guide"))
        self._send(self._count("back", 3, "  ann  GUIDE"))
        refused("a second person")
        self._send(self._count("back", 2, "Bob"))
        refused("count again")
        self._send(self._count("back", 2, "Ann Guide"))
        refused("3 are on the list")
        self.seat[self.zoe].action_no_show()
        self.env.invalidate_all()
        self.assertFalse(self.trip.head_counts_missing)
        with freeze_time(fields.Datetime.now() + timedelta(hours=1)):
            self._send(self._tap(self.anna, "in", "out"))
            self._send(self._tap(self.anna, "out", "in"))
            refused("Nobody has counted")
            self.env.company.dive_head_count_rule = "never"
            self.env.invalidate_all()
            self.assertFalse(self.trip.head_counts_missing)
            self.env.company.dive_head_count_rule = "roll_call"
            self._send(self._count("back", 2, "Ann Guide"))
            self._send(self._count("back", 2, "Bob"), user=self.front)
            front.action_done()
        self.assertEqual(self.trip.state, "done")
        self.assertEqual(len(self.trip.with_user(self.instructor).head_count_ids), 7)
        # who takes no roll call on screen closes as before, unless a boat asks for it
        boat = self.env["dive.boat"].create({"name": "Nautilus", "capacity": 12})
        quiet = self._trip(boat_id=boat.id)
        self._booking(self.tom, quiet, confirm=True)
        self.env.company.dive_head_count_rule = "boat"
        with self.assertRaises(UserError):
            quiet.action_done()
        self.env.company.dive_head_count_rule = "roll_call"
        quiet.action_done()

    def test_buddies(self):
        """Typed, dragged, or put together: a minor with an adult, of the family."""
        child = {"birthdate_date": fields.Date.today() - timedelta(days=365 * 13)}
        kids = [self._customer(f"Kid {n}", **child) for n in range(3)]
        crowd = self._trip(
            name="Crowd",
            capacity=20,
            date_start=fields.Datetime.now(),
            guide_ids=[(6, 0, self.instructor.partner_id.ids)],
        )
        mother = self._customer("Mother")
        rule = self.env["dive.fitness.rule"].search([])
        rule.write({"severity": "off"})
        self._booking(
            mother, crowd, mother + kids[0] + kids[1] + self.anna, confirm=True
        )
        self._booking(self.tom, crowd, self.tom + kids[2], confirm=True)
        self._booking(self.zoe, crowd, confirm=True)
        self.env.invalidate_all()
        mine = crowd.with_user(self.instructor)
        answer = mine.action_pair_up()["params"]
        self.assertEqual(answer["type"], "success")
        groups = {}
        for seat in crowd.seat_ids:
            self.assertTrue(seat.buddy_group, seat.display_name)
            groups.setdefault(seat.buddy_group, seat.browse())
            groups[seat.buddy_group] |= seat
        self.assertEqual(set(groups), {"A", "B", "C"})
        for group in groups.values():
            minors = group.filtered("is_minor")
            self.assertTrue(len(group) in (2, 3) and group > minors)
            for minor in minors:
                adults = (group - minors).booking_id
                self.assertIn(minor.booking_id, adults, minor.partner_id.name)
        with self.assertRaises(UserError):
            mine.action_pair_up()
        # a lonely minor is said, not hidden
        alone = self._trip(date_start=fields.Datetime.now())
        self._booking(kids[0], alone, confirm=True)
        answer = alone.with_user(self.front).action_pair_up()["params"]
        self.assertEqual(answer["type"], "warning")
        self.assertIn("Kid 0", answer["message"])
        # dragged by the desk, typed by a guide on the phone
        seat = self.seat[self.zoe].with_user(self.front)
        seat.write({"buddy_group": " b1 "})
        self.assertEqual(seat.buddy_group, "B1")
        buddy = {"type": "buddy", "seat": seat.id}
        self.assertEqual(self._send({**buddy, "key": "buddy-01", "group": "c"}), [""])
        self.assertEqual(seat.buddy_group, "C")
        refused = self._send({**buddy, "key": "buddy-02", "group": "é"})
        self.assertIn("no group of buddies", refused[0])
        self.assertEqual(seat.buddy_group, "C")
        with self.assertRaises(AccessError):
            seat.with_user(self.instructor).write({"buddy_group": "D"})
        self.assertEqual(self._send({"key": "pair-0001", "type": "pair"}), [""])
        self.assertEqual(self.seat[self.anna].buddy_group, "A")
        self.assertEqual(self.seat[self.tom].buddy_group, "A")
        action = self.trip.with_user(self.front).action_buddies()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.trip.seat_ids)

    def test_days_before_the_trip(self):
        """Of a trip that is days away the form shows no roll call, but its buddies."""
        later = self._trip(
            date_start=fields.Datetime.now() + timedelta(days=3),
            guide_ids=[(6, 0, self.instructor.partner_id.ids)],
        )
        self._booking(self.tom, later, self.tom + self.zoe, confirm=True)
        for trip, begun in ((self.trip, True), (later, False)):
            mine = trip.with_user(self.front)
            self.assertEqual(mine.begun, begun)
            self.assertEqual(bool(mine.roll_seat_ids), begun)
        self.env.invalidate_all()
        later.with_user(self.front).action_pair_up()
        self.assertEqual(later.roll_seat_ids, later.seat_ids)
        later.seat_ids.buddy_group = False
        self.assertFalse(later.roll_seat_ids)
        later.date_start = fields.Datetime.now() + timedelta(hours=20)
        self.assertTrue(later.begun)
        self.assertEqual(later.roll_seat_ids, later.seat_ids)

    def test_queries_do_not_grow(self):
        """What a phone asks every few seconds, and a diver's tap."""
        counts = []
        for number in (1, 80):
            trip = self._trip(
                capacity=100, date_start=fields.Datetime.now(), name=str(number)
            )
            divers = self.Partner.create(
                [{"name": f"Diver {n}", "dive_customer": True} for n in range(number)]
            )
            self._booking(divers[0], trip, divers, confirm=True)
            mine = trip.with_user(self.front)
            tap = {
                "type": "tap",
                "seat": trip.seat_ids[0].id,
                "from": "ashore",
                "to": "out",
            }
            for turn in range(2):  # the first one warms the caches of the registry
                tap = {**tap, "key": f"query-{number}-{turn}"}
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                mine.roll_call_send([tap])
                count = self.env.cr.sql_log_count - before
                tap.update({"from": "out", "to": "in"})
            counts.append(count)
        self.assertEqual(*counts)
