"""Dives of a trip in one table, and what they add to divers' figures."""

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveCommon, DiveHttpCommon
from .roll_common import RollMixin


class DivesMixin(RollMixin):
    @classmethod
    def setUpDives(cls):
        cls.setUpRoll()
        cls.trip.dives = 2
        cls.anna.write({"dive_logged_dives": 10, "dive_deepest_m": 20.0})

    def _log(self, user=None, trip=None):
        action = (trip or self.trip).with_user(user or self.instructor)
        action = action.action_log_dives()
        dives = self.env["dive.logged.dive"].with_user(user or self.instructor)
        return dives.with_context(**action["context"]).search(action["domain"])


@tagged("post_install", "-at_install", "dive_long")
class TestLoggedDive(DivesMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpDives()

    def _figures(self):
        self.env.flush_all()
        return self.anna.dive_logged_dives, self.anna.dive_deepest_m

    def test_table_and_figures(self):
        """All divers at once, copied down, counted once, taken back exactly."""
        self.seat[self.zoe].gas = "nitrox"
        self._send(self._tap(self.anna, "ashore", "out", age=46 * 60_000))
        self._send(self._tap(self.anna, "out", "in", age=60_000))
        dives = self._log()
        self.assertEqual(len(dives), 6)
        self.assertEqual(len(self._log(user=self.front)), 6)  # asked again: no more
        by_diver = dives.grouped("partner_id")
        self.assertEqual(by_diver[self.zoe].mapped("gas"), ["nitrox"] * 2)
        mine = by_diver[self.anna].sorted("number")
        self.assertEqual(mine.mapped("minutes"), [0, 45])  # as the roll call saw it
        first = dives[0]
        first.write({"depth_m": 31.5, "minutes": 40})
        dives[1].write({"depth_m": 18, "minutes": 50})
        own = by_diver[self.zoe].filtered(lambda dive: dive.number == 1)
        own.depth_m = 12
        dives.action_screen_as_first()
        self.assertEqual(set(dives.mapped("minutes")) - {40, 45, 50}, set())
        self.assertEqual(own.depth_m, 12)
        self.assertEqual(by_diver[self.zoe].mapped("gas"), ["nitrox"] * 2)
        self.assertEqual(self.seat[self.zoe].max_depth_m, 18)
        # a finished trip counts what was logged, and follows what is corrected
        self.assertEqual(self._figures(), (10, 20.0))
        self.env.company.dive_head_count_rule = "never"
        self.trip.action_done()
        self.assertEqual(self._figures(), (12, 31.5))
        mine[0].depth_m = 33
        self.assertEqual(self._figures(), (12, 33.0))
        mine[0].unlink()
        self.assertEqual(self._figures(), (11, 20.0))
        self.trip.action_open()
        self.assertEqual(self._figures(), (10, 20.0))
        self.trip.action_done()
        self.assertEqual(self._figures(), (11, 20.0))
        dives.exists().action_screen_unlog()
        self.assertFalse(self.trip.logged_dive_count)
        self.assertEqual(self.seat[self.anna].max_depth_m, 0)
        self.assertEqual(self._figures(), (12, 20.0))  # the trip's own number again
        self.assertIn("deleted", self.trip.message_ids[0].body)

    def test_bad_input(self):
        dives = self._log()
        for values in (
            {"depth_m": 351},
            {"depth_m": -1},
            {"minutes": 601},
            {"number": 2},
            {"number": 21},
        ):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                dives[0].write(values)
                self.env.flush_all()
        with self.assertRaises(UserError):
            dives[0].write({"seat_id": self.seat[self.zoe].id})
        with self.assertRaises(UserError):
            self.seat[self.zoe].write({"partner_id": self._customer("X").id})
        away = self._booking(self._customer("Max"), self.trip, confirm=True).diver_ids
        away.action_no_show()
        with self.assertRaises(ValidationError):
            self.env["dive.logged.dive"].create({"seat_id": away.id})
        later, none = self._trip(), self._trip(date_start=fields.Datetime.now())
        none.type_id.dives = 0
        for trip in (later, none):
            with self.assertRaises(UserError):
                trip.with_user(self.front).action_log_dives()

    def test_who_may(self):
        dives = self._log()
        stranger = self.instructor.copy({"login": "t_stranger"})
        for user, may in (
            (self.instructor, True),
            (self.front, True),
            (self.manager, True),
            (stranger, False),
            (self.medical, False),
        ):
            row = dives[0].with_user(user)
            self.assertTrue(row.read(["depth_m"]))
            if may:
                row.write({"depth_m": 10})
                continue
            for call in (
                lambda row=row: row.write({"depth_m": 11}),
                row.unlink,
                row.trip_id.action_log_dives,
                row.trip_id.action_dives_as_first,
                row.trip_id.action_unlog_dives,
            ):
                with self.assertRaises(AccessError), mute_logger("odoo.addons.base"):
                    call()
        for user in (self.accountant, self.employee):
            with self.assertRaises(AccessError):
                dives[0].with_user(user).read(["depth_m"])
        self.portal.partner_id = self.anna
        mine = self.env["dive.logged.dive"].with_user(self.portal).search([])
        self.assertEqual(mine.sudo().partner_id, self.anna)
        with self.assertRaises(AccessError):
            mine.write({"depth_m": 1})

    def test_queries_do_not_grow(self):
        counts = []
        for number in (1, 80):
            trip = self._trip(capacity=100, date_start=fields.Datetime.now())
            divers = self.Partner.create(
                [{"name": f"Diver {n}", "dive_customer": True} for n in range(number)]
            )
            self._booking(divers[0], trip, divers, confirm=True)
            trip.dives = 1
            self._log(user=self.front, trip=trip)
            names = ("partner_id", "number", "depth_m", "minutes", "gas", "note")
            spec = {name: {} for name in names}
            spec["partner_id"] = {"fields": {"display_name": {}}}
            dives = self.env["dive.logged.dive"].with_user(self.front)
            for _turn in range(2):  # the first one warms the caches of the registry
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                dives.web_search_read([("trip_id", "=", trip.id)], spec)
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(*counts)


@tagged("post_install", "-at_install")
class TestLoggedDivePortal(DivesMixin, DiveHttpCommon):
    def test_own_dives(self):
        self.setUpDives()
        self.portal.partner_id.write({"name": "Portal Diver", "dive_customer": True})
        self._booking(self.portal.partner_id, self.trip, confirm=True)
        dives = self._log()
        self.assertEqual(len(dives), 8)
        dives.filtered(lambda d: d.partner_id == self.portal.partner_id).write(
            {"depth_m": 17.5, "minutes": 41}
        )
        (dives - self.portal.partner_id.dive_booking_diver_ids.dive_ids).write(
            {"minutes": 99}
        )
        self.authenticate("t_portal", "t_portal")
        self.assertIn("No dives yet", self._get("/my/dives").text)
        self.trip.action_done()
        page = self._get("/my/dives").text
        for text in ("Wreck", "17.5", "41 min", "Air"):
            self.assertIn(text, page)
        self.assertNotIn("99 min", page)
        self.assertIn("/my/dives", self._get("/my/home").text)
