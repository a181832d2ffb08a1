"""Whatever is done to a trip, in any order: no place too many, the list in its order.

Each step is a transaction of its own in the database; some are made by a process that
is killed before its commit.
"""

import os
import signal
import tempfile
import time
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

from odoo import fields, sql_db
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .waiting_race_common import WaitingRaceCase

# It keeps what it knows of characters; not among the sources.
set_hypothesis_home_dir(os.path.join(tempfile.gettempdir(), "dive-hypothesis"))
#: How often in the gate; DIVE_EXAMPLES=500 looks further.
EXAMPLES = int(os.environ.get("DIVE_EXAMPLES", 8))
SMALL = st.integers(0, 7)
STEP = st.one_of(
    st.tuples(st.just("book"), st.integers(1, 3), st.booleans()),
    st.tuples(st.just("book"), st.integers(1, 3), st.booleans()),
    st.tuples(st.sampled_from(["cancel", "cancel", "move", "leave"]), SMALL),
    st.tuples(st.sampled_from(["accept", "decline", "lapse"]), SMALL),
    st.tuples(st.just("resize"), st.integers(1, 6)),
    st.tuples(st.just("boat"), st.integers(2, 6)),
    st.tuples(st.just("guides"), st.integers(0, 3), st.integers(0, 2)),
    st.tuples(st.just("reorder"), SMALL, st.integers(1, 4)),
    st.tuples(st.just("promote")),
    st.tuples(st.just("promote")),
)
STEPS = st.lists(
    st.tuples(st.integers(0, 4).map(lambda dice: dice == 0), STEP),
    min_size=8,
    max_size=16,
)


def pick(records, number):
    """Return one of some records, none if there are none."""
    return records[number % len(records)] if records else records


def expected(groups, free, may_pass):
    """Say by the book how many of each group are next; see ``tools/waiting.py``."""
    result = {}
    for booking_id, size, split in groups:
        if size <= free:
            result[booking_id] = size
        elif split and free:
            result[booking_id] = free
        elif not may_pass:
            break
        free -= result.get(booking_id, 0)
    return result


