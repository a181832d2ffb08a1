"""The rules, over everything that can be answered, against a table written by hand."""

from datetime import date
from itertools import combinations, product

from odoo.tests import tagged
from odoo.tests.common import BaseCase

from odoo.addons.dive_crm.tools import medical_outcome
from odoo.addons.dive_crm.tools.medical_outcome import Question

from .medical_table import AGE, ALL_NO_IN_BOXES, BOXES, FIRST, NOTHING_IN_BOXES, fitting

#: age 30: question 2 is not asked; the table is about people who are asked everything
UNKNOWN = None


def shipped():
    """Return the questions of the table, question 2 being about the age."""
    questions = [
        Question(
            code,
            opens=box or "",
            min_age=45 if code == "2" else 0,
            age_decides=code == "2",
        )
        for code, box in FIRST.items()
    ]
    for box, codes in BOXES.items():
        questions += [Question(code, box=box) for code in codes]
    return questions


class OutcomeMixin:
    """The tests of a list of questions; another test runs them over the data."""

    questions = shipped()

    def _follows(self, answers, age=UNKNOWN):
        return medical_outcome.outcome(self.questions, answers, age)

    def _first(self, bits):
        return {code: bit == "1" for code, bit in zip(FIRST, bits, strict=True)}

    def _no_in(self, *boxes):
        return {code: False for box in boxes for code in BOXES[box]}

    def _combinations(self):
        return ("".join(bits) for bits in product("01", repeat=10))

    def test_every_combination_of_first_answers(self):
        counts = {"fit": 0, "physician": 0}
        for bits in self._combinations():
            expected = fitting(ALL_NO_IN_BOXES, bits)
            self.assertEqual(len(expected), 1, bits)
            answers = {**self._first(bits), **self._no_in(*BOXES)}
            self.assertEqual(self._follows(answers), expected[0], bits)
            counts[expected[0]] += 1
        self.assertEqual(counts, {"fit": 128, "physician": 896})

    def test_every_combination_with_the_boxes_left_out(self):
        counts = {"fit": 0, "physician": 0, "incomplete": 0}
        for bits in self._combinations():
            expected = fitting(NOTHING_IN_BOXES, bits)
            self.assertEqual(len(expected), 1, bits)
            self.assertEqual(self._follows(self._first(bits)), expected[0], bits)
            counts[expected[0]] += 1
        self.assertEqual(counts, {"fit": 1, "physician": 7, "incomplete": 1016})

    def test_one_first_answer_missing(self):
        for bits in self._combinations():
            answers = {**self._first(bits), **self._no_in(*BOXES)}
            for code in FIRST:
                some = {key: value for key, value in answers.items() if key != code}
                self.assertEqual(self._follows(some), "incomplete", (bits, code))

    def test_each_question_of_each_box(self):
        nothing = self._first("0000000000")
        for code, box in FIRST.items():
            if not box:
                continue
            opened = {**nothing, code: True, **self._no_in(box)}
            self.assertEqual(self._follows(opened), "fit", box)
            for item in BOXES[box]:
                some = {key: value for key, value in opened.items() if key != item}
                self.assertEqual(self._follows(some), "incomplete", item)
                for answer in ("no", 0, 1, None, ""):
                    wrong = {**opened, item: answer}
                    self.assertEqual(self._follows(wrong), "incomplete", item)
                self.assertEqual(
                    self._follows({**opened, item: True}), "physician", item
                )
                closed = {**opened, item: True, code: False}
                self.assertEqual(self._follows(closed), "fit", "closed again")

    def test_pairs_of_boxes(self):
        opens = {box: code for code, box in FIRST.items() if box}
        nothing = self._first("0000000000")
        for one, other in combinations(BOXES, 2):
            opened = {
                **nothing,
                opens[one]: True,
                opens[other]: True,
                **self._no_in(one, other),
            }
            self.assertEqual(self._follows(opened), "fit", (one, other))
            half = {k: v for k, v in opened.items() if k not in BOXES[other]}
            self.assertEqual(self._follows(half), "incomplete", (one, other))
            for item in (*BOXES[one], *BOXES[other]):
                self.assertEqual(
                    self._follows({**opened, item: True}), "physician", item
                )
            yes_beside_half = {**half, BOXES[one][0]: True}
            self.assertEqual(self._follows(yes_beside_half), "incomplete")

    def test_age(self):
        others = {**self._first("0000000000")}
        del others["2"]
        for age, answer, bits, expected, box_asked in AGE:
            case = (age, answer, bits)
            answers = {**others, **({} if answer is None else {"2": answer})}
            answers |= {c: b == "1" for c, b in zip(BOXES["B"], bits, strict=False)}
            self.assertEqual(self._follows(answers, age), expected, case)
            codes = [
                question.code
                for question in medical_outcome.asked(self.questions, answers, age)
            ]
            self.assertEqual("B1" in codes, box_asked, case)
            self.assertEqual("2" in codes, age is None, case)

    def test_what_is_asked_and_what_is_open(self):
        def codes(found):
            return [question.code for question in found]

        asked = medical_outcome.asked(self.questions, {}, None)
        self.assertEqual(codes(asked), list(FIRST))
        answers = {"1": True, "A1": False, "3": True}
        asked = medical_outcome.asked(self.questions, answers, 30)
        self.assertEqual(
            codes(asked),
            ["1", *BOXES["A"], "3", "4", "5", "6", "7", "8", "9", "10"],
        )
        left = medical_outcome.unanswered(self.questions, answers, 30)
        self.assertEqual(
            codes(left),
            ["A2", "A3", "A4", "A5", "4", "5", "6", "7", "8", "9", "10"],
        )

    def test_next_age(self):
        for age, expected in ((0, 45), (44, 45), (45, None), (90, None)):
            found = medical_outcome.next_age(self.questions, age)
            self.assertEqual(found, expected, age)


