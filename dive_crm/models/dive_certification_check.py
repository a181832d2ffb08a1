"""The ledger of who looked whether a card is real, and what they found."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: What a verified card is verified to say: another value makes it another card.
PROVEN = ("partner_id", "level_id", "number", "issue_date")


class DiveCertificationCheck(models.Model):
    """One look at one card. Rows are never edited or deleted, by nobody."""

    _name = "dive.certification.check"
    _description = "Check of a certification"
    _inherit = ["dive.guarded.mixin"]
    _order = "date desc, id desc"
    _rec_name = "result"

    certification_id = fields.Many2one(
        "dive.certification",
        "Card",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Datetime(
        required=True, readonly=True, default=lambda self: fields.Datetime.now()
    )
    user_id = fields.Many2one(
        "res.users",
        "By",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    method = fields.Selection(
        [
            ("website", "Agency's page"),
            ("card", "Card in the hand"),
            ("app", "Diver's app"),
            ("phone", "Telephone"),
            ("email", "E-mail"),
        ],
        "How",
        readonly=True,
    )
    result = fields.Selection(
        [
            ("verified", "Verified"),
            ("rejected", "Rejected"),
            ("inconclusive", "Could not tell"),
            ("changed", "Card changed"),
        ],
        required=True,
        readonly=True,
    )
    evidence = fields.Char(
        readonly=True, help="What was seen: a reference, a name, a page."
    )
    reason = fields.Char(readonly=True, help="The diver reads it with a rejected card.")
    next_check_date = fields.Date("Look again on", readonly=True)

    _reason_given = models.Constraint(
        "CHECK (result != 'rejected' OR reason IS NOT NULL)",
        "Say why the card is rejected.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self._dive_is_unlocked():
            vals_list = [self._signed(vals) for vals in vals_list]
        rows = super().create(vals_list)
        # who may not change a card may not decide about it
        rows.certification_id.check_access("write")
        return rows

    @api.model
    def _signed(self, vals):
        """Return ``vals`` with who and when, which nobody chooses."""
        if vals.get("result") == "changed":
            raise UserError(self.env._("Cards note their changes themselves."))
        if not vals.get("method"):
            raise ValidationError(self.env._("Say how the card was checked."))
        if vals.get("result") == "rejected" and not (vals.get("reason") or "").strip():
            raise ValidationError(
                self.env._("Say why the card is rejected: the diver will ask.")
            )
        return {**vals, "user_id": self.env.uid, "date": fields.Datetime.now()}

    def write(self, vals):
        self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_change()

    def _refuse_change(self):
        if not self._dive_is_unlocked():
            raise UserError(
                self.env._(
                    "Checks stay as they were made. Check the card again: the newest"
                    " result counts."
                )
            )


class DiveCertification(models.Model):
    _inherit = "dive.certification"

    corrected = fields.Boolean(
        compute="_compute_verification",
        store=True,
        precompute=True,
        help="Rejected, changed since, and to be checked again before it counts.",
    )

    @api.depends("check_ids.result", "check_ids.date", "check_ids.next_check_date")
    def _compute_verification(self):
        for card in self:
            checks = card.check_ids.sorted(lambda row: (row.date, row.id), reverse=True)
            looks = checks.filtered(lambda row: row.result != "changed")
            telling = checks.filtered(lambda row: row.result != "inconclusive")
            decisive = telling.filtered(lambda row: row.result != "changed")[:1]
            changed = telling[:1].result == "changed"
            rejected = decisive.result == "rejected"
            # A change undoes what was proven, but no rejection: the diver can make it.
            card.verification = (
                "unverified" if changed and not rejected else decisive.result
            ) or "unverified"
            card.rejection_reason = rejected and decisive.reason
            card.corrected = rejected and changed
            card.next_check_date = checks[:1].next_check_date
            card.last_check_date = looks[:1].date

    def write(self, vals):
        if not vals.keys() & set(PROVEN):
            return super().write(vals)
        before = {
            card: card._dive_proven()
            for card in self
            if card.verification != "unverified"
        }
        result = super().write(vals)
        changed = [
            card for card, values in before.items() if card._dive_proven() != values
        ]
        self.env["dive.certification.check"]._dive_unlocked().create(
            [
                card._dive_change_vals(card._dive_change_text(before[card]))
                for card in changed
            ]
        )
        return result

    def _dive_change_vals(self, reason):
        """Return the row of the ledger for a change; a rejected card is due again."""
        self.ensure_one()
        again = self.verification == "rejected" and self.env.company._dive_today()
        return {
            "certification_id": self.id,
            "result": "changed",
            "reason": reason,
            "next_check_date": again,
        }

    def _dive_proven(self):
        """Return what a check has proven, comparable: a number without its spaces."""
        self.ensure_one()
        return {
            "partner_id": self.partner_id.name,
            "level_id": self.level_id.display_name,
            "number": self.number_key,
            "issue_date": fields.Date.to_string(self.issue_date),
        }

    def _dive_change_text(self, before):
        after = self._dive_proven()
        return "; ".join(
            self.env._(
                "%(field)s was %(old)s",
                field=self._fields[name]._description_string(self.env),
                old=old or "-",
            )
            for name, old in before.items()
            if after[name] != old
        )