@tagged("post_install", "-at_install", "dive_long")
class TestDiveSeatsProperty(WaitingRaceCase):
    def _start(self):
        with self._env() as env:
            self._remove_bookings(env.cr)
            env.cr.execute("DELETE FROM dive_trip WHERE type_id = %s", [self.type_id])
            env.invalidate_all(flush=False)
            env["dive.boat"].browse(self.boat_id).capacity = 6
            self.trip_id = self._make_trip(env, boat_id=self.boat_id).id
            self.other_id = self._make_trip(env, capacity=2).id
        self.order = []
        self.unused = list(self.partner_ids)

    # -- the steps ------------------------------------------------------------

    def _book(self, env, number, split):
        trip = env["dive.trip"].browse(self.trip_id)
        divers = [self.unused.pop(0) for _number in range(number)]
        booking = self._make_booking(env, trip, divers)
        booking.may_split = split
        try:
            with env.cr.savepoint():
                booking.action_confirm()
        except UserError:
            booking.action_waitlist()

    def _seats(self, env):
        return env["dive.booking.diver"].search(
            [("trip_id", "=", self.trip_id), ("state", "!=", "cancelled")], order="id"
        )

    def _cancel(self, env, number):
        pick(self._seats(env), number).action_cancel()

    def _move(self, env, number):
        pick(self._seats(env), number).action_move(self.other_id)

    def _leave(self, env, number):
        waiting = self._seats(env).booking_id.filtered("wait_state").sorted("id")
        pick(waiting, number).action_leave_waitlist()

    def _offer(self, env, number):
        offers = env["dive.booking.offer"].search(
            [("trip_id", "=", self.trip_id), ("state", "=", "open")]
        )
        return pick(offers, number)

    def _accept(self, env, number):
        if offer := self._offer(env, number):
            offer._dive_accept()

    def _decline(self, env, number):
        if offer := self._offer(env, number):
            offer._dive_decline()

    def _lapse(self, env, number):
        if offer := self._offer(env, number):
            offer.until = fields.Datetime.now()
            env["dive.trip"].browse(self.trip_id)._dive_run_list()

    def _resize(self, env, capacity):
        env["dive.trip"].browse(self.trip_id).capacity = capacity

    def _boat(self, env, capacity):
        env["dive.boat"].browse(self.boat_id).capacity = capacity

    def _guides(self, env, number, ratio):
        env["dive.trip"].browse(self.trip_id).write(
            {
                "divers_per_guide": ratio,
                "guide_ids": [(6, 0, self.partner_ids[-number - 1 : -1])],
            }
        )

    def _reorder(self, env, number, place):
        trip = env["dive.trip"].browse(self.trip_id)
        queue = trip._dive_queues().get(self.trip_id, [])
        if queue:
            booking = env["dive.booking"].browse(queue[number % len(queue)])
            trip._dive_reorder(booking, place, "drawn by lot")

    def _promote(self, env):
        env["dive.trip"].browse(self.trip_id)._dive_promote()

    # -- doing them -----------------------------------------------------------

    def _do(self, step):
        """Take a step; what is refused with a message changes nothing."""
        name, *args = step
        before = self._state()
        done = False
        with suppress(UserError, ValidationError), self._env() as env:
            getattr(self, f"_{name}")(env, *args)
            done = True
        after = self._state()
        if not done:
            self.assertEqual(after, before, "refused, and yet something changed")
        return before, after

    def _do_killed(self, step):
        """Take a step in a process that is killed before its commit."""
        name, *args = step
        before = self._state()
        ready, tell = os.pipe()
        child = os.fork()
        if not child:
            try:
                # connections of its own; those of the parent are left as they are
                self.parents = sql_db._Pool, self.registry._db
                sql_db._Pool = None
                self.registry._db = sql_db.db_connect(self.registry.db_name)
                with suppress(Exception), self._env() as env:
                    with suppress(UserError, ValidationError):
                        getattr(self, f"_{name}")(env, *args)
                    env.flush_all()
                    os.write(tell, b"x")
                    time.sleep(60)
            finally:
                os.kill(os.getpid(), signal.SIGKILL)
        os.close(tell)
        with os.fdopen(ready, "rb") as pipe:
            pipe.read(1)  # or the end, if the child has died
            os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        self.assertEqual(os.WTERMSIG(status), signal.SIGKILL)
        self.assertEqual(self._state(), before, "killed, and yet something changed")

    def _state(self):
        return self._rows(
            """SELECT seat.id, seat.trip_id, seat.booking_id, seat.state,
                      seat.wait_rank, booking.state, booking.may_split
                 FROM dive_booking_diver seat
                 JOIN dive_booking booking ON booking.id = seat.booking_id
                WHERE seat.trip_id IN (%s, %s) ORDER BY seat.wait_rank, seat.id""",
            self.trip_id,
            self.other_id,
        )

    # -- what must hold -------------------------------------------------------

    def _groups(self, rows):
        """Return (booking, how many wait, may be split) in the order of the list."""
        groups = {}
        for _id, trip_id, booking_id, state, _rank, _booking, split in rows:
            if trip_id == self.trip_id and state == "waitlisted":
                groups.setdefault(booking_id, [booking_id, 0, split])[1] += 1
        return [tuple(group) for group in groups.values()]

    def _check(self, step, before, after):
        for trip_id in (self.trip_id, self.other_id):
            taken, held, limit = self._held(trip_id)
            self.assertEqual(taken, held)
            self.assertLessEqual(held, limit)
        queue = [group[0] for group in self._groups(after)]
        was = [group[0] for group in self._groups(before)]
        if step[0] != "reorder":
            # who stays keeps the order, who comes is last
            self.assertEqual(
                queue,
                [one for one in was if one in queue]
                + [one for one in queue if one not in was],
            )
        else:
            self.assertEqual(sorted(queue), sorted(was))
        if step[0] == "promote":
            self._check_promoted(before, after)

    def _check_promoted(self, before, after):
        held = sum(
            row[1] == self.trip_id and row[3] in ("offered", "booked") for row in before
        )
        free = self._held(self.trip_id)[2] - held
        offered = {row[0] for row in after if row[3] == "offered"}
        offered -= {row[0] for row in before if row[3] == "offered"}
        given = {}
        for row in after:
            if row[0] in offered:
                given[row[2]] = given.get(row[2], 0) + 1
        self.assertEqual(given, expected(self._groups(before), free, True))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize="DIVE_EXAMPLES" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    @given(steps=STEPS)
    def test_any_order_of_steps(self, steps):
        self._start()
        for killed, step in steps:
            if step[0] == "book" and len(self.unused) < 8:
                continue
            if killed:
                self._do_killed(step)
            else:
                self._check(step, *self._do(step))