@tagged("post_install", "-at_install")
class TestMedicalOutcome(OutcomeMixin, BaseCase):
    def test_no_questions_clear_nobody(self):
        self.assertEqual(medical_outcome.outcome([], {}, 30), "incomplete")

    def test_a_box_without_questions_calls_for_a_physician(self):
        questions = [Question("1", opens="Z")]
        found = medical_outcome.outcome(questions, {"1": True}, 30)
        self.assertEqual(found, "physician")

    def test_two_questions_open_one_box(self):
        questions = [
            Question("1", opens="A"),
            Question("2", opens="A"),
            Question("A1", box="A"),
        ]
        answers = {"1": True, "2": True, "A1": False}
        asked = medical_outcome.asked(questions, answers, 30)
        self.assertEqual([question.code for question in asked], ["1", "A1", "2"])
        self.assertEqual(medical_outcome.outcome(questions, answers, 30), "fit")

    def test_a_question_for_older_people(self):
        questions = [Question("1", min_age=60), Question("2")]
        for age, answers, expected in (
            (59, {"2": False}, "fit"),
            (59, {"1": True, "2": False}, "fit"),
            (60, {"2": False}, "incomplete"),
            (60, {"1": False, "2": False}, "fit"),
            (60, {"1": True, "2": False}, "physician"),
            (None, {"2": False}, "incomplete"),
        ):
            found = medical_outcome.outcome(questions, answers, age)
            self.assertEqual(found, expected, (age, answers))

    def test_age_on_a_day(self):
        for born, day, age in (
            (date(1981, 11, 22), date(2026, 11, 21), 44),
            (date(1981, 11, 22), date(2026, 11, 22), 45),
            (date(1980, 2, 29), date(2025, 2, 28), 44),
            (date(1980, 2, 29), date(2025, 3, 1), 45),
            (date(1980, 2, 29), date(2024, 2, 29), 44),
        ):
            self.assertEqual(medical_outcome.age_on(born, day), age, (born, day))

    def test_answers_as_text(self):
        answers = {"1": True, "A1": False}
        text = medical_outcome.write_answers(answers)
        self.assertEqual(medical_outcome.read_answers(text), answers)
        self.assertEqual(medical_outcome.read_answers(False), {})
        for text in ("[]", '{"1": "yes"}', '{"1": null}', '{"1": 1}', "no", "1"):
            with self.assertRaises(ValueError, msg=text):
                medical_outcome.read_answers(text)
