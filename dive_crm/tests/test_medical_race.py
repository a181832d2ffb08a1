"""Two people sign, answer or speak at the same moment, on connections of their own."""

from datetime import date

from odoo import api
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.dive_crm.tools.medical_outcome import write_answers
from odoo.addons.dive_crm.tools.ticket import with_ticket

from .common import RaceCase
from .medical_common import SIGNATURE

WRITERS = 6
ROUNDS = 5


@tagged("post_install", "-at_install", "dive_long")
class TestMedicalRace(RaceCase):
    def setUp(self):
        super().setUp()
        with self._env() as env:
            self.partner_id = (
                env["res.partner"]
                .create({"name": "Race", "birthdate_date": date(1990, 1, 1)})
                .id
            )
            questionnaire = env["dive.medical.questionnaire"].create(
                {
                    "name": "Race",
                    "code": "RACE",
                    "question_ids": [(0, 0, {"code": "1", "text": "Ill?"})],
                }
            )
            questionnaire.action_activate()
            self.questionnaire_id = questionnaire.id
            self.officer_id = new_test_user(
                env, "t_race_officer", "dive_crm.group_medical"
            ).id
        self.addCleanup(self._clean)

    def _clean(self):
        """Remove what the race has committed; in SQL, since records are kept here."""
        with self.registry.cursor() as cr:
            cr.execute(
                "DELETE FROM dive_secret WHERE res_model = 'dive.medical.form' AND"
                " res_id IN (SELECT id FROM dive_medical_form WHERE partner_id = %s)",
                [self.partner_id],
            )
            cr.execute(
                "DELETE FROM dive_medical_form_entry WHERE form_id IN"
                " (SELECT id FROM dive_medical_form WHERE partner_id = %s)",
                [self.partner_id],
            )
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'dive.medical.form' AND res_id"
                " IN (SELECT id FROM dive_medical_form WHERE partner_id = %s)",
                [self.partner_id],
            )
            cr.execute(
                "DELETE FROM dive_medical_form WHERE partner_id = %s",
                [self.partner_id],
            )
            cr.execute(
                "UPDATE dive_medical_questionnaire SET in_use = FALSE WHERE id = %s",
                [self.questionnaire_id],
            )
        with self._env() as env:
            env["dive.medical.questionnaire"].browse(self.questionnaire_id).unlink()
            env["res.users"].browse(self.officer_id).unlink()
            env["res.partner"].browse(self.partner_id).unlink()

    def _make(self, env, **vals):
        form = with_ticket(env["dive.medical.form"]).create(
            {
                "partner_id": self.partner_id,
                "questionnaire_id": self.questionnaire_id,
                "answers": write_answers({"1": False}),
                "signed_by": "Race",
                "signature": SIGNATURE,
                **vals,
            }
        )
        return form.with_env(env)

    def _submit(self, form_id):
        """Return what hands a form in, for the race."""
        return lambda env: env["dive.medical.form"].browse(form_id).action_submit()

    def _answer(self, form_id):
        """Return what answers question 1 with yes, for the race."""
        return lambda env: (
            env["dive.medical.form"].browse(form_id)._dive_record_answers({"1": True})
        )

    def _draft(self):
        with self._env() as env:
            return self._make(env).id

    def _one(self, sql, *params):
        with self.registry.cursor() as cr:
            cr.execute(sql, params)
            return cr.fetchone()

    def assertOnce(self, outcome, words):
        self.assertEqual(outcome.count(True), 1, outcome)
        for error in [item for item in outcome if item is not True]:
            self.assertIsInstance(error, UserError)
            self.assertIn(words, str(error))

    def test_signed_once(self):
        for number in range(ROUNDS):
            form_id = self._draft()
            outcome = self._race([self._submit(form_id)] * WRITERS)
            with self.subTest(round=number):
                self.assertOnce(outcome, "signed already")
                found = self._one(
                    "SELECT state, answered_outcome, outcome, signed_on IS NOT NULL,"
                    " valid_until IS NOT NULL FROM dive_medical_form WHERE id = %s",
                    form_id,
                )
                self.assertEqual(found, ("submitted", "fit", "fit", True, True))
                logged = self._one(
                    "SELECT count(*) FROM mail_message WHERE res_id = %s"
                    " AND model = 'dive.medical.form' AND body LIKE '%%Signed by%%'",
                    form_id,
                )
                self.assertEqual(logged, (1,))

    def test_signed_or_answered(self):
        """A late answer takes the signature off, or comes too late itself."""
        for number in range(ROUNDS):
            form_id = self._draft()
            outcome = self._race([self._submit(form_id), self._answer(form_id)])
            with self.subTest(round=number), self._env() as env:
                form = env["dive.medical.form"].browse(form_id)
                self.assertEqual(outcome.count(True), 1, outcome)
                ill = form._dive_answers()["1"]
                self.assertEqual(ill, outcome[1] is True, outcome)
                if ill:
                    self.assertIn("signature is missing", str(outcome[0]))
                self.assertEqual(form.state, "draft" if ill else "submitted")
                self.assertEqual(form.outcome, False if ill else "fit")

    def test_signed_or_withdrawn(self):
        """A form is signed before its version goes, or stays a draft."""
        for number in range(ROUNDS):
            form_id = self._draft()
            outcome = self._race(
                [
                    self._submit(form_id),
                    lambda env: (
                        env["dive.medical.questionnaire"]
                        .browse(self.questionnaire_id)
                        .action_withdraw()
                    ),
                ]
            )
            with self.subTest(round=number), self._env() as env:
                form = env["dive.medical.form"].browse(form_id)
                self.assertIs(outcome[1], True, outcome)
                if outcome[0] is True:
                    self.assertEqual(form.state, "submitted")
                else:
                    self.assertIn("no longer in use", str(outcome[0]))
                    self.assertEqual(form.state, "draft")
                form.questionnaire_id.action_activate()

    def test_begun_or_changed(self):
        """A question changes before the first form is begun, or not at all."""
        outcome = self._race(
            [
                self._make,
                lambda env: (
                    env["dive.medical.questionnaire"]
                    .browse(self.questionnaire_id)
                    .question_ids.write({"text": "Well?"})
                ),
            ]
        )
        self.assertIs(outcome[0], True, outcome)
        with self._env() as env:
            questionnaire = env["dive.medical.questionnaire"].browse(
                self.questionnaire_id
            )
            self.assertTrue(questionnaire.in_use)
            text = questionnaire.question_ids.text
        if outcome[1] is True:
            self.assertEqual(text, "Well?")
        else:
            self.assertEqual(text, "Ill?")
            self.assertIn("New version", str(outcome[1]))

    def test_confirmed_once_a_day(self):
        form_id = self._draft()
        with self._env() as env:
            env["dive.medical.form"].browse(form_id).action_submit()
        outcome = self._race(
            [
                lambda env: (
                    env["dive.medical.form"].browse(form_id).action_confirm_unchanged()
                )
            ]
            * WRITERS
        )
        self.assertEqual(outcome, [True] * WRITERS)
        count = self._one(
            "SELECT count(*) FROM dive_medical_form_entry WHERE form_id = %s", form_id
        )
        self.assertEqual(count, (1,))

    def test_the_later_word_stays(self):
        """Whichever is noted first, an older word never replaces a newer one."""
        for number in range(ROUNDS):
            form_id = self._draft()
            with self._env() as env:
                env["dive.medical.form"].browse(form_id).action_submit()

            def speak(env, result, day, form_id=form_id):
                env = api.Environment(env.cr, self.officer_id, env.context)
                form = env["dive.medical.form"].browse(form_id)
                form.action_physician_word(result, day)

            outcome = self._race(
                [
                    lambda env, speak=speak: speak(env, "unfit", "2026-01-02"),
                    lambda env, speak=speak: speak(env, "fit", "2026-01-01"),
                ]
            )
            with self.subTest(round=number):
                self.assertIs(outcome[0], True, outcome)
                found = self._one(
                    "SELECT outcome, physician_signed_on FROM dive_medical_form"
                    " WHERE id = %s",
                    form_id,
                )
                self.assertEqual(found, ("unfit", date(2026, 1, 2)))
