from odoo import api, fields, models

from .dive_access_log import note_access
from .dive_encrypted_field import EncryptedText
from .dive_medical_profile import HEALTH_GROUPS


class DiveMedicalEvent(models.Model):
    """Something that happened to a diver's health on a day: in words, encrypted."""

    _name = "dive.medical.event"
    _inherit = ["dive.secret.mixin"]
    _description = "Symptom, treatment or incident"
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _rec_names_search = ["profile_id.partner_id"]
    _dive_secret_bound = ("profile_id",)

    profile_id = fields.Many2one(
        "dive.medical.profile",
        "Medical profile",
        required=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Diver")
    company_id = fields.Many2one(related="profile_id.partner_id.company_id")
    date = fields.Date(
        required=True, default=lambda self: self.env.company._dive_today()
    )
    kind = fields.Selection(
        [
            ("symptom", "Symptom"),
            ("treatment", "Treatment"),
            ("incident", "Incident"),
        ],
        required=True,
        default="symptom",
    )
    # No check_company: customers without a company dive on trips of any.
    trip_id = fields.Many2one(
        "dive.trip",
        index="btree_not_null",
        ondelete="restrict",
        help="If it happened on one of our trips.",
    )
    text = EncryptedText("What happened", groups=HEALTH_GROUPS)

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._dive_ask_change("create", ["date", "kind"])
        return events

    def write(self, vals):
        self._dive_ask_change("write", vals)
        return super().write(vals)

    def _dive_ask_change(self, operation, names):
        """Ask a manager for a reason also where no text is changed: that somebody was
        treated, and when, is about health as well.

        :raise AccessError: no reason was given
        """
        if self.env.su:
            return  # our own methods: a merge, an erasure
        reason = self._dive_secret_let_in(["text"], operation)
        note_access(self, names, "write", reason=reason)

    def _dive_secret_changed(self, field, before):
        self.env["dive.medical.change"]._dive_add(field, before)
        return super()._dive_secret_changed(field, before)


class DiveMedicalProfile(models.Model):
    _inherit = "dive.medical.profile"

    event_ids = fields.One2many(
        "dive.medical.event", "profile_id", "Symptoms, treatments, incidents"
    )

    def _dive_take_rows(self, double):
        double.event_ids.profile_id = self
        return super()._dive_take_rows(double)

    def _dive_erase(self):
        # as superuser: see _dive_erase of the profile
        self.event_ids.unlink()
        return super()._dive_erase()
