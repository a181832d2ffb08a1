"""What was signed, kept word for word, and the paper that is made of it.

The text is taken down in the transaction that signs, with the words and in the language
of the page: names and translations of a questionnaire may be edited later. The paper (a
PDF) comes afterwards, made of that text alone.
"""

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import medical_outcome
from ..tools.ticket import has_ticket, with_ticket
from .dive_access_log import note_access
from .dive_encrypted_field import EncryptedText
from .dive_sealed_field import SealedFile
from .dive_secret_mixin import CLOSED, MANAGER, MEDICAL

READERS = f"{MEDICAL},{MANAGER}"
SIGNED_REPORT = "dive_crm.report_dive_medical_form"
PAPER_CRON = "dive_crm.ir_cron_medical_paper"
#: How often the paper is tried before somebody has to look into it.
MOST_TRIES = 5


class DiveMedicalForm(models.Model):
    _name = "dive.medical.form"
    _inherit = ["dive.medical.form", "dive.sealed.mixin"]

    _dive_sealed_slots = {
        "signed": ("signed_file_id", "signed_file"),
        "physician": ("physician_file_id", "physician_file"),
    }
    _dive_sealed_logged = True

    signed_text = EncryptedText("Text as signed", copy=False, groups=READERS)
    signed_file_id = fields.Many2one(
        "dive.sealed.file",
        "Signed form, stored",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=READERS,
    )
    signed_file = SealedFile("Signed form", groups=READERS)
    physician_file_id = fields.Many2one(
        "dive.sealed.file",
        "Physician's page, stored",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups=READERS,
    )
    physician_file = SealedFile("Physician's page", groups=READERS)
    paper_state = fields.Selection(
        [("due", "Being made"), ("made", "Made"), ("failed", "Could not be made")],
        "Signed form (PDF)",
        readonly=True,
        copy=False,
    )
    paper_tries = fields.Integer(readonly=True, copy=False, aggregator=None)

    _paper_due = models.Index("(id) WHERE paper_state = 'due'")

    # ------------------------------------------------------------------
    # Who may
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._dive_check_signed_text(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._dive_check_signed_text(vals)
        return super().write(vals)

    def _dive_check_signed_text(self, vals):
        if "signed_text" in vals and not self._dive_is_unlocked():
            raise UserError(
                self.env._("What was signed is kept by signing, and stays as it is.")
            )

    def _dive_sealed_check(self, slot, operation):
        """Let medical officers read, and managers with a reason; nobody write."""
        if operation == "write":
            if self._dive_is_unlocked():
                return
            raise AccessError(
                self.env._("The papers of a form come by signing and by sending them.")
            )
        self.check_access("read")
        self._dive_paper_ask()

    def _dive_paper_ask(self):
        """Ask whether the user may see papers of this form.

        :return: the reason that a manager has given, or ""
        :raise AccessError:
        """
        if self.env.context.get(CLOSED):
            raise AccessError(
                self.env._("Papers with health data go into no mail and no report.")
            )
        if self.env.user.has_group(MEDICAL):
            return ""
        if not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("The papers of a medical form are for the medical officer.")
            )
        return self._dive_secret_reason()

    def _dive_sealed_noted(self, slot, part, allowed):
        """Note each look, with the reason that let a manager in."""
        reason = ""
        if allowed and not has_ticket(self.env):
            reason = self._dive_paper_ask()
        note_access(self, [slot], "read", allowed, reason=reason)

    # ------------------------------------------------------------------
    # What is signed
    # ------------------------------------------------------------------

    def _dive_submit_one(self):
        done = super()._dive_submit_one()
        text = json.dumps(self._dive_signed_words(), ensure_ascii=False)
        # sudo and ticket: whoever signs may not read what is kept of it
        kept = with_ticket(self.sudo())._dive_unlocked()
        kept.write({"signed_text": text, "paper_state": "due"})
        self._dive_start(PAPER_CRON)
        return done

    @api.model
    def _dive_start(self, cron):
        """Have a scheduled action start as soon as this is committed."""
        # sudo: whoever signs or presses a button
        if found := self.env.ref(cron, raise_if_not_found=False):
            found.sudo()._trigger()

    def _dive_signed_words(self):
        """Return all that stands over the signatures, as plain values for JSON."""
        form = self.sudo()  # names and words, whoever hands it in
        questionnaire = form.questionnaire_id
        rules = questionnaire._dive_rules()
        words = {one.code: one.text for one in questionnaire.question_ids}
        day = fields.Date.to_string
        return {
            "lang": self.env.lang or "en_US",
            "questionnaire": questionnaire.name,
            "code": questionnaire.code,
            "version": questionnaire.version,
            "intro": questionnaire.intro or "",
            "questions": [
                {
                    "code": question.code,
                    "box": question.box,
                    "text": words[question.code],
                    "answer": answer,
                    "by_age": medical_outcome.by_age(question, form.asked_age),
                }
                for question, answer in medical_outcome.standing(
                    rules, form._dive_answers(), form.asked_age
                )
            ],
            "declaration": questionnaire.declaration or "",
            "company": form.company_id.name,
            "diver": form.partner_id.name,
            "birthdate": day(form.partner_id.birthdate_date),
            "age": form.asked_age,
            "for_date": form.for_date and day(form.for_date),
            "signed_by": form.signed_by,
            "signed_on": day(form.signed_on),
            "signature": self._dive_fingerprint(form.signature),
            "guardian_name": form.guardian_name or "",
            "guardian_signed_on": form.guardian_signed_on
            and day(form.guardian_signed_on),
            "guardian_signature": self._dive_fingerprint(form.guardian_signature),
        }

    @api.model
    def _dive_fingerprint(self, picture):
        """Return by what a drawn signature is told from another one."""
        return picture and hashlib.sha256(picture).hexdigest()

    def _dive_signed_paper(self):
        """Return what :meth:`_dive_signed_words` has kept. For papers, not for people.

        :raise UserError: nothing was kept of this form, or it does not open
        """
        self.ensure_one()
        # Who makes a paper of it has asked whether it may be.
        text = with_ticket(self.sudo()).signed_text
        if not text:
            raise UserError(
                self.env._("Nothing was kept of this form: it is not signed.")
            )
        return json.loads(text)

    # ------------------------------------------------------------------
    # The paper
    # ------------------------------------------------------------------

    @api.model
    def _cron_dive_papers(self):
        """Make the papers that are due, one by one; may be killed anywhere."""
        due = [("paper_state", "=", "due")]
        self._dive_one_by_one(due, "_dive_make_paper", "_dive_paper_failed")

    def _dive_make_paper(self):
        """Make the paper of a signed form and keep it encrypted, once."""
        form = self.sudo()  # the scheduled action is nobody
        if not form._dive_sealed_file("signed"):
            reports = with_ticket(form).env["ir.actions.report"]
            paper = reports._dive_private_pdf(SIGNED_REPORT, form)
            form._dive_unlocked()._dive_sealed_put("signed", paper)
        form._dive_unlocked().write({"paper_state": "made"})

    def _dive_paper_failed(self):
        """Try again with the next run, a few times."""
        tries = self.paper_tries + 1
        state = "failed" if tries >= MOST_TRIES else "due"
        self._dive_unlocked().write({"paper_tries": tries, "paper_state": state})

    def action_open_signed(self):
        """Open the signed form as it was signed; for medical officers.

        A manager is asked for a reason first.

        :raise AccessError: somebody else
        """
        return self._dive_open_file("signed")

    def _dive_open_file(self, slot):
        self.ensure_one()
        if self._dive_lacks_reason():
            return self.partner_id.action_dive_access_reason()
        try:
            self._dive_sealed_check(slot, "read")
        except AccessError:
            note_access(self, [slot], "read", allowed=False)
            raise
        file = self._dive_sealed_file(slot)
        if not file:
            # told, not raised: what it has started is kept
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {"type": "info", "message": self._dive_why_no_file(slot)},
            }
        return {
            "type": "ir.actions.act_url",
            "url": f"/dive/file/{file.id}",
            "target": "new",
        }

    def _dive_lacks_reason(self):
        """Say whether a manager has to give a reason first."""
        user = self.env.user
        return (
            not user.has_group(MEDICAL)
            and user.has_group(MANAGER)
            and not self.partner_id._dive_access_reason()
        )

    def _dive_why_no_file(self, slot):
        """Return what to tell somebody who asks for a paper that is not there."""
        if slot == "physician":
            return self.env._("No page of a physician has arrived yet.")
        if not self.paper_state:
            return self.env._("This form is not signed yet.")
        if self.paper_state == "failed":
            # sudo: for those who only read, it is tried again as well
            self.sudo()._dive_unlocked().write({"paper_state": "due", "paper_tries": 0})
        self._dive_start(PAPER_CRON)
        return self.env._("The PDF is being made. Please try again in a minute.")
