"""What comes after a form was signed: a physician's word, “nothing has changed”."""

from datetime import date

from freezegun import freeze_time

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .medical_common import MedicalCommon

NOW = "2026-11-22 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPhysicianWord(MedicalCommon):
    def test_the_word_makes_the_outcome(self):
        for result, until, outcome in (
            ("fit", None, "fit"),
            ("fit_until", "2027-03-01", "fit"),
            ("unfit", None, "unfit"),
        ):
            form = self._signed(yes=["3"])
            self.assertEqual(form.outcome, "physician")
            self._word(form, result, "2026-11-20", until)
            self.assertEqual(form.outcome, outcome)
            self.assertEqual(form.physician_result, result)
            self.assertEqual(form.physician_signed_on, date(2026, 11, 20))
            self.assertEqual(form.answered_outcome, "physician", "kept")
            self.assertEqual(bool(form.fit_until), bool(until))
            self.assertEqual(form.entry_ids.mapped("result"), [result])
            self.assertEqual(form.entry_ids.user_id, self.medical)
            self.assertEqual(form.state, "submitted")

    def test_for_medical_officers_only(self):
        form = self._signed(yes=["3"])
        for user in (
            self.front,
            self.instructor,
            self.manager,
            self.env.ref("base.user_admin"),
            self.env.ref("base.user_root"),
        ):
            for one in (form.with_user(user), form.with_user(user).sudo()):
                with self.assertRaises(AccessError, msg=user.login):
                    one.action_physician_word("fit", "2026-11-22")
                with self.assertRaises(AccessError, msg=user.login):
                    one.action_note_word()
            if user.id == SUPERUSER_ID:
                continue
            with self.assertRaises(AccessError, msg=user.login):
                self.env["dive.medical.word"].with_user(user).create(
                    {"form_id": form.id, "result": "fit", "date": "2026-11-22"}
                )
        self.assertEqual(form.outcome, "physician")

    def test_what_cannot_be(self):
        form = self._signed(yes=["3"]).with_user(self.medical)
        for args, words in (
            (("well", "2026-11-22"), "Choose"),
            ((False, "2026-11-22"), "Choose"),
            (("fit", None), "Fill in when"),
            (("fit", "2026-11-23"), "Fill in when"),
            (("fit_until", "2026-11-20"), "until when"),
            (("fit_until", "2026-11-20", "2026-11-19"), "until when"),
        ):
            with self.assertRaises(UserError) as caught:
                form.action_physician_word(*args)
            self.assertIn(words, str(caught.exception))
        self.assertFalse(form.entry_ids)
        draft = self._draft().with_user(self.medical)
        with self.assertRaisesRegex(UserError, "not signed yet"):
            draft.action_physician_word("fit", "2026-11-22")

    def test_a_newer_word_is_not_replaced_by_an_older_one(self):
        form = self._signed(yes=["3"])
        self._word(form, "unfit", "2026-11-20")
        with self.assertRaisesRegex(UserError, "newer word"):
            self._word(form, "fit", "2026-11-19")
        self.assertEqual(form.outcome, "unfit")
        self._word(form, "fit", "2026-11-20")  # a slip, put right on the same day
        self.assertEqual(form.outcome, "fit")
        self.assertEqual(len(form.entry_ids), 2, "both stay on record")

    def test_what_was_noted_is_not_changed(self):
        form = self._signed(yes=["3"])
        self._word(form, "unfit")
        entry = form.entry_ids
        with self.assertRaisesRegex(UserError, "stays as it was noted"):
            entry.write({"result": "fit"})
        with self.assertRaisesRegex(UserError, "stays as it was noted"):
            entry.unlink()
        with self.assertRaisesRegex(UserError, "stays as it was noted"):
            entry.copy()
        for user in (self.front, self.medical, self.manager):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(entry.with_user(user).has_access(operation))

    def test_the_dialog(self):
        form = self._signed(yes=["3"])
        context = form.with_user(self.medical).action_note_word()["context"]
        dialog = self.env["dive.medical.word"].with_user(self.medical)
        dialog = dialog.with_context(**context).create(
            {"result": "fit_until", "date": "2026-11-22", "until": "2027-01-31"}
        )
        dialog.action_note()
        self.assertEqual(form.fit_until, date(2027, 1, 31))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestNothingHasChanged(MedicalCommon):
    def test_once_a_day_and_no_longer_valid_for_it(self):
        form = self._signed()
        ends = form.valid_until
        for _again in range(2):
            self.assertTrue(form.with_user(self.front).action_confirm_unchanged())
        self.assertEqual(form.confirmed_on, date(2026, 11, 22))
        self.assertEqual(form.entry_ids.mapped("kind"), ["confirmed"])
        with freeze_time("2027-02-01 12:00:00"):
            form.with_user(self.front).action_confirm_unchanged()
            self.assertEqual(form.confirmed_on, date(2027, 2, 1))
        self.assertEqual(len(form.entry_ids), 2)
        self.assertEqual(form.valid_until, ends)

    def test_only_a_form_that_counts_today(self):
        old, new, draft = self._signed(), self._signed(), self._draft()
        physician = self._signed(self._customer("B", birthdate_date="1990-01-01"), "3")
        expired = self._signed(self._customer("C", birthdate_date="1990-01-01"))
        for form in (old, draft, physician):
            with self.assertRaisesRegex(UserError, "does not count"):
                form.action_confirm_unchanged()
        with freeze_time("2027-11-23 12:00:00"):
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "does not count"):
                expired.action_confirm_unchanged()
        self.assertTrue(new.action_confirm_unchanged())

    def test_who_may(self):
        form = self._signed()
        for user in (self.instructor, self.accountant, self.employee, self.portal):
            with self.assertRaises(AccessError, msg=user.login):
                form.with_user(user).action_confirm_unchanged()
        form.with_user(self.medical).action_confirm_unchanged()
        self.assertEqual(form.confirmed_on, date(2026, 11, 22))
