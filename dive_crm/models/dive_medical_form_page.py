"""What the pages do on which a diver answers and signs, in the portal or at the desk.

Those who answer have no right to forms: each method is private, and its controller has
asked whose form it is.
"""

import base64
import binascii
import hashlib
import io
from datetime import timedelta

from PIL.PngImagePlugin import PngImageFile

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import medical_outcome

MAX_NAME = 120
#: A form that was begun is gone on with for so long.
DAYS = 30
#: of a drawn signature, in base64
MAX_SIGNATURE = 1_000_000
#: of its pixels, which say before it is decoded how much memory it takes
MAX_PIXELS = 4_000_000
SAID = {"yes": True, "no": False}


class DiveMedicalForm(models.Model):
    _inherit = "dive.medical.form"

    # ------------------------------------------------------------------
    # Which form
    # ------------------------------------------------------------------

    @api.model
    def _dive_page_draft(self, diver, begin=False, link=None):
        """Return the form that a diver is answering.

        :param diver: as superuser
        :param begin: make one if there is none; else it is a new one, not in the
            database: who only looks at the questions has not begun
        :param link: the address on the tablet: only what was answered there is shown
        :return: as superuser; empty if no questionnaire is in use
        """
        # sudo: see the head of this file
        forms = self.sudo().with_company(diver.company_id or self.env.company)
        current = forms.env["dive.medical.questionnaire"]._dive_current()
        if not current:
            return forms.browse()
        domain = [
            ("partner_id", "=", diver.id),
            ("questionnaire_id", "=", current.id),
            ("state", "=", "draft"),
        ]
        if link:
            domain.append(("id", "=", link.form_id.id))
        else:
            # what was begun long ago, or before another one was signed, is begun anew
            since = fields.Datetime.now() - timedelta(days=DAYS)
            signed = self._dive_page_newest(diver).signed_at or since
            domain.append(("create_date", ">=", max(since, signed)))
            if self.env.user._is_internal():
                # see _dive_page_is_mine
                domain.append(("create_uid", "=", self.env.uid))
        draft = forms.search(domain, order="id desc", limit=1)
        values = {"partner_id": diver.id, "questionnaire_id": current.id}
        if draft or not begin:
            return draft or forms.new(values)
        draft = forms.create(values)
        if link:
            link.form_id = draft
        return draft

    @api.model
    def _dive_page_newest(self, diver):
        """Return the form of a diver that was signed last, as superuser."""
        # sudo: see the head of this file
        return self.sudo().search(
            [("partner_id", "=", diver.id), ("signed_at", "!=", False)], limit=1
        )

    def _dive_page_is_mine(self):
        """Say whether the user, for whom the form is by its diver, sees its papers.

        Staff see what they have signed with their own login: by a merge of customers
        somebody else's form can become their own.
        """
        return not self.env.user._is_internal() or (
            self.signed_user_id.id == self.env.uid
        )

    def action_answer_here(self):
        """Show the code to scan, with which the diver goes on with this draft."""
        self.ensure_one()
        return self.partner_id.action_dive_answer_medical()

    # ------------------------------------------------------------------
    # What is on the page
    # ------------------------------------------------------------------

    def _dive_page_questions(self):
        """Return what is to be asked, as dictionaries of plain values, boxes included.

        Not what the date of birth answers by itself.
        """
        self.ensure_one()
        answers = self._dive_page_answers()
        by_code = {q.code: q for q in self.questionnaire_id.question_ids}
        said = {True: "yes", False: "no"}
        return [
            {
                "code": rule.code,
                "box": rule.box,
                "opens": rule.opens,
                "text": by_code[rule.code].text,
                "said": said.get(answers.get(rule.code)),
            }
            for rule in medical_outcome.put(
                self.questionnaire_id._dive_rules(), self._dive_page_age()
            )
        ]

    def _dive_page_said(self):
        """Return the questions that stand and their answers: what is signed."""
        asked = {
            question.code
            for question in medical_outcome.asked(
                self.questionnaire_id._dive_rules(),
                self._dive_page_answers(),
                self._dive_page_age(),
            )
        }
        return [row for row in self._dive_page_questions() if row["code"] in asked]

    def _dive_page_complete(self):
        """Say whether all that is asked was answered."""
        return not medical_outcome.unanswered(
            self.questionnaire_id._dive_rules(),
            self._dive_page_answers(),
            self._dive_page_age(),
        )

    def _dive_page_answers(self):
        return self._dive_answers() if self.id else {}

    def _dive_page_ready(self):
        """Say whether the form can be signed now."""
        born = self.partner_id.birthdate_date
        return bool(self.id and born and self._dive_page_complete())

    def _dive_page_age(self):
        born = self.partner_id.birthdate_date
        day = max(self._dive_today(), self.for_date or self._dive_today())
        return born and medical_outcome.age_on(born, day)

    def _dive_page_is_minor(self):
        born = self.partner_id.birthdate_date
        today = self._dive_today()
        return bool(born) and medical_outcome.age_on(born, today) < 18

    # ------------------------------------------------------------------
    # What is done
    # ------------------------------------------------------------------

    def _dive_page_answer(self, said):
        """Keep answers as they come: ``{code: "yes" or "no"}``.

        :raise UserError: no such question, or a form that is signed meanwhile
        """
        if not isinstance(said, dict) or not all(
            isinstance(code, str) and said[code] in ("yes", "no") for code in said
        ):
            raise UserError(self.env._("Each question is answered with yes or no."))
        self._dive_record_answers({code: SAID[word] for code, word in said.items()})

    def _dive_page_birth(self, text):
        """Fill in the date of birth, where there is none.

        :raise UserError: no date, or none that somebody who dives was born on
        """
        diver = self.partner_id
        text = text if isinstance(text, str) else ""
        try:
            born = fields.Date.to_date(text.strip() or False)
        except ValueError:
            born = None
        if not born or not 0 < medical_outcome.age_on(born, self._dive_today()) < 120:
            raise UserError(
                self.env._("Write the date of birth as it is in the passport.")
            )
        if not diver.birthdate_date:
            diver.birthdate_date = born

    def _dive_page_seen(self, guardian=False):
        """Return by what a page that is signed is told from an older one.

        Each change of the answers encrypts them anew: so this differs then, and says
        nothing about them.
        """
        sealed = self.env["dive.secret"]._fetch(self, ["answers"])
        answers = sealed.get((self.id, "answers"))
        mark = hashlib.sha256(answers.envelope if answers else b"")
        born = fields.Date.to_string(self.partner_id.birthdate_date)
        mark.update(f"{self.id}/{born}/{bool(guardian)}".encode())
        return mark.hexdigest()[:32]

    def _dive_page_sign(self, name, signature, guardian=False):
        """Put a signature under the answers; hand the form in when all are there.

        :param str signature: what was drawn, a PNG in base64
        :return: whether the form is handed in
        :raise UserError: what is missing
        """
        self._dive_check_draft()
        name = name if isinstance(name, str) else ""
        # halves of letters, which JSON can have and the database cannot
        name = name.encode("utf-8", "ignore").decode().replace("\0", " ")
        name = " ".join(name.split())[:MAX_NAME]
        picture = self._dive_page_picture(signature)
        if not name or not picture:
            raise UserError(self.env._("Write the name and sign with a finger."))
        if guardian:
            self.write({"guardian_name": name, "guardian_signature": picture})
        else:
            self.write({"signed_by": name, "signature": picture})
        if self._dive_page_waits_for_guardian():
            return False
        self.action_submit()
        self.env["dive.medical.link"]._dive_use_up(self.partner_id)
        return True

    def _dive_page_waits_for_guardian(self):
        """Say whether the diver has signed, and the guardian has not."""
        return (
            self._dive_page_is_minor()
            and bool(self.signature)
            and not self.guardian_signature
        )

    def _dive_page_whose_turn(self):
        """Return who signs now, where two do; else an empty text."""
        if self._dive_page_waits_for_guardian():
            return self.env._(
                "Thank you, %(name)s. Now a parent or guardian signs.",
                name=self.partner_id.name,
            )
        if self._dive_page_is_minor():
            return self.env._(
                "First %(name)s signs, then a parent or guardian.",
                name=self.partner_id.name,
            )
        return ""

    def _dive_page_picture(self, signature):
        """Return a signature that is a PNG, else None: one that is broken is none."""
        if not isinstance(signature, str) or len(signature) > MAX_SIGNATURE:
            return None
        try:
            data = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            return None
        try:
            picture = PngImageFile(io.BytesIO(data))
            if picture.width * picture.height > MAX_PIXELS or b"IEND" not in data:
                return None
            picture.load()
        except Exception:
            # whatever a broken file makes a decoder raise: a dozen kinds of error
            return None
        return signature
