"""Instructors' notes: for staff, each its author's."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import DiveCommon
from .roll_common import RollMixin


@tagged("post_install", "-at_install")
class TestDiverNote(RollMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpRoll()

    def _note(self, user, diver=None, **vals):
        notes = self.env["dive.diver.note"].with_user(user)
        seat = self.seat[diver or self.anna]
        return notes.create({"seat_id": seat.id, "text": "Calm, good trim", **vals})

    def test_who_may(self):
        stranger = self.instructor.copy({"login": "t_stranger", "name": "Stranger"})
        note = self._note(self.instructor, author_name="Somebody")
        self.assertEqual(note.author_name, "Test Instructor")
        self.assertEqual((note.trip_id, note.partner_id), (self.trip, self.anna))
        for user in (self.front, self.manager, stranger):
            self.assertEqual(note.with_user(user).text, "Calm, good trim")
        for user in (self.medical, self.accountant, self.employee, self.portal):
            with self.assertRaises(AccessError):
                note.with_user(user).read(["text"])
        # one's own trips; one's own notes, or a manager's word
        for call in (
            lambda: self._note(stranger),
            lambda: note.with_user(stranger).write({"text": "Mine"}),
            lambda: note.with_user(self.front).write({"text": "Mine"}),
            note.with_user(self.front).unlink,
            self.trip.with_user(stranger).action_diver_notes,
            self.trip.with_user(self.medical).action_diver_notes,
        ):
            with (
                self.assertRaises(AccessError),
                mute_logger("odoo.addons.base.models.ir_rule"),
                self.env.cr.savepoint(),
            ):
                call()
        note.write({"text": "Better trim"})
        self._note(self.front, self.tom)
        # the diver, in the portal, gets nothing of it from the place either
        self.portal.partner_id = self.anna
        seat = self.seat[self.anna].with_user(self.portal)
        self.assertTrue(seat.read(["state"]))
        with self.assertRaises(AccessError):
            seat.read(["diver_note_ids"])
        elsewhere = self.env["res.company"].create({"name": "Other centre"})
        foreign = self.front.copy(
            {
                "login": "t_foreign",
                "company_id": elsewhere.id,
                "company_ids": [Command.set(elsewhere.ids)],
            }
        )
        self.assertFalse(self.env["dive.diver.note"].with_user(foreign).search([]))
        note.with_user(self.manager).unlink()
        self.assertFalse(note.exists())

    def test_screens_and_bad_input(self):
        note = self._note(self.instructor)
        mine = self.trip.with_user(self.instructor)
        action = mine.action_diver_notes()
        self.assertEqual(note.search(action["domain"]), note)
        self.assertEqual(mine.diver_note_count, 1)
        action = self.anna.with_user(self.front).action_dive_diver_notes()
        self.assertEqual(note.search(action["domain"]), note)
        for values in ({"text": "  "}, {"text": "x" * 4001}):
            with self.assertRaises(UserError):
                self._note(self.instructor, **values)
            with self.assertRaises(UserError):
                note.write(values)
        with self.assertRaises(UserError):
            note.write({"seat_id": self.seat[self.tom].id})
        # no word of it where divers or others could read it
        self.assertNotIn("trim", "".join(self.trip.message_ids.mapped("body")))
        counts = []
        for number in (1, 80):
            for diver in (self.anna, self.tom, self.zoe)[: 1 + (number > 1) * 2]:
                for _row in range(number // 3):
                    self._note(self.instructor, diver)
            names = ("is_mine", "text", "author_name", "create_date")
            spec = {name: {} for name in names}
            spec["seat_id"] = {"fields": {"display_name": {}}}
            for _turn in range(2):  # the first one warms the caches of the registry
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                found = note.web_search_read([("trip_id", "=", self.trip.id)], spec)
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertGreater(found["length"], 70)
        self.assertEqual(*counts)
