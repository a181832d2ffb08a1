"""The order of a waiting list: who passes whom, and who changes it."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, Form, tagged

from ..tools.waiting import choose, left_for_others
from .common import DiveCommon
from .waiting_common import WaitingMixin


@tagged("post_install", "-at_install")
class TestDiveWaitingOrder(WaitingMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpWaiting()

    def test_groups_stay_together_or_split(self):
        pair, single = self._wait(2, 3), self._wait(4)
        self.trip.company_id.dive_wait_may_pass = False
        self.assertIn("Nobody passes", self.trip.wait_rule)
        self._free(0)
        self.assertEqual(
            self._states(pair, single), ["waitlisted,waitlisted", "waitlisted"]
        )
        self.trip.company_id.dive_wait_may_pass = True
        self._run()
        self.assertEqual(
            self._states(pair, single), ["waitlisted,waitlisted", "offered"]
        )
        single.action_accept_offer()
        self._free(1)
        self.assertEqual(self._states(pair), ["waitlisted,waitlisted"])
        pair.may_split = True
        self._run()
        self.assertEqual(self._states(pair), ["offered,waitlisted"])
        pair.action_accept_offer()
        self.assertEqual(
            (pair.state, self._states(pair)), ("confirmed", ["booked,waitlisted"])
        )
        single.action_cancel()
        self._run()
        self.assertEqual(self._states(pair), ["booked,offered"])
        self._let_lapse(pair)
        self.assertEqual(
            (pair.state, self._states(pair)), ("confirmed", ["booked,cancelled"])
        )

    def test_nobody_passes_those_who_wait(self):
        pair = self._wait(2, 3)
        self.first.action_cancel()
        late = self._booking(self.people[4], self.trip)
        with self.assertRaisesRegex(UserError, "for those on its waiting list"):
            late.action_confirm()
        self.assertIsInstance(late.action_confirm_or_wait(), dict)
        elsewhere = self._booking(self.people[5], self._trip(), confirm=True)
        with self.assertRaisesRegex(UserError, "for those on its waiting list"):
            elsewhere.diver_ids.action_move(self.trip.id)
        # what the list cannot use is for others, if they may pass
        self.trip.capacity = 3
        late.invalidate_recordset()
        self.assertIs(late.with_user(self.front).action_confirm_or_wait(), True)
        self._run()
        self.assertEqual(self._states(pair, late), ["offered,offered", "booked"])

    def test_unfit_is_passed_and_said_once(self):
        unfit, fit = self._wait(2), self._wait(3)
        set_state = type(unfit.diver_ids)._set_state
        finding = "secret finding"  # no term for translators

        def checked(seats, state):
            if state == "offered" and unfit.diver_ids & seats:
                raise UserError(finding)
            return set_state(seats, state)

        with patch.object(type(unfit.diver_ids), "_set_state", checked):
            self._free(0)
            self._run()
        self.assertEqual(self._states(unfit, fit), ["waitlisted", "offered"])
        self.assertTrue(unfit.wait_held_up)
        notes = unfit.message_ids.mapped("body")
        self.assertEqual(sum("was not offered" in note for note in notes), 1)
        self.assertNotIn("secret", "".join(notes))
        self.assertEqual(self.trip._dive_free_for_new(), 0)
        self._free(1)
        self.assertEqual(
            (self._states(unfit), unfit.wait_held_up), (["offered"], False)
        )

    def test_reorder_with_a_reason(self):
        one, two, three = self._wait(2), self._wait(3), self._wait(4)
        action = three.diver_ids.with_user(self.front).action_open_booking_reorder()
        wizard = Form(
            self.env["dive.wait.reorder"]
            .with_user(self.front)
            .with_context(**action["context"])
        )
        self.assertEqual(wizard.place_now, 3)
        wizard.reason = "Broken down on the way, comes from far"
        wizard.save().action_reorder()
        self.assertEqual([b.wait_place for b in (one, two, three)], [2, 3, 1])
        for record in (self.trip, three):
            self.assertIn("comes from far", record.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "why the order"):
            self.trip._dive_reorder(one, 1, " ")
        with self.assertRaises(AccessError):
            self.trip.with_user(self.instructor)._dive_reorder(one, 1, "me first")
        with self.assertRaisesRegex(UserError, "not on the waiting list any more"):
            self.trip._dive_reorder(self.first, 1, "why not")
        self._free(0)
        self.assertEqual(self._states(one, three), ["waitlisted", "offered"])
        # who comes now is still last
        self.assertEqual(self._wait(5).wait_place, 3)


class TestWaitingOrder(BaseCase):
    def test_choose(self):
        for groups, free, may_pass, given, left in (
            ([], 3, True, [], 3),
            ([(1, False)], 0, True, [0], 0),
            ([(2, False), (1, False)], 1, True, [0, 1], 0),
            ([(2, False), (1, False)], 1, False, [0, 0], 0),
            ([(2, False), (1, False)], 3, False, [2, 1], 0),
            ([(3, True), (1, False)], 2, True, [2, 0], 0),
            ([(3, False), (1, False)], 2, True, [0, 1], 1),
            ([(3, False)], 2, False, [0], 0),
            ([(1, False)], 3, False, [1], 2),
        ):
            with self.subTest(groups=groups, free=free, may_pass=may_pass):
                self.assertEqual(choose(groups, free, may_pass), given)
                self.assertEqual(left_for_others(groups, free, may_pass), left)
