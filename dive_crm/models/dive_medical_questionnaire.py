"""Medical questionnaires as data: each version stays as it was answered."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: What divers have read and signed, and what the rules are made of.
FROZEN = frozenset(
    (
        "code",
        "version",
        "company_id",
        "intro",
        "declaration",
        "validity_months",
        "question_ids",
    )
)


class DiveMedicalQuestionnaire(models.Model):
    """One version of a questionnaire. What has been used is replaced, never changed."""

    _name = "dive.medical.questionnaire"
    _description = "Medical questionnaire"
    _inherit = ["dive.guarded.mixin"]
    _order = "code, version desc, id desc"
    _check_company_domain = models.check_company_domain_parent_of
    _dive_guarded = {"state": "draft", "in_use": False}

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="The same for all versions of one questionnaire."
    )
    version = fields.Integer(required=True, default=1)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "In use"), ("withdrawn", "Withdrawn")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        help="In use: new forms are filled in with it. Withdrawn: only signed forms"
        " remain.",
    )
    in_use = fields.Boolean(
        "Answered",
        readonly=True,
        copy=False,
        help="Somebody has begun a form with it: its text stays as it is.",
    )
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="restrict",
        help="Empty: for every company. A company's own comes first.",
    )
    intro = fields.Text(
        "Before the questions", translate=True, help="What a diver reads first."
    )
    declaration = fields.Text(
        translate=True, help="What a diver, or a minor's guardian, signs."
    )
    validity_months = fields.Integer(
        "Valid for (months)",
        required=True,
        default=12,
        help="How long a signed form counts.",
    )
    question_ids = fields.One2many(
        "dive.medical.question", "questionnaire_id", "Questions", copy=True
    )

    _version_unique = models.UniqueIndex(
        "(code, version)",
        lambda env, diag: env._("This version of the questionnaire exists already."),
    )
    _one_active = models.UniqueIndex(
        "(code, COALESCE(company_id, 0)) WHERE state = 'active'",
        lambda env, diag: env._("Another version is in use: withdraw it first."),
    )
    _validity_range = models.Constraint(
        "CHECK (validity_months BETWEEN 1 AND 120)",
        "A form counts for 1 to 120 months.",
    )

    @api.depends("name", "version")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for questionnaire in self:
            questionnaire.display_name = self.env._(
                "%(name)s (version %(version)s)",
                name=questionnaire.name or "",
                version=questionnaire.version,
            )

    # ------------------------------------------------------------------
    # What has been answered stays
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._dive_with_version(vals) for vals in vals_list])

    @api.model
    def _dive_with_version(self, vals):
        """Return ``vals`` with a clean code, and a version that nobody has."""
        vals = self._dive_with_clean_code(vals)
        # sudo: versions of all companies count
        same = self.sudo().search([("code", "=", vals.get("code"))])
        taken = same.mapped("version")
        if vals.get("version", 1) in taken:
            vals = {**vals, "version": max(taken) + 1}
        return vals

    @api.model
    def _dive_with_clean_code(self, vals):
        """Return ``vals`` with the code in capitals, blanks as hyphens."""
        if not vals.get("code"):
            return vals
        return {**vals, "code": "-".join(vals["code"].split()).upper()}

    def write(self, vals):
        if vals.keys() & FROZEN:
            self._dive_check_unused()
        return super().write(self._dive_with_clean_code(vals))

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # the dialog of translations does not pass by ``write``
        if field_name in FROZEN:
            self._dive_check_unused()
        return super()._update_field_translations(
            field_name, translations, digest, source_lang
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._dive_check_unused()

    def _dive_check_unused(self):
        """Refuse to change what somebody has begun to answer.

        The rows are written as well, so that of a change and of the first form, made at
        the same moment, only one goes through.
        """
        if not self.ids:
            return
        self.flush_recordset(["in_use"])
        unused = self.env.execute_query(
            SQL(
                "UPDATE dive_medical_questionnaire SET write_date = write_date"
                " WHERE id IN %s AND in_use IS NOT TRUE RETURNING id",
                tuple(self.ids),
            )
        )
        used = self - self.browse(row[0] for row in unused)
        if used:
            raise UserError(
                self.env._(
                    "%(name)s has been answered: what divers have signed stays as it"
                    " was. Press “New version” and change that one.",
                    name=used[0].display_name,
                )
            )

    def _dive_take_in_use(self):
        """Note that somebody answers these from now on."""
        self.flush_recordset(["in_use"])
        self.env.execute_query(
            SQL(
                "UPDATE dive_medical_questionnaire SET in_use = TRUE"
                " WHERE id IN %s AND in_use IS NOT TRUE RETURNING id",
                tuple(self.ids),
            )
        )
        self.invalidate_recordset(["in_use"], flush=False)

    # ------------------------------------------------------------------
    # Versions
    # ------------------------------------------------------------------

    def action_new_version(self):
        """Make a draft of the next version, and open it."""
        self.ensure_one()
        new = self.copy()
        return {
            "type": "ir.actions.act_window",
            "name": new.display_name,
            "res_model": self._name,
            "res_id": new.id,
            "views": [(False, "form")],
        }

    def action_activate(self):
        """Use these from now on; the versions in use until now are withdrawn.

        :raises UserError: a questionnaire that cannot be answered
        """
        self.check_access("write")
        for questionnaire in self.filtered(lambda one: one.state != "active"):
            questionnaire._dive_check_complete()
            before = self.search(
                [
                    ("code", "=", questionnaire.code),
                    ("company_id", "=", questionnaire.company_id.id),
                    ("state", "=", "active"),
                ]
            )
            before.action_withdraw()
            before.flush_recordset(["state"])
            questionnaire._dive_unlocked().write({"state": "active"})
        return True

    @api.model
    def _dive_activate_shipped(self, ids):
        """Use what was shipped, unless the centre has a version of its own in use.

        Called by the data at each update: a questionnaire is a draft only before it was
        used for the first time.
        """
        for questionnaire in self.browse(ids):
            taken = self.search_count(
                [("code", "=", questionnaire.code), ("state", "=", "active")], limit=1
            )
            if questionnaire.state == "draft" and not taken:
                questionnaire.action_activate()

    def action_withdraw(self):
        """Offer these no longer; forms begun with them cannot be signed any more."""
        self.check_access("write")
        self._dive_unlocked().write({"state": "withdrawn"})
        return True

    def _dive_check_complete(self):
        """Raise unless every box that opens has questions, and the other way round."""
        first = self.question_ids.filtered(lambda question: not question.box)
        opened = set(first.filtered("opens_box").mapped("opens_box"))
        boxes = set((self.question_ids - first).mapped("box"))
        if not first:
            raise UserError(
                self.env._("%(name)s has no questions yet.", name=self.display_name)
            )
        if opened != boxes:
            raise UserError(
                self.env._(
                    "Some boxes of %(name)s are opened by no question, or have none:"
                    " %(boxes)s.",
                    name=self.display_name,
                    boxes=", ".join(sorted(opened ^ boxes)),
                )
            )

    @api.model
    def _dive_current(self, company=None):
        """Return the questionnaire to be answered in a company; empty if there is none.

        A company's own comes before that of its parents, and that before the shared
        one; of several the newest.
        """
        company = company or self.env.company
        # sudo: parents of a branch, and what is offered to divers, whoever asks
        company = company.sudo()
        found = self.sudo().search(
            [("state", "=", "active"), *self._check_company_domain(company)]
        )
        line = list(company.parent_ids.sorted(lambda one: len(one.parent_path)).ids)

        def rank(one):
            owner = one.company_id.id
            return (line.index(owner) if owner else -1, one.id)

        return max(found, key=rank, default=found).with_env(self.env)

    def _dive_rules(self):
        """Return the questions as ``tools.medical_outcome`` takes them, in order."""
        self.ensure_one()
        # sudo: the rules are asked for by whoever hands in a form
        return [question._dive_rule() for question in self.sudo().question_ids]
