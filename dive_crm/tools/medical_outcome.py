"""What follows from the answers to a medical questionnaire: rules without records.

A questionnaire has first questions and boxes. A yes to a first question calls for a
physician, or opens a box with further questions, any of which calls for a physician
when answered with yes. Questions about people from some age on are not asked of younger
ones; where the age itself is what is asked, the date of birth answers.
"""

import json
from typing import NamedTuple

FIT = "fit"
PHYSICIAN = "physician"
INCOMPLETE = "incomplete"


class Question(NamedTuple):
    """One question, as the rules see it."""

    code: str
    #: the box that the question stands in; empty for a first question
    box: str = ""
    #: the box that a yes opens; empty: a yes calls for a physician
    opens: str = ""
    #: the question is about people of that age or older; 0: about everybody
    min_age: int = 0
    #: the age itself is asked: who is old enough has said yes
    age_decides: bool = False


def outcome(questions, answers, age):
    """Return ``fit``, ``physician`` or ``incomplete``.

    Only what is asked counts: an answer in a box that is closed again says nothing. It
    is incomplete also where the open questions could not make it any better.

    :param questions: iterable of :class:`Question`
    :param answers: {code: True (yes) or False (no)}; anything else is no answer
    :param age: in full years on the day that the answers are for; None if unknown, then
        everything is asked
    """
    said = standing(questions, answers, age)
    if not said or any(answer is None for _question, answer in said):
        return INCOMPLETE
    boxes = {question.box for question, _answer in said if question.box}
    for question, answer in said:
        # a box without questions could not tell why nobody need be asked
        if answer and (question.opens not in boxes or not question.opens):
            return PHYSICIAN
    return FIT


def asked(questions, answers, age):
    """Return the questions to put, in order, as far as the answers open boxes.

    :param questions: as for :func:`outcome`, and so are the others
    :rtype: list of Question
    """
    said = standing(questions, answers, age)
    return [question for question, _answer in said if not by_age(question, age)]


def put(questions, age):
    """Return the questions that may be put to somebody, those of all boxes included."""
    return [question for question in questions if not by_age(question, age)]


def unanswered(questions, answers, age):
    """Return those of the questions to put that have no answer yet, in order."""
    said = standing(questions, answers, age)
    return [question for question, answer in said if answer is None]


def standing(questions, answers, age):
    """Return what counts: the questions and what is said to each, boxes in place.

    :return: list of (question, True, False or None); the age answers where it can
    """
    questions = list(questions)
    said, opened = [], set()
    for question in questions:
        if question.box:
            continue
        answer = _answer(question, answers, age)
        said.append((question, answer))
        if answer and question.opens and question.opens not in opened:
            opened.add(question.opens)
            said += [
                (item, _answer(item, answers, age))
                for item in questions
                if item.box == question.opens
            ]
    return said


def next_age(questions, age):
    """Return the next age from which on more is asked; None if there is none.

    :param int age: that the answers were given for
    """
    later = (q.min_age for q in questions if q.min_age and q.min_age > age)
    return min(later, default=None)


def age_on(born, day):
    """Return the age in full years; born on 29 February: a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def read_answers(text):
    """Return the answers that a text holds.

    :raise ValueError: no JSON object of true and false
    """
    answers = json.loads(text or "{}")
    if not isinstance(answers, dict):
        raise ValueError("no object")
    if not all(isinstance(answer, bool) for answer in answers.values()):
        raise ValueError("neither true nor false")
    return answers


def write_answers(answers):
    """Return answers as the text that :func:`read_answers` reads."""
    return json.dumps(answers, sort_keys=True)


def by_age(question, age):
    """Say whether the age alone answers a question."""
    if age is None or not question.min_age:
        return False
    return age < question.min_age or question.age_decides


def _answer(question, answers, age):
    if by_age(question, age):
        return age >= question.min_age
    answer = answers.get(question.code)
    return answer if isinstance(answer, bool) else None
