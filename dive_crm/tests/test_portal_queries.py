"""The diver's pages ask as often, however much there is: pinned at 1 and 80 rows."""

from datetime import date, timedelta

from odoo.tests import tagged
from odoo.tests.common import HttpCase

from .card_common import CardMixin
from .common import DiveMixin
from .online_common import OnlineMixin


@tagged("post_install", "-at_install", "dive_long")
class TestPortalQueries(CardMixin, OnlineMixin, DiveMixin, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDiveCentre()
        cls.setUpOnline()
        cls.setUpCards()
        for code in ("medical", "level", "emergency_contact"):
            cls._rule(code, "warn")
        cls.level = cls.env["dive.certification.level"].search([], limit=1)
        cls.trip.capacity = 4
        cls._booking(cls.diver, cls.trip, confirm=True)
        cls._more(1)

    @classmethod
    def _more(cls, number):
        """Make so many bookings, past and to come, cards, certifications, contacts."""
        people = cls.diver
        kind = cls.kind.id
        trips = cls.env["dive.trip"].create(
            [
                {
                    "name": f"Trip {day}",
                    "type_id": kind,
                    "date_start": cls.trip.date_start + timedelta(days=day),
                    "date_end": cls.trip.date_end + timedelta(days=day),
                    "capacity": 4,
                    "state": "open",
                }
                for day in range(number * 10, number * 11)
            ]
        )
        cls.env["dive.booking"].create(
            [
                {
                    "partner_id": people.id,
                    "trip_id": trip.id,
                    "diver_ids": [(0, 0, {"partner_id": people.id})],
                }
                for trip in trips
            ]
        ).action_confirm()
        cls.env["dive.certification"].create(
            [
                {
                    "partner_id": people.id,
                    "level_id": cls.level.id,
                    "number": f"N{number}-{index}",
                    "issue_date": date(2020, 1, 1),
                }
                for index in range(number)
            ]
        )
        cls.env["dive.emergency.contact"].create(
            [
                {"partner_id": people.id, "name": f"F {index}", "phone": "+32 2 55512"}
                for index in range(number)
            ]
        )

    def _count(self, path):
        self.authenticate("t_portal", "t_portal")
        for _warm in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            begun = self.env.cr.sql_log_count
            answer = self.url_open(path)
            self.assertEqual(answer.status_code, 200)
            counted = self.env.cr.sql_log_count - begun
        return counted

    def test_one_and_eighty(self):
        paths = ("/my/diving", "/my/emergency", "/my/family", "/my/profile")
        few = {path: self._count(path) for path in paths}
        self._more(80)
        many = {path: self._count(path) for path in paths}
        self.assertEqual(few, many)
        self.assertLessEqual(many["/my/diving"], 50, few)

    def test_cards(self):
        """So many prepaid cards are one question."""
        # sudo: as the page is made
        home = self.env["dive.portal.home"].sudo()
        self._sold(partner=self.diver)

        def asked():
            self.env.flush_all()
            self.env.invalidate_all()
            begun = self.env.cr.sql_log_count
            home._dive_section_prepaid(self.diver)
            return self.env.cr.sql_log_count - begun

        asked()
        few = asked()
        self._sold_many([self.diver] * 4)
        self.assertEqual(asked(), few)
