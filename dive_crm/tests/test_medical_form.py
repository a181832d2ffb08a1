"""How a form is begun, answered, signed and put aside, and what stays as it is."""

import base64
from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.dive_crm.tools.medical_outcome import write_answers

from .medical_common import ALL_NO, SIGNATURE, MedicalCommon

NOW = "2026-11-22 12:00:00"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMedicalFormSubmit(MedicalCommon):
    def _refused(self, form, words):
        """Check that a form cannot be handed in, and stays the draft that it was."""
        before = form._dive_answers()
        with self.assertRaises(UserError) as caught:
            form.action_submit()
        self.assertIn(words, str(caught.exception))
        form.invalidate_recordset()
        self.assertEqual(form._dive_answers(), before)
        self.assertEqual(form.state, "draft")
        self.assertFalse(form.signed_on or form.valid_until or form.outcome)

    def test_all_no(self):
        form = self._draft()
        self.assertEqual((form.state, form.outcome), ("draft", False))
        self.assertEqual(form.questionnaire_id, self.shipped)
        self.assertTrue(form.with_user(self.front).action_submit())
        self.assertEqual((form.state, form.outcome), ("submitted", "fit"))
        self.assertEqual(form.signed_on, date(2026, 11, 22))
        self.assertEqual(form.valid_until, date(2027, 11, 22))
        self.assertEqual(form.signed_user_id, self.front)
        self.assertEqual((form.asked_age, form.next_age), (36, 45))
        self.assertFalse(form.guardian_signed_on)

    def test_a_yes(self):
        for yes, outcome in (
            (["3"], "physician"),
            (["1", "A1"], "physician"),
            (["2"], "fit"),
        ):
            form = self._draft(yes=yes)
            if "1" in yes:
                form._dive_record_answers(
                    dict.fromkeys(("A2", "A3", "A4", "A5"), False)
                )
                with self.assertRaisesRegex(UserError, "signature is missing"):
                    form.action_submit()  # what was signed was something else
                form.write({"signed_by": "Anna Keller", "signature": SIGNATURE})
            form.action_submit()
            self.assertEqual(form.outcome, outcome, yes)

    def test_half_a_form(self):
        for answers in (
            {},
            {key: value for key, value in ALL_NO.items() if key != "7"},
            {**ALL_NO, "1": True},
            {**ALL_NO, "1": True, "A1": True},
        ):
            form = self._draft(answers=write_answers(answers))
            self._refused(form, "Not all questions")

    def test_the_message_names_no_box(self):
        """Which box is open says what was answered before it."""
        form = self._draft(answers=write_answers({**ALL_NO, "6": True}))
        with self.assertRaises(UserError) as caught:
            form.with_user(self.front).action_submit()
        self.assertNotRegex(str(caught.exception), r"\bD\d?\b|\b6\b")

    def test_signature_missing(self):
        self._refused(self._draft(signature=False), "signature is missing")
        self._refused(self._draft(signed_by="  "), "signature is missing")

    def test_a_signature_is_a_picture(self):
        form = self._draft().with_user(self.front)
        signature = form.signature
        too_big = base64.b64decode(SIGNATURE) + b"\0" * 1024 * 1024
        for content in (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            b"<html></html>",
            b"%PDF-1.7",
            too_big,
        ):
            for name in ("signature", "guardian_signature"):
                with self.assertRaises(ValidationError):
                    form.write({name: base64.b64encode(content)})
        with self.assertRaises(ValidationError):
            form.write({"signature": "no base64!"})
        self.assertEqual(form.signature, signature)
        self.assertTrue(signature)

    def test_birth_date_missing(self):
        self.anna.birthdate_date = False
        self._refused(self._draft(), "date of birth of Anna Keller is missing")

    def test_a_guardian_signs_for_a_minor(self):
        self.anna.birthdate_date = date(2008, 11, 23)  # 18 tomorrow
        form = self._draft()
        self._refused(form, "under 18")
        form.guardian_name = "Eva Keller"
        self._refused(form, "under 18")
        form.guardian_signature = SIGNATURE
        form.action_submit()
        self.assertEqual(form.guardian_signed_on, date(2026, 11, 22))
        self.anna.birthdate_date = date(2008, 11, 22)  # 18 today
        grown = self._signed()
        self.assertFalse(grown.guardian_signed_on)

    def test_under_age_where_the_company_is(self):
        """It is the company's day on which somebody comes of age."""
        self.anna.birthdate_date = date(2008, 11, 23)
        self.company.partner_id.tz = "Pacific/Tongatapu"  # 23 November, 01:00
        form = self._signed()
        self.assertEqual(form.signed_on, date(2026, 11, 23))
        self.company.partner_id.tz = "Pacific/Honolulu"  # 22 November, 02:00
        self.env.invalidate_all()
        self._refused(self._draft(), "under 18")

    def test_the_questionnaire_was_withdrawn_meanwhile(self):
        form = self._draft()
        new = self.shipped.copy()
        new.action_activate()
        self._refused(form, "no longer in use")
        self.assertEqual(form.questionnaire_id, self.shipped)
        self.assertEqual(self._signed().questionnaire_id, new)

    def test_not_twice(self):
        form = self._signed()
        with self.assertRaisesRegex(UserError, "signed already"):
            form.action_submit()

    def test_two_tabs(self):
        """The other tab has not seen that the form is signed by now."""
        form = self._draft()
        self.assertEqual(form.state, "draft")
        self.env.cr.execute(
            "UPDATE dive_medical_form SET state = 'submitted', signed_on = now(),"
            " signed_at = now(), answered_outcome = 'fit' WHERE id = %s",
            form.ids,
        )
        with self.assertRaisesRegex(UserError, "signed already"):
            form.action_submit()

    def test_age_counts_on_the_day_of_the_dive(self):
        self.anna.birthdate_date = date(1981, 12, 24)  # 45 on Christmas Eve
        no_box = write_answers(ALL_NO)
        form = self._draft(answers=no_box, for_date=date(2026, 12, 23))
        form.action_submit()
        self.assertEqual((form.asked_age, form.next_age), (44, 45))
        form = self._draft(answers=no_box, for_date=date(2026, 12, 24))
        self._refused(form, "Not all questions")
        form = self._signed(for_date=date(2026, 12, 24))
        self.assertEqual((form.asked_age, form.next_age), (45, 0))
        form = self._signed(for_date=date(1999, 1, 1))
        self.assertEqual(form.asked_age, 44, "a day gone by does not make younger")

    def test_the_next_form_closes_the_one_before(self):
        first = self._signed()
        draft = self._draft()
        second = self._signed()
        states = (first | draft | second).mapped("state")
        self.assertEqual(states, ["closed", "draft", "submitted"])

    def test_put_aside(self):
        draft, signed = self._draft(), self._signed()
        with self.assertRaisesRegex(UserError, "Only a draft"):
            (draft | signed).with_user(self.front).action_close()
        self.assertEqual(draft.state, "draft")
        draft.with_user(self.front).action_close()
        self.assertEqual(draft.state, "closed")
        with self.assertRaisesRegex(UserError, "closed"):
            draft.action_submit()

    def test_what_is_logged_names_no_answer(self):
        form = self._draft(yes=["3"])
        form.action_submit()
        self._word(form)
        self.env.flush_all()
        texts = " ".join(form.message_ids.mapped(lambda m: f"{m.body} {m.subject}"))
        self.assertIn("Signed by Anna Keller", texts)
        self.assertIn("Fit to dive", texts)
        self.assertNotIn("true", texts)
        tracked = form.message_ids.tracking_value_ids.field_id.mapped("name")
        self.assertFalse({"answers", "outcome"} & set(tracked))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMedicalFormAnswers(MedicalCommon):
    def test_answers_come_one_after_the_other(self):
        form = self._draft(answers=False)
        front = form.with_user(self.front)
        front._dive_record_answers({"1": True})
        front._dive_record_answers({"A1": False, "2": True})
        self.assertEqual(form._dive_answers(), {"1": True, "A1": False, "2": True})
        front._dive_record_answers({"1": False, "2": None})
        self.assertEqual(form._dive_answers(), {"1": False, "A1": False})

    def test_no_such_question_or_answer(self):
        form = self._draft()
        before = form._dive_answers()
        for answers in ({"Z9": True}, {"1": "yes"}, {"1": 1}, {"": False}):
            with self.assertRaisesRegex(UserError, "no such question"):
                form._dive_record_answers(answers)
        self.assertEqual(form._dive_answers(), before)

    def test_not_after_the_signature(self):
        form = self._signed()
        with self.assertRaisesRegex(UserError, "stays as it is"):
            form._dive_record_answers({"1": True})

    def test_what_is_no_answer_is_not_kept(self):
        for text in ("no", "[1]", '{"1": "x"}', '{"1": null}', "[" * 100000):
            with self.assertRaises(ValidationError):
                self._draft(answers=text)
        form = self._draft()
        with self.assertRaises(ValidationError):
            form.with_user(self.medical).answers = '{"1": 3}'

    def test_the_medical_officer_reads_them_in_words(self):
        form = self._signed(yes=["10"])
        shown = form.with_user(self.medical).answers_shown
        self.assertIn(">Yes</strong> 10 · Do you take any medicine", shown)
        self.assertIn(">No</strong> 1 · Have you ever", shown)
        self.assertIn(">No (by date of birth)</strong> 2 · Are you 45", shown)
        self.assertNotIn("Do you smoke", shown, "not asked at 36")
        self.anna.birthdate_date = date(1970, 1, 1)
        shown = self._signed().with_user(self.medical).answers_shown
        self.assertIn(">Yes (by date of birth)</strong> 2 · Are you 45", shown)
        self.assertIn(">No</strong> B1 · Do you smoke", shown)
        empty = self._draft(answers=False).with_user(self.medical)
        self.assertEqual(empty.answers_shown.count("Not answered"), 10)

    def test_texts_are_no_markup(self):
        short = self._own_questionnaire()
        short.question_ids[0].text = "<script>alert(1)</script>"
        short.action_activate()
        form = self._draft(questionnaire_id=short.id, yes=["1"])
        self.assertIn("&lt;script&gt;", form.with_user(self.medical).answers_shown)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMedicalFormStays(MedicalCommon):
    def test_what_methods_set_is_not_written(self):
        form = self._signed(yes=["3"])
        values = {
            "state": "draft",
            "outcome": "fit",
            "answered_outcome": "fit",
            "signed_on": "2026-01-01",
            "signed_at": "2026-01-01 10:00:00",
            "signed_user_id": self.front.id,
            "asked_age": 50,
            "next_age": 50,
            "valid_until": "2030-01-01",
            "guardian_signed_on": "2026-01-01",
            "confirmed_on": "2026-01-01",
            "physician_result": "fit",
            "physician_signed_on": "2026-11-22",
            "fit_until": "2030-01-01",
            "held_status": "unfit",
            "paper_state": "made",
            "paper_tries": 3,
            "papers_state": "sent",
            "papers_sent_on": "2026-01-01",
            "physician_page_on": "2026-01-01 10:00:00",
        }
        self.assertEqual(values.keys(), form._dive_guarded.keys())
        for user in (self.front, self.medical, self.manager):
            for name, value in values.items():
                with self.assertRaises(UserError, msg=name):
                    form.with_user(user).write({name: value})
                if name == "state":
                    value = "submitted"
                with self.assertRaises(UserError, msg=name):
                    self.Form.with_user(user).create(
                        {"partner_id": self.anna.id, name: value}
                    )
                defaults = {f"default_{name}": value}
                made = self.Form.with_user(user).with_context(**defaults)
                made = made.create({"partner_id": self.anna.id})
                expected = "draft" if name == "state" else False
                self.assertEqual(made[name] or False, expected, name)

    def test_what_was_signed_stays(self):
        form = self._signed()
        closed = self._draft()
        closed.action_close()
        bea = self._customer("Bea")
        for vals in (
            {"answers": write_answers({})},
            {"signed_by": "Somebody"},
            {"signature": False},
            {"guardian_name": "Somebody"},
            {"guardian_signature": SIGNATURE},
            {"for_date": "2026-12-24"},
            {"partner_id": bea.id},
            {"questionnaire_id": self.shipped.copy().id},
        ):
            for one in (form, closed):
                with self.assertRaisesRegex(UserError, "stays as it is"):
                    one.with_user(self.medical).write(vals)

    def test_a_draft_stays_with_its_diver_and_questionnaire(self):
        form = self._draft().with_user(self.front)
        bea = self._customer("Bea")
        with self.assertRaisesRegex(UserError, "stays with the diver"):
            form.partner_id = bea
        with self.assertRaisesRegex(UserError, "stays with the diver"):
            form.questionnaire_id = self.shipped.copy()
        form.write({"partner_id": self.anna.id, "signed_by": "A. Keller"})

    def test_only_drafts_are_deleted(self):
        signed = self._signed().with_user(self.manager)
        with self.assertRaisesRegex(UserError, "only drafts"):
            signed.unlink()
        self._draft().with_user(self.manager).unlink()
        with self.assertRaises(AccessError):
            self._draft().with_user(self.front).unlink()

    def test_no_form_without_a_questionnaire_in_use(self):
        draft = self.shipped.copy()
        with self.assertRaisesRegex(UserError, "not in use"):
            self._draft(questionnaire_id=draft.id)
        self.shipped.action_withdraw()
        with self.assertRaisesRegex(UserError, "not in use"):
            self._draft(questionnaire_id=self.shipped.id)

    def test_a_copy_is_an_empty_draft(self):
        form = self._signed(yes=["3"])
        self._word(form)
        copy = form.copy()
        self.assertEqual((copy.state, copy.partner_id), ("draft", self.anna))
        self.assertEqual(copy._dive_answers(), {})
        for name in (
            "signature",
            "signed_by",
            "signed_on",
            "outcome",
            "valid_until",
            "physician_result",
            "entry_ids",
        ):
            self.assertFalse(copy[name], name)

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        short = self._own_questionnaire(company_id=other.id)
        short.action_activate()
        with self.assertRaises(UserError):
            self._draft(questionnaire_id=short.id)
