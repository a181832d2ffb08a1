"""What a dive centre knows about the health of a diver."""

import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .dive_encrypted_field import EncryptedText

HEALTH_GROUPS = "dive_crm.group_medical,dive_crm.group_manager"
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


def blood_group(text):
    """Return one of ``BLOOD_GROUPS``, as people write them; None if it is none.

    0 for O, words or long dashes for the signs, "Rh" before them.
    """
    text = re.sub(r"[\s()]|RH(ESUS)?", "", text.upper()).replace("NULL", "O")
    text = re.sub("[–—−‐‑]", "-", text).replace("0", "O")
    text = re.sub("NEG[A-Z]*", "-", re.sub("POS[A-Z]*", "+", text))
    text = re.sub(r"D(?=[+-])", "", text)
    return text if text in BLOOD_GROUPS else None
