"""Who opens an emergency sheet, why, and what stands about it in the log."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests.common import tagged
from odoo.tools import mute_logger

from ..models.dive_emergency_opening import HOURS, SHEET
from ..models.dive_medical_profile_emergency import Grant
from ..reports.dive_emergency_report import REPORT
from ..tools.envelope import new_uid
from .emergency_common import ALLERGY, EmergencyCommon

QUIET = ("odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model")


@tagged("post_install", "-at_install", "dive_long")
class TestEmergencySheetAccess(EmergencyCommon):
    def _ways(self, user, trip):
        """The ways to the health data of those on a trip."""
        env = self.env(user=user)
        mine = env["dive.trip"].browse(trip.id)
        seat = env["dive.booking.diver"].browse(trip.sudo().seat_ids[0].id)
        return {
            "button": mine.action_dive_emergency_sheet,
            "button, sudo": mine.sudo().action_dive_emergency_sheet,
            "diver": seat.action_dive_emergency_sheet,
            "open": lambda: self._open(user, trip)._dive_sheet(),
        }

    def _refused(self, ways, user, trip, divers):
        for name, way in ways.items():
            with self.subTest(user=user.login, way=name, trip=trip.display_name):
                with mute_logger(*QUIET), self._looks() as rows:
                    with self.assertRaises(AccessError) as caught:
                        way()
                self.assertNotIn("SECRET", str(caught.exception))
                self.assertFalse([row for row in rows if row.allowed])
                if name != "diver":  # there the right to the seat may be lacking
                    [row] = rows
                    self.assertEqual(
                        (row.action, row.res_model, row.res_ids, row.field_names),
                        ("open", "res.partner", divers, SHEET[0]),
                    )
                    self.assertEqual(row.user_id, user.id)

    def test_who_opens_the_sheet_of_a_trip(self):
        """Guides of this trip, medical officers, managers of its company; no one else.

        Front desk writes the guides of a trip: named as one, it still may not.
        """
        self.trip.guide_ids = [
            Command.link(user.partner_id.id)
            for user in (self.front, self.accountant, self.employee, self.portal)
        ]
        for user in (self.guide, self.medical, self.manager):
            for name, way in self._ways(user, self.trip).items():
                with self.subTest(user=user.login, way=name):
                    shown = way()
                    if name == "open":
                        self.assertIn(ALLERGY, str(shown["divers"]))
        divers = f"{self.anna.id},{self.bob.id}"
        for user in (
            self.other_guide,
            self.front,
            self.accountant,
            self.employee,
            self.portal,
            self.foreign,
        ):
            self._refused(self._ways(user, self.trip), user, self.trip, divers)
        # a guide of last month's trip, and what the message says
        self._refused(
            self._ways(self.guide, self.past_trip), self.guide, self.past_trip, divers
        )
        with self.assertRaisesRegex(AccessError, "Test Instructor.*Test Manager"):
            self._open(self.front, self.trip)

    def test_days_of_a_guide(self):
        """From the day before until the day after, in the company's zone."""
        for days, may in ((-2, False), (-1, True), (0, True), (1, True), (2, False)):
            with self.subTest(days=days), self._days_later(days):
                if may:
                    self._open(self.guide, self.trip)
                else:
                    with self.assertRaises(AccessError):
                        self._open(self.guide, self.trip)
        self.company.partner_id.tz = "Pacific/Tongatapu"  # 13 hours ahead
        self.trip.write(
            {"date_start": "2026-03-01 09:00:00", "date_end": "2026-03-01 10:00:00"}
        )
        for moment, may in (
            ("2026-02-27 10:59:00", False),
            ("2026-02-27 11:00:00", True),
            ("2026-03-02 10:59:00", True),
            ("2026-03-02 11:00:00", False),
        ):
            with freeze_time(moment):
                self.assertEqual(self.trip._dive_emergency_day(), may, moment)

    def test_a_diver_without_a_trip(self):
        """Managers and medical officers only, who may see the customer."""
        for user in (self.manager, self.medical):
            opening = self._open(user, divers=self.anna.with_user(user))
            self.assertIn(ALLERGY, str(opening._dive_sheet()["divers"]))
            action = self.anna.with_user(user).action_dive_emergency_sheet()
            self.assertEqual(action["url"], f"/dive/emergency/diver/{self.anna.id}")
        self.anna.company_id = self.company
        users = (self.guide, self.front, self.accountant, self.employee)
        for user in (*users, self.portal, self.foreign):
            mine = self.anna.with_user(user)
            ways = {
                "button": mine.sudo().action_dive_emergency_sheet,
                "open": lambda mine=mine, user=user: self._open(user, divers=mine),
            }
            self._refused(ways, user, self.env["dive.trip"], str(self.anna.id))

    def test_reason(self):
        """One touch for an accident; words for anything else; kept with the opening."""
        for kind in (None, "", "fire"):
            with self.assertRaises(UserError):
                self._open(self.guide, self.trip, kind=kind)
        for text in ("", "  x   ", None):
            with self.assertRaises(UserError):
                self._open(self.guide, self.trip, kind="other", text=text)
        self.assertFalse(self.Opening.search([("trip_id", "=", self.trip.id)]))
        said = self._open(self.guide, self.trip, kind="other", text="The chamber  asks")
        self.assertEqual(said.reason, "Other: The chamber asks")
        short = self._open(self.guide, self.trip, divers=self.bob)
        self.assertEqual(
            (short.kind, short.reason, short.partner_ids, short.trip_id),
            ("accident", "Accident", str(self.bob.id), self.trip.id),
        )
        self.assertEqual(short.until - short.date, timedelta(hours=HOURS))
        with self.assertRaises(UserError):  # who is not on this trip
            self._open(self.guide, self.trip, divers=self._customer("Ashore"))
        self.trip.seat_ids.filtered(lambda s: s.partner_id == self.bob).action_cancel()
        with self.assertRaises(UserError):
            self._open(self.guide, self.trip, divers=self.bob)

    def test_only_who_opened_it_looks_and_prints(self):
        """Somebody else's opening shows nothing: neither page nor report, by any id."""
        opening = self._open(self.guide, self.trip)
        others = (self.other_guide, self.front, self.medical, self.manager)
        for user in (*others, self.employee, self.portal, self.foreign):
            env = self.env(user=user)
            foreign = opening.with_env(env)
            reports = env["ir.actions.report"].sudo()
            for way in (
                foreign.sudo()._dive_sheet,
                lambda reports=reports: reports._render_qweb_html(REPORT, opening.ids),
                lambda reports=reports: reports.with_context(
                    force_report_rendering=True
                )._render_qweb_pdf(REPORT, opening.ids),
            ):
                with self.subTest(user=user.login), self._looks() as rows:
                    with self.assertRaises(AccessError):
                        way()
                self.assertEqual([row.allowed for row in rows], [False])
            self.assertFalse(foreign._dive_of(opening.token), user.login)
        html = self._report(opening)
        self.assertIn(ALLERGY, html)
        with self.assertRaises(UserError):
            self.env(user=self.guide)["ir.actions.report"]._render_qweb_html(
                REPORT, [opening.id + 1000]
            )

    def _report(self, opening):
        reports = opening.sudo(False).env["ir.actions.report"]
        return reports._render_qweb_html(REPORT, opening.ids)[0].decode()

    def test_it_lapses(self):
        """After two hours, and at once for a guide who is taken off the trip."""
        opening = self._open(self.guide, self.trip)
        opening._dive_sheet()
        later = opening.date + timedelta(hours=HOURS)
        with freeze_time(later - timedelta(seconds=1)):
            opening._dive_sheet()
        with freeze_time(later), self.assertRaises(AccessError):
            opening._dive_sheet()
        self.trip.guide_ids = False
        for way in (opening._dive_sheet, lambda: self._report(opening)):
            with self.assertRaises(AccessError):
                way()

    def test_log(self):
        """A look and a print: who, of whom, why; profiles are read with the reason."""
        with self._looks() as rows:
            opening = self._open(self.guide, self.trip)
            opening._dive_sheet()
        partners = f"{self.anna.id},{self.bob.id}"
        seen = {(row.action, row.res_model): row for row in rows}
        self.assertEqual(
            set(seen), {("open", "res.partner"), ("read", "dive.medical.profile")}
        )
        self.assertEqual(seen["open", "res.partner"].partner_ids, partners)
        read = seen["read", "dive.medical.profile"]
        self.assertEqual(read.partner_ids, str(self.anna.id))
        for row in rows:
            self.assertEqual(
                (row.allowed, row.reason, row.user_id),
                (True, "Accident", self.guide.id),
            )
        with self._looks() as rows:
            self._report(opening)
        self.assertEqual({row.action for row in rows}, {"print", "read"})
        everything = self.env["dive.access.log"].search([])
        self.assertNotIn("SECRET", str(everything.read()))

    def test_the_grant_opens_nothing_else(self):
        """It reads these divers' profiles, for this person; no JSON is one."""
        opening = self._open(self.guide, self.trip, divers=self.anna)
        cid = self._customer("Cid")
        other = self._profile(cid, allergies=ALLERGY)
        mine = self.env(user=self.guide)["dive.medical.profile"]
        profile = mine._dive_granted(opening)
        self.assertEqual(profile.partner_id.ids, self.anna.ids)
        self.assertEqual(profile.allergies, ALLERGY)
        for way in (
            lambda: profile.browse(other.id).allergies,
            lambda: profile.write({"allergies": "none"}),
            lambda: profile.with_user(self.other_guide).sudo().allergies,
            lambda: mine.browse(profile.id).sudo().allergies,
            lambda: (
                mine.browse(profile.id)
                .sudo()
                .with_context(
                    dive_emergency=list(
                        Grant(self.guide.id, [self.anna.id], "Accident")
                    )
                )
                .allergies
            ),
        ):
            self.env.invalidate_all()
            with self.assertRaises(AccessError):
                way()

    def test_rows_are_only_added(self):
        """And read by managers of the company alone."""
        opening = self._open(self.guide, self.trip)
        vals = dict(opening.read(load=None)[0], token=new_uid())
        for name in ("id", "display_name", "diver_names"):
            vals.pop(name, None)
        for one in (opening, opening.with_context(dive_adding=True)):
            for way in (
                lambda one=one: one.write({"until": fields.Datetime.now()}),
                lambda one=one: one.unlink(),
                lambda one=one: one.create(vals),
            ):
                with self.assertRaises(UserError):
                    way()
        for user in (self.guide, self.front, self.medical, self.employee):
            with self.assertRaises(AccessError), mute_logger(*QUIET):
                opening.with_user(user).read(["reason"])
        seen = self.Opening.with_user(self.manager)
        found = seen.search([("id", "=", opening.id)])
        self.assertEqual(found.diver_names, "Anna Keller, Bob Reef")
        self.assertFalse(seen.with_user(self.foreign).search([]))
        with self.assertRaises(AccessError):
            found.read(["token"])

    def test_roles_and_chambers(self):
        """All staff read chambers, managers write them; companies keep to their own."""
        self.chamber.company_id = self.company
        for user in (self.guide, self.front, self.medical, self.employee):
            mine = self.chamber.with_user(user)
            self.assertEqual(mine.phone, "+34 972 555 010")
            with self.assertRaises(AccessError), mute_logger(*QUIET):
                mine.phone = "1"
        self.chamber.with_user(self.manager).phone = "+34 972 555 011"
        with self.assertRaises(AccessError), mute_logger(*QUIET):
            self.chamber.with_user(self.foreign).read(["phone"])
        with self.assertRaises(UserError):
            self.site.company_id = self.abroad

    def test_told_once(self):
        """Managers of the company: a mail, a to-do, a word on screen; nothing else."""
        second = self._user("second", "dive_crm.group_manager")
        buses = []
        env = self.env(user=self.guide)
        token = new_uid()
        trip = env["dive.trip"].browse(self.trip.id)

        def _open(user=self.guide):
            self.Opening.with_user(user)._dive_open(
                token, "other", "SECRET-WORDS, she fainted", trip, trip._dive_aboard()
            )

        users = self.registry["res.users"]
        with (
            patch.object(
                users, "_bus_send", lambda who, *told: buses.append((who, told))
            ),
            self._looks() as rows,
        ):
            _open()
            _open()
            # the other of two taps, whose transaction does not see the first
            with patch.object(
                self.registry["dive.emergency.opening"],
                "_dive_of",
                lambda openings, token: openings.browse(),
            ):
                _open()
        self.assertEqual(len(self.Opening.search([("user_id", "=", env.uid)])), 1)
        messages = self.env["mail.message"].search(
            [("subject", "=", "Emergency sheet opened")]
        )
        told = messages.notified_partner_ids
        self.assertEqual(
            told & (self.manager | second | self.guide | self.foreign).partner_id,
            (self.manager | second).partner_id,
        )
        self.assertEqual((messages.model, messages.res_id), ("dive.trip", trip.id))
        mails = self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)])
        both = (self.manager | second).partner_id
        self.assertEqual(mails.recipient_ids & both, both)
        self.assertEqual(len(messages.notification_ids), len(told))
        todo = self.trip.activity_ids
        self.assertEqual(todo.user_id & (self.manager | second), self.manager | second)
        self.assertEqual(len(todo), len(todo.user_id))
        popped = [told for _who, told in buses if told[0] == "simple_notification"]
        self.assertEqual(len(popped), len(set(todo.user_id.mapped("lang"))))
        text = str(
            [
                messages.mapped("body"),
                mails.mapped("body_html"),
                todo.mapped("note"),
                popped,
            ]
        )
        self.assertIn("opened the emergency sheet of 2 divers", text)
        self.assertIn("Test Instructor", text)
        self.assertNotIn("SECRET", text)
        self.assertNotIn("penicillin", text)
        self.assertNotIn("SECRET-ALLERGY", str(rows))
        chatter = self.trip.message_ids.mapped("body")
        self.assertNotIn("emergency", str(chatter))

    def test_a_mail_that_fails_keeps_nobody_out(self):
        with (
            patch.object(
                self.registry["dive.trip"], "message_notify", side_effect=ValueError
            ),
            self.assertLogs("odoo.addons.dive_crm", "CRITICAL") as logs,
        ):
            opening = self._open(self.guide, self.trip)
        self.assertIn(ALLERGY, str(opening._dive_sheet()["divers"]))
        self.assertNotIn("SECRET", str(logs.output))
        self.assertIn(self.manager, self.trip.activity_ids.user_id)
