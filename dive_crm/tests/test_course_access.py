"""Who may close a course: front desk, managers, and its own guides."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import DiveHttpCommon
from .course_common import CourseMixin

ACCESS = "odoo.exceptions.AccessError"


@tagged("post_install", "-at_install", "dive_long")
class TestCourseAccess(CourseMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCourse()
        cls.trip = cls._course()

    def _close(self, role):
        action = self._rpc(role, "dive.trip", "action_close_course", [self.trip.id])
        self._rpc(role, "dive.course.close", "action_close", [action["res_id"]])

    def _results(self):
        self.env.invalidate_all()
        return set(self.trip.seat_ids.mapped("course_result"))

    def test_front_desk_and_manager(self):
        for role in ("front", "manager"):
            with self.subTest(role=role):
                self._close(role)
                self.assertEqual(self._results(), {"passed"})
                self._rpc(role, "dive.trip", "action_take_back_course", [self.trip.id])
                self.assertEqual(self._results(), {False})

    def test_own_guide(self):
        self.trip.guide_ids += self.instructor.partner_id
        self._close("instructor")
        self.assertEqual(self._results(), {"passed"})
        self.assertEqual(self.trip.state, "done")
        cards = self.env["dive.certification"].search([("trip_id", "=", self.trip.id)])
        self.assertEqual(cards.mapped("verification"), ["verified"] * 2)
        self.assertEqual(cards.check_ids.user_id, self.instructor)
        seat = self._seat(self.trip, self.ann)
        self._rpc(
            "instructor", "dive.booking.diver", "action_take_back_result", [seat.id]
        )
        self.env.invalidate_all()
        self.assertFalse(seat.course_result)
        # still only what these buttons do
        for model, record, values in (
            ("dive.booking.diver", seat, {"course_result": "passed"}),
            ("dive.trip", self.trip, {"state": "open"}),
        ):
            error = self._rpc_refused("instructor", model, "write", [record.id], values)
            self.assertIn(error, (ACCESS, "odoo.exceptions.UserError"))

    def test_others_may_not(self):
        trip, seat = self.trip, self._seat(self.trip, self.ann)
        for role in ("instructor", "medical", "accountant", "employee", "portal"):
            with self.subTest(role=role):
                for model, method, record in (
                    ("dive.trip", "action_close_course", trip),
                    ("dive.trip", "action_take_back_course", trip),
                    ("dive.booking.diver", "action_take_back_result", seat),
                ):
                    error = self._rpc_refused(role, model, method, [record.id])
                    self.assertEqual(error, ACCESS, method)
        self.assertFalse(self.trip.with_user(self.instructor).course_can_close)

    def test_a_screen_made_by_hand_opens_no_door(self):
        values = {
            "trip_id": self.trip.id,
            "line_ids": [
                Command.create({"seat_id": seat.id}) for seat in self.trip.seat_ids
            ],
        }
        [screen] = self._rpc("instructor", "dive.course.close", "create", [values])
        error = self._rpc_refused(
            "instructor", "dive.course.close", "action_close", [screen]
        )
        self.assertEqual(error, ACCESS)
        # nor does somebody else's
        error = self._rpc_refused(
            "front", "dive.course.close", "action_close", [screen]
        )
        self.assertEqual(error, ACCESS)
        self.assertEqual(self._results(), {False})

    def test_another_company_s_course(self):
        company = self.env["res.company"].create({"name": "Other reef"})
        stranger = new_test_user(
            self.env,
            login="t_stranger",
            groups="dive_crm.group_front_desk",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.trip.company_id.flush_recordset()
        trip = self.trip.with_user(stranger)
        with self.assertRaises(AccessError):
            trip.action_close_course()
        with self.assertRaises(AccessError):
            trip.seat_ids.browse(self.trip.seat_ids.ids).action_take_back_result()
        screen = trip.env["dive.course.close"].create({"trip_id": trip.id})
        with self.assertRaises(AccessError):
            screen.line_ids.create(
                {"close_id": screen.id, "seat_id": self.trip.seat_ids[0].id}
            ).read(["partner_id"])
