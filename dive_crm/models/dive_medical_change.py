"""What a medical profile said before: for the medical officer, and for nobody else."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.ticket import has_ticket, with_ticket
from .dive_encrypted_field import EncryptedText
from .dive_secret_mixin import MEDICAL


class DiveMedicalChange(models.Model):
    """One change of one text. Rows are never edited or deleted, by nobody."""

    _name = "dive.medical.change"
    _inherit = ["dive.secret.mixin", "dive.guarded.mixin"]
    _description = "Change of a medical profile"
    _order = "date desc, id desc"
    _rec_name = "label"
    _rec_names_search = ["profile_id.partner_id"]
    _dive_secret_bound = ("profile_id",)

    profile_id = fields.Many2one(
        "dive.medical.profile",
        "Medical profile",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(related="profile_id.partner_id", string="Diver")
    event_id = fields.Many2one(
        "dive.medical.event",
        "Of what happened",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    field = fields.Char("Technical name", required=True, readonly=True)
    label = fields.Char("Field", compute="_compute_label")
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
    previous = EncryptedText("What it said before", groups=MEDICAL, readonly=True)
    lost = fields.Boolean(
        "Could not be opened",
        readonly=True,
        help="What it said before did not open with any key, and was taken away.",
    )

    @api.depends("field", "event_id")
    def _compute_label(self):
        for change in self:
            owner = change.event_id if change.event_id else change.profile_id
            field = owner._fields.get(change.field)
            change.label = field and field._description_string(self.env)

    def _dive_secret_ask(self, field_names, operation):
        if not has_ticket(self.env) and not self.env.user.has_group(MEDICAL):
            raise AccessError(
                self.env._("What it said before is for the medical officer.")
            )
        return super()._dive_secret_ask(field_names, operation)

    @api.model
    def _dive_add(self, field, before):
        """Keep what is about to be overwritten.

        :param dict before: see ``_dive_secret_changed`` of ``dive.secret.mixin``
        """
        vals_list = []
        for owner, text in before.items():
            event = owner if owner._name == "dive.medical.event" else owner.browse()
            # sudo: whose it is
            profile = owner.sudo().profile_id if event else owner
            vals_list.append(
                {
                    "profile_id": profile.id,
                    "event_id": event.id,
                    "field": field.name,
                    "previous": text,
                    "lost": text is False,
                }
            )
        # sudo and a ticket: nobody adds a row by hand; who changes the text was asked
        return with_ticket(self.sudo()).create(vals_list)

    def write(self, vals):
        self._refuse_change()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_change()

    def _refuse_change(self):
        if not self._dive_is_unlocked():
            raise UserError(self.env._("The history of a profile stays as it is."))


class DiveMedicalProfile(models.Model):
    _inherit = "dive.medical.profile"

    change_ids = fields.One2many(
        "dive.medical.change", "profile_id", "Changes", groups=MEDICAL, readonly=True
    )

    def _dive_secret_changed(self, field, before):
        self.env["dive.medical.change"]._dive_add(field, before)
        return super()._dive_secret_changed(field, before)

    def _dive_take_rows(self, double):
        double.change_ids._dive_unlocked().profile_id = self
        return super()._dive_take_rows(double)

    def _dive_erase(self):
        self.change_ids._dive_unlocked().unlink()
        return super()._dive_erase()
