"""What a dive centre knows about the health of a diver."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.ticket import with_ticket
from .dive_encrypted_field import EncryptedText

HEALTH_GROUPS = "dive_crm.group_medical,dive_crm.group_manager"
#: Of two profiles that become one these are joined, line by line or in one line.
LINES = ("conditions", "medications", "allergies", "procedures")
WORDS = ("insurer", "policy_number")
BLOOD_GROUPS = ("A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-")


class DiveMedicalProfile(models.Model):
    """The medical profile of one diver: one for each, all of it encrypted."""

    _name = "dive.medical.profile"
    _inherit = ["dive.secret.mixin"]
    _description = "Medical profile"
    _order = "id"
    _rec_name = "partner_id"
    _rec_names_search = ["partner_id"]

    partner_id = fields.Many2one(
        "res.partner",
        "Diver",
        required=True,
        ondelete="restrict",
        domain=[("is_company", "=", False)],
    )
    company_id = fields.Many2one(related="partner_id.company_id")
    conditions = EncryptedText(
        groups=HEALTH_GROUPS, help="What a diver has, and had: illnesses, operations."
    )
    medications = EncryptedText(groups=HEALTH_GROUPS)
    allergies = EncryptedText(groups=HEALTH_GROUPS)
    procedures = EncryptedText(
        "What to do in an emergency",
        groups=HEALTH_GROUPS,
        help="What the diver or a physician says is to be done, and what is not.",
    )
    blood_group = EncryptedText(
        groups=HEALTH_GROUPS, help="A+, A-, B+, B-, AB+, AB-, O+ or O-"
    )
    insurer = EncryptedText(groups=HEALTH_GROUPS)
    policy_number = EncryptedText(groups=HEALTH_GROUPS)

    _partner = models.UniqueIndex(
        "(partner_id)",
        lambda env, diag: env["dive.medical.profile"]._why_only_one(),
    )

    @api.model_create_multi
    def create(self, vals_list):
        # The index would say so as well, in the words of the database.
        ids = [vals.get("partner_id") for vals in vals_list]
        # sudo: also a profile that this user's companies do not show
        if self.sudo().search_count([("partner_id", "in", ids)], limit=1):
            raise ValidationError(self._why_only_one())
        return super().create(vals_list)

    @api.model
    def _why_only_one(self):
        return self.env._("This diver has a medical profile already: open it.")

    def _dive_secret_clean(self, field, text):
        text = super()._dive_secret_clean(field, text)
        if field.name != "blood_group":
            return text
        group = blood_group(text)
        if not group:
            raise ValidationError(
                self.env._(
                    "A blood group is one of %(groups)s.",
                    groups=", ".join(BLOOD_GROUPS),
                )
            )
        return group

    # ------------------------------------------------------------------
    # Merging
    # ------------------------------------------------------------------

    @api.model
    def _dive_resolve_merge_duplicates(self, src_partners, dst_partner):
        """Make one profile of those of customers about to become one.

        To be called before the merge repoints rows, which the unique index would abort.

        :param src_partners: the customers that will disappear
        :param dst_partner: the customer that stays
        :raise UserError: one of them does not open; then nothing is merged
        """
        # sudo: a merge spans all companies, whoever may start it; with a ticket, for it
        # moves what is there, and nobody looks at it
        profiles = with_ticket(self.sudo()).search(
            [("partner_id", "in", (src_partners | dst_partner).ids)]
        )
        own = profiles.filtered(lambda profile: profile.partner_id == dst_partner)
        keep = (own or profiles)[:1]
        for double in profiles - keep:
            keep._dive_absorb(double)

    def _dive_absorb(self, double):
        """Take over what another profile says, and delete it."""
        self.ensure_one()
        vals = {}
        for name in LINES:
            vals[name] = _joined(self[name], double[name], "\n")
        for name in WORDS:
            vals[name] = _joined(self[name], double[name], " / ")
        groups = {self.blood_group, double.blood_group} - {False}
        if len(groups) == 2:
            # Rather none than the wrong one; both stay to be read.
            vals["blood_group"] = False
            said = self.env._(
                "Two customers were merged. One had the blood group %(one)s, the other"
                " %(other)s: find out which is right.",
                one=self.blood_group,
                other=double.blood_group,
            )
            vals["procedures"] = _joined(vals["procedures"], said, "\n")
        elif groups:
            vals["blood_group"] = groups.pop()
        self._dive_take_rows(double)
        double.unlink()
        self.write(vals)

    def _dive_take_rows(self, double):
        """Take over what hangs on another profile. Here: nothing does."""

    def _dive_erase(self):
        """Delete profiles for good; to be called as superuser."""
        self.unlink()


def _joined(one, other, separator):
    """Return two texts as one, without what both of them say."""
    parts = [
        part for text in (one, other) if text for part in text.split(separator) if part
    ]
    return separator.join(dict.fromkeys(parts)) or False


def blood_group(text):
    """Return one of ``BLOOD_GROUPS``, as people write them; None if it is none.

    0 for O, words or long dashes for the signs, "Rh" before them.
    """
    text = re.sub(r"[\s()]|RH(ESUS)?", "", text.upper()).replace("NULL", "O")
    text = re.sub("[–—−‐‑]", "-", text).replace("0", "O")
    text = re.sub("NEG[A-Z]*", "-", re.sub("POS[A-Z]*", "+", text))
    text = re.sub(r"D(?=[+-])", "", text)
    return text if text in BLOOD_GROUPS else None
