from odoo import fields, models
from odoo.exceptions import UserError


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # Not copied with a duplicated invoice, which would charge the diver twice; a credit
    # note takes it over through the business fields.
    dive_booking_diver_id = fields.Many2one(
        "dive.booking.diver",
        "Diver",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        readonly=True,
        check_company=True,
    )

    def _copy_data_extend_business_fields(self, values):
        result = super()._copy_data_extend_business_fields(values)
        values["dive_booking_diver_id"] = self.dive_booking_diver_id.id
        return result

    def _dive_own_price(self):
        """Return the price that what this line charges has of its own."""
        return self.dive_booking_diver_id.price_unit

    def write(self, vals):
        if "dive_booking_diver_id" in vals:
            self._check_dive_link(vals["dive_booking_diver_id"])
        return super().write(vals)

    def _check_dive_link(self, seat_id):
        """Keep the link to the diver: without it the place could be invoiced again."""
        for line in self:
            if line.dive_booking_diver_id.id != (seat_id or False):
                raise UserError(
                    self.env._(
                        "An invoice line stays with its diver: delete the line or make"
                        " a credit note."
                    )
                )
