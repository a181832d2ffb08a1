"""The manifest: what is on it, for whom, and on paper by either renderer."""

from datetime import date, timedelta
from unittest.mock import patch

from lxml import html as lxml_html

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

    def _table(self, page, head):
        """Return the texts of the cells of the table with that head, row by row."""
        (table,) = lxml_html.fromstring(page).xpath(
            f"//table[thead//th[contains(., '{head}')]]"
        )
        return [
            [" ".join(" ".join(cell.itertext()).split()) for cell in row.iterfind("td")]
            for row in table.iterfind("tbody/tr")
        ]

    def test_level_buddies_gas_and_calls_of_each(self):
        """What stands beside which name."""
        agency = self.env["dive.agency"].create({"name": "Zebra", "code": "ZEB"})
        for diver, short in ((self.anna, "ZO"), (self.tom, "ZA")):
            level = self.env["dive.certification.level"].create(
                {
                    "agency_id": agency.id,
                    "name": f"Zebra {short}",
                    "abbreviation": short,
                    "code": f"ZEB-{short}",
                    "category": "beginner",
                    "rank": 20,
                }
            )
            self.env["dive.certification"].create(
                {
                    "partner_id": diver.id,
                    "level_id": level.id,
                    "issue_date": date(2020, 3, 1),
                }
            )
        self.trip.gas = "nitrox"
        self.seat[self.zoe].gas = "trimix"
        (self.seat[self.anna] + self.seat[self.tom]).buddy_group = "B"
        self.env.invalidate_all()
        for user in (self.front, self.instructor):
            rows = self._table(self._html(self.trip, user), "Buddies")
            found = {row[1].split(" Keller")[0]: row for row in rows}
            self.assertEqual([row[0] for row in rows], ["B", "B", ""])
            self.assertEqual(
                [found[name][2] for name in ("Anna", "Tom", "Zoe Alone")],
                ["ZEB ZO Nitrox", "ZEB ZA Nitrox", "– Trimix"],
            )
            self.assertEqual(
                [found[name][3] for name in ("Anna", "Tom", "Zoe Alone")],
                [
                    "Ben, Brother 112 911",
                    "Gran Keller, Guardian +32 470 99 88 77",
                    "Nobody on record",
                ],
            )

    def test_both_who_counted(self):
        self._send(
            self._count("out", 3, "Ann Guide"),
            self._count("out", 2, "Bob Mate"),
            self._count("back", 3, "Cleo Captain"),
        )
        self.env.invalidate_all()
        for user in (self.front, self.instructor):
            rows = self._table(self._html(self.trip, user), "Head counts")
            self.assertEqual(
                [row[:3] for row in rows],
                [
                    ["On the way out, 1", "3", "Ann Guide"],
                    ["On the way out, 2", "2", "Bob Mate"],
                    ["On the way back, 1", "3", "Cleo Captain"],
                    ["On the way back, 2", "", ""],
                ],
            )

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
        for trip in (one, many) * 2:  # the first two warm the caches of the registry
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._html(trip)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts[2:])
        report = self.env.registry["ir.actions.report"]
        for patched in (True, False):
            reports = self.env["ir.actions.report"].with_user(self.front)
            reports = reports.with_context(force_report_rendering=True)
            with patch.object(
                report, "_dive_qt_is_patched", lambda self, patched=patched: patched
            ):
                pdf, _type = reports._render_qweb_pdf(MANIFEST, (one + self.trip).ids)
            self.assertTrue(pdf.startswith(b"%PDF"), patched)
