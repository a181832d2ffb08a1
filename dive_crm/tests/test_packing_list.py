"""The packing list on paper, and how many queries gear takes."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DiveCommon
from .gear_common import GearMixin

PACKING = "dive_crm.report_dive_packing_list"


@tagged("post_install", "-at_install", "dive_long")
class TestPackingList(GearMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpGear()
        cls.trip = cls._trip(name="Wreck", capacity=100)
        cls.booking = cls._booking(cls.anna, cls.trip, cls.anna + cls.tom, confirm=True)

    def _html(self, trips, user=None):
        reports = self.env["ir.actions.report"].with_user(user or self.front)
        html, _type = reports._render_qweb_html(PACKING, trips.ids)
        return html.decode()

    def test_what_is_on_it(self):
        self.assertIn("press “Prepare gear”", self._html(self.trip))
        self.bcd_l.action_retire()
        mia = self._customer("Mia Away", dive_size_bcd="M")
        away = self._booking(mia, self.trip, confirm=True)
        self.trip.with_user(self.front).action_prepare_gear()
        away.diver_ids.action_no_show()
        for user in (self.front, self.instructor):
            html = self._html(self.trip, user)
            order = ("To pack", "Jacket", "Reg", "Per diver", "Anna Keller", "Tom K")
            places = [html.index(text) for text in order]
            self.assertEqual(places, sorted(places))
            for text in ("Jacket M1", "6 kg", "(1 missing)", "1 pieces missing"):
                self.assertIn(text, html)
            self.assertRegex(html, r"Own:\s*Regulator")
            self.assertNotIn("Mia Away", html)
        with self.assertRaises(UserError):
            self._html(self.trip, self.medical)
        self.assertIn("Nobody is booked", self._html(self._trip()))

    def test_pdf_with_either_renderer(self):
        self.trip.with_user(self.front).action_prepare_gear()
        report = self.env.registry["ir.actions.report"]
        for patched in (None, False):
            reports = self.env["ir.actions.report"].with_user(self.front)
            reports = reports.with_context(force_report_rendering=True)
            ids = self.trip.ids
            if patched is None:
                pdf, _type = reports._render_qweb_pdf(PACKING, ids)
            else:
                with patch.object(report, "_dive_qt_is_patched", lambda self: False):
                    pdf, _type = reports._render_qweb_pdf(PACKING, ids)
            self.assertTrue(pdf.startswith(b"%PDF"), patched)

    def _crowd(self, count):
        """Make a trip of so many divers, each of whom needs the usual."""
        trip = self._trip(capacity=100)
        divers = self.Partner.create(
            [
                {"name": f"Diver {n}", "dive_customer": True, "dive_size_bcd": "S"}
                for n in range(count)
            ]
        )
        booking = self.env["dive.booking"].create(
            {
                "partner_id": divers[0].id,
                "trip_id": trip.id,
                "diver_ids": [
                    Command.create({"partner_id": diver.id}) for diver in divers
                ],
            }
        )
        booking.action_confirm()
        trip.with_user(self.front).action_prepare_gear()
        return trip

    def _count(self, call):
        for _turn in range(2):  # the first one warms the caches of the registry
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
            count = self.env.cr.sql_log_count - before
        return count

    def test_queries_do_not_grow(self):
        """The screen, its hints, the trip's list of divers, and the paper."""
        view = self.env.ref("dive_crm.view_dive_gear_list").id
        arch = self.env["dive.gear"].with_user(self.front).get_view(view, "list")
        spec = {
            name: {"fields": {"display_name": {}}}
            if self.env["dive.gear"]._fields[name].type == "many2one"
            else {}
            for name in arch["models"]["dive.gear"]
            if f'name="{name}"' in arch["arch"]
        }
        counts = []
        for trip in (self._crowd(1), self._crowd(80)):
            mine = trip.with_user(self.front)
            needs = self.env["dive.gear"].with_user(self.front)
            domain = [("trip_id", "=", trip.id)]
            self.assertIn("none in this size", trip.gear_ids[0].hint)
            counts.append(
                (
                    self._count(lambda n=needs, d=domain: n.web_search_read(d, spec)),
                    self._count(lambda t=mine: t.seat_ids.mapped("gear_text")),
                    self._count(lambda t=mine: self._html(t)),
                )
            )
        self.assertEqual(counts[0], counts[1])
