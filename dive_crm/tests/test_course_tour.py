"""A course closed and taken back, in a real browser."""

from odoo.tests import tagged

from .common import DiveHttpCommon
from .course_common import CourseMixin


@tagged("post_install", "-at_install", "dive_browser")
class TestCourseTour(CourseMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpCourse()
        cls.trip = cls._course()

    def _tour(self, login):
        self.start_tour(
            f"/odoo/dive-trips/{self.trip.id}",
            "dive_course_close",
            login=login,
            timeout=120,
        )
        self.env.invalidate_all()
        self.assertFalse(any(self.trip.seat_ids.mapped("course_result")))
        self.assertEqual(self.trip.state, "done")
        self.assertFalse(
            self.env["dive.certification"].search([("trip_id", "=", self.trip.id)])
        )

    def test_front_desk(self):
        self._tour("t_front")

    def test_own_guide(self):
        self.trip.guide_ids += self.instructor.partner_id
        self._tour("t_instructor")
