from odoo import fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    """A line that charges the rental of gear: see dive_gear_invoice."""

    _inherit = "account.move.line"

    dive_gear_id = fields.Many2one(
        "dive.gear",
        "Gear",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
        check_company=True,
    )

    def _copy_data_extend_business_fields(self, values):
        result = super()._copy_data_extend_business_fields(values)
        values["dive_gear_id"] = self.dive_gear_id.id
        return result

    def _dive_own_price(self):
        """Return the price of the rental, which is not that of the place."""
        if self.dive_gear_id:
            # sudo: accountants see what is charged, on this line anyway
            return self.dive_gear_id.sudo().price
        return super()._dive_own_price()

    def write(self, vals):
        if "dive_gear_id" in vals:
            for line in self:
                if line.dive_gear_id.id != (vals["dive_gear_id"] or False):
                    raise UserError(
                        self.env._(
                            "An invoice line stays with its gear: delete the line or"
                            " make a credit note."
                        )
                    )
        return super().write(vals)
