from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DiveCertificationEquivalence(models.Model):
    """One level counts as another one, in this direction."""

    _name = "dive.certification.equivalence"
    _description = "Equivalence of certification levels"
    _order = "level_id, counts_as_id, id"

    level_id = fields.Many2one(
        "dive.certification.level",
        "Level held",
        required=True,
        index=True,
        ondelete="cascade",
    )
    counts_as_id = fields.Many2one(
        "dive.certification.level",
        "Counts as",
        required=True,
        index=True,
        ondelete="cascade",
    )
    source = fields.Char(
        required=True,
        default="unverified",
        help="Document and section that says so, or “unverified”.",
    )
    note = fields.Char()
    active = fields.Boolean(default=True)

    _pair_unique = models.UniqueIndex(
        "(level_id, counts_as_id)", "This equivalence exists already."
    )
    _two_levels = models.Constraint(
        "CHECK (level_id != counts_as_id)", "A level counts as itself anyway."
    )

    @api.depends("level_id.display_name", "counts_as_id.display_name")
    def _compute_display_name(self):
        for row in self:
            row.display_name = self.env._(
                "%(level)s counts as %(other)s",
                level=row.level_id.display_name,
                other=row.counts_as_id.display_name,
            )

    @api.constrains("level_id", "counts_as_id")
    def _check_needed(self):
        for row in self:
            if row.counts_as_id in row.level_id.prerequisite_ids:
                raise ValidationError(
                    self.env._(
                        "%(level)s requires %(other)s anyway: an equivalence is not "
                        "needed.",
                        level=row.level_id.display_name,
                        other=row.counts_as_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env["dive.certification.level"]._dive_forget_catalogue()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self.env["dive.certification.level"]._dive_forget_catalogue()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["dive.certification.level"]._dive_forget_catalogue()
        return result
