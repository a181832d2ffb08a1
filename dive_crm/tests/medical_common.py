import base64
from datetime import date

from odoo.addons.dive_crm.tools.medical_outcome import write_answers
from odoo.addons.dive_crm.tools.ticket import with_ticket

from .common import DiveCommon, DiveHttpCommon
from .sealed_common import SealedMixin

#: one white pixel
SIGNATURE = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAA"
        "SUVORK5CYII="
    )
)
#: all ten first questions with no; question 2 is about the age
ALL_NO = {str(number): False for number in range(1, 11)}
BOX_B_NO = {"B1": False, "B2": False, "B3": False, "B4": False}


class MedicalMixin(SealedMixin):
    """A diver, and short ways to forms of theirs."""

    @classmethod
    def setUpMedical(cls):
        """Call from ``setUpClass``, after ``super()``."""
        cls.setUpKeys()
        cls.Form = cls.env["dive.medical.form"]
        cls.Questionnaire = cls.env["dive.medical.questionnaire"]
        cls.Question = cls.env["dive.medical.question"]
        cls.shipped = cls.env.ref("dive_crm.questionnaire_diver_1")
        cls.anna = cls._customer("Anna Keller", birthdate_date=date(1990, 5, 10))

    @classmethod
    def _draft(cls, diver=None, yes=(), **vals):
        """Make a draft, signed by name and hand; all answers are no but ``yes``."""
        answers = {**ALL_NO, **BOX_B_NO, **dict.fromkeys(yes, True)}
        given = vals.pop("answers", None)
        form = cls.Form.create(
            {
                "partner_id": (diver or cls.anna).id,
                "signed_by": "Anna Keller",
                "signature": SIGNATURE,
                **vals,
            }
        )
        if given is None:
            given = write_answers(answers)
        with_ticket(form).answers = given
        return form

    @classmethod
    def _signed(cls, diver=None, yes=(), **vals):
        """Make a form and hand it in."""
        form = cls._draft(diver, yes, **vals)
        form.action_submit()
        return form

    @classmethod
    def _word(cls, form, result="fit", day=None, until=None):
        """Note a physician's word, today unless told."""
        form = form.with_user(cls.medical)
        form.action_physician_word(result, day or form._dive_today(), until)

    @classmethod
    def _own_questionnaire(cls, env=None, **vals):
        """Make a short questionnaire: two questions and a box."""
        return (env or cls.env)["dive.medical.questionnaire"].create(
            {
                "name": "Short",
                "code": "short",
                "question_ids": [
                    (0, 0, {"code": "1", "text": "Ill?", "sequence": 1}),
                    (
                        0,
                        0,
                        {
                            "code": "2",
                            "text": "Older?",
                            "sequence": 2,
                            "yes_means": "box",
                            "opens_box": "a",
                            "min_age": 60,
                        },
                    ),
                    (
                        0,
                        0,
                        {"code": "a1", "box": "a", "text": "Weak?", "sequence": 3},
                    ),
                ],
                **vals,
            }
        )


class MedicalCommon(MedicalMixin, DiveCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMedical()


class MedicalHttpCommon(MedicalMixin, DiveHttpCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setUpMedical()
