"""A diver's medical form: answers to one version of a questionnaire, signed."""

import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.medical_outcome import read_answers, write_answers
from ..tools.months import months_later
from ..tools.scan import MAGIC, MEGABYTE
from ..tools.ticket import with_ticket
from .dive_encrypted_field import EncryptedText

#: What is signed stays as it was signed.
SIGNED = frozenset(
    (
        "partner_id",
        "questionnaire_id",
        "company_id",
        "answers",
        "for_date",
        "signed_by",
        "signature",
        "guardian_name",
        "guardian_signature",
    )
)
#: What stands under the answers.
UNDERWRITTEN = ("signed_by", "signature", "guardian_name", "guardian_signature")
#: How the pictures begin that signatures may be.
PICTURES = (MAGIC["image/png"], MAGIC["image/jpeg"])
MAX_SIGNATURE = MEGABYTE
RESULTS = [
    ("fit", "Fit to dive"),
    ("fit_until", "Fit until a day"),
    ("unfit", "Not cleared"),
]


class DiveMedicalForm(models.Model):
    """Who answered which version when, what follows, what a physician said.

    The answers are for the medical officer; everybody else in the dive centre knows
    the outcome. How it is signed: ``dive_medical_form_submit``. What comes after:
    ``dive_medical_form_word``.
    """

    _name = "dive.medical.form"
    _description = "Medical form"
    _inherit = [
        "dive.secret.mixin",
        "dive.guarded.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "signed_at desc, id desc"
    _rec_names_search = ["partner_id"]
    _check_company_auto = True
    _dive_guarded = {
        "state": "draft",
        "outcome": None,
        "answered_outcome": False,
        "signed_on": False,
        "signed_at": False,
        "signed_user_id": False,
        "asked_age": 0,
        "next_age": 0,
        "valid_until": None,
        "guardian_signed_on": False,
        "confirmed_on": False,
        "physician_result": False,
        "physician_signed_on": False,
        "fit_until": False,
        "held_status": False,
        "paper_state": False,
        "paper_tries": 0,
        "papers_state": False,
        "papers_sent_on": False,
        "physician_page_on": False,
    }

    partner_id = fields.Many2one(
        "res.partner",
        "Diver",
        required=True,
        ondelete="restrict",
        check_company=True,
        domain=[("is_company", "=", False)],
    )
    questionnaire_id = fields.Many2one(
        "dive.medical.questionnaire",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
        domain=[("state", "=", "active")],
        default=lambda self: self.env["dive.medical.questionnaire"]._dive_current(),
        help="The version that the answers belong to.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
        help="Where it is signed. The form counts wherever the diver is known.",
    )
    state = fields.Selection(
        [("draft", "Draft"), ("submitted", "Signed"), ("closed", "Closed")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
        help="Closed: replaced by a newer form, or put aside before it was signed.",
    )
    answers = EncryptedText(
        copy=False, groups="dive_crm.group_medical,dive_crm.group_manager"
    )
    for_date = fields.Date(
        "For a dive on",
        copy=False,
        help="The day of the trip, if there is one: who comes to an age by then is"
        " asked what people of that age are asked.",
    )
    answered_outcome = fields.Selection(
        [("fit", "No physician needed"), ("physician", "Physician needed")],
        "From the answers",
        readonly=True,
        copy=False,
    )
    outcome = fields.Selection(
        [
            ("fit", "Fit to dive"),
            ("physician", "Physician needed"),
            ("unfit", "Not cleared"),
        ],
        compute="_compute_outcome",
        store=True,
        help="What follows from the answers; a physician's word replaces it.",
    )
    signed_by = fields.Char("Signed by", copy=False, help="The diver's name, as typed.")
    # in the table: attachments outlive an uninstallation, and numbers come again
    signature = fields.Image(
        max_width=1024, max_height=1024, attachment=False, copy=False
    )
    signed_on = fields.Date(
        "Signed on", readonly=True, copy=False, help="The company's day."
    )
    signed_at = fields.Datetime(readonly=True, copy=False)
    signed_user_id = fields.Many2one(
        "res.users",
        "Signed with",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Whose screen it was: the diver's own, or the desk's.",
    )
    guardian_name = fields.Char("Guardian", copy=False, help="As typed.")
    guardian_signature = fields.Image(
        "Guardian's signature",
        max_width=1024,
        max_height=1024,
        attachment=False,
        copy=False,
    )
    guardian_signed_on = fields.Date("Guardian signed on", readonly=True, copy=False)
    asked_age = fields.Integer(
        "Age asked for", readonly=True, copy=False, aggregator=None
    )
    next_age = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="At this age more is asked than this form has asked. 0: nothing more.",
    )
    valid_until = fields.Date(
        "Valid until",
        compute="_compute_valid_until",
        store=True,
        help="The last day on which the form counts.",
    )
    confirmed_on = fields.Date(
        "Confirmed on",
        readonly=True,
        copy=False,
        help="When the diver last said that nothing has changed.",
    )
    physician_result = fields.Selection(RESULTS, readonly=True, copy=False)
    physician_signed_on = fields.Date("Physician signed on", readonly=True, copy=False)
    fit_until = fields.Date("Fit until", readonly=True, copy=False)
    held_status = fields.Selection(
        [("physician", "Physician needed"), ("unfit", "Not cleared")],
        "Held back as",
        readonly=True,
        copy=False,
        help="Customers were merged, and the record that went was judged more strictly:"
        " so it stays until a physician's word comes.",
    )
    entry_ids = fields.One2many(
        "dive.medical.form.entry", "form_id", "What was noted", readonly=True
    )
    partner_is_minor = fields.Boolean(related="partner_id.dive_is_minor")
    partner_status = fields.Selection(
        related="partner_id.dive_medical_status", string="Status of the diver"
    )

    # status of a diver: see res_partner_medical
    _newest = models.Index(
        "(partner_id, signed_at DESC, id DESC) WHERE state = 'submitted'"
    )
    _words = models.Index(
        "(partner_id) WHERE physician_result IS NOT NULL OR held_status = 'unfit'"
    )
    _begun = models.Index("(partner_id) WHERE state = 'draft'")
    _partner = models.Index("(partner_id)")
    _ends = models.Index("(valid_until) WHERE valid_until IS NOT NULL")
    _signed_is_complete = models.Constraint(
        "CHECK (state != 'submitted' OR (signed_at IS NOT NULL"
        " AND signed_on IS NOT NULL AND answered_outcome IS NOT NULL))",
        "A signed form has a day and an outcome.",
    )

    # ------------------------------------------------------------------
    # Computed fields
    # ------------------------------------------------------------------

    @api.depends("answered_outcome", "physician_result")
    def _compute_outcome(self):
        said = {"fit": "fit", "fit_until": "fit", "unfit": "unfit"}
        for form in self:
            form.outcome = said.get(form.physician_result, form.answered_outcome)

    @api.depends("signed_on", "questionnaire_id.validity_months")
    def _compute_valid_until(self):
        for form in self:
            form.valid_until = form.signed_on and months_later(
                form.signed_on, form.questionnaire_id.validity_months
            )

    @api.depends("partner_id.name", "signed_on")
    def _compute_display_name(self):
        for form in self:
            # sudo: who may read a form may read whose it is, as with any many2one
            diver = form.partner_id.sudo().name
            day = fields.Date.to_string(form.signed_on) or self.env._("not signed")
            form.display_name = f"{diver} · {day}" if diver else day

    def _compute_access_url(self):
        result = super()._compute_access_url()
        # the pages go by the diver, who has one form that counts
        self.access_url = "/my/medical"
        return result

    # ------------------------------------------------------------------
    # Create, write, delete
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._dive_check_answers_text(vals)
            self._dive_check_drawn(vals)
        forms = super().create(vals_list)
        forms._dive_check_offered()
        forms.questionnaire_id._dive_take_in_use()
        return forms

    def write(self, vals):
        self._dive_check_answers_text(vals)
        self._dive_check_drawn(vals)
        if not self._dive_is_unlocked():
            self._dive_check_unsigned(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        if self._dive_is_unlocked():
            return
        if any(form.state != "draft" for form in self):
            raise UserError(
                self.env._("Signed forms are kept: only drafts can be deleted.")
            )

    def _dive_check_unsigned(self, vals):
        """Refuse to change what was signed, and whose form of what it is."""
        if vals.keys() & SIGNED and any(form.state != "draft" for form in self):
            raise UserError(
                self.env._(
                    "This form is signed or closed: it stays as it is. Begin a new"
                    " form for what has changed."
                )
            )
        for name in {"partner_id", "questionnaire_id"} & vals.keys():
            if any(form[name].id != vals[name] for form in self):
                raise UserError(
                    self.env._(
                        "A form stays with the diver and the questionnaire it was"
                        " begun for. Put this draft aside and begin a new form."
                    )
                )

    def _dive_check_offered(self):
        """Raise if the questionnaire is not, or no longer, to be answered."""
        # sudo: of the questionnaire only the state is asked
        for form in self.sudo():
            if form.questionnaire_id.state != "active":
                raise UserError(
                    self.env._(
                        "“%(name)s” is not in use. Choose the questionnaire that is.",
                        name=form.questionnaire_id.display_name,
                    )
                )

    @api.model
    def _dive_check_answers_text(self, vals):
        """Raise if what is written as answers is something else."""
        if not vals.get("answers"):
            return
        try:
            read_answers(vals["answers"])
        except (ValueError, TypeError, RecursionError):
            raise ValidationError(
                self.env._("Each answer is yes or no: this cannot be read as answers.")
            ) from None

    @api.model
    def _dive_check_drawn(self, vals):
        """Raise if what is written as a signature is no small picture.

        Odoo takes a drawing with scripts in it (SVG) for a picture as well.
        """
        for name in ("signature", "guardian_signature"):
            text = vals.get(name) or b""
            text = text.encode() if isinstance(text, str) else text
            try:
                picture = base64.b64decode(text.translate(None, b"\r\n"), validate=True)
            except (binascii.Error, ValueError):
                picture = b"no picture"
            if picture and not (
                picture.startswith(PICTURES) and len(picture) <= MAX_SIGNATURE
            ):
                raise ValidationError(
                    self.env._(
                        "A signature is a drawing, or a picture (PNG or JPEG) of up to"
                        " 1 MB."
                    )
                )

    # ------------------------------------------------------------------
    # Answers
    # ------------------------------------------------------------------

    def _dive_answers(self):
        """Return the answers, {code: yes}, for the rules. Not for people to see."""
        self.ensure_one()
        # The rules look, nobody else: what comes of it is a status.
        return read_answers(with_ticket(self.sudo()).answers)

    def _dive_record_answers(self, answers):
        """Keep some more answers of a draft; those that are there already stay.

        For the pages on which divers answer: who may write the form, not read it. Who
        has signed already, a minor before the guardian, signs what is true now anew.

        :param dict answers: {code of the question: True, False, or None to take back}
        :raises UserError: a form that is signed, or a question that there is not
        """
        self.ensure_one()
        self.check_access("write")
        self._dive_check_unsigned({"answers": True})
        codes = {question.code for question in self.questionnaire_id._dive_rules()}
        if answers.keys() - codes or not all(
            answer is None or isinstance(answer, bool) for answer in answers.values()
        ):
            raise UserError(self.env._("There is no such question in this form."))
        before = self._dive_answers()
        kept = {**before, **answers}
        kept = {code: answer for code, answer in kept.items() if answer is not None}
        vals = {"answers": write_answers(kept)}
        if kept != before and (self.signature or self.guardian_signature):
            vals.update(dict.fromkeys(UNDERWRITTEN, False))
        # sudo: the field is for the medical officer; the diver fills it in
        with_ticket(self.sudo()).write(vals)

    def _dive_today(self):
        return self.company_id._dive_today()
