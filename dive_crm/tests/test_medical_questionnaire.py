"""Questionnaires as data: what is shipped, versions, what has been answered stays."""

import polib
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.misc import file_path

from odoo.addons.dive_crm.tools.medical_outcome import Question

from .medical_common import MedicalCommon
from .medical_table import BOXES, FIRST
from .test_medical_outcome import OutcomeMixin

LANGUAGES = {"de": "de_DE", "es": "es_ES", "fr": "fr_FR", "it": "it_IT"}


@tagged("post_install", "-at_install")
class TestShippedQuestionnaire(OutcomeMixin, MedicalCommon):
    """The shipped data, over the same table as the rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.questions = cls.shipped._dive_rules()

    def test_structure(self):
        questions = self.shipped.question_ids
        first = questions.filtered(lambda question: not question.box)
        self.assertEqual(first.mapped("code"), list(FIRST))
        for question in first:
            box = FIRST[question.code]
            self.assertEqual(question.opens_box or None, box, question.code)
            self.assertEqual(question.yes_means, "box" if box else "physician")
            items = questions.filtered(lambda item, box=box: box and item.box == box)
            self.assertEqual(items.mapped("code"), list(BOXES.get(box, ())))
        self.assertEqual(len(questions), 43)
        self.assertEqual(
            questions.filtered("min_age").mapped(
                lambda question: (question.code, question.min_age, question.age_decides)
            ),
            [("2", 45, True)],
        )

    def test_in_use_after_installation(self):
        self.assertEqual(self.shipped.state, "active")
        self.assertEqual(self.shipped.validity_months, 12)
        self.assertEqual(self.Questionnaire._dive_current(), self.shipped)

    def test_the_data_activates_only_what_was_never_used(self):
        self.Questionnaire._dive_activate_shipped(self.shipped.ids)
        self.shipped.action_withdraw()
        self.Questionnaire._dive_activate_shipped(self.shipped.ids)
        self.assertEqual(self.shipped.state, "withdrawn", "the centre's decision")
        new = self.shipped.copy()
        mine = self.shipped.copy()
        mine.action_activate()
        self.Questionnaire._dive_activate_shipped(new.ids)
        self.assertEqual(new.state, "draft", "the centre has its own in use")
        mine.action_withdraw()
        self.Questionnaire._dive_activate_shipped(new.ids)
        self.assertEqual(new.state, "active")

    def test_every_language_has_every_text(self):
        fields = (
            (self.shipped, "name"),
            (self.shipped, "intro"),
            (self.shipped, "declaration"),
            *((question, "text") for question in self.shipped.question_ids),
        )
        sources = {record.with_context(lang="en_US")[name] for record, name in fields}
        self.assertEqual(len(sources), 46)
        for short, lang in LANGUAGES.items():
            entries = polib.pofile(file_path(f"dive_crm/i18n/{short}.po"))
            translated = {entry.msgid: entry.msgstr for entry in entries}
            self.assertEqual(sources - translated.keys(), set(), short)
            for source in sources:
                self.assertTrue(translated[source], (short, source))
                self.assertNotEqual(translated[source], source, short)
            self.env["res.lang"]._activate_lang(lang)
            self.env["ir.module.module"]._load_module_terms(["dive_crm"], [lang])
            self.env.invalidate_all()
            for record, name in fields:
                source = record.with_context(lang="en_US")[name]
                self.assertEqual(
                    record.with_context(lang=lang)[name], translated[source], short
                )


@tagged("post_install", "-at_install")
class TestQuestionnaireVersions(MedicalCommon):
    def test_a_new_version_is_a_draft_with_the_questions_of_the_old_one(self):
        action = self.shipped.with_user(self.manager).action_new_version()
        new = self.Questionnaire.browse(action["res_id"])
        self.assertEqual((new.code, new.version), (self.shipped.code, 2))
        self.assertEqual((new.state, new.in_use), ("draft", False))
        self.assertEqual(new._dive_rules(), self.shipped._dive_rules())
        self.assertNotEqual(new.question_ids, self.shipped.question_ids)
        self.assertEqual(self.shipped.state, "active")
        new.with_user(self.manager).action_activate()
        self.assertEqual((self.shipped.state, new.state), ("withdrawn", "active"))
        self.assertEqual(self.Questionnaire._dive_current(), new)
        self.assertEqual(self.shipped.copy().version, 3)

    def test_a_copy_brings_the_translations(self):
        self.env["res.lang"]._activate_lang("de_DE")
        question = self._own_questionnaire().question_ids[0]
        question.with_context(lang="de_DE").text = "Krank?"
        new = question.questionnaire_id.copy()
        texts = new.with_context(lang="de_DE").question_ids.mapped("text")
        self.assertEqual(texts[0], "Krank?")

    def test_one_version_of_a_code_is_in_use(self):
        one, other = self.shipped.copy(), self.shipped.copy()
        one.action_activate()
        other.action_activate()
        states = (self.shipped | one | other).mapped("state")
        self.assertEqual(states, ["withdrawn", "withdrawn", "active"])
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            one._dive_unlocked().write({"state": "active"})
            self.env.flush_all()

    def test_state_and_use_are_not_written_directly(self):
        draft = self.shipped.copy().with_user(self.manager)
        for vals in ({"state": "active"}, {"in_use": True}):
            with self.assertRaises(UserError):
                draft.write(vals)
            with self.assertRaises(UserError):
                draft.create({"name": "X", "code": "X", **vals})
        context = {"default_state": "active", "default_in_use": True}
        made = draft.with_context(**context).create({"name": "X", "code": "x y"})
        self.assertEqual((made.state, made.in_use, made.code), ("draft", False, "X-Y"))

    def test_a_companys_own_comes_first(self):
        other = self.env["res.company"].create({"name": "Other"})
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": other.id}
        )
        own = self._own_questionnaire(company_id=other.id)
        own.action_activate()
        current = self.Questionnaire._dive_current
        self.assertEqual(current(self.company), self.shipped)
        self.assertEqual(current(other), own)
        self.assertEqual(current(branch), own)
        branch_own = self._own_questionnaire(code="B", company_id=branch.id)
        branch_own.action_activate()
        self.assertEqual(current(branch), branch_own)
        self.assertEqual(current(other), own)
        self.shipped.action_withdraw()
        self.assertFalse(current(self.company))

    def test_what_cannot_be_answered_is_not_used(self):
        empty = self.Questionnaire.create({"name": "Empty", "code": "E"})
        with self.assertRaisesRegex(UserError, "no questions"):
            empty.action_activate()
        short = self._own_questionnaire()
        short.question_ids[2].unlink()
        with self.assertRaisesRegex(UserError, "boxes of .*: A"):
            short.action_activate()
        lost = self._own_questionnaire()
        lost.question_ids[1].write({"yes_means": "physician", "opens_box": False})
        with self.assertRaisesRegex(UserError, "boxes of .*: A"):
            lost.action_activate()
        self.assertEqual((empty | short | lost).mapped("state"), ["draft"] * 3)

    def test_rules_that_cannot_be(self):
        short = self._own_questionnaire()
        self.assertEqual(
            short._dive_rules(),
            [
                Question("1"),
                Question("2", opens="A", min_age=60),
                Question("A1", box="A"),
            ],
        )
        first, older, item = short.question_ids
        for question, vals, words in (
            (first, {"yes_means": "box"}, "which box"),
            (first, {"opens_box": "B"}, "not both"),
            (item, {"yes_means": "box", "opens_box": "B"}, "no other box"),
            (older, {"min_age": 0, "age_decides": True}, "from which age"),
        ):
            with self.assertRaises(ValidationError) as caught:
                question.write(vals)
            self.assertIn(words, str(caught.exception))
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            first.code = "A 1"
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestQuestionnaireStays(MedicalCommon):
    """What somebody has begun to answer is never changed."""

    def setUp(self):
        super().setUp()
        self.short = self._own_questionnaire()
        self.short.action_activate()
        self.question = self.short.question_ids[0]

    def _changes(self):
        """Return every way to change what is asked and signed."""
        self.env["res.lang"]._activate_lang("de_DE")
        short = self.short.with_user(self.manager)
        question = self.question.with_user(self.manager)
        return {
            "text": lambda: question.write({"text": "Well?"}),
            "language": lambda: question.with_context(lang="de_DE").write(
                {"text": "Gesund?"}
            ),
            "translation": lambda: question.update_field_translations(
                "text", {"de_DE": "Gesund?"}
            ),
            "rule": lambda: question.write({"min_age": 50}),
            "more": lambda: question.create(
                {"questionnaire_id": short.id, "code": "9", "text": "More?"}
            ),
            "less": lambda: question.unlink(),
            "moved": lambda: question.write(
                {"questionnaire_id": short.create({"name": "N", "code": "N"}).id}
            ),
            "lines": lambda: short.write(
                {"question_ids": [(1, question.id, {"text": "Well?"})]}
            ),
            "months": lambda: short.write({"validity_months": 24}),
            "declaration": lambda: short.write({"declaration": "Mine"}),
            "intro": lambda: short.update_field_translations("intro", {"de_DE": "x"}),
            "code": lambda: short.write({"code": "other"}),
            "deleted": lambda: short.unlink(),
        }

    def test_until_somebody_answers_all_can_be_changed(self):
        for name, change in self._changes().items():
            with self.subTest(name), self.env.cr.savepoint() as savepoint:
                change()
                self.env.flush_all()
                savepoint.rollback()
            self.env.invalidate_all()

    def test_then_nothing(self):
        self._draft(questionnaire_id=self.short.id)
        self.assertTrue(self.short.in_use)
        before = self.short.question_ids.read(["code", "text", "min_age"])
        for name, change in self._changes().items():
            with (
                self.subTest(name),
                self.assertRaisesRegex(UserError, "New version|Neue Version"),
            ):
                change()
        self.assertEqual(
            self.short.question_ids.read(["code", "text", "min_age"]), before
        )
        self.short.with_user(self.manager).name = "The name is for us"

    def test_into_an_answered_one_no_question_moves(self):
        self._draft(questionnaire_id=self.short.id)
        stranger = self.shipped.copy().question_ids[:1]
        with self.assertRaisesRegex(UserError, "New version"):
            stranger.questionnaire_id = self.short


@tagged("post_install", "-at_install")
class TestQuestionnaireAccess(MedicalCommon):
    def test_managers_write_the_dive_centre_reads(self):
        for user in (self.front, self.instructor, self.medical):
            shipped = self.shipped.with_user(user)
            self.assertTrue(shipped.name)
            self.assertTrue(shipped.question_ids.mapped("text"))
            for refused in (
                lambda shipped=shipped: shipped.write({"name": "Mine"}),
                lambda shipped=shipped: shipped.action_withdraw(),
                lambda shipped=shipped: shipped.action_activate(),
                lambda shipped=shipped: shipped.copy(),
                lambda shipped=shipped: shipped.question_ids.write({"text": "x"}),
                lambda shipped=shipped: shipped.unlink(),
            ):
                with self.assertRaises(AccessError, msg=user.login):
                    refused()
        for user in (self.accountant, self.employee, self.portal):
            shipped = self.shipped.with_user(user)
            with self.assertRaises(AccessError, msg=user.login):
                shipped.read(["name"])
            with self.assertRaises(AccessError, msg=user.login):
                self.Question.with_user(user).search([])
        draft = self.shipped.with_user(self.manager).copy()
        draft.action_activate()
        draft.action_withdraw()

    def test_other_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        theirs = self._own_questionnaire(company_id=other.id)
        found = self.Questionnaire.with_user(self.manager).search([])
        self.assertIn(self.shipped, found)
        self.assertNotIn(theirs, found)
        with self.assertRaises(AccessError):
            theirs.with_user(self.manager).name = "Ours"
        questions = self.Question.with_user(self.manager).search([])
        self.assertFalse(questions & theirs.question_ids)
