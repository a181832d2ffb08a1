"""The manifest: what is on it, for whom, and on paper by either renderer."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DiveCommon
from .roll_common import RollMixin

MANIFEST = "dive_crm.report_dive_manifest"


@tagged("post_install", "-at_install", "dive_long")
class TestManifest(RollMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpRoll()
        cls.anna.write(
            {
                "phone": "+32 470 12 34 56",
                "birthdate_date": fields.Date.today() - timedelta(days=366 * 30),
                "dive_emergency_contact_ids": [
                    Command.create(
                        {"name": "Ben", "relationship": "Brother", "phone": "112 911"}
                    )
                ],
            }
        )
        guardian = cls._customer("Gran Keller", phone="+32 470 99 88 77")
        cls.tom.write(
            {
                "birthdate_date": fields.Date.today() - timedelta(days=366 * 13),
                "dive_guardian_id": guardian.id,
            }
        )

    def _html(self, trips, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.front)
        html, _type = reports._render_qweb_html(MANIFEST, trips.ids)
        return html.decode()

    def test_what_is_on_it(self):
        seat = self.seat[self.anna]
        self.trip.boat_id = self.env["dive.boat"].create({"name": "Nautilus"})
        max_ = self._customer("Max Away")
        away = self._booking(max_, self.trip, confirm=True)
        away.diver_ids.action_no_show()
        self.trip.gas = "nitrox"
        self.seat[self.zoe].gas = "trimix"
        seat.buddy_group = "B"
        self._send(self._count("out", 3, "Ann Guide"))
        self.seat[self.tom].note = "allergic to nuts"
        self.env.invalidate_all()
        for user in (self.front, self.instructor):
            html = self._html(self.trip, user)
            words = ("Nautilus", "Test Instructor", "Anna Keller", "Tom Keller")
            places = [html.index(text) for text in (*words, "Head counts")]
            self.assertEqual(places, sorted(places))
            for text in (
                "30 years",
                "13 years",
                "(minor)",
                "+32 470 12 34 56",
                "Ben, Brother",
                "112 911",
                "Gran Keller, Guardian",
                "+32 470 99 88 77",
                "Nitrox",
                "Trimix",
                "Nobody on record",
                "Ann Guide",
            ):
                self.assertIn(text, html)
            for text in ("Max Away", "nuts"):
                self.assertNotIn(text, html)
        for user in (self.medical, self.accountant, self.employee, self.portal):
            with self.assertRaises(UserError):  # an AccessError is one
                self._html(self.trip, user)
        self.assertIn("Nobody is booked", self._html(self._trip()))
        # without the right to read contacts there is no column for them
        access = self.env["ir.model.access"].search(
            [("model_id.model", "=", "dive.emergency.contact")]
        )
        access.write({"perm_read": False})
        html = self._html(self.trip)
        self.assertNotIn("Gran Keller", html)
        self.assertNotIn("Ben", html)

    def _crowd(self, number):
        trip = self._trip(capacity=100, name=f"Crowd {number}")
        divers = self.Partner.create(
            [
                {
                    "name": f"Diver {n}",
                    "dive_customer": True,
                    "birthdate_date": fields.Date.today() - timedelta(days=366 * 40),
                    "dive_emergency_contact_ids": [
                        Command.create({"name": f"Call {n}", "phone": "112"})
                    ],
                }
                for n in range(number)
            ]
        )
        self._booking(divers[0], trip, divers, confirm=True)
        return trip

    def test_paper_and_queries(self):
        one, many = self._crowd(1), self._crowd(80)
        counts = []
        for trip in (one, many):
            for _turn in range(2):  # the first one warms the caches of the registry
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self._html(trip)
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(*counts)
        report = self.env.registry["ir.actions.report"]
        for patched in (True, False):
            reports = self.env["ir.actions.report"].with_user(self.front)
            reports = reports.with_context(force_report_rendering=True)
            with patch.object(
                report, "_dive_qt_is_patched", lambda self, patched=patched: patched
            ):
                pdf, _type = reports._render_qweb_pdf(MANIFEST, (one + self.trip).ids)
            self.assertTrue(pdf.startswith(b"%PDF"), patched)
